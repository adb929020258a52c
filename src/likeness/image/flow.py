"""Dense registration: where each pixel went, to a fraction of a pixel."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Affine, Plane, Points
from likeness.image.filters import gaussian
from likeness.image.geometry import IDENTITY, resize, similarity, transform

Flow = NDArray[np.float32]  # (H, W, 2), pixels: what lies at x, y in the first picture lies at x, y + flow in the second


def contrast_normalised(plane: Plane, sigma: float, *, floor: float = 0.01) -> NDArray[np.uint8]:
    """``plane`` less its local mean, over its local standard deviation (Gaussian, ``sigma`` pixels), as 8 bit: +-3 sd is 0..255.

    ``floor`` is added to the deviation, so that flat areas don't turn into amplified noise. Lighting and tone curves cancel.
    """
    mean = _soft(plane, sigma)
    variance = np.maximum(_soft(plane * plane, sigma) - mean * mean, 0)
    normal = (plane - mean) / (np.sqrt(variance) + floor)
    return np.asarray(np.clip(normal * 42.5 + 127.5, 0, 255).astype(np.uint8))


def _soft(plane: Plane, sigma: float) -> Plane:
    """A Gaussian mean; wide ones are three box means, which cost the same at any width."""
    side = 2 * int(np.sqrt(sigma * sigma + 0.25)) + 1  # three boxes of this side have variance 3 (side^2 - 1) / 12, about sigma^2
    for _ in range(3):
        plane = cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT_101)
    return plane


def dense_flow(first: NDArray[np.uint8], second: NDArray[np.uint8], *, fine: bool = False) -> Flow:
    """Dense inverse search: where the pixels of ``first`` are in ``second``, both (H, W) 8 bit. Kroeger et al. 2016.

    The last scale is half the picture's; ``fine``: the picture's own, four times as much work, for small pictures.
    """
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    if fine:
        search.setFinestScale(0)
    return np.asarray(search.calc(first, second, None), np.float32)


def round_trip_error(forward: Flow, backward: Flow) -> Plane:
    """How far from where it started a pixel ends up after ``forward`` and then ``backward``, pixels, (H, W)."""
    height, width = forward.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    there = cv2.remap(backward, x + forward[..., 0], y + forward[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.linalg.norm(forward + there, axis=2), np.float32)


def structure(pattern: NDArray[np.uint8], sigma: float) -> Plane:
    """How much there is to follow around each pixel: root-mean-square slope of ``pattern`` (levels per pixel) in a Gaussian window of
    ``sigma`` pixels, (H, W)."""
    across, down = (cv2.Sobel(pattern, cv2.CV_32F, 1 - k, k, scale=1 / 8) for k in (0, 1))
    half = ((pattern.shape[1] + 1) // 2, (pattern.shape[0] + 1) // 2)  # the means are smooth
    mean = gaussian(resize(across * across + down * down, half), sigma / 2)
    return np.asarray(np.sqrt(cv2.resize(mean, pattern.shape[::-1], interpolation=cv2.INTER_LINEAR)), np.float32)


def settled(flow: Flow, certainty: Plane, sigma: float) -> tuple[Flow, Plane]:
    """``flow`` averaged under a Gaussian of ``sigma`` pixels, each pixel counting by its ``certainty``, and the mean certainty, (H, W):
    what is bare of structure goes with what is around it. Normalised convolution: Knutsson and Westin 1993."""
    height, width = certainty.shape
    half = ((width + 1) // 2, (height + 1) // 2)  # the means are smooth
    small = resize(np.dstack([flow * certainty[..., None], certainty]), half)
    mean = cv2.resize(gaussian(small, sigma / 2), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(mean[..., :2] / (mean[..., 2:] + 1e-6), np.float32), np.asarray(mean[..., 2])


def trimmed_similarity(points: Points, moved: Points, *, keep: float = 0.6, rounds: int = 8) -> Affine:
    """The similarity from ``points`` to ``moved``, (N, 2) each, that fits the best ``keep`` share of them.

    Least trimmed squares by concentration steps (Rousseeuw & Van Driessen 2006), begun with all points: what was reshaped is left out.
    """
    return _trimmed(similarity, points, moved, keep, rounds)


def trimmed_affine(points: Points, moved: Points, *, keep: float = 0.6, rounds: int = 8) -> Affine:
    """The affine map from ``points`` to ``moved``, (N, 2) each, that fits the best ``keep`` share of them: see trimmed_similarity."""
    return _trimmed(_affine, points, moved, keep, rounds)


def _affine(points: Points, moved: Points) -> Affine:
    """The least-squares affine map."""
    solved, *_ = np.linalg.lstsq(np.column_stack([points, np.ones(len(points))]).astype(np.float64), moved, rcond=None)
    return np.asarray(solved.T, np.float64)


def _trimmed(fitted: Callable[[Points, Points], Affine], points: Points, moved: Points, keep: float, rounds: int) -> Affine:
    if len(points) < 8:
        return IDENTITY.copy()
    chosen = np.arange(len(points))
    fit = fitted(points, moved)
    for _ in range(rounds):
        misfit = np.linalg.norm(transform(points, fit) - moved, axis=1)
        nearest = np.sort(np.argpartition(misfit, int(keep * len(points)))[: max(8, int(keep * len(points)))])
        if np.array_equal(nearest, chosen):
            break
        chosen = nearest
        fit = fitted(points[chosen], moved[chosen])
    return fit


def positions(affine: Affine, size: tuple[int, int]) -> Flow:
    """Where ``affine`` takes each pixel of a picture of ``size`` (width, height), (H, W, 2)."""
    x, y = np.arange(size[0], dtype=np.float64), np.arange(size[1], dtype=np.float64)
    at = np.empty((size[1], size[0], 2), np.float32)
    for axis, (by_x, by_y, shift) in enumerate(affine):
        at[..., axis] = by_x * x + (by_y * y + shift)[:, None]
    return at


def flow_of(affine: Affine, size: tuple[int, int]) -> Flow:
    """The flow that ``affine`` makes on a picture of ``size`` (width, height)."""
    return positions(affine - IDENTITY, size)
