"""Planted defects of colour, each at several doses, in two implementations: one to tune on, one to test on."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.edits import Edit, Maker
from calibration.handling import same
from calibration.retouching import skin_mask
from likeness.comparison.zones import MOUTH
from likeness.image import Image
from likeness.image.color import lab_from_linear, luminance
from likeness.portrait import Portrait
from likeness.regions import region

Mask = Callable[[Portrait], NDArray[np.float32]]

# -- where


def whole(source: Portrait) -> NDArray[np.float32]:
    return np.ones((source.height, source.width, 1), np.float32)


def all_skin(source: Portrait) -> NDArray[np.float32]:
    """The face's skin and all that has its colour: neck, ears and hands, (H, W, 1)."""
    lab, skin, mask = lab_from_linear(source.pixels), source.skin > 0.5, skin_mask(source)
    if not skin.any():
        return mask
    usual = np.median(lab[skin], axis=0)
    near = np.exp(-np.square(lab[..., 1:] - usual[1:]).sum(2) / 72 - np.square(lab[..., 0] - usual[0]) / 800)
    return np.asarray(np.maximum(mask, near[..., None]), np.float32)


def brushed(source: Portrait) -> NDArray[np.float32]:
    """Second implementation: a soft brush over the whole face, eyes and lips included, (H, W, 1)."""
    face = region(source.landmarks, (source.width, source.height), "face")
    return np.asarray(cv2.GaussianBlur(face, (0, 0), 0.07 * source.ipd)[..., None], np.float32)


def skin_tones(source: Portrait) -> NDArray[np.float32]:
    """Second implementation: a range of the YCrCb plane about the face's, softened, as "select skin tones" does, (H, W, 1)."""
    ycc = cv2.cvtColor(same(source), cv2.COLOR_RGB2YCrCb).astype(np.float32)
    usual = np.median(ycc[source.skin > 0.5], axis=0) if (source.skin > 0.5).any() else np.array([150, 150, 105])
    off = np.hypot(ycc[..., 1] - usual[1], ycc[..., 2] - usual[2])
    chosen = np.clip(2 - off / 9, 0, 1) * np.clip(ycc[..., 0] / max(0.4 * usual[0], 1) - 1, 0, 1)
    return np.asarray(cv2.GaussianBlur(chosen, (0, 0), 0.02 * source.ipd)[..., None], np.float32)


def lips(source: Portrait) -> NDArray[np.float32]:
    """Both lips up to their rims, softened a little, (H, W, 1)."""
    mask = region(source.landmarks, (source.width, source.height), "lips") * (1 - _between_lips(source))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.7, 0.01 * source.ipd))[..., None], np.float32)


def lips_drawn(source: Portrait) -> NDArray[np.float32]:
    """Second implementation: drawn somewhat over the rims with a soft brush, thinner towards the corners, (H, W, 1)."""
    mask = region(source.landmarks, (source.width, source.height), "lips", grow=0.015 * source.ipd) * (1 - _between_lips(source))
    across = (np.arange(source.width) - source.landmarks[0, 0]) / np.ptp(source.landmarks[[61, 291], 0])
    soft = cv2.GaussianBlur(mask, (0, 0), 0.025 * source.ipd)
    return np.asarray((soft * np.clip(1.15 - 0.6 * np.abs(across), 0, 1))[..., None], np.float32)


def _between_lips(source: Portrait) -> NDArray[np.float32]:
    mask = np.zeros((source.height, source.width), np.uint8)
    cv2.fillPoly(mask, [np.round(source.landmarks[list(MOUTH), :2]).astype(np.int32)], 1)
    return mask.astype(np.float32)


# -- what


def saturated(factor: float) -> Maker:
    """All colours' distance from grey times ``factor``, in linear light."""

    def make(source: Portrait) -> Image:
        grey = luminance(source.pixels)[..., None]
        return np.maximum(grey + factor * (source.pixels - grey), 0)

    return make


def saturated_hsv(factor: float, where: Mask = whole) -> Maker:
    """Second implementation: HSV saturation times ``factor``, in sRGB."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        rgb = same(source).astype(np.float32) / 255
        hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)
        hsv[..., 1] = np.minimum(hsv[..., 1] * factor, 1)
        after = rgb + where(source) * (cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) - rgb)
        return np.asarray((after * 255).round(), np.uint8)

    return make


def lab_moved(lightness: float = 0.0, a: float = 0.0, b: float = 0.0, *, chroma: float = 1.0, where: Mask = skin_mask) -> Maker:
    """Skin moved in CIELAB, after its ``chroma`` was multiplied."""

    def make(source: Portrait) -> Image:
        lab = lab_from_linear(source.pixels)
        after = lab * np.array([1, chroma, chroma], np.float32) + np.array([lightness, a, b], np.float32)
        moved = np.asarray(lab + where(source) * (after - lab), np.float32)
        return np.asarray(cv2.cvtColor(moved, cv2.COLOR_Lab2LRGB), np.float32)

    return make


def curved(lightness: float, where: Mask) -> Maker:
    """Second implementation: a power of the sRGB channels through a mask, by which skin of usual colour gains ``lightness`` L*."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        rgb = np.maximum(same(source).astype(np.float32) / 255, 1e-3)
        skin = source.skin > 0.5
        usual = float(np.median(lab_from_linear(source.pixels)[skin, 0])) if skin.any() else 60.0
        power = np.log((usual + lightness) / 100) / np.log(usual / 100)  # L* / 100 is near the sRGB code of a grey
        return np.asarray((255 * (rgb + where(source) * (rgb ** np.float32(power) - rgb))).round(), np.uint8)

    return make


