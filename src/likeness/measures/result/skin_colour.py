"""Skin made another colour than the light of the scene makes it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.difference import delta_e_2000
from likeness.limits import Limits
from likeness.pair import Pair
from likeness.schema import NotAssessed, Reading, measure

# A chroma that is 15 % off looks as wrong as dE00 3, one that is 25 % off as wrong as dE00 6.
LEAST_SKIN = 0.1  # IPD squared
GREYISH = 10.0  # chroma below which shares of it mean nothing: a black-and-white portrait
CHROMA_STEPS, AS_DELTA_E = (0.0, 0.15, 0.25, 1.25), (0.0, 3.0, 6.0, 36.0)


@measure(title="Skin colour", group="colour", unit="dE00", min_ipd=30, limits=Limits((0.0, 3.0), (0.0, 6.0)))
def skin_colour(pair: Pair) -> Reading | NotAssessed:
    """How far the skin's colour left what white balance and exposure of the whole scene explain, CIEDE2000.

    Gains and contrast are read from clothes, hair and a background that was kept, greys first, and taken out; the rest is the
    difference of the median skin colours, or of their chroma (ratio 1.15 counts as 3, 1.25 as 6) when that is worse. A contrast
    curve may run along each channel or along luminance, which moves skin differently: the one that explains more is believed.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; an edit of the colour cannot be told from other light")
    source, result = pair.scenes
    skin = source.skin * result.valid
    if not pair.tones or (skin > 0.5).sum() < LEAST_SKIN * source.ipd**2:
        return NotAssessed("too little beside the skin is seen in both pictures to know the change of light")
    after = median_lab(result.pixels, skin)
    found = min((_departure(median_lab(tone.of(source.pixels), skin), after) for tone in pair.tones), key=lambda d: d.value)
    reason = (
        f"Apart from the light of the whole scene the skin changed by dE00 {found.difference:.1f}; its chroma is "
        f"{100 * found.chroma:.0f} % of the source's and its lightness {found.lightness:+.1f} L*."
    )
    return Reading(round(found.value, 2), reason, "skin", "Change the light of the whole picture, not the colour of the skin.")


class Departure(NamedTuple):
    """Of skin from where the light alone would have put it: dE00, ratio of chroma, difference of L*, and the worse of the first two."""

    difference: float
    chroma: float
    lightness: float
    value: float


def _departure(before: NDArray[np.float64], after: NDArray[np.float64]) -> Departure:
    difference = float(delta_e_2000(before, after))
    chroma = float(max(np.hypot(*after[1:]), 1.0) / max(np.hypot(*before[1:]), 1.0))
    excess = abs(np.hypot(*after[1:]) - np.hypot(*before[1:])) / max(np.hypot(*before[1:]), GREYISH)
    value = max(difference, float(np.interp(excess, CHROMA_STEPS, AS_DELTA_E)))
    return Departure(difference, chroma, float(after[0] - before[0]), value)


def median_lab(image: Image, mask: Plane) -> NDArray[np.float64]:
    """The median CIELAB colour where ``mask`` > 0.5, (3,)."""
    return np.asarray(np.median(lab_from_linear(image)[mask > 0.5], axis=0), np.float64)
