"""Mismatched backgrounds once more, in 8 bits with Pillow: to test on, not to tune on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import PIL.Image
import PIL.ImageChops
import PIL.ImageDraw
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.composites import lit_side
from calibration.edits import Edit
from calibration.handling import same
from likeness.image.color import bytes_from_linear
from likeness.portrait import Portrait

Picture = PIL.Image.Image
Bytes = NDArray[np.uint8]
Scene = Callable[[Portrait], Picture]


def composed(source: Portrait, back: Picture, front: Picture | None = None) -> Bytes:
    """The person's own colours pasted over ``back`` under their alpha, as encoded."""
    person = PIL.Image.fromarray(bytes_from_linear(source.foreground)) if front is None else front
    return np.asarray(PIL.Image.composite(person, back, PIL.Image.fromarray((255 * source.alpha).astype(np.uint8))))


def street(source: Portrait) -> Picture:
    """House fronts with windows, shutters and a pale pavement, drawn four times as large."""
    random, unit = np.random.default_rng(11), 4 * source.ipd
    width, height = 4 * source.width, 4 * source.height
    picture = PIL.Image.new("RGB", (width, height), (205, 205, 205))
    draw, left = PIL.ImageDraw.Draw(picture), 0.0
    while left < width:
        wide, wall = random.uniform(0.9, 1.5) * unit, int(random.integers(110, 225))
        draw.rectangle((left, 0, left + wide, 0.88 * height), (wall, wall, wall))
        for top in np.arange(0.1 * unit, 0.8 * height, 0.7 * unit):
            for x in (left + 0.12 * wide, left + 0.58 * wide):
                shutter = tuple(int(v) for v in random.integers(20, 160, 3))
                draw.rectangle((x - 0.05 * wide, top, x + 0.35 * wide, top + 0.45 * unit), shutter)
                draw.rectangle((x, top, x + 0.3 * wide, top + 0.45 * unit), (35, 38, 42))
                draw.line((x + 0.15 * wide, top, x + 0.15 * wide, top + 0.45 * unit), (235, 235, 235), max(1, round(0.03 * unit)))
        left += wide
    return picture.resize((source.width, source.height), PIL.Image.Resampling.BOX)


def soft(scene: Scene) -> Scene:
    """``scene`` under Pillow's Gaussian blur."""
    return lambda s: scene(s).filter(PIL.ImageFilter.GaussianBlur(0.08 * s.ipd))


def plain(code: int) -> Scene:
    """A card of one grey."""
    return lambda s: PIL.Image.new("RGB", (s.width, s.height), (code, code, code))


def speckled(picture: Picture, sigma: float) -> Picture:
    """With Pillow's noise, alike in the three channels."""
    noise = PIL.Image.effect_noise(picture.size, sigma)
    return PIL.ImageChops.add(picture, PIL.Image.merge("RGB", (noise,) * 3), offset=-128)


def speckled_source(sigma: float) -> Callable[[Portrait], Bytes]:
    return lambda s: np.asarray(speckled(PIL.Image.fromarray(same(s)), sigma))


def spotless(scene: Scene, sigma: float) -> Callable[[Portrait], Bytes]:
    """A speckled person before a clean background."""
    return lambda s: composed(s, scene(s), speckled(PIL.Image.fromarray(bytes_from_linear(s.foreground)), sigma))


def sharp(scene: Scene) -> Callable[[Portrait], Bytes]:
    return lambda s: composed(s, scene(s))


def shaded(picture: Picture, source: Portrait, least: int, *, right: bool) -> Picture:
    """Darkened toward one side by a linear ramp of codes, ``least`` of 255 there, to the ``right`` when so asked."""
    ramp = (
        PIL.Image.linear_gradient("L")
        .rotate(90 if right else -90)
        .resize(picture.size)
        .point(lambda v: 255 - (255 - least) * v // 255)
    )
    return PIL.ImageChops.multiply(picture, PIL.Image.merge("RGB", (ramp,) * 3))


def half_lit(source: Portrait) -> Bytes:
    """The person with the shaded side darker still, before their own background."""
    front = shaded(PIL.Image.fromarray(bytes_from_linear(source.foreground)), source, 120, right=lit_side(source) < 0)
    return composed(source, PIL.Image.fromarray(bytes_from_linear(source.plate)), front)


def cross_lit(source: Portrait) -> Bytes:
    """The same person before a card that is lit from the other side."""
    left_lit = lit_side(source) < 0
    front = shaded(PIL.Image.fromarray(bytes_from_linear(source.foreground)), source, 120, right=left_lit)
    return composed(source, shaded(plain(190)(source), source, 140, right=not left_lit), front)


def tinted(scene: Scene, codes: tuple[float, float, float]) -> Callable[[Portrait], Bytes]:
    """``scene`` with its channels scaled, as a filter layer does."""

    def make(source: Portrait) -> Bytes:
        bands = [band.point(lambda v, k=k: round(v * k)) for band, k in zip(scene(source).split(), codes, strict=True)]
        return composed(source, PIL.Image.merge("RGB", bands))

    return make


# Encoded gains of Planckian light 1500 K off 5500 K, brightest channel 1: Kim et al. 2002.
WARM, COOL = (1.0, 0.891, 0.735), (0.846, 0.902, 1.0)
BACKDROPS_TEST = (
    Edit("too sharp: a street", 0, "background_depth", sharp(street)),
    *(
        Edit(f"spotless {name}", sigma, "background_grain", spotless(scene, sigma), prepare=speckled_source(sigma))
        for name, scene in (("card", plain(150)), ("street", soft(street)))
        for sigma in (2.0, 3.5)
    ),
    Edit("card lit from the other side", 1, "background_light", cross_lit, prepare=half_lit),
    Edit("a street in other light", -1500, "background_light", tinted(soft(street), WARM)),
    Edit("a street in other light", 1500, "background_light", tinted(soft(street), COOL)),
)
