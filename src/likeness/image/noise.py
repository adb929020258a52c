"""Sensor noise and film grain: measured by brightness, and made to measure. In sRGB-encoded values, 0..1, where it is most even."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import linear_from_srgb, luminance, srgb_from_linear
from likeness.image.filters import gaussian

Mask = NDArray[np.bool_]
Levels = NDArray[np.float32]  # (BINS,) standard deviation by luma bin

BINS = 16
BLOCK = 8  # side of the blocks that are judged flat or not, pixels
FLATTEST = 0.25  # share of a bin's blocks that counts as flat
ENOUGH = 12  # blocks in a bin below which it says nothing
IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def noise_levels(image: Image, where: Mask | None = None) -> Levels:
    """Standard deviation of the noise in each of 16 luma bins, (16,), encoded values; NaN in bins without enough flat blocks.

    ``image`` (H, W, 3) linear; ``where`` (H, W) limits it. Per block of 8 x 8, sqrt(pi/2) mean |I * M| / 6 with the mask M that is blind
    to planes; of each bin the flattest quarter of its blocks counts. Immerkaer 1996.
    """
    luma = srgb_from_linear(luminance(image))
    response = np.abs(cv2.filter2D(luma, -1, IMMERKAER, borderType=cv2.BORDER_REFLECT_101)) * np.float32(np.sqrt(np.pi / 2) / 6)
    usable = np.ones(luma.shape, np.float32) if where is None else where.astype(np.float32)
    usable = cv2.erode(usable, np.ones((3, 3), np.uint8))
    sigma, mean, whole = (_block_means(plane) for plane in (response, luma, usable))
    usual = (whole > 0.999) & (mean > 0.02) & (mean < 0.98) & (sigma > 0)  # clipped blocks have lost their noise
    bins = np.clip((mean * BINS).astype(int), 0, BINS - 1)
    levels = np.full(BINS, np.nan, np.float32)
    for k in range(BINS):
        found = np.sort(sigma[usual & (bins == k)])
        if len(found) >= ENOUGH:
            levels[k] = np.median(found[: max(3, int(len(found) * FLATTEST))])
    return levels


def _block_means(plane: Plane) -> Plane:
    """The mean of each whole block, (H // BLOCK, W // BLOCK)."""
    height, width = (n - n % BLOCK for n in plane.shape)
    return np.asarray(plane[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean((1, 3)), np.float32)


def completed(levels: Levels, *, least: float = 0.0) -> Levels:
    """``levels`` with the bins that say nothing taken from their neighbours, none below ``least``."""
    told = np.flatnonzero(np.isfinite(levels))
    if not len(told):
        return np.full(BINS, least, np.float32)
    return np.maximum(np.interp(np.arange(BINS), told, levels[told]), least).astype(np.float32)


def with_noise(image: Image, levels: Levels, *, seed: int, grain: float = 0.6, colour: float = 0.35) -> Image:
    """``image`` (H, W, 3) linear with Gaussian noise of ``levels`` by luma, as ``noise_levels`` would measure them.

    ``grain``: sigma of its softness, pixels. ``colour``: the share of each channel's noise that is its own.
    """
    encoded = srgb_from_linear(image)
    strength = np.interp(srgb_from_linear(luminance(image)), (np.arange(BINS) + 0.5) / BINS, completed(levels))
    return linear_from_srgb(
        encoded + _pattern((image.shape[0], image.shape[1]), seed, grain, colour) * strength[..., None].astype(np.float32)
    )


def _pattern(shape: tuple[int, int], seed: int, grain: float, colour: float) -> Image:
    """Noise (H, W, 3) whose luma measures 1 with Immerkaer's mask."""
    random = np.random.default_rng(seed)
    common = random.standard_normal((*shape, 1), np.float32)
    own = random.standard_normal((*shape, 3), np.float32)
    pattern = gaussian((1 - colour) * common + colour * own, grain)
    weight = np.array([0.2126, 0.7152, 0.0722], np.float32)
    response = cv2.filter2D(pattern[:256, :256] @ weight, -1, IMMERKAER)[1:-1, 1:-1]
    measured = float(np.abs(response).mean() * np.sqrt(np.pi / 2) / 6) if response.size else 1.0
    return np.asarray(pattern / measured, np.float32)
