"""Colours of the skin made stronger or weaker than the light of the scene makes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.monochrome import colourless, in_colour
from likeness.comparison.pair import Pair
from likeness.comparison.recolouring import GREY, LEAST_SKIN, Recolouring, mapped, median_lab, within_range
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

NONE = 0.01  # of the chroma: as little as is told, ratios being above 0
GREYISH = 10.0  # chroma; shares of less than that look smaller than they are, and count as shares of that
USUAL = (12.0, 36.0)  # chroma of skin in ordinary photos: 90 % of ours
NATURAL = (0.94, 1.05)  # handled skin stays within 0.96 and 1.02; a tenth more colour begins at 1.08
WHOLE = 0.5  # share of the gain; with more of it in the whole picture it is not the skin alone
ADVICE = "Leave the saturation as the light makes it."
IN_COLOUR = "Give the picture back its colour, or give a black-and-white source."
WITH_PROFILE = "Export with the colour profile, or convert to sRGB."


@measure(
    title="Saturation",
    group="colour",
    unit="ratio",
    min_ipd=30,
    min_quality=30,
    limits=Limits(NATURAL, (0.75, 1.3), log=True),
    other_photo=Limits((0.35, 1.15), (0.25, 1.45), log=True),
)
def saturation(pair: Pair) -> Reading | NotAssessed:
    """Chroma of the skin, result over source, beyond what white balance, exposure and tone curve explain: 1 where it was left alone.

    The light is that of ``skin_colour``, without its saturation: so colours made stronger in the whole picture show as well, while a
    contrast curve, which makes them stronger along with the contrast of greys, does not. Of skin with a chroma below 10 the change
    counts as a share of 10.

    Of another photo: over the nearest chroma that the sources or skin in ordinary light have, 1 within those. One person's skin has
    half or twice the chroma in other light (13 people, two photos each), so only what no light does is told.
    """
    if pair.mode == "other-photo":
        return _of_other(pair)
    source, result = map(colourless, pair.scenes)
    if source:
        return NotAssessed(f"the source is {source}; it has no saturation to compare with", "skin")
    if result:
        return _lost(result)
    if not pair.recolourings:
        return NotAssessed(
            "too little skin, hair or clothes is seen in both pictures, neither black nor burnt out, to know the light", "skin"
        )
    found = min(map(_gain, pair.recolourings), key=lambda gain: abs(np.log(gain.value)))
    if found.before < GREY:
        return NotAssessed("the skin has hardly any colour in the source, none whose strength could be compared", "skin")
    profile = pair.coloured.profile
    reason = _unprofiled(found, profile) if profile else _sentence(found)
    return Reading(round(found.value, 3), reason, "skin", WITH_PROFILE if profile else ADVICE, _heat(pair, found.recolouring))


class Gain(NamedTuple):
    """Of the skin's chroma: ratio of result to light, that to light with the whole picture's ``rest`` of a gain taken out."""

    value: float
    rest: float
    before: float
    after: float
    recolouring: Recolouring


def _gain(recolouring: Recolouring) -> Gain:
    light, saturated, after = (_chroma(np.median(lab, axis=0)) for lab in recolouring[:3])
    return Gain(ratio(after, light), ratio(after, saturated), light, after, recolouring)


def ratio(after: float, before: float) -> float:
    """Of two chromas; a change from a small one counts as a share of GREYISH."""
    return max(1 + (after - before) / max(before, GREYISH), NONE)


def _lost(how: str) -> Reading:
    """Of a result that is black and white or toned, whatever chroma its tone gives the skin."""
    return Reading(NONE, f"The picture has lost its colours: it is {how}, where the source shows them.", "skin", IN_COLOUR)


def _chroma(lab: NDArray[np.float64]) -> float:
    return float(np.hypot(lab[1], lab[2]))


def _sentence(found: Gain) -> str:
    if NATURAL[0] <= round(found.value, 3) <= NATURAL[1]:
        return f"The skin's colour is as strong as the light of the picture makes it ({100 * found.value:.0f} %)."
    percent = 100 * (found.value - 1)
    said = f"The skin's colour is {abs(percent):.0f} % {'stronger' if percent > 0 else 'weaker'} than the light of the picture makes it"
    whole = abs(np.log(found.rest)) < (1 - WHOLE) * abs(np.log(found.value))
    return f"{said}, {'as are all colours of the picture' if whole else 'and that of the skin alone'}."


def _unprofiled(found: Gain, profile: str) -> str:
    percent = 100 * (found.value - 1)
    said = f"by {abs(percent):.0f} % on the skin"
    return f"The photo's colour profile ({profile}) was dropped: all colours are {'stronger' if percent > 0 else 'weaker'}, {said}."


def _heat(pair: Pair, recolouring: Recolouring) -> Plane:
    """The ratio place by place."""

    def gained(before: Image, after: Image) -> Plane:
        light, _ = within_range(recolouring.grading.of(before), after)
        light, lab = lab_from_linear(light[None])[0], lab_from_linear(after[None])[0]
        was, now = np.hypot(light[:, 1], light[:, 2]), np.hypot(lab[:, 1], lab[:, 2])
        return np.asarray(np.maximum(1 + (now - was) / np.maximum(was, GREYISH), NONE), np.float32)

    return mapped(pair.even_faces, gained)


def _of_other(pair: Pair) -> Reading | NotAssessed:
    if (pair.result.skin > 0.5).sum() < LEAST_SKIN:
        return NotAssessed("too little skin is seen in the result", "skin")
    sources = [_chroma(median_lab(p.pixels, p.skin)) for p in in_colour(pair) if (p.skin > 0.5).sum() >= LEAST_SKIN]
    coloured = [chroma for chroma in sources if chroma >= GREY]
    if not coloured:
        return NotAssessed("no source shows enough of the skin in colour", "skin")
    if how := colourless(pair.scenes[1]):
        return _lost(how)
    after = _chroma(median_lab(pair.result.pixels, pair.result.skin))
    usual = float(np.clip(after, min(USUAL[0], *coloured), max(USUAL[1], *coloured)))
    value = max(after / usual, NONE)
    if value == 1:
        said = "as strong as the sources and skin in ordinary light have it"
    else:
        said = f"{100 * abs(value - 1):.0f} % {'stronger' if value > 1 else 'weaker'} than the sources and skin in ordinary light have it"
    return Reading(round(value, 3), f"The skin's colour is {said}.", "skin", ADVICE)
