"""Light and shade of a surface in two pictures: what a change of place by place left of them, apart from any tone curve.

A tone curve is a function of level, a change of light one of place. Over short distances light is even, so that details (a lid, a
nostril, a lock of hair) go through the tone curve alone: it is read off them, wherever they are and whatever became of the
background, and taken out. What is left between the two pictures is light.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.image.filters import gaussian, low_pass

Mask = NDArray[np.bool_]
FLOOR = 2e-3  # linear, added before the logarithm
LEVELS = np.array([-5.8, -4.6, -3.6, -2.8, -2.1, -1.5, -1.0, -0.65, -0.4, -0.2, -0.05, 0.05])  # log; dense where shoulders bend
FINE = 0.7  # pixels; below it is noise
BEND, TILT = 0.03, 3e-4  # what holds the curve straight, and at slope 1 where no details tell
ROUNDS = 6
LEAST_DETAIL = 1e-3  # mean square of details, log; fainter ones tell no curve
MOST = 6000  # pixels of evidence
VIGNETTE_HOLD = 3e-5  # ridge


def level_of(channel: Plane) -> Plane:
    """Log of one channel, linear, (H, W)."""
    return np.asarray(np.log(np.maximum(gaussian(channel, FINE), 0) + np.float32(FLOOR)), np.float32)


def tone_curves(told: tuple[Plane, ...], result: Plane, where: Mask, valid: Plane, reach: float) -> NDArray[np.float64] | None:
    """The tone curve that details finer than ``reach`` pixels tell, at LEVELS of each of ``told``, (N, 12); None with too few of them.

    ``told``: levels of the source, registered with the ``result``. The change from the first to the result is a sum of curves, one
    of each: contrast and gamma bend a channel by its own level, an exposure that keeps hues by the brightest channel's. Details
    are read ``where``; ``valid``: 1 where both pictures have pixels. Robust least squares (Tukey's biweight): a smoothed or
    retouched place speaks for itself alone.
    """
    places = np.flatnonzero(where)
    places = places[:: max(1, len(places) // MOST)]
    hats = np.concatenate([_hats(level) for level in told], axis=2)
    details = (hats - low_pass(hats, valid, reach)).reshape(-1, hats.shape[2])[places].astype(np.float64)
    seen = (result - low_pass(result, valid, reach)).ravel()[places].astype(np.float64)
    start = np.concatenate([LEVELS, np.zeros(len(LEVELS) * (len(told) - 1))])
    if len(places) < 10 * len(start) or float(np.square(details @ start).mean()) < LEAST_DETAIL:
        return None
    curves, trust = start, np.ones(len(seen))
    for _ in range(ROUNDS):
        curves = start + _solved(details, seen - details @ start, trust)
        off = np.abs(seen - details @ curves)
        trust = np.square(np.clip(1 - np.square(off / (4 * 1.4826 * float(np.median(off)) + 1e-3)), 0, 1))
    return np.asarray(curves.reshape(len(told), len(LEVELS)))


def toned(told: tuple[Plane, ...], curves: NDArray[np.float64]) -> Plane:
    """The first of ``told`` through ``curves`` (see ``tone_curves``), (H, W)."""
    return np.asarray(sum(np.interp(level, LEVELS, curve) for level, curve in zip(told, curves, strict=True)), np.float32)


def even_terms(places: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """What a vignette is made of, (..., 3): x, y and radius of ``places`` (..., 2), from the picture's centre, to even powers."""
    squares = np.square(places.astype(np.float64))
    return np.concatenate([squares, np.square(squares.sum(-1, keepdims=True))], -1)


def vignette(change: NDArray[np.float32], places: NDArray[np.floating[Any]], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """A constant and the factors of ``even_terms`` that explain ``change`` (N,), log, at ``places`` (N, 2) best: (4,), robustly."""
    terms = np.concatenate([np.ones((len(change), 1)), even_terms(places)], 1)
    hold = np.diag([0.0] + [VIGNETTE_HOLD * float(weight.sum())] * 3) + 1e-9 * np.eye(4)
    found, trust = np.array([np.median(change), 0, 0, 0], np.float64), np.ones(len(change))
    for _ in range(ROUNDS):
        off = np.abs(change - terms @ found)
        trust = weight * np.square(np.clip(1 - np.square(off / (4 * 1.4826 * float(np.median(off)) + 1e-3)), 0, 1))
        found = np.linalg.solve((terms * trust[:, None]).T @ terms + hold, terms.T @ (trust * change))
    return found


def contrast(level: Plane, weight: Plane) -> float:
    """The standard deviation of ``level`` (H, W) where ``weight`` counts, log."""
    mean = float((level * weight).sum() / weight.sum())
    return float(np.sqrt((np.square(level - mean) * weight).sum() / weight.sum()))


def correlation(first: Plane, second: Plane, weight: Plane) -> float:
    """The correlation of two planes (H, W) where ``weight`` counts, -1..1; 1 where one of them is even."""
    spreads = contrast(first, weight) * contrast(second, weight)
    shared = contrast(first + second, weight) ** 2 - contrast(first - second, weight) ** 2
    return shared / (4 * spreads) if spreads > 1e-12 else 1.0


def local_slope(source: Plane, result: Plane, weight: Plane, sigma: float, hold: float) -> Plane:
    """The slope of ``result`` on ``source`` within a Gaussian of ``sigma`` pixels, (H, W); near 1 where contrast is below ``hold``."""
    a, b = (low_pass(plane, weight, sigma) for plane in (source, result))
    covariance = low_pass(source * result, weight, sigma) - a * b
    variance = low_pass(source * source, weight, sigma) - a * a
    return np.asarray((covariance + hold**2) / (np.maximum(variance, 0) + hold**2), np.float32)


def _hats(level: Plane) -> NDArray[np.float32]:
    """How much each of LEVELS counts for each pixel, (H, W, 12): the curve runs straight between them."""
    places = np.arange(len(LEVELS))
    place = np.interp(level, LEVELS, places)  # of the level among LEVELS: 3.5 is half way from the fourth to the fifth
    return np.asarray(cv2.merge([np.maximum(1 - np.abs(place - one), 0).astype(np.float32) for one in places]), np.float32)


def _solved(details: NDArray[np.float64], seen: NDArray[np.float64], trust: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted ridge for curves at LEVELS, one after the other: held straight, and flat where no details tell."""
    count = len(LEVELS)
    slopes = (np.eye(count, k=1) - np.eye(count))[:-1] / np.diff(LEVELS)[:, None]
    bends = np.diff(slopes, axis=0)
    weighted = details * trust[:, None]
    normal = weighted.T @ details
    scale = float(np.trace(normal)) / len(normal)
    hold = BEND * bends.T @ bends + TILT * slopes.T @ slopes + 1e-6 * np.eye(count)
    return np.linalg.solve(normal + scale * np.kron(np.eye(len(normal) // count), hold), weighted.T @ seen)
