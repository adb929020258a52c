"""Skin made another colour than the light of the scene makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.monochrome import colourless, in_colour
from likeness.comparison.pair import Pair
from likeness.comparison.recolouring import GREY, LEAST_SKIN, Recolouring, mapped, median_lab, within_range
from likeness.comparison.zones import SKIN, Zone, zones
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.difference import delta_e_2000
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

# dE00 of a part that counts as 1 of the whole, more than ordinary handling moves it by, small parts most; and what counts as the
# limit of the whole: what a person would call another colour.
PARTS = {
    "skin": (1.0, 5.0),
    **dict.fromkeys(SKIN, (2.0, 10.0)),
    "lips": (2.0, 7.0),
    "eye whites": (4.0, 9.5),
    "irises": (5.0, 12.0),
    "teeth": (4.0, 9.5),
    "hair": (5.0, 15.0),
    "beard": (3.0, 12.0),
}
HALF, WHOLE = (
    (1.5, 7.5),
    0.6,
)  # the same for half a cheek; of its dE00 the cheek has that share where it is the whole cheek that changed
SHOULDER = 0.8  # linear; what the light itself makes brighter may lie anywhere on a shoulder that nothing else shows
LEAST = 20  # pixels of a part below that
NATURAL_A, NATURAL_B = (5.0, 25.0), (5.0, 35.0)  # CIELAB of skin in ordinary light: ISO/IEC 29794-5
NATURAL, FAIL = 1.0, 5.0  # dE00; up to the first no part is named
OTHER_NATURAL = 7.0  # of a* and b*, of another photo
MANY = ("eye whites", "irises", "teeth", "lips")
DEGREES = ((4.0, "much"), (2.0, "clearly"), (0.0, "a little"))  # from which value on
AS_LIT = "What is seen of skin, lips, eyes, teeth and hair has the colours that the light of the whole picture gives it."
ADVICE = "Change the light of the whole picture, not the colour of skin, lips, eyes, teeth or hair."


@measure(
    title="Colours of the person",
    group="colour",
    unit="dE00",
    min_ipd=30,
    min_quality=30,
    limits=Limits((0.0, NATURAL), (0.0, FAIL)),
    other_photo=Limits((0.0, OTHER_NATURAL), (0.0, 14.0)),
)
def skin_colour(pair: Pair) -> Reading | NotAssessed:
    """How far the skin's colour left what the light and the saturation of the whole scene explain, CIEDE2000.

    White balance, exposure and a tone curve are read from clothes, hair, a kept background, eyes and lips, and from a neck that
    agrees with those, together with what skin may have of its own (likeness.image.shared_light): exposure lifts all of them,
    lightening the skin alone. A curve may run along each channel or along luminance: the one that explains more is believed,
    unless hair, clothes and background contradict it (likeness.comparison.recolouring.lights).

    Looked at too, each by itself: cheeks and their halves, forehead, nose and chin, the lips, the whites of the eyes, the irises, the
    teeth where the mouth is open, the hair, and a beard on chin and jaw, each where it lies in the result if the face was reshaped. What
    these left the light by counts less than the same of the whole skin, the less the more ordinary handling moves them (PARTS), and the
    largest is told: 4 dE00 of one cheek is 2. Parts of which little is seen, or which are burnt out, say nothing; eyes, lips and teeth
    need 60 pixels between the pupils. A vignette is taken off first. The map is that of the skin alone.

    Of another photo: how far, in a* and b*, the skin lies outside the box of natural skin colours (ISO/IEC 29794-5), or off the
    nearest source where that is nearer. Its lightness is the other photo's light, and is not judged.
    """
    if pair.mode == "other-photo":
        return _beside_natural(pair)
    for name, view in zip(("source", "result"), pair.scenes, strict=True):
        if how := colourless(view):
            return NotAssessed(f"the {name} is {how}", "skin")
    seen = pair.coloured
    if not seen.recolourings:
        return NotAssessed(
            "too little skin, hair or clothes is seen in both pictures, neither black nor burnt out, to know the light", "skin"
        )
    parts = zones(seen.scenes, seen.faces)
    found = min((_departures(light, parts) for light in seen.recolourings), key=lambda found: found[0].value)
    noticed = found[0].value > NATURAL
    worst = found[0] if noticed else next(one for one in found if one.part == "skin")
    reason = _sentence(worst) if noticed else AS_LIT
    return Reading(round(found[0].value, 2), reason, worst.part, ADVICE, _heat(pair, worst.recolouring))


class Departure(NamedTuple):
    """Of a part from where light and saturation alone would have put it: dE00, what of it counts (``value``), and its terms."""

    value: float
    part: str
    difference: float
    lightness: float
    red: float
    yellow: float
    recolouring: Recolouring


def _departures(recolouring: Recolouring, parts: Mapping[str, Zone]) -> list[Departure]:
    """Of the whole skin and of all ``parts``, the worst first."""
    whole = (np.median(lab, axis=0) for lab in (recolouring.saturated, recolouring.after))
    found = [_departure(recolouring, "skin", *whole)]
    for name, zone in parts.items():
        light = recolouring.grading.of(zone.before, saturated=True)
        seen = light.max(1) < SHOULDER
        if seen.sum() >= LEAST:
            before, after = (lab_from_linear(pixels[seen][None])[0].astype(np.float64) for pixels in (light, zone.after))
            was = np.median(before, axis=0)
            found.append(_departure(recolouring, name, was, was + np.median(after - before, axis=0)))
    differences = {one.part: one.difference for one in found}
    return sorted((one for one in found if not _of_a_cheek(one, differences)), key=lambda departure: -departure.value)


def _of_a_cheek(one: Departure, differences: Mapping[str, float]) -> bool:
    """Whether this is half of a cheek that changed as a whole."""
    cheek, half, _ = one.part.partition("'s ")
    return bool(half) and differences.get(cheek, 0.0) >= WHOLE * one.difference


def _departure(recolouring: Recolouring, part: str, was: NDArray[np.float64], became: NDArray[np.float64]) -> Departure:
    difference = float(delta_e_2000(was, became))
    lightness, red, yellow = became - was
    return Departure(_counted(difference, *PARTS.get(part, HALF)), part, difference, lightness, red, yellow, recolouring)


def _counted(difference: float, natural: float, wrong: float) -> float:
    """What a part's dE00 counts of the whole: NATURAL at its ``natural``, FAIL where it is ``wrong``, straight between."""
    if difference <= natural:
        return NATURAL * difference / natural
    return NATURAL + (FAIL - NATURAL) * (difference - natural) / (wrong - natural)


