"""How a registered picture differs in contrast, structure and sharpness: the photometric half of Kee & Farid 2011."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.image.filters import gaussian

C2 = 0.03**2  # Wang et al. 2004, for values of 0..1
PATCH = 16  # pixels, side
STEP = 8  # pixels between patches
RIDGE = 0.02  # of a patch's mean power, added before dividing: Tikhonov


def contrast_and_structure(a: Plane, b: Plane, sigma: float) -> Plane:
    """SSIM without its luminance term in Gaussian windows of ``sigma`` pixels, (H, W), 1 where the two are alike.

    Wang et al. 2004: contrast (2 sd_a sd_b + C2) / (var_a + var_b + C2) times structure (cov + C3) / (sd_a sd_b + C3), C3 = C2 / 2.
    Values of 0..1.
    """
    mean_a, mean_b = gaussian(a, sigma), gaussian(b, sigma)
    var_a, var_b = (np.maximum(gaussian(p * p, sigma) - m * m, 0) for p, m in ((a, mean_a), (b, mean_b)))
    cov = gaussian(a * b, sigma) - mean_a * mean_b
    both = np.sqrt(var_a * var_b)
    return np.asarray((2 * both + C2) / (var_a + var_b + C2) * (cov + C2 / 2) / (both + C2 / 2), np.float32)


def blur_by_patch(a: Plane, b: Plane) -> NDArray[np.float32]:
    """How much blurrier ``b`` is than ``a`` in each patch of 16 x 16 pixels, every 8, (rows, columns); below 0: sharper.

    A zero-phase filter H takes the spectrum F of ``a`` to that of ``b`` (regularised division); D = sum w |F| / sum |F| -
    sum w |H F| / sum |H F|, both regularised alike, the shift of the spectrum's centroid, w the radial frequency, 0..0.5 and beyond in the corners.
    """
    window = np.outer(np.hanning(PATCH), np.hanning(PATCH)).astype(np.float32)
    before, after = (_spectra(plane, window) for plane in (a, b))
    power = np.abs(before) ** 2
    ridge = RIDGE * power.mean((-2, -1), keepdims=True) + 1e-9
    radius = np.hypot(*np.meshgrid(np.fft.rfftfreq(PATCH), np.fft.fftfreq(PATCH)))
    spectra = [np.abs(np.real(other * np.conj(before)) / (power + ridge) * before) for other in (before, after)]
    centroids = [(spectrum * radius).sum((-2, -1)) / (spectrum.sum((-2, -1)) + 1e-9) for spectrum in spectra]
    return np.asarray(centroids[0] - centroids[1], np.float32)


def patch_centres(size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the middles of the patches of ``blur_by_patch`` in a picture of ``size`` (width, height)."""
    width, height = size
    return tuple(np.arange(0, n - PATCH + 1, STEP) + PATCH // 2 for n in (height, width))  # type: ignore[return-value]


def _spectra(plane: Plane, window: Plane) -> NDArray[np.complex64]:
    patches = sliding_window_view(plane, (PATCH, PATCH))[::STEP, ::STEP]
    patches = patches - patches.mean((-2, -1), keepdims=True)
    return np.asarray(np.fft.rfft2(patches * window), np.complex64)
