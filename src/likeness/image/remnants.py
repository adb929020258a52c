"""Pieces of an old background that stand before a new one: a star above a cap, books beside an ear, a rim around a shoulder."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from likeness.image import Image, Plane
from likeness.image.filters import fill, grown, length

Mask = NDArray[np.bool_]

CLEAR = 14.0  # dE76: old and new background are told apart from here
LIVELY = 0.9  # of a new background has to be foreseen from farther away, within CLEAR: else it can't be continued behind the person
UNLIKELY = 0.2  # probability of the person; above it the mask only doubts
COPIED = 0.5  # a pixel is old that is so much nearer to the source than to the new background
SAME = 9.0  # dE76: and no farther from the source than this: lamps behind the person look like something else in the source
PLACE = 12.0  # dE76 that one unit of distance counts when colours are looked for nearby
NEAREST = 3
EVERY = 3  # of the known colours each third is enough


def remnants(source: Image, result: Image, person: Plane, seen: Mask, unit: float) -> Mask | None:
    """Where ``result`` shows the source's background around the person although it has another, (H, W). None where too little is seen
    or the new background is too lively to be known behind the person.

    ``source``, ``result``: CIELAB (H, W, 3), registered, the light matched. ``person``: its probability, which need only be roughly
    right: a pixel counts when it looks like the source and not like the new background, and when its colour is found
    nearer by in the source's sure background than in the sure person. ``unit``: pixels per IPD.
    """
    outside = (person < UNLIKELY) & seen
    far = ~grown(person > 0.3, 0.45 * unit) & seen
    behind, inside = ~grown(person > 0.2, 0.1 * unit) & seen, ~grown(person < 0.9, 0.04 * unit) & seen
    if far.sum() < NEAREST * 20 or inside.sum() < NEAREST * 20:
        return None
    if _lively(result, far, far & ~grown(person > 0.3, 0.9 * unit)):
        return None
    new = fill(result, far.astype(np.float32))
    to_source, to_new, apart = (length(d) for d in (result - source, result - new, source - new))
    old = outside & ~far & (apart > CLEAR) & (to_source < np.minimum(COPIED * to_new, SAME))
    old[old] = _nearer(_placed(source, unit), old, behind, inside)
    return np.asarray(old)


def _lively(result: Image, far: Mask, farther: Mask) -> bool:
    """Whether the background is not what it seems from ``farther`` away: lamps, leaves."""
    near = far & ~farther
    if min(near.sum(), farther.sum()) < NEAREST * 20:
        return False
    missed = np.linalg.norm((result - fill(result, farther.astype(np.float32)))[near], axis=1)
    return bool(np.quantile(missed, LIVELY) > CLEAR)


def _placed(lab: Image, unit: float) -> NDArray[np.float32]:
    """Colour and place as one vector, (H, W, 5)."""
    y, x = np.mgrid[: lab.shape[0], : lab.shape[1]].astype(np.float32) * np.float32(PLACE / unit)
    return np.dstack([lab, x, y])


def _nearer(vectors: NDArray[np.float32], where: Mask, to: Mask, than: Mask) -> Mask:
    """Of the pixels ``where``: whether their vector is nearer to those of the mask ``to`` than to those of ``than``."""
    if not where.any():
        return np.zeros(0, bool)
    near, other = (cKDTree(vectors[mask][::EVERY]).query(vectors[where], k=NEAREST, workers=2)[0].mean(1) for mask in (to, than))
    return np.asarray(near < other)


def worst_spot(mask: Mask, unit: float) -> float:
    """The share of ``mask`` in the fullest spot of some 0.17 ``unit`` across, 0..1."""
    return fullest_spot(mask, unit)[0]


def fullest_spot(mask: Mask, unit: float) -> tuple[float, tuple[int, int]]:
    """The share of ``mask`` in the fullest spot of some 0.17 ``unit`` across, 0..1, and where that is: x, y."""
    filled = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.07 * unit)
    y, x = divmod(int(filled.argmax()), filled.shape[1])
    return float(filled[y, x]), (x, y)
