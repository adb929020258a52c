"""Transfer functions and colour spaces. Pixels are linear RGB with sRGB primaries, D65."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane

REC709_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # linear RGB -> relative luminance Y (IEC 61966-2-1)


def linear_from_srgb(encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB-encoded values to linear light (IEC 61966-2-1), odd-symmetric below 0."""
    size = np.abs(encoded)
    linear = np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return np.copysign(linear, encoded).astype(np.float32)


def srgb_from_linear(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear light to sRGB-encoded values (IEC 61966-2-1), odd-symmetric below 0."""
    size = np.abs(linear)
    encoded = np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(encoded, linear).astype(np.float32)


LINEAR_FROM_8BIT = linear_from_srgb(np.arange(256, dtype=np.float32) / 255)


_SRGB_BYTES = np.round(255 * srgb_from_linear(np.arange(65536, dtype=np.float32) / 65535)).astype(np.uint8)


def bytes_from_linear(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear light, clipped to 0..1, as 8-bit sRGB; by a table of 65536 entries, so within half a code value."""
    return np.asarray(_SRGB_BYTES[(np.clip(linear, 0, 1) * 65535 + 0.5).astype(np.uint16)])


def luminance(image: Image) -> Plane:
    """Relative luminance Y of linear RGB, (H, W)."""
    return np.asarray(cv2.transform(image, REC709_LUMA[None]), np.float32)


def lab_from_linear(image: Image) -> Image:
    """CIE L*a*b* (D65) of linear RGB: L* 0..100. Same shape."""
    clipped = np.clip(image, 0, 1).astype(np.float32, copy=False)
    return np.asarray(cv2.cvtColor(clipped, cv2.COLOR_LRGB2Lab), np.float32)
