"""The face as a surface: which way its skin faces."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from likeness.image import Points
from likeness.image.filters import gaussian

SURFACE = 468  # mesh points of the surface; those after it are of the irises


def normals(landmarks: Points, size: tuple[int, int], soft: float) -> NDArray[np.float32]:
    """Which way the face looks at each pixel, (H, W, 3) unit vectors: x to the picture's right, y up, z toward the camera.

    The mesh points (478, 3) are joined to triangles, each turned to the camera and flat, then softened by a Gaussian of ``soft``
    pixels. Outside the face all three are 0. ``size``: width, height.
    """
    points = landmarks[:SURFACE].astype(np.float64)
    triangles = Delaunay(points[:, :2]).simplices
    corners = points[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    towards = across * np.array([1, -1, -1]) * -np.sign(across[:, 2:])  # in the mesh y grows down and z away
    towards /= np.maximum(np.linalg.norm(towards, axis=1, keepdims=True), 1e-9)
    drawn = np.zeros((size[1], size[0], 3), np.float32)
    fixed = np.round(corners[..., :2] * 16).astype(np.int32)  # 4 fractional bits
    for triangle, normal in zip(fixed, towards, strict=True):
        cv2.fillConvexPoly(drawn, triangle, normal.tolist(), cv2.LINE_8, shift=4)
    inside = np.linalg.norm(drawn, axis=2) > 0.5
    smooth = gaussian(drawn, soft)
    length = np.linalg.norm(smooth, axis=2, keepdims=True)
    return np.asarray(np.where(inside[..., None], smooth / np.maximum(length, 1e-6), 0), np.float32)
