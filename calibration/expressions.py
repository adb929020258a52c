"""Planted expressions and symmetry: a corner, a lid or a brow moved as a retoucher moves it, and faces made more alike on both sides."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial import Delaunay

from calibration.edits import Edit
from calibration.reshaping import Family, Push, Pushes, axes, bumps, displaced, reshaped, splines
from likeness.comparison.shape import PARTNER, asymmetry
from likeness.image import Points
from likeness.portrait import Portrait

LEFT_CORNER, RIGHT_CORNER = 291, 61
UPPER_LIDS = {386: 1.0, 385: 0.9, 387: 0.9, 159: 1.0, 158: 0.9, 160: 0.9}  # how far each goes up
BROWS = (282, 283, 295, 334, 296, 52, 53, 65, 105, 66)
GRID = 8  # pixels between the places where a spline is evaluated


def _upward(source: Portrait, points: dict[int, float], reach: float, outward: float = 0.0) -> Push:
    """``points`` by how far each goes up; ``outward``: how far to the side for each step up."""
    across, down = axes(source)
    at = source.landmarks[list(points), :2].astype(np.float64)
    side = np.sign((at - source.landmarks[168, :2]) @ across)[:, None]
    way = (outward * side * across - down) / np.hypot(1, outward)
    return Push(at, np.array(list(points.values()))[:, None] * way, reach)


def left_corner(source: Portrait) -> Push:
    """The left corner of the mouth higher."""
    return _upward(source, {LEFT_CORNER: 1.0}, 0.14)


def corners(source: Portrait) -> Push:
    """Both corners of the mouth higher and a little apart: a smile."""
    return _upward(source, {LEFT_CORNER: 1.0, RIGHT_CORNER: 1.0}, 0.14, outward=0.3)


def lids(source: Portrait) -> Push:
    """Both upper lids higher."""
    return _upward(source, UPPER_LIDS, 0.06)


def brows(source: Portrait) -> Push:
    """Both brows higher."""
    return _upward(source, dict.fromkeys(BROWS, 1.0), 0.10)


def symmetric(share: float) -> Callable[[Portrait], NDArray[np.uint8]]:
    """``share`` of the face's asymmetry taken out: each mesh point goes half as far toward its partner's mirror image, by a
    thin-plate spline that holds the picture still around the face."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        at, way = _toward_the_middle(source, share, asymmetry(source.landmarks))
        around = _frame(source)
        spline = RBFInterpolator(
            np.concatenate([at, around]), np.concatenate([way, 0 * around]), kernel="thin_plate_spline", smoothing=1.0, neighbors=40
        )
        x, y = (np.arange(0, size + GRID, GRID) for size in (source.width, source.height))
        coarse_x, coarse_y = np.meshgrid(x, y)
        coarse = spline(np.stack([coarse_x.ravel(), coarse_y.ravel()], axis=1)).reshape(*coarse_x.shape, 2).astype(np.float32)
        rows, columns = np.mgrid[: source.height, : source.width].astype(np.float32) / GRID
        return displaced(source, np.asarray(cv2.remap(coarse, columns, rows, cv2.INTER_LINEAR), np.float32))

    return make


def symmetric_by_triangles(share: float) -> Callable[[Portrait], NDArray[np.uint8]]:
    """Second implementation: the mesh as triangles, each carried along by its corners, its seams softened; the mirror is rigid."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        at, way = _toward_the_middle(source, share, _turned_over(source.landmarks))
        around = _frame(source)
        nodes, moves = np.concatenate([at, around]), np.concatenate([way, 0 * around])
        triangles = Delaunay(nodes)
        rows, columns = np.mgrid[: source.height : 2, : source.width : 2]
        places = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
        found = triangles.find_simplex(places)
        to_weights = triangles.transform[found]
        two = np.einsum("nij,nj->ni", to_weights[:, :2], places - to_weights[:, 2])
        weights = np.column_stack([two, 1 - two.sum(1)])
        field = np.einsum("ni,nij->nj", weights, moves[triangles.simplices[found]]) * (found >= 0)[:, None]
        soft = cv2.GaussianBlur(field.reshape(*rows.shape, 2).astype(np.float32), (0, 0), 0.01 * source.ipd)
        return displaced(source, np.asarray(cv2.resize(soft, (source.width, source.height)), np.float32))

    return make


def _turned_over(landmarks: Points) -> NDArray[np.float64]:
    """The asymmetry as a rigid reflection leaves it, (468, 3): another idea of it than the audit's. Kabsch 1976, determinant -1."""
    points = landmarks[:468] - landmarks[:468].mean(0)
    u, _, v = np.linalg.svd(points[PARTNER].T.astype(np.float64) @ points)
    flip = np.diag([1, 1, -np.sign(np.linalg.det(u @ v))])
    return np.asarray(points - points[PARTNER] @ (u @ flip @ v))


def _toward_the_middle(
    source: Portrait, share: float, crooked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mesh points that lie apart from each other, (N, 2), and how far each goes, pixels."""
    at = source.landmarks[:468, :2].astype(np.float64)
    _, first = np.unique(np.round(at / 2), axis=0, return_index=True)
    return at[first], (-share / 2 * crooked[:, :2])[first]


def _frame(source: Portrait) -> NDArray[np.float64]:
    """Points around the face that stay, (N, 2)."""
    middle = source.landmarks[:, :2].mean(0)
    reach = source.landmarks[:, :2] - middle
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    radius = 1.45 * np.abs(reach).max()
    ring = middle + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x, y = np.meshgrid(np.linspace(-10, source.width + 10, 9), np.linspace(-10, source.height + 10, 9))
    far = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.concatenate([ring, far[np.linalg.norm(far - middle, axis=1) > 1.2 * radius]]).astype(np.float64)


DOSES: tuple[tuple[Pushes, tuple[float, ...]], ...] = (
    (left_corner, (1.5, 3.0)),
    (corners, (1.5, 3.0)),
    (lids, (1.5, 3.0)),
    (brows, (2.0, 4.0)),
)


def _moved(family: Family) -> tuple[Edit, ...]:
    return tuple(
        Edit(f"{part.__name__.replace('_', ' ')} up ({family.__name__})", dose, "expression", reshaped(part, dose, family))
        for part, doses in DOSES
        for dose in doses
    )


EXPRESSIONS = _moved(bumps)
EXPRESSIONS_TEST = _moved(splines)
SYMMETRY = tuple(Edit("more symmetric", dose, "symmetry", symmetric(dose), visible=dose >= 0.4) for dose in (0.2, 0.4, 0.7))
SYMMETRY_TEST = tuple(
    Edit("more symmetric, by triangles", dose, "symmetry", symmetric_by_triangles(dose), visible=dose >= 0.4)
    for dose in (0.2, 0.4, 0.7)
)
