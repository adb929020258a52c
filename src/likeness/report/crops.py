"""The pictures of a report: source and result in one frame, and the spots that betray an edit, a pixel per pixel.

A crop is of the result's own pixels; the source is seen through the map that leads from the result's pixels to its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.faces import eye_midpoint
from likeness.image import Affine, Image, Plane, Points
from likeness.image.color import bytes_from_linear
from likeness.image.geometry import Box, compose, crop_and_scale, invert, resize, scale_of, similarity, warp
from likeness.portrait import Portrait
from likeness.report.views import CropPair, Picture

Pixels = NDArray[np.uint8]

WIDEST = (460, 250)  # pixels of the eyes' crop: two side by side fit a page
SQUARE = 290  # pixels of the other crops
LEAST = 32  # pixels; a smaller crop shows nothing
EMPTY = 0.2  # linear grey where the source ends
EDGE_IPD = 24.0  # pixels between the pupils at which the hair's edge is looked for
FOREHEAD, CHIN = 10, 152  # mesh points
TOLD = 2  # crops of what findings speak of, beside the usual ones


class Place(NamedTuple):
    """A place to show, by the ``words`` that findings call it by: around the middle of mesh ``points``, ``up`` a share of the face's height
    from there, ``side`` IPD wide."""

    name: str
    words: tuple[str, ...]
    points: tuple[int, ...]
    side: float
    up: float = 0.0


PLACES = (
    Place("Mouth", ("teeth", "lips", "mouth"), (61, 291), 1.1),
    Place("Left cheek", ("left cheek",), (280,), 0.9),
    Place("Right cheek", ("right cheek",), (50,), 0.9),
    Place("Chin", ("chin", "beard", "jaw"), (CHIN, 17), 1.6),
    Place("Nose", ("nose",), (1,), 0.9),
    Place("Forehead", ("forehead",), (151,), 1.2),
    Place("Hair", ("hair",), (FOREHEAD,), 2.0, 0.2),
    Place("Clothes", ("clothes", "torso"), (CHIN,), 2.4, -0.6),
)
EYE_CORNERS = ((33, 133), (263, 362))
CHEEKS = (50, 280)  # mesh points in the middle of each
NOSE_TIP = 1


def from_one_photo(source: Portrait, result: Portrait) -> Affine:
    """The map from the pixels of ``result`` to those of ``source``, both being portraits of one photo."""
    return compose(invert(source.to_photo), result.to_photo)


def by_the_face(source: Portrait, result: Portrait) -> Affine:
    """The similarity from the pixels of ``result`` to those of ``source`` that fits the two faces."""
    return similarity(result.landmarks, source.landmarks)


def whole(result: Portrait, long_side: int) -> Pixels:
    """The result, at most ``long_side`` pixels long."""
    return bytes_from_linear(resize(result.pixels, _fitted(result, long_side)))


def source_in_frame(source: Portrait, result: Portrait, to_source: Affine, long_side: int) -> Pixels:
    """The source in the frame of the result, at most ``long_side`` pixels long; made smaller as ``whole`` does, so as sharp."""
    seen = seen_through(source.pixels, to_source, (result.width, result.height))
    return bytes_from_linear(resize(seen, _fitted(result, long_side)))


def _fitted(result: Portrait, long_side: int) -> tuple[int, int]:
    scale = min(1.0, long_side / max(result.width, result.height))
    return max(1, round(result.width * scale)), max(1, round(result.height * scale))


def crop_pairs(
    source: Portrait, result: Portrait, to_source: Affine, share: float = 1.0, regions: Sequence[str] = ()
) -> list[CropPair]:
    """Up to TOLD of what ``regions`` name (of findings), then eyes, skin and the edge of the hair, of source and result.

    ``share``: of the size that fits a page, for smaller ones.
    """
    boxes = {
        **_named(result, share * SQUARE, regions),
        "Eyes": _eyes(result, share),
        "Skin": _skin(result, share * SQUARE),
        "Hair edge": _hair_edge(source, result, to_source, share * SQUARE),
    }
    pairs = []
    for name, box in boxes.items():
        box = box.clipped(result.width, result.height)
        if min(box.width, box.height) < LEAST:
            continue
        shift = np.array([[1, 0, box.left], [0, 1, box.top]], np.float64)
        seen = seen_through(source.pixels, compose(to_source, shift), (box.width, box.height))
        before, after = bytes_from_linear(seen), bytes_from_linear(box.of(result.pixels))
        what = f"{name.lower()}, every pixel of the result shown as one"
        pairs.append(CropPair(name, Picture(before, f"Source: {what}"), Picture(after, f"Result: {what}")))
    return pairs


def seen_through(image: Image, to_image: Affine, size: tuple[int, int]) -> Image:
    """``image`` at ``size`` (width, height), where ``to_image`` maps the new pixels to its own; grey where it ends.

    Pixels that are only shifted by whole ones stay as they are.
    """
    height, width = image.shape[:2]
    shift = np.round(to_image[:, 2])
    if np.allclose(to_image, np.column_stack([np.eye(2), shift]), atol=1e-3):
        left, top = (int(v) for v in shift)
        box = Box(left, top, left + size[0], top + size[1])
        if box.clipped(width, height) == box:
            return box.of(image)
    seen = np.array(warp(image, to_image, size))
    corners = np.array([[0, 0], [size[0] - 1, 0], [0, size[1] - 1], [size[0] - 1, size[1] - 1]], np.float64)
    reached = corners @ to_image[:, :2].T + to_image[:, 2]
    if (reached < -0.5).any() or (reached > (width - 0.5, height - 0.5)).any():
        seen[warp(np.ones((height, width), np.float32), to_image, size) < 0.98] = EMPTY
    return seen


def detail(source: Portrait, result: Portrait, to_source: Affine) -> str:
    """How the files' pixels compare with those of the crops, in a sentence."""
    own, there = scale_of(result.to_photo), scale_of(to_source) * scale_of(source.to_photo)
    if max(abs(own - 1), abs(there - 1)) < 0.02:
        return "Every pixel of the crops is a pixel of the files."
    return f"The crops show {_across(own, 'the result')} and {_across(there, 'the source')}."


