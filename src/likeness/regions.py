"""Parts of a face as masks, from the mesh points. Left and right are the person's own."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.image import Plane, Points

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
    mask = np.zeros((height, width), np.uint8)
    for outline in OUTLINES[name]:
        points = landmarks[list(outline), :2]
        fixed = np.round(points * 16).astype(np.int32)  # 4 fractional bits
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, shift=4)
    if abs(grow) >= 0.5:
        side = 2 * round(abs(grow)) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        mask = cv2.dilate(mask, kernel) if grow > 0 else cv2.erode(mask, kernel)
    return mask.astype(np.float32) / 255


def skin_outline(landmarks: Points, size: tuple[int, int], ipd: float) -> Plane:
    """The face less eyes, brows and lips, with a margin of 0.04 IPD around each: where facial skin is expected, 0..1."""
    mask = region(landmarks, size, "face", grow=-0.04 * ipd)
    for name in ("eyes", "brows", "lips"):
        mask = mask * (1 - region(landmarks, size, name, grow=0.06 * ipd))
    return mask
