"""Planted defects of skin, each at several doses, in two implementations: one to tune on, one to test on."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import PIL.Image
import PIL.ImageEnhance
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.edits import Edit
from calibration.handling import same
from likeness.image import Image
from likeness.image.color import LINEAR_FROM_8BIT, luminance
from likeness.portrait import Portrait

Maker = Callable[[Portrait], "Image | NDArray[np.uint8]"]


def skin_mask(source: Portrait) -> NDArray[np.float32]:
    """Where a retoucher would paint, (H, W, 1): the face's skin, edges soft."""
    return np.asarray(cv2.GaussianBlur(source.skin, (0, 0), 0.03 * source.ipd)[..., None], np.float32)


def on_skin(source: Portrait, other: NDArray[np.float32], opacity: float) -> Image:
    return np.asarray(source.pixels + skin_mask(source) * opacity * (other - source.pixels), np.float32)


# -- smoothing


def bilateral(opacity: float) -> Maker:
    def make(source: Portrait) -> Image:
        root = np.sqrt(np.clip(source.pixels, 0, 1))
        smooth = cv2.bilateralFilter(root, -1, 0.10, 0.05 * source.ipd)
        return on_skin(source, smooth * smooth, opacity)

    return make


def blurred(sigma: float) -> Maker:
    """Skin under a Gaussian of ``sigma`` IPD."""
    return lambda source: on_skin(source, cv2.GaussianBlur(source.pixels, (0, 0), sigma * source.ipd), 1.0)


def overexposed(smoothed: Maker, stops: float) -> Maker:
    """``smoothed`` skin in a picture that is then made lighter by ``stops``, into white without a shoulder."""
    return lambda source: np.asarray(np.asarray(smoothed(source), np.float32) * np.float32(2**stops), np.float32)


def forehead_alone(smoothed: Maker) -> Maker:
    """``smoothed`` above the brows only."""

    def make(source: Portrait) -> Image:
        brows = float(source.landmarks[[105, 334], 1].min())
        above = np.clip((brows - np.arange(source.height)) / (0.05 * source.ipd), 0, 1).astype(np.float32)[:, None, None]
        return np.asarray(source.pixels + above * (np.asarray(smoothed(source), np.float32) - source.pixels), np.float32)

    return make


def grain(sd: float) -> Maker:
    """Skin under grain, ``sd`` of its brightness."""
    return lambda source: _under_grain(source, source.pixels, sd)


def with_grain(smoothed: Maker) -> Maker:
    """``smoothed`` skin under Gaussian grain that gives it back its energy."""

    def make(source: Portrait) -> Image:
        image = np.asarray(smoothed(source), np.float32)
        lost = np.log(luminance(source.pixels) + 1e-3) - np.log(luminance(image) + 1e-3)
        skin = source.skin > 0.5
        return _under_grain(source, image, float(np.std(lost[skin])) if skin.any() else 0.0)

    return make


def borrowed_pores(shift: float) -> Maker:
    """Skin whose waves under 0.04 IPD come from ``shift`` IPD further down: texture of skin, at another place, as when it is generated."""

    def make(source: Portrait) -> Image:
        root = np.sqrt(np.clip(source.pixels, 0, 1))
        fine = root - cv2.GaussianBlur(root, (0, 0), 0.015 * source.ipd)
        lower = -round(shift * source.ipd)
        skin, there = np.roll(source.skin, lower, axis=0)[..., None] > 0.5, np.roll(fine, lower, axis=0)
        other = np.where(skin, there, fine)
        return on_skin(source, np.square(np.maximum(root - fine + other, 0)).astype(np.float32), 1.0)

    return make


def _under_grain(source: Portrait, image: Image, sd: float) -> Image:
    noise = cv2.GaussianBlur(np.random.default_rng(7).normal(size=image.shape[:2]), (0, 0), 0.01 * source.ipd)
    return np.asarray(image * (1 + skin_mask(source) * (noise * sd / noise.std())[..., None]), np.float32)


def frequency_separated(opacity: float) -> Maker:
    """Second implementation: the mid band (0.012-0.05 IPD) taken out in 8-bit sRGB with Pillow, as retouchers do; pores are left."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        picture = PIL.Image.fromarray(same(source))
        fine, coarse = (np.asarray(picture.filter(PIL.ImageFilter.GaussianBlur(s * source.ipd)), np.float32) for s in (0.012, 0.05))
        mask = skin_mask(source) * opacity
        return np.clip(np.asarray(picture, np.float32) - mask * (fine - coarse), 0, 255).round().astype(np.uint8)

    return make


def brighter(smoothed: Maker, factor: float) -> Maker:
    """Second implementation: 8-bit pixels that are ``smoothed``, each multiplied by Pillow's brightness."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        picture = PIL.Image.fromarray(np.asarray(smoothed(source), np.uint8))
        return np.asarray(PIL.ImageEnhance.Brightness(picture).enhance(factor))

    return make


