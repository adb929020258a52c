"""Where a picture changed beyond what light, blur and a shift by a pixel do: something was painted over it, or cut out of it."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, luminance
from likeness.image.filters import gaussian

Mask = NDArray[np.bool_]

NEAR = 1  # pixels; a colour that the picture shows so near by may have come from there
COLOURED = 8.0  # CIELAB chroma from which a pixel tells of saturation
LEAST = 30  # pixels
LIGHT = 0.3  # IPD; light is not finer than this
MOST_LIGHT = 0.7  # log; what light that differs from place to place does
DARK = 0.01  # linear, added before the logarithm


def changed(before: Image, after: Image, where: Mask, unit: float) -> Plane:
    """How far ``after`` leaves the range of colours that ``before`` shows around each pixel, CIELAB dE76, (H, W).

    ``before``, ``after``: linear (H, W, 3), registered and softened, the light of the whole matched. Smooth differences of light and a saturation of
    the whole are forgiven, read off ``where``; whichever is kindest counts in each pixel. ``unit``: pixels per IPD.
    """
    there = lab_from_linear(after)
    lit = (lab_from_linear(image) for image in (before, np.clip(before * _light(before, after, where, unit), 0, 1)))
    ways = [_beyond(lab, there, (np.ones(3, np.float32), _saturation(lab, there, where))) for lab in lit]
    return np.asarray(np.sqrt(np.minimum(*ways)))


def _beyond(lab: Image, there: Image, scales: Iterable[NDArray[np.float32]]) -> Plane:
    """How far ``there`` leaves the range of ``lab`` around each pixel, squared, under the kindest of the ``scales`` (3,) of both."""
    around = np.ones((2 * NEAR + 1,) * 2, np.uint8)
    low, high = cv2.erode(lab, around), cv2.dilate(lab, around)
    overs = (np.maximum(np.maximum(low * scale - there, there - high * scale), 0) for scale in scales)
    return np.asarray(np.minimum.reduce([cv2.transform(over * over, np.ones((1, 3))) for over in overs]), np.float32)


def _light(before: Image, after: Image, where: Mask, unit: float) -> Image:
    """The smooth gain of luminance from ``before`` to ``after``, (H, W, 1)."""
    weight = where.astype(np.float32)
    gain = np.log((np.maximum(luminance(after), 0) + DARK) / (np.maximum(luminance(before), 0) + DARK))
    gain = np.clip(gain, -MOST_LIGHT, MOST_LIGHT).astype(np.float32)
    smooth = gaussian(gain * weight, LIGHT * unit) / np.maximum(gaussian(weight, LIGHT * unit), 1e-3)
    return np.asarray(np.exp(smooth)[..., None], np.float32)


def _saturation(lab: Image, there: Image, where: Mask) -> NDArray[np.float32]:
    """What the picture's chroma was multiplied by, as a factor of CIELAB's three channels; black-and-white: 0."""
    at = np.flatnonzero(where)
    (red, yellow), (red_there, yellow_there) = ([plane.ravel()[at] for plane in cv2.split(image)[1:]] for image in (lab, there))
    power = red * red + yellow * yellow
    told = power > COLOURED**2
    times = np.median((red * red_there + yellow * yellow_there)[told] / power[told]) if told.sum() >= LEAST else 1.0
    return np.array([1, *2 * (np.clip(times, 0, 2),)], np.float32)
