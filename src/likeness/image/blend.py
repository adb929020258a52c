"""Putting one picture over another, in linear light."""

from __future__ import annotations

import numpy as np

from likeness.image import Image, Plane
from likeness.image.filters import gaussian


def over(front: Image, alpha: Plane, back: Image) -> Image:
    """``front`` (H, W, 3) over ``back``: alpha F + (1 - alpha) B. Porter and Duff 1984. Where alpha is 1, exactly ``front``."""
    share = alpha[..., None]
    return np.asarray(np.where(share >= 1, front, back + share * (front - back)), np.float32)


def light_wrap(image: Image, alpha: Plane, back: Image, *, strength: float, width: float) -> Image:
    """``image`` with the light of ``back`` bending around the subject's edge: it brightens a rim of ``width`` pixels, and darkens nothing.

    The rim is alpha * blurred (1 - alpha); there ``strength`` of the blurred background that is brighter than the subject shines in.
    """
    if strength <= 0:
        return image
    rim = strength * alpha * gaussian(1 - alpha, width)
    light = gaussian(back, 2 * width)
    return np.asarray(image + rim[..., None] * np.maximum(light - image, 0), np.float32)
