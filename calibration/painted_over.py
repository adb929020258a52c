"""Cut-outs that lost a piece of the person: blocks of skin colour over hair and ear, bites that the background took out of the outline.

Each piece lies where it shows most: at the place along the outline, face apart, that is least like what covers it. Once in linear light by
blocks and clouds, as a solver of colours and a mask go wrong; and, to test on, by Pillow's brushes and polygons in 8 bits.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.composites import Bytes, Maker, backdrop, grainy, over
from calibration.edits import Edit
from calibration.handling import same
from likeness.image import Image, Plane
from likeness.image.color import bytes_from_linear, lab_from_linear
from likeness.image.edges import signed_distance
from likeness.image.filters import gaussian
from likeness.portrait import Portrait
from likeness.regions import region

Bite = Callable[[PIL.ImageDraw.ImageDraw, tuple[float, float], float], None]

REACH = 0.3  # IPD inside the outline where a cut-out goes wrong
BLOCK = 0.06  # IPD; a solver's neighbourhoods
TAKEN = 0.85  # of a block's colour is the skin's
DIFFERS = 15.0  # CIELAB; a block nearer to the skin than this is left: a solver that was wrong there did no harm


# -- by blocks and clouds


def rim(source: Portrait) -> Plane:
    """1 where the person's outline is near from within and no face is, (H, W)."""
    away = signed_distance(source.alpha, source.ipd)
    near = (away < -0.01) & (away > -REACH) & (source.alpha > 0.8)
    y = np.arange(source.height)[:, None]
    head = y < source.landmarks[152, 1]
    return np.asarray(near & head & ~(region(source.landmarks, (source.width, source.height), "face") > 0.5), np.float32)


def place(source: Portrait, paint: Image, across: float) -> Plane:
    """A soft window of ``across`` IPD where ``paint`` (H, W, 3) would show most, (H, W) 0..1."""
    apart = np.linalg.norm(lab_from_linear(source.pixels) - lab_from_linear(np.asarray(paint, np.float32)), axis=2)
    shows = gaussian((np.minimum(apart, 50) * rim(source)).astype(np.float32), 0.3 * across * source.ipd)
    row, column = np.unravel_index(int(np.argmax(shows)), shows.shape)
    y, x = np.mgrid[: source.height, : source.width]
    return np.asarray(np.maximum(abs(y - row), abs(x - column)) < 0.5 * across * source.ipd, np.float32) * rim(source)


def skin_of(source: Portrait) -> Image:
    """The picture's size in the colour of the face's skin."""
    return np.asarray(np.broadcast_to(np.median(source.pixels[source.skin > 0.5], axis=0), source.pixels.shape), np.float32)


