"""Whether the photo is grainy."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.portrait import Portrait
from likeness.regions import region
from likeness.schema import NotAssessed, Reading, measure

FLAT = 0.15  # quantile of the face's blocks in which least is seen but noise
KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@measure(title="Noise", group="source", unit="codes", min_ipd=24, about="source")
def noise(portrait: Portrait) -> Reading | NotAssessed:
    """Standard deviation of grain in the smoothest parts of the face, in 8-bit codes. Immerkaer 1996, per block.

    Seen at the size of a headshot at most: what that averages away does not count.
    """
    face = portrait.face
    inside = region(face.landmarks, (face.width, face.height), "face", grow=-0.05 * face.ipd) > 0.5
    if not inside.any():
        return NotAssessed("the face lies outside the picture", "face")
    codes = cv2.cvtColor(face.srgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = max(5, round(face.ipd / 8) | 1)
    grain = np.sqrt(np.pi / 2) * cv2.blur(np.abs(cv2.filter2D(codes, -1, KERNEL)), (side, side)) / 6
    value = float(np.quantile(grain[inside], FLAT))
    return Reading(
        value,
        f"grain of {value:.1f} codes of 255 on the smoothest skin",
        region="face",
        advice="The photo is grainy: use more light, so that the camera needs less amplification.",
    )
