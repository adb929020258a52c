"""Texture in bands of wavelength: how much there is, and how much of it is the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import gaussian

# Wavelengths in life, mm.
BANDS = {"A": (0.625, 1.25), "B": (1.25, 2.5), "C": (2.5, 5.0), "D": (5.0, 10.0), "E": (9.0, 22.0)}
COHERENT = 0.6  # share of a band's energy; JPEG at its worst leaves about as much that is the source's own, pasted grain far less
SHORTEST = 2.2  # pixels: shorter waves are not in the picture


def log_luma(image: Image) -> Plane:
    """log(Y + 0.001) of linear RGB, (H, W): a change of exposure is a shift, a change of contrast a factor."""
    return np.asarray(np.log(np.maximum(luminance(image), 0) + 1e-3), np.float32)


def band(plane: Plane, waves: tuple[float, float], px_per_mm: float) -> Plane:
    """The part of ``plane`` with wavelengths ``waves`` (shortest, longest; mm): a difference of Gaussians, sigma = wavelength / 5.34."""
    fine, coarse = (gaussian(plane, wave * px_per_mm / 5.34) for wave in waves)
    return np.asarray(fine - coarse, np.float32)


def resolved(name: str, px_per_mm: float) -> bool:
    """Whether the shortest wave of band ``name`` is at least SHORTEST pixels long."""
    return BANDS[name][0] * px_per_mm >= SHORTEST


def local_correlation(a: Plane, b: Plane, sigma: float) -> Plane:
    """Correlation of two zero-mean planes (H, W) in a Gaussian window of ``sigma`` pixels, -1..1."""
    ab, aa, bb = (gaussian(p, sigma) for p in (a * b, a * a, b * b))
    return np.asarray(ab / np.sqrt(aa * bb + 1e-12), np.float32)


@dataclass(frozen=True)
class Transfer:
    """What became of a band of texture, in a window around each pixel, (N,) each.

    ``energy``: of the source, mean square. ``kept``: energy of that part of the result which is the source's own (regression on
    it), ``total``: energy of all of it, both over the source's.
    """

    energy: NDArray[np.float32]
    kept: NDArray[np.float32]
    total: NDArray[np.float32]

    @property
    def added(self) -> NDArray[np.float32]:
        """Energy that is not the source's, over the source's."""
        return self.total - self.kept

    @property
    def true(self) -> NDArray[np.float32]:
        """The energy ratio, as far as the source's own part makes up COHERENT of it: 1 when all is there, less when it was smoothed
        away or replaced by something else, more when it was sharpened or overlaid."""
        return np.asarray(np.minimum(self.total, self.kept / COHERENT), np.float32)


def transfer(source: Plane, result: Plane, mask: NDArray[np.bool_], sigma: float) -> Transfer:
    """How the band ``source`` came out as ``result``, both (H, W), in Gaussian windows of ``sigma`` pixels that see only ``mask``."""
    weight = mask.astype(np.float32)
    ab, aa, bb = (gaussian(p * weight, sigma)[mask] for p in (source * result, source * source, result * result))
    share = np.maximum(gaussian(weight, sigma)[mask], 1e-6)
    aa = np.maximum(aa, 1e-10)
    return Transfer(aa / share, np.square(np.maximum(ab, 0) / aa), bb / aa)


def tone_slope(source: Plane, result: Plane, mask: NDArray[np.bool_]) -> float:
    """The contrast factor of a tone curve: how steeply ``result`` follows ``source`` in ``mask``, by trimmed least squares."""
    a, b = source[mask].astype(np.float64), result[mask].astype(np.float64)
    slope = 1.0
    if a.size < 64 or not a.any():
        return slope
    slope = float(a @ b / (a @ a))
    for _ in range(4):
        misfit = np.abs(b - slope * a)
        near = misfit <= np.quantile(misfit, 0.8)
        slope = float(a[near] @ b[near] / max(a[near] @ a[near], 1e-12))
    return slope
