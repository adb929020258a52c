"""Putting one picture over another, in linear light."""

from __future__ import annotations

import numpy as np

from likeness.image import Image, Plane
from likeness.image.filters import gaussian


def over(front: Image, alpha: Plane, back: Image) -> Image:
    """``front`` (H, W, 3) over ``back``: alpha F + (1 - alpha) B. Porter and Duff 1984. Where alpha is 1, exactly ``front``."""
    share = alpha[..., None]
    blended = front - back
    blended *= share
    blended += back
    np.copyto(blended, front, where=share >= 1)
    return np.asarray(blended, np.float32)


def light_wrap(image: Image, alpha: Plane, back: Image, *, strength: float, width: float) -> Image:
    """``image`` with the light of ``back`` bending around the subject's edge: it brightens a rim of ``width`` pixels, and darkens nothing.

    The rim is alpha * blurred (1 - alpha); there ``strength`` of the blurred background that is brighter than the subject shines in.
    """
    if strength <= 0:
        return image
    rim = strength * alpha * gaussian(1 - alpha, width)
    y, x = np.nonzero(rim > 1e-4)
    light = gaussian(back, 2 * width)
    wrapped = image.copy()
    wrapped[y, x] += rim[y, x, None] * np.maximum(light[y, x] - image[y, x], 0)
    return wrapped
