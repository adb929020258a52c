"""Whether one half of the face lies in the dark."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.image import Plane, Points
from likeness.image.color import luminance
from likeness.portrait import Portrait
from likeness.regions import OUTLINES
from likeness.schema import NotAssessed, Reading, measure


@measure(title="Evenness of light", group="source", unit="EV", about="source")
def light_evenness(portrait: Portrait) -> Reading | NotAssessed:
    """Stops between the cheeks. Light from one side is a style: 1 (2:1) is usual in an office, 2 (4:1) the most in a portrait."""
    face = portrait.face
    light = luminance(face.pixels)
    left, right = (_median_within(light, face.landmarks[list(cheek), :2]) for cheek in OUTLINES["cheeks"])
    if left is None or right is None:
        return NotAssessed("a cheek lies outside the picture", "cheeks")
    stops = float(abs(np.log2(max(left, 1e-4) / max(right, 1e-4))))
    darker = "left" if left < right else "right"
    return Reading(
        stops,
        f"the person's {darker} cheek is {stops:.1f} EV darker than the other",
        region="cheeks",
        advice="Turn toward the light, so that it reaches both sides of your face.",
    )


def _median_within(light: Plane, outline: Points) -> float | None:
    mask = np.zeros(light.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    inside = light[mask > 0]
    return float(np.median(inside)) if inside.size else None
