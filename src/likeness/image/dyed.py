"""Areas that were given another colour and kept all that they show: a dyed tie, dyed hair; something painted over shows something else."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, luminance
from likeness.image.filters import gaussian, grown

Mask = NDArray[np.bool_]

RIM = 0.06  # of the unit around an area: what is dyed keeps its outline, and what is painted over has another
NEAR = 0.06  # of the unit; areas with less between them are one
LEAST = 0.01  # of the unit squared
COARSE = 0.15  # of the unit; light and the colour itself are coarser than what an area shows
STEEPEST = 15.0  # CIELAB per pixel; beyond, an edge says no more
DARK = 0.01  # linear, added before the logarithm
ALIKE = 0.65  # correlation, of the less alike of the two: dyed 0.71 and above, painted over below 0.4


def dyed(before: Image, after: Image, spots: Mask, unit: float) -> Mask:
    """Which of the connected areas of ``spots`` show in ``after`` all that they show in ``before``, (H, W).

    ``before``, ``after``: linear (H, W, 3), registered, the light matched. An area with its rim counts as dyed where the lightness beyond the
    coarsest correlates, and the steepness of the colours too. ``unit``: pixels per IPD.
    """
    levels = [_fine_lightness(image, unit) for image in (before, after)]
    edges = [_steepness(image) for image in (before, after)]
    count, areas = cv2.connectedComponents(grown(spots, NEAR * unit).astype(np.uint8))
    found = np.zeros_like(spots)
    for number in range(1, count):
        area = spots & (areas == number)
        if area.sum() < LEAST * unit**2:
            continue
        around = grown(area, RIM * unit)
        found |= area & (min(_correlation(*(plane[around] for plane in planes)) for planes in (levels, edges)) > ALIKE)
    return found


def _fine_lightness(image: Image, unit: float) -> Plane:
    level = np.log(np.maximum(luminance(image), 0) + np.float32(DARK))
    return np.asarray(level - gaussian(level, COARSE * unit), np.float32)


def _steepness(image: Image) -> Plane:
    """How fast the colours change from pixel to pixel, CIELAB, at most STEEPEST, (H, W)."""
    lab = lab_from_linear(image)
    slopes = [cv2.Sobel(lab, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(lab, cv2.CV_32F, 0, 1, scale=1 / 8)]
    return np.asarray(np.minimum(np.sqrt(sum(np.square(slope).sum(2) for slope in slopes)), STEEPEST), np.float32)


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / max(float(np.sqrt((a @ a) * (b @ b))), 1e-6))