def tinted(red: float, green: float, blue: float, where: Mask) -> Maker:
    """Second implementation: the sRGB channels multiplied through a mask, as a coloured layer does."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        gains = 1 + where(source) * (np.array([red, green, blue], np.float32) - 1)
        return np.asarray(np.clip(same(source) * gains, 0, 255).round(), np.uint8)

    return make


def painted(red: int, green: int, blue: int, opacity: float, where: Mask) -> Maker:
    """A colour of sRGB laid over through a mask, as lipstick is."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        cover = opacity * where(source)
        return np.asarray((same(source) * (1 - cover) + np.array([red, green, blue], np.float32) * cover).round(), np.uint8)

    return make


def greyed(source: Portrait) -> Image:
    """The colour taken out."""
    return np.repeat(luminance(source.pixels)[..., None], 3, axis=2)


COLOUR = (
    Edit("saturation", 1.1, "saturation", saturated(1.1), visible=False),
    Edit("saturation", 1.2, "saturation", saturated(1.2)),
    Edit("saturation", 1.4, "saturation", saturated(1.4)),
    Edit("saturation", 0.7, "saturation", saturated(0.7)),
    Edit("saturation", 0, "saturation", greyed),
    Edit("skin saturation", 1.1, "saturation", lab_moved(chroma=1.1), visible=False),
    Edit("skin saturation", 1.2, "saturation", lab_moved(chroma=1.2)),
    Edit("skin saturation", 0.75, "saturation", lab_moved(chroma=0.75)),
    Edit("all skin saturation", 1.2, "saturation", lab_moved(chroma=1.2, where=all_skin)),
    Edit("skin lightened", 2, "skin_colour", lab_moved(2), visible=False),
    Edit("skin lightened", 4, "skin_colour", lab_moved(4)),
    Edit("skin lightened", 8, "skin_colour", lab_moved(8)),
    Edit("skin lightened", -4, "skin_colour", lab_moved(-4)),
    Edit("all skin lightened", 4, "skin_colour", lab_moved(4, where=all_skin)),
    Edit("all skin lightened", 8, "skin_colour", lab_moved(8, where=all_skin)),
    Edit("all skin lightened", -5, "skin_colour", lab_moved(-5, where=all_skin)),
    Edit("skin made orange", 8, "skin_colour", lab_moved(0, 3, 8), also=("saturation",)),
    Edit("all skin tanned", 6, "skin_colour", lab_moved(-4, 3, 5, where=all_skin), also=("saturation",)),
    Edit("skin made pink", 6, "skin_colour", lab_moved(0, 6, 0), also=("saturation",)),
    Edit("lipstick", 0.15, "skin_colour", painted(170, 10, 40, 0.15, lips), visible=False),
    Edit("lipstick", 0.3, "skin_colour", painted(170, 10, 40, 0.3, lips)),
    Edit("lipstick", 0.6, "skin_colour", painted(170, 10, 40, 0.6, lips)),
    Edit("lips paled", 8, "skin_colour", lab_moved(6, -8, 0, where=lips)),
)
COLOUR_TEST = (
    Edit("HSV saturation", 1.1, "saturation", saturated_hsv(1.1), visible=False),
    Edit("HSV saturation", 1.2, "saturation", saturated_hsv(1.2)),
    Edit("HSV saturation", 1.4, "saturation", saturated_hsv(1.4)),
    Edit("HSV saturation, brush", 1.2, "saturation", saturated_hsv(1.2, brushed)),
    Edit("HSV saturation, brush", 0.75, "saturation", saturated_hsv(0.75, brushed)),
    Edit("HSV saturation, skin tones", 1.2, "saturation", saturated_hsv(1.2, skin_tones)),
    Edit("lightened, brush", 4, "skin_colour", curved(4, brushed)),
    Edit("lightened, brush", -4, "skin_colour", curved(-4, brushed)),
    Edit("lightened, skin tones", 4, "skin_colour", curved(4, skin_tones)),
    Edit("lightened, skin tones", 8, "skin_colour", curved(8, skin_tones)),
    Edit("tinted orange, brush", 1.1, "skin_colour", tinted(1.05, 1.0, 0.86, brushed), also=("saturation",)),
    Edit("tinted pink, skin tones", 1.1, "skin_colour", tinted(1.06, 0.95, 1.0, skin_tones), also=("saturation",)),
    Edit("lips tinted", 0.85, "skin_colour", tinted(1.0, 0.85, 0.9, lips_drawn), visible=False),
    Edit("lips tinted", 0.6, "skin_colour", tinted(0.95, 0.6, 0.7, lips_drawn)),
)
