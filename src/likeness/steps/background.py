"""The background: blurred, or replaced by a studio backdrop or a picture."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from typing import Annotated

import cv2
import numpy as np

from likeness.errors import unknown
from likeness.faces import eye_midpoint
from likeness.image import Image
from likeness.image.backdrop import Surface, drawn
from likeness.image.blend import light_wrap, over
from likeness.image.color import lab_from_linear, linear_from_srgb, luminance
from likeness.image.filters import disc_blur
from likeness.image.geometry import Box, compose, crop_and_scale, resize
from likeness.image.noise import completed, noise_colour, noise_levels, with_noise
from likeness.params import Param, Text
from likeness.photo import Photo
from likeness.pictures import PREFIX, lent
from likeness.portrait import Portrait
from likeness.regions import skin_outline
from likeness.schema import step

BLUR = "blur"
LEAST_NOISE = 0.5 / 255  # as much as keeps a smooth backdrop from banding in 8 bits
DRAWN_IPD = 28.0  # pixels between the pupils at which a backdrop is drawn
WARMEST = 0.18  # natural logarithm of the gain of red over green, at most
MEDIAN_LEVEL = 0.14  # median luminance of a usual head and shoulders
WRAP_WIDTH = 0.05  # IPD


@step(
    title="Background",
    changes=("background_leak", "edge_halo", "background_light", "background_depth", "background_grain"),
    needs=("alpha",),
)
def background(
    portrait: Portrait,
    *,
    backdrop: Annotated[
        str,
        Text(
            "blur (the photo's own), a drawn backdrop's name, a plain colour, or a picture that was lent",
            r"[a-z][a-z_]*|#[0-9a-fA-F]{6}|picture:[0-9a-f]{64}",
            ("blur", "studio", "light", "white", "warm", "dark", "slate", "#8a8f94"),
        ),
    ] = "studio",
    blur: Annotated[
        float, Param("radius of the disc that a point out of focus becomes", 0, 0.5, "IPD", ui=(0, 0.3), neutral=0)
    ] = 0.14,
    wrap: Annotated[
        float, Param("how much of another background's light bends around the edge", 0, 0.15, "share", neutral=0)
    ] = 0.06,
    grain: Annotated[float, Param("noise of the new background, as a multiple of the subject's", 0, 2, "ratio", ui=(0, 1.5))] = 1.0,
    falloff: Annotated[
        float, Param("how much a drawn backdrop darkens away from the key light", 0, 1.5, "EV", ui=(0, 1), neutral=0)
    ] = 0.35,
    match: Annotated[float, Param("how far a drawn backdrop takes on the subject's light", 0, 1, "share", neutral=0)] = 0.5,
    seed: Annotated[int, Param("which grain and paint", 0, 999_999)] = 0,
) -> Portrait:
    """Put the person, cut out with their own edge colours, before a blurred or another background. The person is not recoloured.

    The blur is a disc in linear light over the background without the person, so no colour of theirs bleeds into it; what it changes is
    added to the photo, as much of it as is seen past the person. A drawn backdrop is lit from the side that lights the face, takes on
    the subject's brightness and colour of light, and gets the noise that the subject has.
    """
    if backdrop == BLUR:
        return portrait.with_pixels(_before_blur(portrait, blur * portrait.ipd, grain, seed))
    alpha = portrait.alpha
    if backdrop.startswith(PREFIX):
        behind = _pictured(portrait, lent(backdrop), blur * portrait.ipd, match)
    else:
        side = falloff * _key_side(portrait)
        behind = _drawn(portrait, surface_of(backdrop), side, seed, blur * portrait.ipd, match)
    behind = _with_grain(behind, portrait, grain, seed)
    pixels = over(portrait.foreground, alpha, behind)
    return portrait.with_pixels(light_wrap(pixels, alpha, behind, strength=wrap, width=WRAP_WIDTH * portrait.ipd))


@functools.cache
def _backdrops() -> dict[str, Surface]:
    text = importlib.resources.files("likeness.steps").joinpath("backdrops.toml").read_text("utf-8")
    return {name: Surface(**(values | {"colour": tuple(values["colour"])})) for name, values in tomllib.loads(text).items()}


def backdrop_names() -> list[str]:
    """The drawn backdrops."""
    return list(_backdrops())


def surface_of(backdrop: str) -> Surface:
    """The drawn backdrop of that name, or an even one of colour #RRGGBB; LikenessError for a name that does not exist."""
    if backdrop.startswith("#"):
        encoded = np.array([int(backdrop[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255
        red, green, blue = (float(c) for c in linear_from_srgb(encoded))
        return Surface((red, green, blue))
    if backdrop not in _backdrops():
        raise unknown("backdrop", backdrop, [BLUR, *_backdrops()], where="background.backdrop")
    return _backdrops()[backdrop]


def _drawn(portrait: Portrait, surface: Surface, side: float, seed: int, radius: float, match: float) -> Image:
    """The drawn backdrop, lit and out of focus. Nothing on it is fine, so a small picture of it is drawn and enlarged."""
    scale = min(1.0, DRAWN_IPD / portrait.ipd)
    to_portrait, size = crop_and_scale(Box(0, 0, portrait.width, portrait.height), scale)
    x, y = eye_midpoint(portrait.landmarks)
    unit = 1 / portrait.ipd
    small = drawn(surface, size, compose(np.array([[unit, 0, -x * unit], [0, unit, -y * unit]]), to_portrait), side=side, seed=seed)
    small = disc_blur(small * _subject_light(portrait, match), radius * scale)
    return np.asarray(cv2.resize(small, (portrait.width, portrait.height), interpolation=cv2.INTER_CUBIC), np.float32)


def _pictured(portrait: Portrait, picture: Photo, radius: float, match: float) -> Image:
    """The picture, as much of its middle as fills the portrait, in the subject's light and out of focus."""
    scale = max(portrait.width / picture.width, portrait.height / picture.height)
    width, height = min(picture.width, round(portrait.width / scale)), min(picture.height, round(portrait.height / scale))
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    scene = resize(picture.pixels(Box(left, top, left + width, top + height)), (portrait.width, portrait.height))
    return disc_blur(np.maximum(scene, 0) * _subject_light(portrait, match), radius)


def _before_blur(portrait: Portrait, radius: float, grain: float, seed: int) -> Image:
    """The photo and the change of its background, I + (1 - alpha) (B' - B): alpha F + (1 - alpha) B' where the layers give the photo back,
    and where they do not, the photo's own pixels have what is missing: an earring, a lock that alpha knows nothing of."""
    change = _with_grain(_blurred(portrait, radius), portrait, grain, seed) - portrait.plate
    change *= (1 - portrait.alpha)[..., None]
    change += portrait.pixels
    return np.maximum(change, 0, out=change)


def _with_grain(behind: Image, portrait: Portrait, grain: float, seed: int) -> Image:
    """``behind`` with ``grain`` times the noise that the subject has."""
    levels = completed(noise_levels(portrait.pixels, portrait.alpha >= 1, least=True), least=LEAST_NOISE)
    return with_noise(behind, levels * np.float32(grain), seed=seed, colour=noise_colour(portrait.pixels, portrait.alpha >= 1))


def _blurred(portrait: Portrait, radius: float) -> Image:
    """The plate out of focus. Small clipped lights were brighter than the file says: they are raised before and held after.

    A large clipped area (a window, a white wall) is left as it is: raised, it would spread over its surroundings.
    """
    plate, full = portrait.plate, (portrait.width, portrait.height)
    if radius < 0.3:
        return plate
    shrink = int(np.clip(radius / 5, 1, 3))
    small = resize(plate, (max(1, full[0] // shrink), max(1, full[1] // shrink)))
    clipped = np.clip((small.max(2) - 0.98) / 0.02, 0, 1)
    side = 2 * max(1, round(radius / shrink / 2)) + 1
    spots = clipped - cv2.morphologyEx(clipped, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    soft = np.minimum(disc_blur(small * (1 + spots[..., None]), radius / shrink), max(1.0, float(small.max())))
    return np.asarray(cv2.resize(soft, full, interpolation=cv2.INTER_LINEAR), np.float32)


def _key_side(portrait: Portrait) -> float:
    """The side that the face is lit from: -1 left .. 1 right of the picture. From the slope of log luminance across the skin."""
    scale = min(1.0, 32 / portrait.ipd)
    size = (max(8, round(portrait.width * scale)), max(8, round(portrait.height * scale)))
    landmarks = portrait.landmarks * scale
    skin = skin_outline(landmarks, size, portrait.ipd * scale) > 0.5
    _, x = np.nonzero(skin)
    light = np.log2(np.maximum(luminance(resize(portrait.pixels, size))[skin], 1e-3))
    slope = np.polyfit(x / (portrait.ipd * scale), light, 1)[0] if len(x) > 20 else 0.0
    return float(np.tanh(slope / 0.4))


def _subject_light(portrait: Portrait, match: float) -> Image:
    """The gains (3,) that bring a backdrop part of the way to the subject's light: warmth and level.

    Warmth is read from near-neutral clothes and hair, along the blue-yellow axis alone: light is never lilac, jackets are.
    """
    every = max(1, round(portrait.ipd / 32))
    pixels, alpha = portrait.pixels[::every, ::every], portrait.alpha[::every, ::every]
    subject = pixels[alpha >= 1]
    if len(subject) < 100:
        return np.ones(3, np.float32)
    lab = lab_from_linear(subject[None])[0]
    neutral = subject[(np.hypot(lab[:, 1], lab[:, 2]) < 9) & (lab[:, 0] > 12) & (lab[:, 0] < 95)]
    ratio = np.median(np.log(np.maximum(neutral[:, 0], 1e-4) / np.maximum(neutral[:, 2], 1e-4))) if len(neutral) > 50 else 0.0
    warmth = np.clip(ratio / 2, -WARMEST, WARMEST)
    level = np.clip(np.median(luminance(subject[None])) / MEDIAN_LEVEL, 0.6, 1.4) ** 0.5
    return np.asarray((level * np.exp([warmth, 0, -warmth])) ** match, np.float32)
