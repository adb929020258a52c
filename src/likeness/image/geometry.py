"""Boxes, similarities and resampling. Affine maps are 2x3 and take pixel centres to pixel centres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Affine, Points

REACH = 4  # blocks: more than the two to either side that a cubic reads
IDENTITY: Affine = np.array([[1, 0, 0], [0, 1, 0]], np.float64)


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels: left and top belong to it, right and bottom don't."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def clipped(self, width: int, height: int) -> Box:
        """The part of it that lies in a picture of that size."""
        left, right = (min(max(x, 0), width) for x in (self.left, self.right))
        top, bottom = (min(max(y, 0), height) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """The view of ``array`` (H, W, ...) inside the box."""
        return array[self.top : self.bottom, self.left : self.right]


def compose(outer: Affine, inner: Affine) -> Affine:
    """The map that applies ``inner`` first, then ``outer``."""
    return np.column_stack([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2] + outer[:, 2]])


def invert(affine: Affine) -> Affine:
    """The map that undoes ``affine``."""
    return np.asarray(cv2.invertAffineTransform(affine), np.float64)


def transform(points: Points, affine: Affine) -> Points:
    """Points (N, 2 or 3) under ``affine``; a third coordinate is scaled by the map's mean scale."""
    moved = points.astype(np.float64).copy()
    moved[:, :2] = points[:, :2] @ affine[:, :2].T + affine[:, 2]
    if points.shape[1] == 3:
        moved[:, 2] *= scale_of(affine)
    return moved.astype(np.float32)


def scale_of(affine: Affine) -> float:
    """The length in the target of a unit length in the origin."""
    (a, b), (c, d) = affine[:, :2].tolist()
    return math.sqrt(abs(a * d - b * c))


def crop_and_scale(box: Box, scale: float) -> tuple[Affine, tuple[int, int]]:
    """The map from the cropped and scaled picture back to the one it was cut from, and the (width, height) it has."""
    width, height = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    sx, sy = box.width / width, box.height / height
    back = np.array([[sx, 0, box.left + sx / 2 - 0.5], [0, sy, box.top + sy / 2 - 0.5]], np.float64)
    return back, (width, height)


def resize(array: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """``array`` at (width, height): area means when smaller, bicubic when larger."""
    height, width = array.shape[:2]
    if (width, height) == size:
        return array
    smaller = size[0] * size[1] < width * height
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC))


def area_weights(lines: range, step: float, height: int) -> tuple[slice, NDArray[np.float32]]:
    """How a picture ``height`` pixels high is averaged to ``lines`` of one that is ``step`` times lower: which of its rows, and the share
    that each of these has in each line, (lines, rows). As INTER_AREA does it, but of a part of the lines."""
    edges = np.arange(lines.start, lines.stop + 1) * step
    first, last = int(edges[0]), min(height, int(np.ceil(edges[-1])))
    row = np.arange(first, last)
    covered = np.minimum(row + 1, edges[1:, None]) - np.maximum(row, edges[:-1, None])
    return slice(first, last), (np.maximum(covered, 0) / step).astype(np.float32)


def similarity(origin: Points, target: Points) -> Affine:
    """The least-squares similarity (rotation, scale, shift) from ``origin`` to ``target``, (N, 2) each. Umeyama 1991."""
    a, b = origin[:, :2].astype(np.float64), target[:, :2].astype(np.float64)
    ca, cb = a.mean(0), b.mean(0)
    za = (a - ca) @ np.array([1, 1j])
    zb = (b - cb) @ np.array([1, 1j])
    turn = np.vdot(za, zb) / np.vdot(za, za)
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([linear, cb - linear @ ca])


def warp(array: NDArray[Any], from_target: Affine, size: tuple[int, int]) -> NDArray[Any]:
    """``array`` resampled to ``size`` (width, height), where ``from_target`` maps target pixels to ``array``'s.

    Shrinking first averages areas, so nothing aliases; pixels from outside the picture are 0.
    """
    step = round(scale_of(from_target))
    if step > 1:  # means of whole blocks are five times as fast as of parts of pixels; the rest is for the cubic
        box = _blocks_seen(array, from_target, size, step)
        back, small = crop_and_scale(box, 1 / step)
        array = resize(box.of(array), small)
        from_target = compose(invert(back), from_target)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(array, from_target, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=0))


def _blocks_seen(array: NDArray[Any], from_target: Affine, size: tuple[int, int], step: int) -> Box:
    """The blocks of ``step`` by ``step`` pixels of ``array`` that its cubic resampling to ``size`` reads, at least one."""
    corners = transform(np.array([(x, y) for x in (0, size[0]) for y in (0, size[1])], np.float32), from_target) // step
    ends = np.array(array.shape[1::-1]) // step
    low = np.clip(corners.min(0) - REACH, 0, ends - 1)
    high = np.clip(corners.max(0) + REACH, low + 1, ends)
    return Box(*(step * int(edge) for edge in (*low, *high)))
