"""The parts of a head whose colour may be changed by themselves: zones of the face's skin, eyes, lips, teeth, hair."""

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
    box_of,
    median_lab,
    of_colour,
    whites,
)
from likeness.comparison.view import View
from likeness.image import Image, Plane, Points
from likeness.image.color import lab_from_linear
from likeness.image.filters import gaussian
from likeness.image.geometry import resize
from likeness.image.tone import brightest, legible
from likeness.regions import OUTLINES, region

LEAST = 0.006  # IPD squared of what is seen of a zone of skin, to speak of it
LEAST_BEARD = 0.1  # IPD squared, and a quarter of that on either side
ON_CHIN = 0.3  # of the chin; where a beard covers less of it, it may be hair that hangs beside the face
LEAST_SMALL = 40  # pixels of eyes, lips or teeth
LEAST_IPD = 60.0  # pixels between the pupils for those
LEAST_HAIR = 0.15  # IPD squared
CURLS = 0.7  # log; hair that varies more is left out: it is uneven throughout, and what is told of it is no fine difference
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
CHEEKS = ("left cheek", "right cheek")
HALVES = ("upper", "lower", "inner", "outer")
NOSE_BASE, CORNERS = 2, (61, 291)  # of the mesh: below the nose, the mouth's
HAIRY, GREYER = 10.0, 0.65  # L* below that of the skin, share of its chroma: where hair grows


class Zone(NamedTuple):
    """Linear pixels of a part in source and result, (N, 3) each."""

    before: Image
    after: Image


def zones(scenes: tuple[View, View], faces: tuple[View, View]) -> dict[str, Zone]:
    """What is seen, neither black nor burnt out, of the zones of the face's skin, and of beard, eyes, lips, teeth and hair, by name."""
    return {**_skin(*faces), **(_small(*faces) if faces[0].ipd >= LEAST_IPD else {}), **_hair(*scenes)}


def _skin(source: View, result: View) -> dict[str, Zone]:
    scale = min(1.0, MAP_IPD / source.ipd)
    before, after = (view.softened(MAP_IPD) for view in (source, result))
    size = before.shape[1], before.shape[0]
    seen = (resize(source.skin * result.valid, size) > 0.7) & (legible(before) > 0.3) & (brightest(after) < CLIPPED)
    points = source.landmarks[:, :2] * scale
    masks = {name: seen & (_polygon(points[list(outline)], size) > 0.5) for name, outline in SKIN.items()}
    area = (source.ipd * scale) ** 2
    halves = {name: half for cheek in CHEEKS for name, half in _halves(cheek, masks[cheek], points).items()}
    found = _zones(before, after, masks | halves, LEAST * area)
    return found | _zones(before, after, {"beard": _beard(source, result, before, points)}, LEAST_BEARD * area)


def _halves(cheek: str, mask: NDArray[np.bool_], points: Points) -> dict[str, NDArray[np.bool_]]:
    """A cheek above and below its middle, nearer to the nose and farther from it: rouge seldom covers more."""
    x, y = points[list(SKIN[cheek])].mean(0)
    rows, columns = np.arange(mask.shape[0])[:, None], np.arange(mask.shape[1])[None]
    inner = (columns < x) == (points[NOSE_BASE, 0] < x)
    sides = (rows < y, rows >= y, inner, ~inner)
    return {f"{cheek}'s {half} half": mask & side for half, side in zip(HALVES, sides, strict=True)}


def _beard(source: View, result: View, before: Image, points: Points) -> NDArray[np.bool_]:
    """What of the face below the mouth's corners is neither skin nor lips, and darker or greyer than skin, (h, w); nothing unless it is
    on both sides and on the chin."""
    size = before.shape[1], before.shape[0]
    ipd = min(source.ipd, MAP_IPD)
    face, lips = region(points, size, "face", grow=-0.04 * ipd), region(points, size, "lips", grow=0.04 * ipd)
    skin, valid = resize(source.skin, size), resize(source.valid * result.valid, size)
    rows, columns = np.arange(size[1])[:, None], np.arange(size[0])[None]
    mask = (
        (face > 0.9)
        & (lips < 0.1)
        & (skin < 0.2)
        & (valid > 0.9)
        & (rows > points[list(CORNERS), 1].mean())
        & (legible(before) > 0.2)
    )
    if not (skin > 0.5).any():
        return np.zeros_like(mask)
    lightness, red, yellow = cv2.split(lab_from_linear(before))
    chroma = np.hypot(red, yellow)
    mask &= (lightness < np.median(lightness[skin > 0.5]) - HAIRY) | (chroma < GREYER * np.median(chroma[skin > 0.5]))
    mask = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3))) > 0
    left = columns > points[NOSE_BASE, 0]
    least = LEAST_BEARD * ipd**2 / 4
    both = min((mask & left).sum(), (mask & ~left).sum()) >= least
    chin = _polygon(points[list(CHIN)], size) > 0.5
    return np.asarray(mask & both & ((mask & chin).sum() >= ON_CHIN * chin.sum()))


def _small(source: View, result: View) -> dict[str, Zone]:
    """Eyes, lips and teeth. What is burnt out in the result alone counts: so bright were they made."""
    found = _in_box(source, result, "eyes", {"eye whites": whites(source), "irises": _irises(source)})
    found |= _in_box(source, result, "lips", {"lips": _lips(source)})
    if np.linalg.norm(source.landmarks[13, :2] - source.landmarks[14, :2]) > OPEN * source.ipd:
        found |= _in_box(source, result, "lips", {"teeth": _teeth(source)})
    return found


def _in_box(source: View, result: View, around: str, masks: Mapping[str, Plane]) -> dict[str, Zone]:
    box = box_of(source, (around,))
    before, after = (gaussian(view.pixels[box], FINE * source.ipd) for view in (source, result))
    seen = ((source.valid * result.valid)[box] > 0) & (legible(before) > 0.2)
    return _zones(before, after, {name: seen & (mask[box] > 0.5) for name, mask in masks.items()}, LEAST_SMALL)


def _hair(source: View, result: View) -> dict[str, Zone]:
    before, after = source.softened(), result.softened()
    return _zones(before, after, {"hair": head_hair(source, result)}, LEAST_HAIR * source.ipd**2)


def head_hair(source: View, result: View) -> NDArray[np.bool_]:
    """What the head wears above the brows, around the face: hair, or what covers it, (H, W)."""
    found = np.zeros(source.skin.shape, np.bool_)
    if not (source.skin > 0.5).any():
        return found
    rows = slice(0, max(8, int(source.landmarks[[i for outline in OUTLINES["brows"] for i in outline], 1].min())))
    before = source.softened()[rows]
    head = (source.portrait.person > 0.95) & (source.region("face", 0.08) == 0) & (source.valid * result.valid > 0)
    mask = (head[rows] & ~of_colour(before, median_lab(source.pixels, source.skin))).astype(np.uint8)
    inner = cv2.erode(mask, np.ones((3, 3)), borderValue=0) > 0
    found[rows] = inner & (source.unevenness[rows] <= CURLS**2) & (legible(before) > 0.2)
    return found


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


def _lips(view: View) -> Plane:
    """The vermilion of both lips, away from the skin and from what is seen between them, (H, W)."""
    between = cv2.dilate(_polygon(view.landmarks[list(MOUTH), :2], view.size), np.ones((3, 3)))
    return np.asarray(view.region("lips", -MARGIN) * (1 - between), np.float32)


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
