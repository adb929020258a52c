"""Skin made another colour than the light of the scene makes it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.difference import delta_e_2000
from likeness.pair import Pair
from likeness.schema import NotAssessed, Reading, measure

# A chroma that is 15 % off looks as wrong as dE00 3, one that is 25 % off as wrong as dE00 6.
CHROMA_STEPS, AS_DELTA_E = (0.0, 0.15, 0.25, 1.25), (0.0, 3.0, 6.0, 36.0)


@measure(title="Skin colour", group="colour", unit="dE00", min_ipd=30)
def skin_colour(pair: Pair) -> Reading | NotAssessed:
    """How far the skin's colour left what white balance and exposure of the whole scene explain, CIEDE2000.

    Gains and contrast are read from clothes, hair and a background that was kept, greys first, and taken out; the rest is the
    difference of the median skin colours, or of their chroma (ratio 1.15 counts as 3, 1.25 as 6) when that is worse.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; an edit of the colour cannot be told from other light")
    source, result = pair.scenes
    tone = pair.tone
    skin = source.skin * result.valid
    if tone is None or (skin > 0.5).sum() < 30:
        return NotAssessed("too little beside the skin is seen in both pictures to know the change of light")
    before, after = median_lab(tone.of(source.pixels), skin), median_lab(result.pixels, skin)
    difference = float(delta_e_2000(before, after))
    chroma = float(np.hypot(*after[1:]) / max(np.hypot(*before[1:]), 1.0))
    excess = max(chroma, 1 / max(chroma, 0.1)) - 1
    value = round(max(difference, float(np.interp(excess, CHROMA_STEPS, AS_DELTA_E))), 2)
    reason = (
        f"Apart from the light of the whole scene the skin changed by dE00 {difference:.1f}; its chroma is {100 * chroma:.0f} % "
        f"of the source's and its lightness {after[0] - before[0]:+.1f} L*."
    )
    return Reading(value, reason, "skin", "Change the light of the whole picture, not the colour of the skin.")


def median_lab(image: Image, mask: Plane) -> NDArray[np.float64]:
    """The median CIELAB colour where ``mask`` > 0.5, (3,)."""
    return np.asarray(np.median(lab_from_linear(image)[mask > 0.5], axis=0), np.float64)
