"""Retouch: how much was done to a photo altogether, in the eight statistics of Kee & Farid 2011, and one score that grows with the dose.

Their rating of 1 to 5 came from observers; without those nothing here may be called by that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.handled import OFFSET
from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.image import Plane
from likeness.image.color import luminance, srgb_from_linear
from likeness.image.filters import gaussian, grown
from likeness.image.flow import Flow, dense_flow, round_trip_error, settled, structure
from likeness.image.photometric import blur_by_patch, contrast_and_structure, patch_centres

STATISTICS = (
    "face_shift_mean", "face_shift_sd", "body_shift_mean", "body_shift_sd",
    "structure_mean", "structure_sd", "blur_mean", "blur_sd",
)  # fmt: skip
UNTOUCHED = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
WINDOW = 0.03  # IPD
LEAST_IPD = 56.0  # pixels; what a smaller picture lost by being made smaller is more than what retouching takes
FINEST = 1.5  # pixels; in what is finer, two ways to resize a picture differ as much as half a dose of smoothing does
TONE = 0.25  # IPD: contrast and brightness are matched over this far
RIM = 0.06  # IPD inside the outline of face and body that are left out
CHIN = 152  # mesh point
FOLLOWED = 8.0  # levels per pixel of the pattern: plain cloth cannot be followed
EDGE = 0.004  # encoded luma per pixel; where it is flatter, a shift does not show


@dataclass(frozen=True)
class Retouch:
    """``statistics``: mean and standard deviation over face and body of the shift across edges (% IPD), over the face of SSIM's contrast and
    structure, and of the blur (cycles per pixel). ``score``: 0 where nothing goes beyond handling, 100 a full synthetic dose of smoothing
    and reshaping; ``of_shape`` and ``of_texture``: how much of it each half of the statistics gives."""

    statistics: tuple[float, ...]
    score: float
    of_shape: float = 0.0
    of_texture: float = 0.0

    def as_json(self) -> dict[str, Any]:
        shares = {"of_shape": self.of_shape, "of_texture": self.of_texture}
        return {
            "score": self.score,
            **shares,
            "statistics": {n: round(v, 5) for n, v in zip(STATISTICS, self.statistics, strict=True)},
        }


def statistics_of(pair: Pair) -> NDArray[np.float64] | None:
    """The eight statistics, in the order of STATISTICS; None for another photo, where they mean nothing, and in too few pixels.

    The photometric ones compare with the source as handling of the whole picture would have left it: resized and compressed alike, and
    without its finest waves, which the way of resizing decides.
    """
    if pair.mode == "other-photo" or pair.ipd < LEAST_IPD:
        return None
    source, result = pair.faces
    face = (source.region("face", -RIM) > 0.5) & (result.valid > 0)  # a new background may begin at its rim
    moved = _across_edges(source, pair.movement.by)[face & pair.movement.known]
    planes = pair.skin_texture.planes
    ipd = 63 * planes.px_per_mm
    seen = (srgb_from_linear(np.clip(np.exp(plane) - OFFSET, 0, 1)) for plane in (planes.handled, planes.result))
    before, after = (gaussian(plane, FINEST) for plane in seen)
    after = _matched(after, before, TONE * ipd)
    inside = planes.there(face.astype(np.float32)) > 0.99
    alike = contrast_and_structure(before, after, WINDOW * ipd)[inside]
    rows, columns = patch_centres((before.shape[1], before.shape[0]))
    blur = blur_by_patch(before, after)[inside[np.ix_(rows, columns)]]
    return np.array([f(v) if len(v) else 0.0 for v in (moved, _body_shift(pair), alike, blur) for f in (np.mean, np.std)])


def retouch_of(pair: Pair, usual: Sequence[float], weights: Sequence[float]) -> Retouch | None:
    """What was done to the photo. ``usual``: how far each statistic is from UNTOUCHED in pictures that were only handled; ``weights``: how
    much it adds to the score for each unit beyond that; (8,) each."""
    found = statistics_of(pair)
    if found is None:
        return None
    beyond = np.maximum(np.abs(found - UNTOUCHED) - np.array(usual), 0)
    points = beyond * np.array(weights)
    total = float(points.sum())
    shape, texture = (round(float(part.sum()) * min(1.0, 100 / max(total, 1e-9)), 1) for part in (points[:4], points[4:]))
    return Retouch(tuple(float(v) for v in found), round(min(100.0, total), 1), shape, texture)


def _across_edges(view: View, by: Flow) -> Plane:
    """|v . g|: the part of the movement ``by`` (% IPD) that crosses the picture's own edges, (H, W)."""
    luma = gaussian(_encoded(view), 0.01 * view.ipd)
    x, y = cv2.Sobel(luma, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(luma, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(np.abs(by[..., 0] * x + by[..., 1] * y) / np.maximum(np.hypot(x, y), EDGE), np.float32)


def _body_shift(pair: Pair) -> NDArray[np.float32]:
    """|v . g| below the chin, where the person is and has structure to follow, % IPD, (N,)."""
    source, result = pair.bodies
    below = np.arange(source.size[1])[:, None] > source.landmarks[CHIN, 1]
    inside = below & grown((source.person > 0.9) & (source.valid * result.valid > 0), -RIM * source.ipd)
    pattern = np.where(inside, result.pattern, source.pattern)  # what the result doesn't show was not moved
    flow, back = dense_flow(source.pattern, pattern, fine=True), dense_flow(pattern, source.pattern, fine=True)
    common = np.minimum(*(structure(p, WINDOW * source.ipd) for p in (source.pattern, pattern)))
    sure = inside & (common > FOLLOWED) & (round_trip_error(flow, back) < 0.5)
    by, _ = settled(flow, np.where(sure, common**2, 0).astype(np.float32), WINDOW * source.ipd)
    return np.asarray(_across_edges(source, by * np.float32(100 / source.ipd))[sure])


def _encoded(view: View) -> Plane:
    return srgb_from_linear(np.clip(luminance(view.pixels), 0, 1))


def _matched(plane: Plane, to: Plane, sigma: float) -> Plane:
    """``plane`` with the brightness and contrast that ``to`` has around each pixel."""
    (mean, sd), (mean_to, sd_to) = (_moments(p, sigma) for p in (plane, to))
    return np.asarray((plane - mean) * np.clip(sd_to / np.maximum(sd, 1e-3), 0.5, 2) + mean_to, np.float32)


def _moments(plane: Plane, sigma: float) -> tuple[Plane, Plane]:
    mean = gaussian(plane, sigma)
    return mean, np.asarray(np.sqrt(np.maximum(gaussian(plane * plane, sigma) - mean * mean, 0)), np.float32)
