"""Planted defects of colour, each at several doses, in two implementations: one to tune on, one to test on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.edits import Edit, Maker
from calibration.handling import same
from calibration.retouching import skin_mask
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, luminance
from likeness.portrait import Portrait


def saturated(factor: float) -> Maker:
    """All colours' distance from grey times ``factor``, in linear light."""

    def make(source: Portrait) -> Image:
        grey = luminance(source.pixels)[..., None]
        return np.maximum(grey + factor * (source.pixels - grey), 0)

    return make


def saturated_hsv(factor: float) -> Maker:
    """Second implementation: HSV saturation times ``factor``, in sRGB."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        hsv = cv2.cvtColor(same(source).astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
        hsv[..., 1] = np.minimum(hsv[..., 1] * factor, 1)
        return (cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255).round().astype(np.uint8)

    return make


def lab_shifted(lightness: float = 0.0, a: float = 0.0, b: float = 0.0, *, everywhere: bool = False) -> Maker:
    """The skin moved in CIELAB; ``everywhere``: all that has the skin's colour, neck and hands too."""

    def make(source: Portrait) -> Image:
        lab = lab_from_linear(source.pixels)
        mask: Plane = skin_mask(source)
        if everywhere and (source.skin > 0.5).any():
            usual = np.median(lab[source.skin > 0.5], axis=0)
            near = np.exp(-np.square(lab[..., 1:] - usual[1:]).sum(2) / 72 - np.square(lab[..., :1] - usual[0]).sum(2) / 800)
            mask = np.maximum(mask, near[..., None])
        moved = np.asarray(lab + mask * np.array([lightness, a, b], np.float32), np.float32)
        return np.asarray(cv2.cvtColor(moved, cv2.COLOR_Lab2LRGB), np.float32)

    return make


COLOUR = (
    Edit("saturation", 1.1, "skin_colour", saturated(1.1), visible=False),
    Edit("saturation", 1.2, "skin_colour", saturated(1.2)),
    Edit("saturation", 1.4, "skin_colour", saturated(1.4)),
    Edit("saturation", 0.7, "skin_colour", saturated(0.7)),
    Edit("skin lightened", 3, "skin_colour", lab_shifted(3), visible=False),
    Edit("skin lightened", 6, "skin_colour", lab_shifted(6)),
    Edit("skin lightened", 10, "skin_colour", lab_shifted(10)),
    Edit("all skin lightened", 8, "skin_colour", lab_shifted(8, everywhere=True)),
    Edit("skin made orange", 8, "skin_colour", lab_shifted(0, 3, 8)),
)
COLOUR_TEST = (
    Edit("HSV saturation", 1.1, "skin_colour", saturated_hsv(1.1), visible=False),
    Edit("HSV saturation", 1.2, "skin_colour", saturated_hsv(1.2)),
    Edit("HSV saturation", 1.4, "skin_colour", saturated_hsv(1.4)),
    Edit("all skin lightened", 6, "skin_colour", lab_shifted(6, everywhere=True)),
    Edit("all skin lightened", 10, "skin_colour", lab_shifted(10, everywhere=True)),
    Edit("skin made pink", 7, "skin_colour", lab_shifted(2, 7, 0)),
)
