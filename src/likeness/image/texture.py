"""Texture in bands of wavelength: how much there is, and how much of it is the same."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from likeness.image import Image, Plane
from likeness.image.color import luminance

# Wavelengths in life, mm.
BANDS = {"A": (0.625, 1.25), "B": (1.25, 2.5), "C": (2.5, 5.0), "D": (5.0, 10.0), "E": (9.0, 22.0)}
SHORTEST = 2.2  # pixels: shorter waves are not in the picture


def log_luma(image: Image) -> Plane:
    """log(Y + 0.001) of linear RGB, (H, W): a change of exposure is a shift, a change of contrast a factor."""
    return np.asarray(np.log(np.maximum(luminance(image), 0) + 1e-3), np.float32)


def band(plane: Plane, waves: tuple[float, float], px_per_mm: float) -> Plane:
    """The part of ``plane`` with wavelengths ``waves`` (shortest, longest; mm): a difference of Gaussians, sigma = wavelength / 5.34."""
    fine, coarse = (cv2.GaussianBlur(plane, (0, 0), wave * px_per_mm / 5.34) for wave in waves)
    return np.asarray(fine - coarse, np.float32)


def resolved(name: str, px_per_mm: float) -> bool:
    """Whether the shortest wave of band ``name`` is at least SHORTEST pixels long."""
    return BANDS[name][0] * px_per_mm >= SHORTEST


@dataclass(frozen=True)
class Transfer:
    """What became of a band of texture. ``kept``: energy of the part that is the source's own; ``total``: energy of all of it;
    both over the source's energy. ``coherence``: the correlation of the two, -1..1."""

    kept: float
    total: float
    coherence: float

    def per(self, tone: float) -> Transfer:
        """With the contrast factor ``tone`` of a tone curve taken out."""
        return Transfer(self.kept / tone**2, self.total / tone**2, self.coherence)


def transfer(source: Plane, result: Plane, mask: Plane, *, trim: float = 0.05) -> Transfer | None:
    """How the band ``source`` came out as ``result``, both (H, W), where ``mask`` > 0.5; None where there is next to nothing to see.

    The ``trim`` share of pixels with the strongest values in the source (a lash, a hair, a mole's rim) is left out.
    """
    inside = mask > 0.5
    a, b = source[inside].astype(np.float64), result[inside].astype(np.float64)
    if a.size < 64:
        return None
    usual = np.abs(a) <= np.quantile(np.abs(a), 1 - trim)
    a, b = a[usual], b[usual]
    aa, ab, bb = float(a @ a), float(a @ b), float(b @ b)
    if aa / a.size < 1e-9:
        return None
    gain = max(ab / aa, 0.0)
    return Transfer(gain**2, bb / aa, ab / np.sqrt(aa * max(bb, 1e-12)))


def tone_slope(source: Plane, result: Plane, mask: Plane) -> float:
    """The contrast factor of a tone curve: how steeply ``result`` follows ``source`` where ``mask`` > 0.5, by trimmed least squares."""
    inside = mask > 0.5
    a, b = source[inside].astype(np.float64), result[inside].astype(np.float64)
    slope = 1.0
    if a.size < 64 or not a.any():
        return slope
    slope = float(a @ b / (a @ a))
    for _ in range(4):
        misfit = np.abs(b - slope * a)
        near = misfit <= np.quantile(misfit, 0.8)
        slope = float(a[near] @ b[near] / max(a[near] @ a[near], 1e-12))
    return slope
