"""What ordinary handling does to a photo: nothing here may be flagged."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.edits import Edit, jpeg
from likeness.image import Image
from likeness.image.color import bytes_from_linear, linear_from_srgb, srgb_from_linear
from likeness.portrait import Portrait


def same(source: Portrait) -> NDArray[np.uint8]:
    return bytes_from_linear(source.pixels)


def rescaled(scale: float, interpolation: int = cv2.INTER_AREA) -> Callable[[Portrait], NDArray[np.uint8]]:
    def make(source: Portrait) -> NDArray[np.uint8]:
        return np.asarray(cv2.resize(same(source), None, fx=scale, fy=scale, interpolation=interpolation))

    return make


def cropped(source: Portrait) -> NDArray[np.uint8]:
    """A tight square around the head, at 85 %."""
    (x, y), ipd = source.landmarks[168, :2], source.ipd
    left, top = max(0, int(x - 1.9 * ipd)), max(0, int(y - 1.8 * ipd))
    part = same(source)[top : int(y + 2.4 * ipd), left : int(x + 2.0 * ipd)]
    return np.asarray(cv2.resize(part, None, fx=0.85, fy=0.85, interpolation=cv2.INTER_LANCZOS4))


def straightened(source: Portrait) -> NDArray[np.uint8]:
    """Turned by 2.5 degrees and scaled by 1.05."""
    turn = cv2.getRotationMatrix2D((source.width / 2, source.height / 2), 2.5, 1.05)
    return np.asarray(cv2.warpAffine(same(source), turn, (source.width, source.height), flags=cv2.INTER_CUBIC))


def exposed(stops: float) -> Callable[[Portrait], Image]:
    """Exposure in linear light with a highlight shoulder."""

    def make(source: Portrait) -> Image:
        gained = source.pixels * np.float32(2.0**stops)
        return np.asarray(np.where(gained > 0.7, 0.7 + 0.3 * np.tanh((gained - 0.7) / 0.3), gained), np.float32)

    return make


def daylight(kelvin: float) -> NDArray[np.float64]:
    """Linear RGB of daylight of a colour temperature, green 1: CIE 015, D illuminants."""
    t = 1000 / kelvin
    x = 0.244063 + 0.09911 * t + 2.9678 * t**2 - 4.607 * t**3
    if kelvin > 7000:
        x = 0.237040 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3
    y = -3 * x * x + 2.87 * x - 0.275
    to_rgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    rgb = to_rgb @ np.array([x / y, 1, (1 - x - y) / y])
    return np.asarray(rgb / rgb[1])


def balanced(kelvin: float) -> Callable[[Portrait], Image]:
    """As if the light had been ``kelvin`` warmer (negative) or cooler than 5500 K."""
    gains = (daylight(5500 + kelvin) / daylight(5500)).astype(np.float32)
    return lambda source: np.asarray(source.pixels * gains, np.float32)


def gamma(power: float) -> Callable[[Portrait], NDArray[np.uint8]]:
    """Mid-tones lifted or lowered in sRGB, as the brightness slider of a phone does."""
    table = (255 * (np.arange(256) / 255) ** power).round().astype(np.uint8)
    return lambda source: np.asarray(table[same(source)])


def contrast(source: Portrait) -> Image:
    """An S-curve over the three channels alike, slope 1.2 in the middle tones (it adds a little saturation, as such curves do)."""
    encoded = srgb_from_linear(np.clip(source.pixels, 0, 1))
    return linear_from_srgb(np.asarray(encoded + 0.2 * (encoded - 0.5) * 4 * encoded * (1 - encoded), np.float32))


def sharpened(amount: float, sigma: float) -> Callable[[Portrait], NDArray[np.uint8]]:
    def make(source: Portrait) -> NDArray[np.uint8]:
        picture = same(source).astype(np.float32)
        return np.clip(picture + amount * (picture - cv2.GaussianBlur(picture, (0, 0), sigma)), 0, 255).astype(np.uint8)

    return make


def messenger(source: Portrait) -> NDArray[np.uint8]:
    """Made smaller and saved twice at low quality, as messengers do."""
    return jpeg(rescaled(0.7)(source), 78)


def passed_on(source: Portrait) -> NDArray[np.uint8]:
    """Made a little brighter and warmer, cropped, then sent."""
    warm = bytes_from_linear(np.asarray(balanced(-400)(source) * np.float32(1.2), np.float32))
    return jpeg(np.asarray(cv2.resize(warm[8:-8, 8:-8], None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)), 80)


HANDLING = (
    Edit("save", 0, "", same, 92),
    Edit("JPEG", 95, "", same, 95),
    Edit("JPEG", 85, "", same, 85),
    Edit("JPEG", 75, "", same, 75),
    Edit("JPEG", 60, "", same, 60),
    Edit("resize", 0.8, "", rescaled(0.8)),
    Edit("resize", 0.65, "", rescaled(0.65, cv2.INTER_CUBIC), 90),
    Edit("resize", 0.5, "", rescaled(0.5), 88),
    Edit("crop", 0, "", cropped, 88),
    Edit("straighten", 2.5, "", straightened, 90),
    Edit("exposure", 0.7, "", exposed(0.7), 92),
    Edit("exposure", -0.7, "", exposed(-0.7), 92),
    Edit("white balance", -800, "", balanced(-800), 92),
    Edit("white balance", 800, "", balanced(800), 92),
    Edit("contrast", 1.2, "", contrast, 92),
    Edit("gamma", 0.8, "", gamma(0.8), 90),
    Edit("gamma", 1.25, "", gamma(1.25), 90),
    Edit("export sharpening", 0.35, "", sharpened(0.35, 0.7), 90),
    Edit("messenger", 0.7, "", messenger, 78),
    Edit("passed on", 0.75, "", passed_on, 80),
)
