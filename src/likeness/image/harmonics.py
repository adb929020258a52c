"""Light as spherical harmonics: from which side a matte surface of known shape is lit.

A matte surface blurs the light that falls on it so much that nine numbers describe it to within a few percent (Ramamoorthi and
Hanrahan 2001; Basri and Jacobs 2003). Here they describe the *logarithm* of brightness: a lamp's shading is symmetric about its
direction in the logarithm as well; albedo becomes a summand, and so cancels between two pictures of one surface; and a weaker
contrast of the light is the same numbers times a factor, so that it does not read as another direction.

Directions: x to the picture's right, y up, z toward the camera.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float64]  # (9,): a constant; x, y, z; xy, yz, 3z2-1, xz, x2-y2
Normals = NDArray[np.float32]  # (..., 3), unit vectors

FIRST = slice(1, 4)  # x, y, z
ODD = (1, 4, 7)  # what changes its sign in a mirror: x, xy, xz
# Ridge, as a share of the evidence. Of a face less than half of the sphere is seen, where the second order looks much like the
# first: unheld it takes over, and directions err by 26 degrees instead of 6 (rendered faces under known lamps).
HOLD = np.diag([0.0] + [0.002] * 3 + [0.3] * 5)


def harmonics(normals: Normals) -> NDArray[np.float64]:
    """The harmonics to order two of ``normals``, (..., 9), without their constant factors."""
    x, y, z = (normals[..., i].astype(np.float64) for i in range(3))
    return np.stack([np.ones_like(x), x, y, z, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], -1)


def fit_light(normals: Normals, level: NDArray[np.float32], weight: NDArray[np.floating[Any]]) -> Light:
    """The light that makes a surface of ``normals`` (N, 3) as bright as ``level`` (N,), log luminance. Weighted ridge, linear in level."""
    basis, trust = harmonics(normals), weight.astype(np.float64)
    weighted = basis * trust[:, None]
    normal = weighted.T @ basis + (HOLD + 1e-9 * np.eye(9)) * trust.sum()
    return np.asarray(np.linalg.solve(normal, weighted.T @ level.astype(np.float64)))


def shading(light: Light, normals: Normals) -> NDArray[np.float64]:
    """Log brightness of a surface of ``normals`` (..., 3) under ``light``, (...), up to its albedo."""
    return np.asarray(harmonics(normals) @ light)


def direction(light: Light) -> NDArray[np.float64]:
    """Where most of the light comes from: x, y, z, a unit vector; straight from the camera where it comes from everywhere alike."""
    length = float(np.linalg.norm(light[FIRST]))
    return light[FIRST] / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])


def mirrored(light: Light) -> Light:
    """The same light from the other side, left for right."""
    other = light.copy()
    other[list(ODD)] *= -1
    return other


def angle_between(first: NDArray[np.float64], second: NDArray[np.float64], weight: NDArray[np.float64] | None = None) -> float:
    """Degrees between two vectors of any length, each entry counting by ``weight``; 0 where one of them is none."""
    w = np.ones(len(first)) if weight is None else weight
    lengths = float(np.sqrt((w * first * first).sum() * (w * second * second).sum()))
    return float(np.degrees(np.arccos(np.clip((w * first * second).sum() / lengths, -1, 1)))) if lengths > 1e-12 else 0.0