def blocks(source: Portrait, across: float) -> Image:
    """The person's colours, of which ``across`` IPD took the skin's in blocks."""
    skin, side = skin_of(source), max(2, round(BLOCK * source.ipd))
    small = (-(-source.width // side), -(-source.height // side))
    apart = np.linalg.norm(lab_from_linear(source.pixels) - lab_from_linear(skin), axis=2).astype(np.float32)
    taken = place(source, skin, across) * (cv2.blur(apart, (side, side)) > DIFFERS)
    taken = cv2.resize(taken, small, interpolation=cv2.INTER_AREA) > 0.5
    weight = np.repeat(np.repeat(taken, side, 0), side, 1)[: source.height, : source.width, None] * np.float32(TAKEN)
    return np.asarray((1 - weight) * source.foreground + weight * skin, np.float32)


def blocks_before(name: str, across: float) -> Maker:
    return lambda s: over(blocks(s, across), s.alpha, grainy(backdrop(name, s), s))


def blocks_before_own(across: float) -> Maker:
    return lambda s: over(blocks(s, across), s.alpha, s.plate)


def bitten(name: str, across: float) -> Maker:
    """The background shows through ragged holes from the outline inwards: noise, cut at its middle."""

    def make(source: Portrait) -> Image:
        back = backdrop(name, source)
        noise = np.random.default_rng(2).standard_normal((source.height, source.width)).astype(np.float32)
        cloud = gaussian(noise, 0.03 * source.ipd)
        hole = gaussian(place(source, back, across) * (cloud > np.quantile(cloud, 0.35)), 0.01 * source.ipd)
        return over(source.foreground, source.alpha * (1 - hole), grainy(back, source))

    return make


# -- with Pillow


def outline_point(source: Portrait, paint: tuple[int, ...]) -> tuple[float, float]:
    """A point a little inside the network's outline of the head, where a disc of ``paint`` would show most."""
    inside = cv2.erode((source.person > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8), iterations=round(0.12 * source.ipd))
    found, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate(found)[:, 0]
    face = region(source.landmarks, (source.width, source.height), "face", grow=0.12 * source.ipd)
    x, y = points.T
    edge = round(0.3 * source.ipd)
    free = (y < source.landmarks[152, 1]) & (face[y, x] < 0.5) & (y > edge) & (x > edge) & (x < source.width - edge)
    points = points[free] if free.any() else points
    colours = cv2.blur(same(source), (edge // 2, edge // 2)).astype(np.float64)[points[:, 1], points[:, 0]]
    best = points[int(np.argmax(np.abs(colours - np.asarray(paint)).sum(1)))]
    return float(best[0]), float(best[1])


def composed(source: Portrait, person: PIL.Image.Image, mask: PIL.Image.Image, code: tuple[int, ...]) -> Bytes:
    return np.asarray(PIL.Image.composite(person, PIL.Image.new("RGB", mask.size, code), mask))


def brushed(code: tuple[int, ...] | None, across: float) -> Callable[[Portrait], Bytes]:
    """A soft brush in the cheek's colour, dabbed three times over the hair; before a card of ``code``, or the photo's own background."""

    def make(source: Portrait) -> Bytes:
        picture, unit = PIL.Image.fromarray(same(source)), across * source.ipd
        cheek = tuple(int(v) for v in np.median(same(source)[source.skin > 0.5], axis=0))
        x, y = outline_point(source, cheek)
        dabs = PIL.Image.new("L", picture.size)
        for along, size in ((-0.35, 0.28), (0.0, 0.36), (0.3, 0.3)):
            at = (x + along * unit, y + 0.4 * along * unit)
            PIL.ImageDraw.Draw(dabs).ellipse(
                (at[0] - size * unit, at[1] - size * unit, at[0] + size * unit, at[1] + size * unit), fill=215
            )
        dabs = dabs.filter(PIL.ImageFilter.GaussianBlur(0.02 * source.ipd))
        painted = PIL.Image.composite(PIL.Image.new("RGB", picture.size, cheek), picture, dabs)
        own = own_mask(source)
        if code is None:
            return np.asarray(PIL.Image.composite(painted, picture, own))
        front = PIL.Image.fromarray(bytes_from_linear(source.foreground))
        return composed(source, PIL.Image.composite(painted, front, dabs), own, code)

    return make


def own_mask(source: Portrait) -> PIL.Image.Image:
    return PIL.Image.fromarray((255 * source.alpha).astype(np.uint8))


def notched(code: tuple[int, ...], across: float) -> Callable[[Portrait], Bytes]:
    """A jagged piece of the person is missing from the mask."""

    def make(source: Portrait) -> Bytes:
        x, y = outline_point(source, code)
        random, mask = np.random.default_rng(4), own_mask(source)
        turns = np.linspace(0, 2 * np.pi, 11)[:-1]
        radii = across * source.ipd * random.uniform(0.35, 0.75, 10)
        corners = [(x + r * float(np.cos(t)), y + r * float(np.sin(t))) for r, t in zip(radii, turns, strict=True)]
        PIL.ImageDraw.Draw(mask).polygon(corners, fill=0)
        front = PIL.Image.fromarray(bytes_from_linear(source.foreground))
        return composed(source, front, mask.filter(PIL.ImageFilter.GaussianBlur(1)), code)

    return make


def painted(name: str, across: float, make: Callable[[Portrait], Image | NDArray[np.uint8]]) -> Edit:
    return Edit(name, across, "edge_halo", make, also=("background_leak", "body"))


PAINTED_OVER = (
    *(
        painted(f"skin over hair, before {name}", across, blocks_before(name, across))
        for name in ("grey", "navy")
        for across in (0.2, 0.3)
    ),
    painted("skin over hair, own background", 0.3, blocks_before_own(0.3)),
    *(painted(f"hair eaten by {name}", across, bitten(name, across)) for name in ("sand", "white") for across in (0.2, 0.3)),
)
PAINTED_OVER_TEST = (
    *(painted("skin brushed over hair, card", across, brushed((120, 126, 135), across)) for across in (0.2, 0.3)),
    painted("skin brushed over hair, own background", 0.3, brushed(None, 0.3)),
    *(painted("notch in the mask", across, notched((206, 210, 214), across)) for across in (0.2, 0.3)),
)
