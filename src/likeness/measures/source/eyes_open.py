"""Whether the eyes are open."""

from __future__ import annotations

import numpy as np

from likeness.image import Points
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading, measure

# Mesh points: outer and inner corner, then the pairs of upper and lower lid.
LEFT = (263, 362, (387, 373), (385, 380))
RIGHT = (33, 133, (160, 144), (158, 153))


@measure(title="Eyes open", group="source", unit="ratio", min_ipd=24, about="source")
def eyes_open(portrait: Portrait) -> Reading | NotAssessed:
    """Eye aspect ratio, opening over width, of the eye that is less open. Soukupova and Cech 2016."""
    left, right = (aspect_ratio(portrait.landmarks, eye) for eye in (LEFT, RIGHT))
    ratio = min(left, right)
    shown = "both eyes" if abs(left - right) < 0.05 else "the left eye" if left < right else "the right eye"
    return Reading(
        ratio,
        f"{shown} open to {ratio:.2f} of the width",
        region="eyes",
        advice="Your eyes are closed or nearly so: look into the camera and take several shots.",
    )


def aspect_ratio(landmarks: Points, eye: tuple[int, int, tuple[int, int], tuple[int, int]]) -> float:
    """Mean distance of the lids over that of the corners, in three dimensions, so that a turned head reads the same."""
    outer, inner, *lids = eye
    opening = np.mean([np.linalg.norm(landmarks[upper] - landmarks[lower]) for upper, lower in lids])
    return float(opening / np.linalg.norm(landmarks[outer] - landmarks[inner]))