def _sentence(found: Departure) -> str:
    lighter, bluer = ("whiter", "less yellow") if found.part in ("teeth", "eye whites") else ("lighter", "bluer")
    terms = [
        (abs(found.lightness), lighter if found.lightness > 0 else "darker"),
        (abs(found.red), "redder" if found.red > 0 else "greener"),
        (abs(found.yellow), "yellower" if found.yellow > 0 else bluer),
    ]
    *first, last = [term for term in sorted(terms, reverse=True) if term[0] >= max(terms)[0] / 2]
    words = ", ".join(word for _, word in first) + " and " * bool(first) + last[1]
    degree = next(word for least, word in DEGREES if found.value >= least)
    are, them = ("are", "them") if found.part in MANY else ("is", "it")
    return f"The {found.part} {are} {degree} {words} than the light of the whole picture makes {them} ({found.difference:.1f} colour steps)."


def _heat(pair: Pair, recolouring: Recolouring) -> Plane:
    """dE00 place by place."""

    def differs(before: Image, after: Image) -> Plane:
        light, _ = within_range(recolouring.grading.of(before, saturated=True), after)
        return np.asarray(delta_e_2000(lab_from_linear(light[None])[0], lab_from_linear(after[None])[0]), np.float32)

    return mapped(pair.coloured.faces, differs)


def _beside_natural(pair: Pair) -> Reading | NotAssessed:
    if (pair.result.skin > 0.5).sum() < LEAST_SKIN:
        return NotAssessed("too little skin is seen in the result", "skin")
    if how := colourless(pair.scenes[1]):
        return NotAssessed(f"the result is {how}", "skin")
    colours = [median_lab(p.pixels, p.skin) for p in in_colour(pair) if (p.skin > 0.5).sum() >= LEAST_SKIN]
    sources = [colour for colour in colours if np.hypot(*colour[1:]) >= GREY]
    if not sources:
        return NotAssessed("no source shows enough of the skin in colour", "skin")
    result = median_lab(pair.result.pixels, pair.result.skin)
    _, a, b = result
    outside = float(np.hypot(a - np.clip(a, *NATURAL_A), b - np.clip(b, *NATURAL_B)))
    nearest = min(float(np.hypot(*(result - source)[1:])) for source in sources)
    value = min(outside, nearest)
    said = f"is {'within what' if value <= OTHER_NATURAL else 'another than'} the sources and skin in ordinary light have"
    return Reading(round(value, 2), f"The skin's colour {said} ({value:.1f} colour steps off).", "skin", ADVICE)
