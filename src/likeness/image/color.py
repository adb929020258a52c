"""Transfer functions and colour spaces. Pixels are linear RGB with sRGB primaries, D65."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane

REC709_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # linear RGB -> relative luminance Y (IEC 61966-2-1)
CHUNK = 1 << 16  # pixels worked on at a time: what fits a core's cache, so that no full-size copy is made on the way


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


LINEAR_FROM_16BIT = linear_from_srgb(np.linspace(0, 1, 65536))
LINEAR_FROM_8BIT = np.ascontiguousarray(LINEAR_FROM_16BIT[::257])
_SRGB_BYTES = np.round(255 * srgb_from_linear(np.linspace(0, 1, 65536, dtype=np.float32))).astype(np.uint8)


def look_up(codes: NDArray[Any], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """``table`` read at ``codes``.

    Parameters
    ----------
    codes : (H, W, 3) uint8 or uint16.
    table : (65536,) or, a column per channel, (65536, 3): the values of the 16-bit codes. 8-bit codes are 257 of those apart.
    """
    if codes.dtype == np.uint8:
        short = np.ascontiguousarray(table[::257]).reshape(1, 256, -1)
        return np.asarray(cv2.LUT(codes, short), np.float32).reshape(codes.shape)
    out = np.empty(codes.shape, np.float32)
    for rows in chunks(codes):
        for channel in range(codes.shape[2]):
            column = table if table.ndim == 1 else table[:, channel]
            out[rows, :, channel] = np.take(column, codes[rows, :, channel])
    return out


def bytes_from_linear(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear light, clipped to 0..1, as 8-bit sRGB, any shape; by a table of 65536 entries, so within half a code value."""
    out = np.empty(linear.shape, np.uint8)
    flat, flat_out = np.atleast_2d(linear), np.atleast_2d(out)
    for rows in chunks(flat):
        part = np.ascontiguousarray(flat[rows], np.float32)
        level = cv2.multiply(cv2.min(part.reshape(1, -1), 1.0), 65535.0, dtype=cv2.CV_16U)  # saturates at 0
        np.take(_SRGB_BYTES, level.reshape(part.shape), out=flat_out[rows], mode="clip")
    return out


def words_from_linear(linear: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Linear light, clipped to 0..1, as 16-bit sRGB, same shape."""
    return np.asarray(np.round(65535 * srgb_from_linear(np.clip(linear, 0, 1))), np.uint16)


def chunks(array: NDArray[Any]) -> list[slice]:
    """Row ranges of ``array`` (H, W, ...) of about CHUNK pixels each."""
    height, width = array.shape[:2]
    step = max(1, CHUNK // max(1, width))
    return [slice(top, min(top + step, height)) for top in range(0, height, step)]


def luminance(image: Image) -> Plane:
    """Relative luminance Y of linear RGB, (H, W)."""
    return np.asarray(cv2.transform(image, REC709_LUMA[None]), np.float32)


def lab_from_linear(image: Image) -> Image:
    """CIE L*a*b* (D65) of linear RGB: L* 0..100. Same shape."""
    clipped = np.clip(image, 0, 1).astype(np.float32, copy=False)
    return np.asarray(cv2.cvtColor(clipped, cv2.COLOR_LRGB2Lab), np.float32)
