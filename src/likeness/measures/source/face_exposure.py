"""Whether the face is exposed well."""

from __future__ import annotations

import numpy as np

from likeness.image.color import luminance
from likeness.portrait import Portrait
from likeness.regions import region
from likeness.schema import NotAssessed, Reading, measure

BRIGHT = 97  # percentile
TARGET = 0.5  # luminance of that percentile where the face is exposed well


@measure(title="Face exposure", group="source", unit="EV", about="source")
def face_exposure(portrait: Portrait) -> Reading | NotAssessed:
    """Stops by which the brightest parts of the face (shine, whites of the eyes, teeth) lie above or below where a good exposure puts them.

    Those are nearly as bright on dark skin as on light skin: the measure tells the exposure, not the person.
    """
    face = portrait.face
    inside = region(face.landmarks, (face.width, face.height), "face") > 0.5
    if not inside.any():
        return NotAssessed("the face lies outside the picture", "face")
    bright = float(np.percentile(luminance(face.pixels)[inside], BRIGHT))
    stops = float(np.log2(max(bright, 1e-4) / TARGET))
    dark = stops < 0
    return Reading(
        stops,
        f"the face is exposed {abs(stops):.1f} EV {'below' if dark else 'above'} a full exposure",
        region="face",
        advice="Face the light, for example a window." if dark else "Move out of the harsh light, or expose for your face.",
    )
