"""Averages over neighbourhoods: Gaussian, box, disc, guided, and filling by pyramids. Radii and sigmas in pixels."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.geometry import resize

REFLECT = cv2.BORDER_REFLECT_101
FINE_RADIUS = 9.0  # a disc of this radius still has a round edge; larger ones are taken on a smaller picture
DISTANT = np.float32(1 / 16)  # how much each wider window counts, of the one before
DIRECT_SIGMA = 4.0  # above it a Gaussian is taken on a smaller picture


def gaussian(array: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """``array`` (H, W[, C]) averaged under a Gaussian of ``sigma`` pixels; large ones on a smaller picture. Itself when sigma is 0."""
    if sigma <= 0:
        return array
    height, width = array.shape[:2]
    shrink = sigma / DIRECT_SIGMA
    if shrink < 2:
        return np.asarray(cv2.GaussianBlur(array, (0, 0), sigma, borderType=REFLECT), np.float32)
    small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    return _enlarged(gaussian(resize(array, small), sigma * small[0] / width), (width, height))


def low_pass(array: NDArray[np.float32], weight: Plane, sigma: float) -> NDArray[np.float32]:
    """``array`` (H, W[, C]) averaged under a Gaussian of ``sigma`` pixels over where ``weight`` (H, W) is: what lies outside does not bleed in."""
    shown = np.maximum(gaussian(weight, sigma), 1e-3)
    return np.asarray(gaussian(array * across(weight, array), sigma) / across(shown, array), np.float32)


def across(plane: Plane, array: NDArray[np.float32]) -> NDArray[np.float32]:
    """``plane`` (H, W) as often as ``array`` (H, W[, C]) has channels: numpy takes ten times as long when it repeats so short an axis itself."""
    return np.asarray(cv2.merge([plane] * (array.size // plane.size)), np.float32).reshape(array.shape)


def dot(first: Image, second: Image) -> Plane:
    """The product of two vectors in each pixel, (H, W), of (H, W, C) each: many times faster than a sum over so short an axis."""
    return np.asarray(cv2.transform(first * second, np.ones((1, first.shape[2]))), np.float32)


def length(vectors: Image) -> Plane:
    """Of the vector in each pixel of (H, W, C), (H, W)."""
    return np.sqrt(dot(vectors, vectors))


def box(array: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """``array`` (H, W[, C]) averaged over squares of side 2 * ``radius`` + 1."""
    side = 2 * radius + 1
    return np.asarray(cv2.blur(array, (side, side), borderType=REFLECT), np.float32)


def median(plane: Plane, width: float) -> Plane:
    """The median of ``plane`` (H, W) over squares about ``width`` pixels wide, in steps of 1/64 and clipped to -2..2."""
    side = 2 * max(1, round((width - 1) / 2)) + 1
    coded = np.clip(np.rint(64 * plane) + 128, 0, 255).astype(np.uint8)
    return np.asarray((cv2.medianBlur(coded, side).astype(np.float32) - 128) / 64, np.float32)


@functools.cache
def disc(radius: float) -> Plane:
    """A disc of ``radius`` pixels with an antialiased edge that sums to 1: what a lens makes of a point out of focus."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    cover = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return np.asarray(cover / cover.sum(), np.float32)


def disc_blur(array: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """``array`` (H, W[, C]) averaged over a disc of ``radius`` pixels; large ones on a smaller picture. Itself below 0.3 pixels."""
    if radius < 0.3:
        return array
    height, width = array.shape[:2]
    shrink = radius / FINE_RADIUS
    if shrink < 1.5:
        return np.asarray(cv2.filter2D(array, -1, disc(radius), borderType=REFLECT), np.float32)
    small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    return _enlarged(disc_blur(resize(array, small), radius * small[0] / width), (width, height))


def fill(image: Image, weight: Plane) -> Image:
    """``image`` where ``weight`` is 1, smoothly continued from there where it is 0. Push-pull pyramid, Gortler 1996."""
    height, width = weight.shape
    if weight.min() >= 1:
        return image
    if min(height, width) <= 2:
        total = weight.sum()
        mean = (image * weight[..., None]).sum((0, 1)) / total if total > 0 else image.mean((0, 1))
        return np.asarray(np.broadcast_to(mean, image.shape), np.float32)
    small = ((width + 1) // 2, (height + 1) // 2)
    cover = resize(weight, small)
    weights = across(weight, image)
    colours = resize(image * weights, small)
    colours = colours / across(np.maximum(cover, 1e-6), colours)
    below = _enlarged(fill(np.asarray(colours, np.float32), np.minimum(cover * 2, 1)), (width, height))
    return np.asarray(below + (image - below) * weights, np.float32)


def continued(image: Image, weight: Plane) -> Image:
    """``image`` (H, W, 3) where ``weight`` is not 0, and elsewhere what is nearest to it: what is twice as far away counts 1/64.

    The averages over windows of 1, 2, 4... pixels are added up, each counting DISTANT of the one before (Shepard 1968, by a pyramid).
    Unlike ``fill``, which soon takes in the whole of the picture, a dark curtain beside the hair goes on behind it.
    """
    weight = np.asarray(weight, np.float32)
    total, share = _gathered(np.asarray(image * across(weight, image), np.float32), weight)
    return np.asarray(total / across(np.maximum(share, 1e-30), total), np.float32)


def _gathered(values: Image, weight: Plane) -> tuple[Image, Plane]:
    """Sums of ``values``, weighted already, and of ``weight`` over wider and wider windows."""
    height, width = weight.shape
    if min(height, width) <= 2:
        return np.broadcast_to(values.mean((0, 1)), values.shape).astype(np.float32), np.full_like(weight, weight.mean())
    wider = _gathered(np.asarray(cv2.pyrDown(values), np.float32), np.asarray(cv2.pyrDown(weight), np.float32))
    total, share = (np.asarray(cv2.pyrUp(w, dstsize=(width, height)), np.float32) for w in wider)
    return values + DISTANT * total, weight + DISTANT * share


def grown(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """``mask`` grown by ``radius`` pixels (shrunk when negative); what lies outside the picture is like its edge."""
    if radius == 0:
        return mask
    inside = mask if radius > 0 else ~mask
    distance = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    near = distance <= abs(radius)
    return np.asarray(near if radius > 0 else ~near)


def _enlarged(array: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """``array`` (h, w[, C]) at the larger ``size`` (width, height), bilinear: smooth pictures need no more, and it cannot ring."""
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_LINEAR), np.float32)
