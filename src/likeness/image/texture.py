"""Texture in bands of wavelength: how much there is, and how much of it is the same."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import gaussian

# Wavelengths in life, mm.
BANDS = {"A": (0.625, 1.25), "B": (1.25, 2.5), "C": (2.5, 5.0), "D": (5.0, 10.0), "E": (9.0, 22.0)}
SHORTEST = 2.2  # pixels: shorter waves are not in the picture
LEVELS = 10
MOST = 12000  # pixels that slopes are taken from


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


class Transfer(NamedTuple):
    """What became of a band of texture, in a window around each pixel, (H, W) each, NaN where nothing is known.

    ``kept``: energy of that part of the result which is the source's own (regression on it), ``total``: energy of all of it, both
    over the source's.
    """

    kept: Plane
    total: Plane


def transfer(source: Plane, result: Plane, mask: NDArray[np.bool_], sigma: float) -> Transfer:
    """How the band ``source`` came out as ``result``, both (H, W), in Gaussian windows of ``sigma`` pixels that see only ``mask``."""
    weight = mask.astype(np.float32)
    a, b = source * weight, result * weight
    ab, aa, bb = (gaussian(product, sigma) for product in (a * b, a * a, b * b))
    own = np.where(mask, np.maximum(aa, 1e-10), np.float32(np.nan))
    return Transfer(np.square(np.maximum(ab, 0) / own), bb / own)


def level_slope(source: Plane, result: Plane, level: Plane, mask: NDArray[np.bool_]) -> Plane:
    """The contrast factor of a tone curve by brightness, (H, W): how steeply ``result`` follows ``source``, less near white than in the
    mid-tones. ``level``: the brightness of each pixel.

    Trimmed least squares in LEVELS classes of equally many pixels of ``mask``, each with half of either neighbour. 1 with too few.
    """
    chosen = np.flatnonzero(mask)[:: max(1, int(mask.sum()) // MOST)]
    if len(chosen) < 64:
        return np.ones_like(level)
    a, b, at = (plane.ravel()[chosen].astype(np.float64) for plane in (source, result, level))
    order = np.argsort(at)
    place = np.empty(len(at), int)
    place[order] = np.arange(len(at)) * LEVELS // len(at)
    centres = np.array([np.median(at[place == k]) for k in range(LEVELS)])
    slopes = _slopes(a, b, place)
    misfit = np.abs(b - slopes[place] * a)
    near = misfit <= np.quantile(misfit, 0.85)
    slopes = _slopes(a[near], b[near], place[near])
    return np.interp(level, centres, slopes).astype(np.float32)


def _slopes(a: NDArray[np.float64], b: NDArray[np.float64], place: NDArray[Any]) -> NDArray[np.float64]:
    """The least-squares slope of b on a in each class, (LEVELS,), neighbours counting half."""
    sums = (np.bincount(place, x, LEVELS) for x in (a * b, a * a))
    ab, aa = (np.convolve(np.pad(x, 1, mode="edge"), (0.25, 0.5, 0.25), "valid") for x in sums)
    return np.asarray(np.maximum(ab / np.maximum(aa, 1e-9), 0))
