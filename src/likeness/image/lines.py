"""Lines: long thin marks, too faint to be told from grain anywhere along them. Lengths in pixels."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane, read_only
from likeness.image.spots import Mask, Scale, noise

DIRECTIONS = 12
SAMPLES = 8  # along a line; their sum is built by doubling
COARSE = 2.7  # pixels; lines are followed on a picture made so small that their width is that of such a disc
ENDS = 2.5  # a line's contrast is at most so many times that at the weaker of its ends: a disc is no line
BESIDE = 0.25  # share of the strongest change beside it that a line's must have


def lines(scale: Scale, where: Mask, span: float, reach: float, strongest: Plane) -> Scale:
    """The answers of ``scale`` averaged along the straight line of ``span`` pixels on which most changed, place by place.

    A scar is too faint to be told from grain anywhere, but it goes on. What stops short of the line's ends, as a disc does, is
    held down to what is there; so is what is faint beside the ``strongest`` change (H, W) of any disc within its length: the rim of
    a mole is no line.
    """
    height, width = scale.before.shape
    shrink = max(1.0, scale.diameter / COARSE)
    small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    both = cv2.resize(np.dstack([scale.before, scale.after]), small, interpolation=cv2.INTER_AREA)
    best, most = np.zeros_like(both), np.zeros(both.shape[:2], np.float32)
    for turn in np.linspace(0, np.pi, DIRECTIONS, endpoint=False):
        step = np.array([np.sin(turn), np.cos(turn)]) * span / shrink / SAMPLES
        along = _along(both, step)
        change = np.abs(along[..., 1] - along[..., 0])
        np.copyto(best, along, where=(change > most)[..., None])
        np.maximum(most, change, out=most)
    a, b = cv2.split(cv2.resize(best, (width, height), interpolation=cv2.INTER_LINEAR))
    unsure = noise(b - a, where, reach)
    side = 2 * round(span / 2 + scale.diameter) + 1
    rim = np.abs(b - a) < BESIDE * cv2.dilate(strongest, np.ones((side, side), np.uint8))
    unsure = np.where(rim, np.float32(np.inf), unsure)
    return replace(scale, before=read_only(a), after=read_only(b), noise=read_only(unsure), span=span)


def _along(both: NDArray[np.float32], step: NDArray[np.float64]) -> NDArray[np.float32]:
    """The mean of SAMPLES of ``both`` (H, W, 2) that lie ``step`` (y, x) apart around each place, less where the ends lack the change."""

    def moved(array: NDArray[np.float32], steps: float) -> NDArray[np.float32]:
        return np.roll(array, tuple(-np.rint(steps * step).astype(int)), (0, 1))

    two = both + moved(both, 1)
    four = two + moved(two, 2)
    mean = (four + moved(four, 4)) / np.float32(SAMPLES)
    end = (two[..., 1] - two[..., 0]) / 2
    ends = (end, moved(end, SAMPLES - 2))
    change = mean[..., 1] - mean[..., 0]
    weaker = np.minimum(*(np.maximum(np.sign(change) * e, 0) for e in ends))
    kept = np.minimum(ENDS * weaker / np.maximum(np.abs(change), 1e-6), 1)
    return moved(np.asarray(mean * kept[..., None], np.float32), (1 - SAMPLES) / 2)
