"""The parts of a head whose colour may be changed by themselves: zones of the face's skin, eyes, teeth, hair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.recolouring import (
    CLIPPED,
    EYES,
    FINE,
    MAP_IPD,
    MARGIN,
    UNEVEN,
    box_of,
    median_lab,
    of_colour,
    whites,
)
from likeness.comparison.view import View
from likeness.image import Image, Plane, Points
from likeness.image.filters import gaussian
from likeness.image.geometry import resize
from likeness.image.tone import brightest, legible
from likeness.regions import OUTLINES

LEAST = 0.006  # IPD squared of what is seen of a zone of skin, to speak of it
LEAST_SMALL = 40  # pixels of eyes or teeth
LEAST_IPD = 60.0  # pixels between the pupils for those
LEAST_HAIR = 0.15  # IPD squared
MOST = 250  # pixels of a zone that are looked at
OPEN = 0.06  # IPD between the lips, from which on teeth are looked for
PUPIL = 0.45  # of the iris
DARKER, REDDER = 25.0, 4.0  # L*, a* from the face's skin: gums and tongue are redder, the mouth's depth is darker
CHIN = (18, 313, 406, 262, 369, 400, 377, 152, 148, 176, 140, 32, 182, 83)  # of the mesh, as the ones below
MOUTH = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
SKIN: Mapping[str, tuple[int, ...]] = {
    "left cheek": OUTLINES["cheeks"][0],
    "right cheek": OUTLINES["cheeks"][1],
    "forehead": OUTLINES["forehead"][0],
    "nose": OUTLINES["nose"][0],
    "chin": CHIN,
}


class Zone(NamedTuple):
    """Linear pixels of a part in source and result, (N, 3) each."""

    before: Image
    after: Image


def zones(scenes: tuple[View, View], faces: tuple[View, View]) -> dict[str, Zone]:
    """What is seen, neither black nor burnt out, of the zones of the face's skin and of eyes, teeth and hair, by name."""
    return {**_skin(*faces), **(_small(*faces) if faces[0].ipd >= LEAST_IPD else {}), **_hair(*scenes)}


def _skin(source: View, result: View) -> dict[str, Zone]:
    scale = min(1.0, MAP_IPD / source.ipd)
    before, after = (view.softened(MAP_IPD) for view in (source, result))
    size = before.shape[1], before.shape[0]
    seen = (resize(source.skin * result.valid, size) > 0.7) & (legible(before) > 0.3) & (brightest(after) < CLIPPED)
    points = source.landmarks[:, :2] * scale
    masks = {name: seen & (_polygon(points[list(outline)], size) > 0.5) for name, outline in SKIN.items()}
    return _zones(before, after, masks, LEAST * (source.ipd * scale) ** 2)


def _small(source: View, result: View) -> dict[str, Zone]:
    """Eyes and teeth. What is burnt out in the result alone counts: so bright were they made."""
    found = _in_box(source, result, "eyes", {"eye whites": whites(source), "irises": _irises(source)})
    if np.linalg.norm(source.landmarks[13, :2] - source.landmarks[14, :2]) > OPEN * source.ipd:
        found |= _in_box(source, result, "lips", {"teeth": _teeth(source)})
    return found


def _in_box(source: View, result: View, around: str, masks: Mapping[str, Plane]) -> dict[str, Zone]:
    box = box_of(source, (around,))
    before, after = (gaussian(view.pixels[box], FINE * source.ipd) for view in (source, result))
    seen = ((source.valid * result.valid)[box] > 0) & (legible(before) > 0.2)
    return _zones(before, after, {name: seen & (mask[box] > 0.5) for name, mask in masks.items()}, LEAST_SMALL)


def _hair(source: View, result: View) -> dict[str, Zone]:
    """What the head wears above the brows, around the face: hair, or what covers it."""
    skin = source.skin > 0.5
    rows = slice(0, max(8, int(source.landmarks[[i for outline in OUTLINES["brows"] for i in outline], 1].min())))
    if not skin.any():
        return {}
    before, after = (view.softened()[rows] for view in (source, result))
    head = (source.portrait.person > 0.95) & (source.region("face", 0.08) == 0) & (source.valid * result.valid > 0)
    mask = (head[rows] & ~of_colour(before, median_lab(source.pixels, source.skin))).astype(np.uint8)
    inner = cv2.erode(mask, np.ones((3, 3)), borderValue=0) > 0
    uneven = source.unevenness[rows] > UNEVEN**2
    return _zones(before, after, {"hair": inner & ~uneven & (legible(before) > 0.2)}, LEAST_HAIR * source.ipd**2)


def _irises(view: View) -> Plane:
    """The irises without their pupils and rims, less what the lids cover, (H, W)."""
    mask = np.zeros(view.skin.shape, np.uint8)
    for pupil, edge in EYES:
        centre = view.landmarks[pupil, :2]
        radius = float(np.linalg.norm(view.landmarks[list(edge), :2] - centre, axis=1).mean())
        at = (round(float(centre[0])), round(float(centre[1])))
        cv2.circle(mask, at, round(0.85 * radius), 1, -1)
        cv2.circle(mask, at, round(PUPIL * radius), 0, -1)
    return np.asarray(mask * view.region("eyes", -MARGIN), np.float32)


def _teeth(view: View) -> Plane:
    """What is neither dark nor as red as gums between the lips, (H, W)."""
    inside = cv2.erode(_polygon(view.landmarks[list(MOUTH), :2], view.size), np.ones((3, 3)))
    skin = view.skin > 0.5
    if not skin.any():
        return np.asarray(inside, np.float32)
    usual = np.median(view.lab[skin], axis=0)
    return np.asarray(inside * (view.lab[..., 0] > usual[0] - DARKER) * (view.lab[..., 1] < usual[1] + REDDER), np.float32)


def _polygon(points: Points, size: tuple[int, int]) -> Plane:
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 1, cv2.LINE_8, shift=4)
    return np.asarray(mask, np.float32)


def _zones(before: Image, after: Image, masks: Mapping[str, NDArray[np.bool_]], least: float) -> dict[str, Zone]:
    found = {}
    for name, mask in masks.items():
        a, b = before[mask], after[mask]
        if len(a) >= least:
            step = max(1, len(a) // MOST)
            found[name] = Zone(a[::step], b[::step])
    return found
