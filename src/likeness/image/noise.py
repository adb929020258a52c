"""Sensor noise and film grain: measured by brightness, and made to measure. In sRGB-encoded values, 0..1, where it is most even."""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import REC709_LUMA, linear_from_srgb, luminance, srgb_from_linear
from likeness.image.filters import gaussian
from likeness.image.geometry import resize

Mask = NDArray[np.bool_]
Levels = NDArray[np.float32]  # (BINS,) standard deviation by luma bin

BINS = 16
BLOCK = 8  # side of the blocks that are judged flat or not, pixels
FLATTEST = 0.05  # share of a bin's blocks that counts as flat: skin and cloth have texture nearly everywhere
BIAS = 0.78  # what the flattest blocks of pure noise measure, of its true sigma
ENOUGH = 20  # blocks in a bin below which it says nothing
SMOOTH = 8  # pixels over which the strength of added noise is even
COLOUR = 0.15  # the share of each channel's noise that is its own, after demosaicing
MIDDLE = (0.2, 0.9)  # luma of the blocks that tell of its colour: black and white have lost it
STRIP, LARGE = 32, 300_000  # rows; pixels
TILE = 640  # side of the noise pattern, pixels
_ENCODED = srgb_from_linear(np.arange(65536, dtype=np.float32) / 65535)
IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def noise_levels(image: Image, where: Mask | None = None, *, least: bool = False) -> Levels:
    """Standard deviation of the noise in each of 16 luma bins, (16,), encoded values; NaN in bins without enough flat blocks.

    ``image`` (H, W, 3) linear; ``where`` (H, W) limits it; with ``least``, a bin is taken from the whole picture where that is quieter or
    that part says nothing: the flattest of skin and cloth may still be texture. Per block of 8 x 8, sqrt(pi/2) mean |I * M| / 6 with the mask M that is blind to planes; of each bin the
    flattest blocks count. Immerkaer 1996.
    """
    luma = _encoded(luminance(image))
    response = np.abs(cv2.filter2D(luma, -1, IMMERKAER, borderType=cv2.BORDER_REFLECT_101))
    sigma, mean = _block_means(response) * np.float32(np.sqrt(np.pi / 2) / 6), _block_means(luma)
    usual = (mean > 0.02) & (mean < 0.98) & (sigma > 0)  # clipped blocks have lost their noise
    if where is None:
        return _by_luma(sigma[usual], mean[usual])
    inside = cv2.erode(where.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    within = usual & (_block_means(inside) > 0.999)
    levels = _by_luma(sigma[within], mean[within])
    return np.fmin(levels, _by_luma(sigma[usual], mean[usual])) if least else levels


def _by_luma(sigma: NDArray[np.float32], mean: NDArray[np.float32]) -> Levels:
    """The levels that blocks of those measured ``sigma`` and ``mean`` luma, (N,) each, tell of."""
    bins = np.clip((mean * BINS).astype(int), 0, BINS - 1)
    levels = np.full(BINS, np.nan, np.float32)
    for k in range(BINS):
        found = np.sort(sigma[bins == k])
        if len(found) >= ENOUGH:
            levels[k] = np.median(found[: max(3, int(len(found) * 2 * FLATTEST))]) / BIAS
    return levels


def _block_means(plane: Plane) -> Plane:
    """The mean of each whole block, (H // BLOCK, W // BLOCK)."""
    height, width = (n // BLOCK for n in plane.shape)
    whole = plane[: height * BLOCK, : width * BLOCK]
    return np.asarray(cv2.resize(whole, (max(1, width), max(1, height)), interpolation=cv2.INTER_AREA), np.float32)


def noise_colour(image: Image, where: Mask) -> float:
    """The share of each channel's noise that is its own, as ``with_noise`` takes it, 0..COLOUR: 0 for the grey grain of film or of an editor.

    From the flattest blocks of ``image`` (H, W, 3) linear ``where`` (H, W): how much R - G and B - G vary, of how much luma does.
    """
    some, where = _some_rows(image), _some_rows(where)
    red, green, blue = (_encoded(some[..., channel]) for channel in range(3))
    luma = REC709_LUMA[0] * red + REC709_LUMA[1] * green + REC709_LUMA[2] * blue
    sigma, own, other = (
        _block_means(np.abs(cv2.filter2D(np.asarray(plane, np.float32), -1, IMMERKAER, borderType=cv2.BORDER_REFLECT_101)))
        for plane in (luma, red - green, blue - green)
    )
    mean, inside = _block_means(np.asarray(luma, np.float32)), cv2.erode(where.astype(np.uint8), np.ones((3, 3), np.uint8))
    told = (mean > MIDDLE[0]) & (mean < MIDDLE[1]) & (sigma > 0) & (_block_means(inside.astype(np.float32)) > 0.999)
    if told.sum() < ENOUGH:
        return COLOUR
    flat = told & (sigma <= np.quantile(sigma[told], 2 * FLATTEST))
    ratio = BIAS * float((np.median(own[flat]) + np.median(other[flat])) / 2 / np.median(sigma[flat]))
    return float(min(COLOUR, round(ratio / (np.sqrt(2) + ratio), 2)))


def _some_rows(picture: NDArray[Any]) -> NDArray[Any]:
    """A part of a large ``picture`` (H, W[, C]): one strip of rows in four."""
    height = picture.shape[0] // (4 * STRIP) * 4 * STRIP
    if picture.shape[0] * picture.shape[1] < LARGE or not height:
        return picture
    strips = picture[:height].reshape(-1, 4 * STRIP, *picture.shape[1:])[:, :STRIP]
    return strips.reshape(-1, *picture.shape[1:])


def completed(levels: Levels, *, least: float = 0.0) -> Levels:
    """``levels`` with the bins that say nothing taken from their neighbours, none below ``least``."""
    told = np.flatnonzero(np.isfinite(levels))
    if not len(told):
        return np.full(BINS, least, np.float32)
    return np.maximum(np.interp(np.arange(BINS), told, levels[told]), least).astype(np.float32)


def with_noise(image: Image, levels: Levels, *, seed: int, grain: float = 0.35, colour: float = COLOUR) -> Image:
    """``image`` (H, W, 3) linear, smooth, with Gaussian noise of ``levels``, the standard deviation by luma.

    ``grain``: sigma of its softness, pixels. ``colour``: the share of each channel's noise that is its own.
    """
    height, width = image.shape[:2]
    few = resize(image, (max(1, width // SMOOTH), max(1, height // SMOOTH)))
    sigma = np.interp(_encoded(luminance(few)), (np.arange(BINS) + 0.5) / BINS, completed(levels))
    gain = _slope(few) * sigma[..., None].astype(np.float32)
    noisy = np.asarray(cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    tile = _pattern(seed, grain, colour)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            part = noisy[top : top + TILE, left : left + TILE]
            part *= tile[: part.shape[0], : part.shape[1]]
    noisy += image
    return noisy


def _encoded(luma: Plane) -> Plane:
    """sRGB-encoded luminance, clipped to 0..1, by table: within 1e-4."""
    return np.asarray(_ENCODED[(np.clip(luma, 0, 1) * 65535 + 0.5).astype(np.uint16)])


def _slope(image: Image) -> Image:
    """How much linear light a small step in the encoded value is."""
    encoded = srgb_from_linear(np.clip(image, 0, 1))
    return (linear_from_srgb(encoded + np.float32(0.005)) - linear_from_srgb(encoded - np.float32(0.005))) / np.float32(0.01)


@functools.lru_cache(maxsize=2)
def _pattern(seed: int, grain: float, colour: float) -> Image:
    """Noise (TILE, TILE, 3) whose luma has a standard deviation of 1; it joins with itself.

    Not of 1 by Immerkaer's mask, which sees little of soft noise: made to measure by it, soft grain came out three times too strong.
    """
    random = np.random.default_rng(seed)
    common = random.standard_normal((TILE, TILE, 1), np.float32)
    own = random.standard_normal((TILE, TILE, 3), np.float32)
    margin = 8
    pattern = np.pad((1 - colour) * common + colour * own, ((margin, margin), (margin, margin), (0, 0)), mode="wrap")
    pattern = gaussian(pattern, grain)[margin:-margin, margin:-margin]
    return np.asarray(pattern / (pattern @ REC709_LUMA).std(), np.float32)
