"""Whether compression has left blocks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image.geometry import Box, scale_of, transform
from likeness.portrait import FACE_IPD, Portrait
from likeness.schema import NotAssessed, Reading, measure

BLOCK = 8  # pixels of the file: JPEG's
REACH = 1.3  # IPD around the middle of the face that are looked at


@measure(title="Compression", group="source", unit="ratio", about="source")
def compression(portrait: Portrait) -> Reading | NotAssessed:
    """How much steeper the picture steps at the edges of 8-pixel blocks than inside them, 0 where there are no blocks; in the photo's
    own pixels, and weighed by how large a headshot shows them: larger photos are reduced, and the blocks with them. Wang, Sheikh and Bovik 2002.
    """
    ipd = portrait.ipd * scale_of(portrait.to_photo)
    x, y = transform(portrait.landmarks, portrait.to_photo)[:, :2].mean(0)
    reach = REACH * ipd
    box = Box(round(x - reach), round(y - reach), round(x + reach), round(y + reach))
    photo, block = portrait.photo, round(BLOCK / portrait.photo.scale)
    inside = box.clipped(photo.width, photo.height)
    if block < 4:
        return NotAssessed("the photo was decoded too small to see blocks", "face")
    if min(inside.width, inside.height) < 4 * block:
        return NotAssessed("the face is too small in the photo to see blocks", "face")
    grey = cv2.cvtColor(photo.seen(inside), cv2.COLOR_RGB2GRAY).astype(np.float32)
    excess = (_blockiness(grey, block) + _blockiness(grey.T, block)) / 2
    value = max(0.0, excess) * min(1.0, FACE_IPD / (ipd * photo.scale))
    return Reading(
        value,
        "blocks of compression stand out" if value > 0.2 else "hardly any blocks of compression show",
        region="face",
        advice="Use the original file: this one was compressed hard, as messengers do.",
    )


def _blockiness(grey: NDArray[np.float32], block: int) -> float:
    """Mean step across the columns where blocks meet, over that across the others, less 1."""
    step = np.abs(np.diff(grey, axis=1)).mean(0)
    excess = step[1:-1] / np.maximum((step[:-2] + step[2:]) / 2, 0.25)
    phases = np.array([excess[k::block].mean() for k in range(block)])
    return float(phases.max() - np.median(phases))
