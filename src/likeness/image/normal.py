"""Normal distributions of colour around each pixel, plane by plane.

Vectors are (3, ...), symmetric matrices their six different entries, (6, ...), in the order of PAIRS: numpy is many times faster on planes than on
axes of three.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.filters import gaussian

PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
WHOLE = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])  # where a matrix's entries are among the six

Planes = NDArray[np.float32]


def planes(image: Image) -> Planes:
    """``image`` (H, W, C) as (C, H, W)."""
    return np.stack(cv2.split(image))


def mean_around(colours: Planes, weight: Plane, reach: float) -> Planes:
    """The mean of ``colours`` (C, H, W) under a Gaussian of ``reach`` pixels, as far as ``weight`` (H, W) counts them: nowhere 0."""
    share = gaussian(weight, reach)
    return np.stack([gaussian(plane * weight, reach) / share for plane in colours])


def normal_around(colours: Planes, weight: Plane, reach: float, noise: float) -> tuple[Planes, Planes]:
    """Mean (3, H, W) and covariance (6, H, W) of ``colours`` (3, H, W), as ``mean_around``; with the variance of ``noise``."""
    moments = mean_around(np.stack([*colours, *(colours[i] * colours[j] for i, j in PAIRS)]), weight, reach)
    mean, covariance = moments[:3], moments[3:]
    for entry, (i, j) in zip(covariance, PAIRS, strict=True):
        entry += noise**2 * (i == j) - mean[i] * mean[j]
    return mean, covariance


def inverse(matrices: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The inverses (6, ...) of ``matrices`` (6, ...) and their determinants (...), by cofactors: far faster than a general solver."""
    a, b, c, d, e, f = matrices
    adjugate = np.stack([d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b])
    determinant = a * adjugate[0] + b * adjugate[1] + c * adjugate[2]
    adjugate /= determinant
    return adjugate, determinant


def times(matrices: NDArray[Any], vectors: NDArray[Any]) -> NDArray[Any]:
    """Products of ``matrices`` (6, ...) and ``vectors`` (3, ...), (3, ...)."""
    (a, b, c, d, e, f), (x, y, z) = matrices, vectors
    return np.stack([a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z])


def dot(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Products of vectors (3, ...) with one another, (...)."""
    return np.asarray(first[0] * second[0] + first[1] * second[1] + first[2] * second[2])


def squared(off: NDArray[Any], precision: NDArray[Any]) -> NDArray[Any]:
    """Squared Mahalanobis lengths (...) of vectors ``off`` (3, ...)."""
    return dot(off, times(precision, off))
