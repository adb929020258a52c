"""A result's face laid back along the way that it was moved, so that colours are compared of the same part of it."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.comparison.view import View
from likeness.image import Plane
from likeness.image.filters import gaussian
from likeness.image.flow import Flow

EVEN = 0.04  # IPD over which what was moved is taken as even
LOST = 1.0  # pixels; what does not come back nearer is not followed
MOVED = 0.005  # IPD; what moved less lies where it was, colours being averaged over more


def moved(flow: Flow, error: Plane, ipd: float) -> Flow:
    """What of a ``flow`` and its round-trip ``error`` (pixels) is a move of some extent, (H, W, 2), pixels."""
    return gaussian(np.where(error[..., None] > LOST, 0, flow).astype(np.float32), EVEN * ipd)


def followed(source: View, result: View, by: Flow) -> View:
    """``result`` with each pixel of the ``source`` where it was before the face was moved ``by`` pixels; the same where it hardly was."""
    length = np.hypot(by[..., 0], by[..., 1]) * source.region("face")
    if float(length.max()) < MOVED * source.ipd:
        return result
    rows, columns = np.indices(length.shape, np.float32)
    x, y = columns + by[..., 0], rows + by[..., 1]
    laid = cv2.remap(result.pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    valid = cv2.remap(result.valid, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    return View(result.portrait.with_pixels(np.asarray(laid, np.float32)), np.asarray(valid, np.float32), result.ipd)
