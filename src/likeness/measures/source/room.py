"""Whether there is room around the head."""

from __future__ import annotations

import numpy as np

from likeness.faces import eye_midpoint
from likeness.image.geometry import scale_of, transform
from likeness.portrait import Field, Portrait
from likeness.schema import NotAssessed, Reading, measure

NEEDED = Field(1.7, 1.7, 1.9, 2.9)  # IPD from between the eyes: the head with its hair, the neck and where the shoulders begin


@measure(title="Room around the head", group="source", unit="ratio", about="source")
def room(portrait: Portrait) -> Reading | NotAssessed:
    """What the photo shows of the room that a head with neck and hair takes, on the side where it is tightest: 1 is enough.

    Nothing can be invented beyond the photo's border.
    """
    ipd = portrait.ipd * scale_of(portrait.to_photo)
    x, y = eye_midpoint(transform(portrait.landmarks, portrait.to_photo)) / ipd
    width, height = portrait.photo.width / ipd, portrait.photo.height / ipd
    sides = {
        "on the left": x / NEEDED.left,
        "on the right": (width - x) / NEEDED.right,
        "above": y / NEEDED.up,
        "below": (height - y) / NEEDED.down,
    }
    tightest = min(sides, key=lambda side: sides[side])
    value = float(np.clip(sides[tightest], 0, 2))
    return Reading(
        value,
        f"the photo shows {100 * value:.0f} % of the room that the head needs {tightest}",
        region="head",
        advice="Step back or turn the camera, so that all of the head, the neck and the shoulders are in the photo.",
    )
