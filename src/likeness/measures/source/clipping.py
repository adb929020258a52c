"""Whether light has burnt out on the face."""

from __future__ import annotations

import numpy as np

from likeness.portrait import Portrait
from likeness.regions import skin_outline
from likeness.schema import NotAssessed, Reading, measure

BURNT = 0.955  # linear value of 8-bit code 250: detail is lost from about there on


@measure(title="Clipping", group="source", unit="share", about="source")
def clipping(portrait: Portrait) -> Reading | NotAssessed:
    """Share of the facial skin where two colour channels are burnt out, so that no detail can be brought back.

    Red alone burns out on well-lit skin without harm that shows.
    """
    face = portrait.face
    skin = skin_outline(face.landmarks, (face.width, face.height), face.ipd) > 0.5
    if not skin.any():
        return NotAssessed("the face lies outside the picture", "face")
    share = float(np.mean(np.sort(face.pixels[skin], axis=-1)[:, 1] >= BURNT))
    return Reading(
        share,
        f"{100 * share:.1f} % of the facial skin is burnt out",
        region="skin",
        advice="Move out of the harsh light, or lower the exposure: bright skin has lost its detail.",
    )
