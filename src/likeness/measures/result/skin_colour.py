"""Skin made another colour than the light of the scene makes it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.recolouring import GREY, LEAST_SKIN, Recolouring, mapped, median_lab
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.difference import delta_e_2000
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

NATURAL_A, NATURAL_B = (5.0, 25.0), (5.0, 35.0)  # CIELAB of skin in ordinary light: ISO/IEC 29794-5
ADVICE = "Change the light of the whole picture, not the colour of the skin."


@measure(
    title="Skin colour",
    group="colour",
    unit="dE00",
    min_ipd=30,
    limits=Limits((0.0, 1.0), (0.0, 5.0)),
    other_photo=Limits((0.0, 7.0), (0.0, 14.0)),
)
def skin_colour(pair: Pair) -> Reading | NotAssessed:
    """How far the skin's colour left what the light and the saturation of the whole scene explain, CIEDE2000.

    White balance, exposure and a tone curve are read from clothes, hair, a kept background, eyes and lips, and from a neck that
    agrees with those, together with what skin may have of its own (likeness.image.shared_light): exposure lifts all of them,
    lightening the skin alone. A curve may run along each channel or along luminance: the one that explains more is believed,
    unless hair, clothes and background contradict it (likeness.comparison.recolouring.lights).

    Of another photo: how far, in a* and b*, the skin lies outside the box of natural skin colours (ISO/IEC 29794-5), or off the
    nearest source where that is nearer. Its lightness is the other photo's light, and is not judged.
    """
    if pair.mode == "other-photo":
        return _beside_natural(pair)
    if not pair.recolourings:
        return NotAssessed(
            "too little skin, hair or clothes is seen in both pictures, neither black nor burnt out, to know the light", "skin"
        )
    found = min(map(_departure, pair.recolourings), key=lambda departure: departure.value)
    return Reading(round(found.value, 2), _sentence(found), "skin", ADVICE, _heat(pair, found.recolouring))


class Departure(NamedTuple):
    """Of skin from where light and saturation alone would have put it: dE00, and its terms."""

    value: float
    lightness: float
    chroma: float
    red: float
    yellow: float
    recolouring: Recolouring


def _departure(recolouring: Recolouring) -> Departure:
    before, after = (np.median(lab, axis=0) for lab in (recolouring.saturated, recolouring.after))
    lightness, red, yellow = after - before
    chroma = float(np.hypot(*after[1:]) - np.hypot(*before[1:]))
    return Departure(float(delta_e_2000(before, after)), lightness, chroma, red, yellow, recolouring)


def _sentence(found: Departure) -> str:
    words = [
        (abs(found.lightness), f"{abs(found.lightness):.1f} L* {'lighter' if found.lightness > 0 else 'darker'}"),
        (abs(found.red), f"{abs(found.red):.1f} a* {'redder' if found.red > 0 else 'greener'}"),
        (abs(found.yellow), f"{abs(found.yellow):.1f} b* {'yellower' if found.yellow > 0 else 'bluer'}"),
    ]
    said = " and ".join(word for size, word in sorted(words, reverse=True) if size >= max(1.0, max(words)[0] / 2))
    if not said:
        return f"The skin's colour is what the light of the whole picture makes it (dE00 {found.value:.1f})."
    return f"The skin is {said} than the light of the whole picture makes it (dE00 {found.value:.1f})."


def _heat(pair: Pair, recolouring: Recolouring) -> Plane:
    """dE00 place by place."""

    def differs(before: Image, after: Image) -> Plane:
        light = recolouring.grading.of(before, saturated=True)
        return np.asarray(delta_e_2000(lab_from_linear(light), lab_from_linear(after)), np.float32)

    return mapped(pair.faces, differs)


def _beside_natural(pair: Pair) -> Reading | NotAssessed:
    colours = [median_lab(p.pixels, p.skin) for p in (pair.result, pair.source, *pair.others) if (p.skin > 0.5).sum() >= LEAST_SKIN]
    if len(colours) < 2 or (pair.result.skin > 0.5).sum() < LEAST_SKIN:
        return NotAssessed("too little skin is seen in the pictures", "skin")
    result, *sources = colours
    if np.hypot(*result[1:]) < GREY:
        return NotAssessed("the result is black-and-white; its skin has no colour to compare", "skin")
    _, a, b = result
    outside = float(np.hypot(a - np.clip(a, *NATURAL_A), b - np.clip(b, *NATURAL_B)))
    nearest = min(float(np.hypot(*(result - source)[1:])) for source in sources)
    value = min(outside, nearest)
    where = "within" if value == 0 else f"{value:.0f} dE outside of"
    return Reading(
        round(value, 2),
        f"The skin (a* {a:.0f}, b* {b:.0f}) is {where} what skin and the sources have in ordinary light.",
        "skin",
        ADVICE,
    )
