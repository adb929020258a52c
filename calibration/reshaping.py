"""Planted reshapes: a part of the face moved by a stated share of the eye distance at most, in two families of warps."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial.distance import cdist

from calibration.edits import Edit
from calibration.handling import same
from likeness.portrait import Portrait
from likeness.regions import OUTLINES

NOSE = (129, 358, 98, 327, 48, 278)  # wings
JAW = (172, 397, 136, 365, 150, 379, 58, 288)
MOUTH = (61, 291)


class Push(NamedTuple):
    """Where the face is pushed and which way, (N, 2) each in units of the strongest push, and how wide a push reaches, IPD."""

    at: NDArray[np.float64]
    way: NDArray[np.float64]
    reach: float


Pushes = Callable[[Portrait], Push]
Family = Callable[[Portrait, Push], NDArray[np.float32]]


def axes(source: Portrait) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The face's own directions in the picture, unit vectors: to the person's left, and down."""
    across = (source.landmarks[473, :2] - source.landmarks[468, :2]).astype(np.float64)
    across /= np.linalg.norm(across)
    return across, np.array([-across[1], across[0]])


def nose(source: Portrait) -> Push:
    """Its wings nearer to each other."""
    return _narrower(source, NOSE, 0.14)


def jaw(source: Portrait) -> Push:
    """Narrower from ear to chin."""
    return _narrower(source, JAW, 0.30)


def _narrower(source: Portrait, points: tuple[int, ...], reach: float) -> Push:
    across, _ = axes(source)
    at = source.landmarks[list(points), :2].astype(np.float64)
    return Push(at, -np.sign((at - source.landmarks[168, :2]) @ across)[:, None] * across, reach)


def mouth(source: Portrait) -> Push:
    """Both corners higher."""
    _, down = axes(source)
    return Push(source.landmarks[list(MOUTH), :2].astype(np.float64), np.tile(-down, (2, 1)), 0.16)


def eyes(source: Portrait) -> Push:
    """Larger on all sides."""
    rims = [source.landmarks[list(outline), :2].astype(np.float64) for outline in OUTLINES["eyes"]]
    outward = [rim - rim.mean(0) for rim in rims]
    return Push(np.concatenate(rims), np.concatenate([o / np.linalg.norm(o, axis=1).max() for o in outward]), 0.12)


PARTS: tuple[Pushes, ...] = (nose, jaw, eyes, mouth)


def bumps(source: Portrait, push: Push) -> NDArray[np.float32]:
    """Family 1: a Gaussian bump at each push, averaged where they overlap. The field (H, W, 2), 1 at its longest."""
    at, way, reach = push
    x, y = np.meshgrid(np.arange(source.width), np.arange(source.height))
    total, weights = np.zeros((source.height, source.width, 2)), np.full((source.height, source.width), 1e-9)
    strongest = np.zeros((source.height, source.width))
    for point, toward in zip(at, way, strict=True):
        weight = np.exp(-((x - point[0]) ** 2 + (y - point[1]) ** 2) / (2 * (reach * source.ipd) ** 2))
        total += weight[..., None] * toward
        weights += weight
        strongest = np.maximum(strongest, weight)
    return _unit(total / weights[..., None] * strongest[..., None])


def splines(source: Portrait, push: Push) -> NDArray[np.float32]:
    """Family 2: a thin-plate spline through the pushes that holds the rest of the mesh and the frame still."""
    at, way, reach = push
    mesh = source.landmarks[::3, :2].astype(np.float64)
    far = np.array([np.linalg.norm(at - point, axis=1).min() > 1.6 * reach * source.ipd for point in mesh])
    x, y = np.meshgrid(np.linspace(0, source.width, 7), np.linspace(0, source.height, 7))
    frame = np.stack([x.ravel(), y.ravel()], axis=1)
    frame = frame[[np.linalg.norm(at - point, axis=1).min() > 3 * reach * source.ipd for point in frame]]
    held = np.concatenate([mesh[far], frame])
    spline = RBFInterpolator(
        np.concatenate([at, held]),
        np.concatenate([way, np.zeros_like(held)]),
        kernel="thin_plate_spline",
        smoothing=1.0,
        neighbors=40,
    )
    step = int(np.clip(0.35 * reach * source.ipd, 3, 12))
    coarse_x, coarse_y = np.meshgrid(np.arange(0, source.width + step, step), np.arange(0, source.height + step, step))
    places = np.stack([coarse_x.ravel(), coarse_y.ravel()], axis=1)
    fade = np.clip(2 - cdist(places, at).min(1) / (2.5 * reach * source.ipd), 0, 1)
    values = np.zeros_like(places, np.float32)
    values[fade > 0] = spline(places[fade > 0]) * fade[fade > 0, None]
    coarse = values.reshape(*coarse_x.shape, 2)
    rows, columns = np.mgrid[: source.height, : source.width].astype(np.float32) / step
    return _unit(cv2.remap(coarse, columns, rows, cv2.INTER_LINEAR))


def _unit(field: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(field / np.linalg.norm(field, axis=2).max(), np.float32)


def reshaped(part: Pushes, dose: float, family: Family) -> Callable[[Portrait], NDArray[np.uint8]]:
    """``part`` moved by ``dose`` % of the eye distance where it moves most."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        key = (family.__name__, part.__name__)
        if key not in source.views:
            source.views[key] = family(source, part(source))
        return displaced(source, source.views[key] * np.float32(dose / 100 * source.ipd))

    return make


def displaced(source: Portrait, field: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture with what lies at a pixel moved by ``field``, (H, W, 2) pixels."""
    rows, columns = np.mgrid[: source.height, : source.width].astype(np.float32)
    return np.asarray(cv2.remap(same(source), columns - field[..., 0], rows - field[..., 1], cv2.INTER_CUBIC))


def _all(family: Family) -> tuple[Edit, ...]:
    return tuple(
        Edit(f"{part.__name__} ({family.__name__})", dose, "geometry", reshaped(part, dose, family))
        for part in PARTS
        for dose in (1.0, 2.0, 3.0, 5.0)
    )


RESHAPING, RESHAPING_TEST = _all(bumps), _all(splines)