def _across(ratio: float, whose: str) -> str:
    if abs(ratio - 1) < 0.02:
        return f"{whose} pixel by pixel"
    return f"{whose} reduced {ratio:.1f} times" if ratio > 1 else f"{whose} enlarged {1 / ratio:.1f} times"


# -- where to look


def _named(result: Portrait, most: float, regions: Sequence[str]) -> dict[str, Box]:
    """The places of which findings speak, in their order, each once."""
    found: dict[str, Box] = {}
    for region in regions:
        place = next((place for place in PLACES if any(word in region for word in place.words)), None)
        if place is not None and len(found) < TOLD:
            side = min(most, place.side * result.ipd)
            up = result.landmarks[FOREHEAD] - result.landmarks[CHIN]
            found[place.name] = _around(result.landmarks[list(place.points)].mean(0) + place.up * up, side, side)
    return found


def _around(centre: Points, width: float, height: float) -> Box:
    x, y = (float(v) for v in centre[:2])
    left, top = round(x - width / 2), round(y - height / 2)
    return Box(left, top, left + round(width), top + round(height))


def _eyes(result: Portrait, share: float) -> Box:
    """Both eyes where they fit; else the one that is nearer to the camera."""
    points, ipd = result.landmarks, result.ipd
    width, height = min(share * WIDEST[0], 2.3 * ipd), min(share * WIDEST[1], 1.05 * ipd)
    if width >= 1.75 * ipd:
        return _around(eye_midpoint(points), width, height)
    outer, inner = max(EYE_CORNERS, key=lambda eye: float(np.linalg.norm(points[eye[0], :2] - points[eye[1], :2])))
    return _around((points[outer] + points[inner]) / 2, width, height)


def _skin(result: Portrait, most: float) -> Box:
    """The middle of the cheek that is nearer to the camera."""
    points = result.landmarks
    cheek = max(CHEEKS, key=lambda index: float(np.linalg.norm(points[index, :2] - points[NOSE_TIP, :2])))
    side = min(most, 0.9 * result.ipd)
    return _around(points[cheek], side, side)


def _hair_edge(source: Portrait, result: Portrait, to_source: Affine, most: float) -> Box:
    """The place around the upper head where most pixels are partly person, partly background, and about half of it is either."""
    scale = min(1.0, EDGE_IPD / result.ipd)
    back, size = crop_and_scale(Box(0, 0, result.width, result.height), scale)
    person = np.clip(_edge(source, compose(to_source, back), size), 0, 1)
    side = min(most, 1.0 * result.ipd)
    window = max(3, round(side * scale))
    mixed, share = (
        cv2.boxFilter(plane, -1, (window, window), borderType=cv2.BORDER_REPLICATE)
        for plane in (1 - 4 * np.square(person - np.float32(0.5)), person)
    )
    total = mixed * share * (1 - share)
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    eyes = eye_midpoint(result.landmarks) * scale
    ipd = result.ipd * scale
    near = np.hypot(x - eyes[0], y - (eyes[1] - 0.4 * ipd)) < 2.4 * ipd
    inside = (x > window / 2) & (x < size[0] - window / 2) & (y > window / 2) & (y < eyes[1])
    best = np.unravel_index(np.argmax(np.where(near & inside, total, 0)), total.shape)
    return _around(np.array([best[1], best[0]], np.float32) / np.float32(scale), side, side)


def _edge(source: Portrait, to_source: Affine, size: tuple[int, int]) -> Plane:
    """How much of each pixel is the person: the alpha where it is known already, else the person mask."""
    known = source.facts.get("alpha", source.facts.get("person"))
    return np.asarray(warp(source.person if known is None else known, to_source, size), np.float32)
