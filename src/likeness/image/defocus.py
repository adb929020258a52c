"""How far edges are out of focus, from a single picture."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.image.filters import gaussian

FINE = 0.7  # pixels: sigma of the first blur, against noise and steps between pixels
AGAIN = 1.0  # pixels: sigma of the second blur
OWN = 0.3  # pixels squared: what the differences between neighbours blur themselves
LEAST = 0.05  # pixels squared: sharper than this cannot be told
OVER_NOISE = 6.0  # times the median slope where nothing stands: what noise and JPEG make of it stays below


class Edges(NamedTuple):
    """``at``: (H, W), where an edge runs, a pixel wide; ``sigma``: (H, W), how blurred it is there, pixels."""

    at: NDArray[np.bool_]
    sigma: Plane


def edge_blur(luma: Plane, least: float) -> Edges:
    """The edges of ``luma`` (H, W) whose slope is at least ``least`` per pixel after blurring, and the Gaussian blur of each.

    Blurred once more by AGAIN, the slope of an edge of blur sigma falls by R = sqrt(1 + AGAIN^2 / sigma^2), so
    sigma = AGAIN / sqrt(R^2 - 1). Zhuo and Sim 2011.
    """
    once = gaussian(luma, FINE)
    x, y = _slopes(once)
    slope, rest = np.hypot(x, y), np.hypot(*_slopes(gaussian(once, AGAIN)))
    beside = np.where(np.abs(x) >= np.abs(y), _larger_neighbour(slope, 1), _larger_neighbour(slope, 0))
    ratio = slope / np.maximum(rest, 1e-6)
    sigma = np.sqrt(np.maximum(AGAIN**2 / np.maximum(ratio**2 - 1, 1e-3) - FINE**2 - OWN, LEAST))
    return Edges((slope >= beside) & (rest >= least), np.asarray(sigma, np.float32))


def faintest(luma: Plane, where: NDArray[np.bool_], least: float, most: float) -> float:
    """The slope per pixel from which on an edge stands out of the noise ``where`` (H, W), in ``least`` .. ``most``: for ``edge_blur``."""
    rest = np.hypot(*_slopes(gaussian(gaussian(luma, FINE), AGAIN)))
    return float(np.clip(OVER_NOISE * np.median(rest[where]), least, most)) if where.any() else most


def _slopes(plane: Plane) -> tuple[Plane, Plane]:
    """Differences per pixel along x and y, each averaged across (Sobel)."""
    across = cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    return np.asarray(across), np.asarray(cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8))


def _larger_neighbour(plane: Plane, axis: int) -> Plane:
    """The larger of the two neighbours along ``axis``."""
    return np.maximum(np.roll(plane, 1, axis), np.roll(plane, -1, axis))
