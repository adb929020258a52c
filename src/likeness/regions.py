"""Parts of a face as masks, from the mesh points. Left and right are the person's own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane, Points
from likeness.image.geometry import Box, crop_and_scale, invert, resize, scale_of, transform

SKIN_IPD = 64.0  # pixels between the pupils at which skin is told from what covers it
# For log2 of luminance, red over green, blue over green: terms of the surface, and the bounds of what skin may scatter about it.
SPREADS = ((6, 0.25, 0.45), (3, 0.06, 0.2), (3, 0.10, 0.4))
ROUNDS = 6  # of fitting that surface and weighting what lies near it
LEAST_TEXTURE = 0.01  # stops: what even a smoothed face is taken to have

# Indices into the 478 mesh points, each list a closed outline (MediaPipe's canonical face model).
OUTLINES: dict[str, tuple[tuple[int, ...], ...]] = {
    "face": (
        (
            10,
            338,
            297,
            332,
            284,
            251,
            389,
            356,
            454,
            323,
            361,
            288,
            397,
            365,
            379,
            378,
            400,
            377,
            152,
            148,
            176,
            149,
            150,
            136,
            172,
            58,
            132,
            93,
            234,
            127,
            162,
            21,
            54,
            103,
            67,
            109,
        ),
    ),
    "eyes": (
        (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
        (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    ),
    "irises": ((474, 475, 476, 477), (469, 470, 471, 472)),
    "brows": ((276, 283, 282, 295, 285, 336, 296, 334, 293, 300), (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)),
    "lips": ((61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),),
    "nose": ((168, 417, 465, 429, 279, 358, 327, 326, 2, 97, 98, 129, 49, 209, 245, 193),),
    "cheeks": (
        (330, 266, 425, 411, 416, 433, 401, 352, 345, 340, 346, 347),
        (101, 36, 205, 187, 192, 213, 177, 123, 116, 111, 117, 118),
    ),
    "nostrils": ((250, 290, 392, 309, 459, 458, 461, 462), (20, 60, 166, 79, 239, 238, 241, 242)),
    "forehead": ((103, 67, 109, 10, 338, 297, 332, 333, 299, 337, 151, 108, 69, 104),),
    "jaw": (
        (
            132,
            58,
            172,
            136,
            150,
            149,
            176,
            148,
            152,
            377,
            400,
            378,
            379,
            365,
            397,
            288,
            361,
            435,
            434,
            430,
            431,
            262,
            428,
            199,
            208,
            32,
            211,
            210,
            214,
            215,
        ),
    ),
}


def region(landmarks: Points, size: tuple[int, int], name: str, *, grow: float = 0.0) -> Plane:
    """The named part as a mask 0..1 of ``size`` (width, height), edges antialiased, grown by ``grow`` pixels (shrunk when negative)."""
    width, height = size
    mask = np.zeros((height, width), np.float32)
    outlines = [landmarks[list(outline), :2] for outline in OUTLINES[name]]
    near = _around(outlines, max(grow, 0) + 2).clipped(width, height)
    if min(near.width, near.height) < 1:
        return mask
    part = np.zeros((near.height, near.width), np.uint8)
    for points in outlines:
        fixed = np.round(points * 16).astype(np.int32) - np.array([near.left, near.top], np.int32) * 16  # 4 fractional bits
        cv2.fillPoly(part, [fixed], 255, cv2.LINE_AA, shift=4)
    if abs(grow) >= 0.5:
        side = 2 * round(abs(grow)) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        part = cv2.dilate(part, kernel) if grow > 0 else cv2.erode(part, kernel)
    near.of(mask)[:] = part.astype(np.float32) / 255
    return mask


def _around(outlines: list[Points], margin: float) -> Box:
    """The box around all ``outlines`` and ``margin`` pixels more."""
    points = np.concatenate(outlines)
    (left, top), (right, bottom) = np.floor(points.min(0) - margin), np.ceil(points.max(0) + margin) + 1
    return Box(int(left), int(top), int(right), int(bottom))


def skin_outline(landmarks: Points, size: tuple[int, int], ipd: float) -> Plane:
    """The face less eyes, brows, lips and nostrils, with a margin around each: where facial skin is expected, 0..1."""
    mask = region(landmarks, size, "face", grow=-0.04 * ipd)
    for name, margin in (("eyes", 0.06), ("brows", 0.06), ("lips", 0.06), ("nostrils", 0.03)):
        mask = mask * (1 - region(landmarks, size, name, grow=margin * ipd))
    return mask


def skin(image: Image, landmarks: Points, ipd: float) -> Plane:
    """Where facial skin is seen, (H, W) in 0..1: ``skin_outline`` less hair, beard, glasses and whatever covers the face.

    Skin is what lies near a smooth surface through the cheeks, nose and forehead in log luminance and log chromaticity:
    shading and blush bend that surface, a lock of hair or a frame leaves it. Hair of the skin's own colour is told by its texture.
    """
    height, width = image.shape[:2]
    reach = Box(*(int(v) for v in np.concatenate([landmarks[:, :2].min(0), landmarks[:, :2].max(0) + 2]))).clipped(width, height)
    mask = np.zeros((height, width), np.float32)
    if min(reach.width, reach.height) < 8:
        return mask
    back, size = crop_and_scale(reach, min(1.0, SKIN_IPD / ipd))
    points, small_ipd = transform(landmarks, invert(back)), ipd / scale_of(back)
    small = resize(reach.of(image), size)
    share = _skin_small(small, points, size, small_ipd)
    mask[reach.top : reach.bottom, reach.left : reach.right] = np.clip(
        cv2.resize(share, (reach.width, reach.height), interpolation=cv2.INTER_LINEAR), 0, 1
    )
    return mask


def _skin_small(small: Image, points: Points, size: tuple[int, int], ipd: float) -> Plane:
    outline = skin_outline(points, size, ipd)
    where = outline > 0.5
    seeds = where & (sum(region(points, size, name) for name in ("cheeks", "nose", "forehead")) > 0.5)
    if seeds.sum() < 32:
        return outline
    features, deviation = _skin_features(small), np.full(where.shape, np.inf, np.float32)
    deviation[where] = _deviation(features[where], _quadratic(points, size, ipd)[where], seeds[where])
    texture, skin = _texture(features[..., 0], ipd), _weights(deviation) > 0.25
    usual = max(LEAST_TEXTURE, float(np.median(texture[skin]))) if skin.any() else 1.0
    doubt = np.hypot(deviation / 3.0, np.maximum(texture / usual - 1, 0) / 3.0)
    kept = cv2.medianBlur((doubt < 1).astype(np.uint8), 2 * max(1, round(0.03 * ipd)) + 1)
    side = 2 * max(1, round(0.025 * ipd)) + 1
    kept = cv2.erode(kept, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray(outline * cv2.GaussianBlur(kept.astype(np.float32), (0, 0), 0.012 * ipd + 0.3), np.float32)


def _skin_features(image: Image) -> NDArray[np.float32]:
    """log2 of luminance, red over green and blue over green, (H, W, 3); noise in the blacks is held down by a floor of 0.4 %."""
    r, g, b = (np.maximum(image[..., i], 0) + 0.004 for i in range(3))
    return np.asarray(np.log2(np.stack([0.2126 * r + 0.7152 * g + 0.0722 * b, r / g, b / g], -1)), np.float32)


def _quadratic(points: Points, size: tuple[int, int], ipd: float) -> NDArray[np.float32]:
    """1, x, y, x2, xy, y2 around the tip of the nose in IPD, (H, W, 6)."""
    x, y = np.meshgrid(*((np.arange(n, dtype=np.float32) - points[1, i]) / ipd for i, n in enumerate(size)))
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)


def _deviation(features: NDArray[np.float32], basis: NDArray[np.float32], seeds: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each of N pixels lies from the smooth surface through skin, in robust standard deviations, (N,).

    The surface is one of weighted least squares, first through the ``seeds``, then through whatever lies near it; ``features`` are (N, 3)
    and ``basis`` is (N, 6).
    """
    weights, deviation = seeds.astype(np.float32), np.empty(len(seeds), np.float32)
    _, floors, ceilings = np.array(SPREADS, np.float32).T
    for _ in range(ROUNDS):
        away = np.ascontiguousarray(np.abs(features - basis @ _coefficients(features, basis, weights)).T)
        spreads = 1.4826 * np.median(away[:, weights > 0.05], axis=1)
        away /= np.clip(spreads, floors, ceilings)[:, None]
        deviation = np.sqrt(np.square(away, out=away).sum(0))
        weights = _weights(deviation)
    return deviation


def _coefficients(features: NDArray[np.float32], basis: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of the surface in each feature, (6, 3), those of terms that a feature lacks being 0."""
    weighted = basis * weights[:, None]
    squares, products = basis.T @ weighted + 0.02 * np.sqrt(weights).sum() * np.diag([0, 1, 1, 4, 4, 4]), weighted.T @ features
    found = np.zeros((6, 3), np.float32)
    for channel, (terms, _, _) in enumerate(SPREADS):
        found[:terms, channel] = np.linalg.solve(squares[:terms, :terms], products[:terms, channel])
    return found


def _weights(deviation: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much what deviates like this counts as skin: 1 on the surface, 0 from 3.5 on. Tukey's biweight."""
    return np.asarray(np.square(np.clip(1 - np.square(deviation / 3.5), 0, 1)), np.float32)


def _texture(log_luminance: Plane, ipd: float) -> Plane:
    """Root-mean-square of what is finer than 0.03 IPD, within 0.05 IPD, (H, W)."""
    fine = log_luminance - cv2.GaussianBlur(log_luminance, (0, 0), 0.03 * ipd + 0.3)
    return np.asarray(np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), 0.05 * ipd + 0.3)), np.float32)
