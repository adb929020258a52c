"""Whether there is colour."""

from __future__ import annotations

import numpy as np

from likeness.image.color import lab_from_linear
from likeness.portrait import Portrait
from likeness.regions import skin_outline
from likeness.schema import NotAssessed, Reading, measure

LEAST_SKIN = 50  # pixels


@measure(title="Colour", group="source", unit="C*", about="source")
def colourfulness(portrait: Portrait) -> Reading | NotAssessed:
    """The chroma of the facial skin, CIELAB C* (0 is grey): the median. Skin has 10 to 35 in most light, a grey or toned photo under 3.

    Without it nobody can check that a headshot keeps the colour of the skin.
    """
    face = portrait.face
    skin = face.pixels[skin_outline(face.landmarks, (face.width, face.height), face.ipd) > 0.5]
    if len(skin) < LEAST_SKIN:
        return NotAssessed("too little skin is seen to know its colour", "face")
    lab = lab_from_linear(skin[None])[0]
    value = float(np.median(np.hypot(lab[:, 1], lab[:, 2])))
    what = "the photo has no colour" if value < 3 else f"the skin has a chroma of {value:.0f}"
    return Reading(
        value, what, region="skin", advice="Use the colour photo: in a grey one the colour of the skin cannot be checked."
    )
