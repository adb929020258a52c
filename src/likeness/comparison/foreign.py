"""Foreign colours beside a person who stands before the photo's own background: a rim, a ghost, the person's colours run into a blur."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.repainted import FIRM, SKIN, named
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.filters import across, fill, gaussian, grown, length, low_pass
from likeness.image.remnants import fullest_spot

Mask = NDArray[np.bool_]

PERSON, SURE = 0.5, 0.9  # probability: more likely than not, and surely
NEAR = 0.3  # IPD from the outline; farther away no edge goes wrong
BESIDE = 0.04  # IPD around the person that a blur of the background leaves out: they are mixed there
BLURS = (0.05, 0.12, 0.25)  # IPD; how far the background may have been blurred, and all between
FAR = 1000.0  # CIELAB; beyond every colour
AROUND = 0.25  # IPD within which the colours are looked for that the background may have behind hair
SOFT = 0.02  # IPD over which colours are averaged
END = 0.12  # IPD at the end of either picture that is left out
OTHER = {"kept": 4.0, "blurred": 6.0}  # dE76; what is hidden behind the person runs into a blur of books, and differs by as much
HALF = 0.5  # of a spot
USUAL = 0.9  # quantile of what differs where no edge is


class Foreign(NamedTuple):
    """The worst place: the share of half a spot of some 0.17 IPD that shows such colours, 0..1, and in words where it is: an edge runs
    through the other half."""

    share: float
    place: str


def foreign(pair: Pair) -> Foreign | None:
    """The fullest spot around the person that shows what is neither the photo nor a blur of its background; None where the light is not known.

    A blur can make of a place only what lies between its own colour and the background's around it, and so can any mixture of the two;
    no alpha is asked. What surely is the person is looked at elsewhere (see comparison.repainted).
    """
    if pair.mode == "other-photo" or pair.background not in ("kept", "blurred") or not pair.tones:
        return None
    source, result = pair.even_scenes
    unit = source.ipd
    behind = (~grown(source.person > PERSON, BESIDE * unit) & (source.valid > 0)).astype(np.float32)
    there = _lab(np.clip(result.pixels, 0, 1), SOFT * unit)
    lit = (np.clip(tone.of(source.pixels), 0, 1) for tone in pair.tones)
    beyond = np.minimum.reduce([_beyond(*_reach(before, behind, unit), there) for before in lit])
    seen = grown((source.valid * result.valid) > 0, -END * unit) & ~grown(source.skin > 0.5, SKIN * unit)
    around = seen & grown(source.person > PERSON, NEAR * unit) & (source.person < SURE) & ~(source.region("face") > 0.5)
    doubt = OTHER[pair.background] * max(1.0, min(tone.misfit for tone in pair.tones) / FIRM) + _usual(
        beyond, seen & pair.behind & ~around, around
    )
    share, (x, y) = fullest_spot(around & (beyond > doubt), unit)
    return Foreign(min(1.0, share / HALF), named(source, x, y))


def _usual(beyond: Plane, elsewhere: Mask, around: Mask) -> float:
    """What such a difference is where no edge is: the light of the background may be known no better. 0 where too little of it is seen."""
    return float(np.quantile(beyond[elsewhere], USUAL)) if 4 * elsewhere.sum() > around.sum() else 0.0


def _reach(before: Image, behind: Plane, unit: float) -> tuple[Image, Image]:
    """The least and the most of CIELAB's three channels that a blur of the background, ``behind``, can make of each pixel, (H, W, 3) each.

    A blur is any colour between those that the background has near by, if only a little blurred: nobody sees what lies behind the person and
    runs into it. The pixel lies between its own colour and that; and where hair is mixed with a background that is hidden behind it, the
    change from any colour of the background near by to the blur may be added.
    """
    own, around = _lab(before, SOFT * unit), round(AROUND * unit)
    low, high = _range(own, own, 1)
    blurs = [lab_from_linear(low_pass(before, behind, width * unit)) for width in BLURS]
    old_low, old_high = _shown(own, behind, around)
    new_low, new_high = _shown(blurs[0], behind, around)
    least, most = np.minimum.reduce([*blurs, new_low]), np.maximum.reduce([*blurs, new_high])
    return np.minimum(least, low + np.minimum(least - old_high, 0)), np.maximum(most, high + np.maximum(most - old_low, 0))


def _shown(lab: Image, behind: Plane, reach: int) -> tuple[Image, Image]:
    """Of each channel the least and the most that the background shows within ``reach`` pixels, or where it shows nothing as it goes on there."""
    hidden, on = FAR * (1 - across(behind, lab)), fill(lab, behind)
    low, high = _range(lab + hidden, lab - hidden, reach)
    return np.minimum(low, on), np.maximum(high, on)


def _range(low: Image, high: Image, reach: int) -> tuple[Image, Image]:
    """Of each channel the least of ``low`` and the most of ``high`` within ``reach`` pixels."""
    around = np.ones((2 * reach + 1,) * 2, np.uint8)
    return cv2.erode(low, around), cv2.dilate(high, around)


def _beyond(low: Image, high: Image, there: Image) -> Plane:
    return length(np.maximum(np.maximum(low - there, there - high), 0))


def _lab(image: Image, sigma: float) -> Image:
    return lab_from_linear(np.asarray(gaussian(image, sigma), np.float32))