def median_smoothed(opacity: float) -> Maker:
    """Second implementation: Pillow's median filter, 0.05 IPD wide, blended over the skin."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        picture = PIL.Image.fromarray(same(source))
        smooth = np.asarray(picture.filter(PIL.ImageFilter.MedianFilter(2 * round(0.025 * source.ipd) + 1)), np.float32)
        mask = skin_mask(source) * opacity
        before = np.asarray(picture, np.float32)
        return np.clip(before + mask * (smooth - before), 0, 255).round().astype(np.uint8)

    return make


def _median(source: Portrait) -> Image:
    return LINEAR_FROM_8BIT[median_smoothed(1.0)(source)]


def noisy(sd: float) -> Maker:
    """Second implementation: Pillow's noise over the skin, ``sd`` of 255, softened by half a pixel."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        noise = PIL.Image.effect_noise((source.width, source.height), sd).filter(PIL.ImageFilter.GaussianBlur(0.5))
        grey = np.asarray(noise, np.float32)[..., None] - 128
        return np.clip(same(source) + skin_mask(source) * grey, 0, 255).round().astype(np.uint8)

    return make


def mirrored_pores(source: Portrait) -> NDArray[np.uint8]:
    """Second implementation: fine texture of the skin, mirrored about the skin's middle, in 8-bit sRGB with Pillow."""
    picture = PIL.Image.fromarray(same(source))
    before, coarse = (
        np.asarray(p, np.float32) for p in (picture, picture.filter(PIL.ImageFilter.GaussianBlur(0.015 * source.ipd)))
    )
    axis = 2 * float(np.median(np.nonzero(source.skin > 0.5)[1])) if (source.skin > 0.5).any() else 0.0
    turn = np.array([[-1, 0, axis], [0, 1, 0]], np.float64)
    size = (source.width, source.height)
    other, skin = (cv2.warpAffine(plane, turn, size) for plane in (before - coarse, source.skin))
    mask = skin_mask(source) * (skin[..., None] > 0.5)
    return np.clip(before + mask * (coarse + other - before), 0, 255).round().astype(np.uint8)


SMOOTHING = (
    Edit("bilateral", 0.3, "texture", bilateral(0.3), visible=False),
    Edit("bilateral", 0.6, "texture", bilateral(0.6)),
    Edit("bilateral", 1.0, "texture", bilateral(1.0)),
    Edit("blur", 0.006, "texture", blurred(0.006), visible=False),
    Edit("blur", 0.012, "texture", blurred(0.012)),
    Edit("blur", 0.025, "texture", blurred(0.025)),
    Edit("forehead smoothed", 1.0, "texture", forehead_alone(bilateral(1.0))),
    Edit("bilateral, overexposed", 0.5, "texture", overexposed(bilateral(1.0), 0.5)),
    Edit("bilateral + grain", 1.0, "texture", with_grain(bilateral(1.0)), also=("grain",)),
    Edit("blur + grain", 0.012, "texture", with_grain(blurred(0.012)), also=("grain",)),
    Edit("grain", 0.02, "grain", grain(0.02), visible=False),
    Edit("grain", 0.05, "grain", grain(0.05), visible=False),
    Edit("grain", 0.1, "grain", grain(0.1)),
    Edit("pores from elsewhere", 0.3, "grain", borrowed_pores(0.3), also=("texture",)),
)
SMOOTHING_TEST = (
    Edit("frequency separation", 0.4, "texture", frequency_separated(0.4), visible=False),
    Edit("frequency separation", 0.7, "texture", frequency_separated(0.7)),
    Edit("frequency separation", 1.0, "texture", frequency_separated(1.0)),
    Edit("frequency separation, brighter", 1.2, "texture", brighter(frequency_separated(1.0), 1.2)),
    Edit("median", 0.4, "texture", median_smoothed(0.4), visible=False),
    Edit("median", 0.7, "texture", median_smoothed(0.7)),
    Edit("median", 1.0, "texture", median_smoothed(1.0)),
    Edit("median + grain", 1.0, "texture", with_grain(_median), also=("grain",)),
    Edit("noise", 10, "grain", noisy(10)),
    Edit("noise", 20, "grain", noisy(20)),
    Edit("mirrored pores", 1.0, "grain", mirrored_pores, also=("texture",)),
)
