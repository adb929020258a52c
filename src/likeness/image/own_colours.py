"""Foreground colours that are those of the person: where alpha is wrong, F = (I - (1 - alpha) B) / alpha becomes a colour that nobody wears."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.filters import gaussian
from likeness.image.geometry import resize
from likeness.image.normal import PAIRS, dot, inverse, times

MOSTLY = 0.8  # alpha from which a pixel shows the person's colours: dark hair before the skin is rarely more
NEAR = 7.0  # pixels of the small picture that the person's colours are gathered in: they change slowly
FAR = 1e-3  # weight of all that is the person, which tells where none of it is near
NOISE = 0.03  # standard deviation of square-root light below which colours are the same
WITHIN = 2.0  # Mahalanobis distance up to which a colour is one of the person's

Mask = NDArray[np.bool_]


def own_colours(front: Image, image: Image, alpha: Plane, reach: float, *, least: float = 0.0) -> Image:
    """``front`` with no colour of a mixed pixel that is neither the person's nor seen there, (H, W, 3) linear.

    The person's colours around a pixel, under a Gaussian of ``reach`` pixels, are taken for normally distributed in square-root light. A
    colour beyond them goes back toward the ``image``'s own, as far as makes it likely: an estimate that overshoots, into the old background's
    complementary colour, is freed of less background; and none is brighter than the person anywhere and the place itself. Where ``alpha`` is
    ``least`` or less, nobody asks.
    """
    mixed = (alpha < 0.99) & (alpha > least)
    if not mixed.any() or mixed.all():
        return front
    start, end = (np.sqrt(np.maximum(picture[mixed], 0)) for picture in (image, front))
    mean, precision = _likely(image, alpha, reach, mixed)
    way, off = end - start, start - mean
    kept = _farthest(*(dot(a.T, times(precision, b.T)) for a, b in ((way, way), (way, off), (off, off))))
    held = front.copy()
    brightest = np.maximum(image[mixed], image[alpha >= MOSTLY].max(initial=0.0))
    held[mixed] = np.minimum(np.square(start + kept[:, None] * way), brightest)
    return held


def _farthest(ww: NDArray[np.float32], wo: NDArray[np.float32], oo: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far along a way to go, 0..1: to where |o + t w|^2 is WITHIN^2 for the last time, or least where it never is."""
    ww = np.maximum(ww, 1e-9)
    least = -wo / ww
    room = np.maximum(least**2 - (oo - WITHIN**2) / ww, 0)
    return np.asarray(np.clip(least + np.sqrt(room), 0, 1), np.float32)


def _likely(image: Image, alpha: Plane, reach: float, where: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (n, 3) and precision (6, n) of the person's colours around the pixels of ``where``; of all of them where none is near."""
    height, width = alpha.shape
    scale = min(1.0, NEAR / reach)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    sure = (alpha >= MOSTLY).astype(np.float32)
    cover = resize(sure, size)[..., None]
    colours = np.sqrt(np.maximum(resize(image * sure[..., None], size) / np.maximum(cover, 1e-3), 0))
    products = np.stack([colours[..., i] * colours[..., j] for i, j in PAIRS], axis=2)
    moments = np.dstack([np.ones_like(cover), colours, products]) * cover
    around = gaussian(np.asarray(moments, np.float32), reach * scale) + FAR * moments.mean((0, 1))
    around = around[..., 1:] / np.maximum(around[..., :1], 1e-9)
    mean, products = around[..., :3], around[..., 3:]
    spread = [products[..., k] - mean[..., i] * mean[..., j] + NOISE**2 * (i == j) for k, (i, j) in enumerate(PAIRS)]
    fields = np.concatenate([np.moveaxis(mean, 2, 0), inverse(np.stack(spread).astype(np.float64))[0]]).astype(np.float32)
    read = np.stack([cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)[where] for field in fields])
    return read[:3].T, read[3:]
