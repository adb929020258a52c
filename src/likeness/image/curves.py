"""The curve of each channel from one picture to another, up to where it runs into white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image

CLASSES = 48
LEAST = 600  # pixels


def curves_between(source: Image, result: Image, mask: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    """What became of each code 0..255 of ``source`` in ``result``, by channel, (3, 256); None with too little in ``mask``.

    ``source``, ``result``: encoded, 0..255, (H, W, 3), registered. The median of the result in CLASSES classes of equally many pixels,
    made to rise. Below the darkest class and above the lightest, as that class's own factor leads on.
    """
    if int(mask.sum()) < LEAST:
        return None
    where, planes = np.flatnonzero(mask), zip(cv2.split(source), cv2.split(result), strict=True)
    return np.stack([_curve(a.ravel()[where], b.ravel()[where]) for a, b in planes])


def under(curves: NDArray[np.float32], codes: Image | NDArray[np.uint8]) -> Image:
    """``codes`` (H, W, 3), 0..255, under the ``curves`` (3, 256) of their channels."""
    if codes.dtype == np.uint8:
        every = np.repeat(np.arange(256, dtype=np.float32), 3).reshape(1, 256, 3)
        return np.asarray(cv2.LUT(codes, under(curves, every)), np.float32)
    low = np.clip(codes, 0, 254.999).astype(np.uint8)
    part = codes - low
    steps = np.diff(curves, append=curves[:, -1:], axis=1)
    planes = zip(cv2.split(low), cv2.split(part), curves, steps, strict=True)
    return np.asarray(cv2.merge([cv2.LUT(at, curve) + rest * cv2.LUT(at, step) for at, rest, curve, step in planes]), np.float32)


def _curve(source: NDArray[np.float32], result: NDArray[np.float32]) -> NDArray[np.float32]:
    order = np.argsort((np.clip(source, 0, 255) * 256).astype(np.uint16), kind="stable")  # whole numbers are sorted by their digits
    at, to = _medians(source[order]), np.maximum.accumulate(_medians(result[order]))
    codes = np.arange(256)
    found = np.interp(codes, at, to)
    found = np.where(codes < at[0], codes * to[0] / max(at[0], 1), found)
    found = np.where(codes > at[-1], codes * to[-1] / max(at[-1], 1), found)
    return np.clip(found, 0, 255).astype(np.float32)


def _medians(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median of each of CLASSES parts of ``values`` (N,), (CLASSES,): as equal as can be, the longer ones first."""
    each, more = divmod(len(values), CLASSES)
    longer, others = values[: more * (each + 1)].reshape(more, each + 1), values[more * (each + 1) :].reshape(-1, each)
    return np.concatenate([np.median(parts, axis=1) for parts in (longer, others)])
