"""Foreign colours beside a person who stands before the photo's own background: a rim, a ghost, the person's colours run into a blur."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.repainted import FIRM, SKIN, named
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.filters import fill, gaussian, grown
from likeness.image.remnants import fullest_spot

PERSON, SURE = 0.5, 0.9  # probability: more likely than not, and surely
NEAR = 0.3  # IPD from the outline; farther away no edge goes wrong
BESIDE = 0.04  # IPD around the person that a blur of the background leaves out: they are mixed there
BLURS = (0.05, 0.12, 0.25)  # IPD; how far the background may have been blurred, and all between
AROUND = 0.08  # IPD within which the colours are looked for that the background may have behind hair
SOFT = 0.02  # IPD over which colours are averaged
END = 0.12  # IPD at the end of either picture that is left out
OTHER = 4.0  # dE76; handling leaves under 0.02 of a spot that differs by so much, ghosts along an edge 0.2 to 0.4
HALF = 0.5  # of a spot


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
    unit, tone = source.ipd, pair.tones[0]
    before = np.clip(tone.of(source.pixels), 0, 1)
    beyond = _beyond(*_reach(before, source), _lab(np.clip(result.pixels, 0, 1), SOFT * unit))
    seen = grown((source.valid * result.valid) > 0, -END * unit) & ~grown(source.skin > 0.5, SKIN * unit)
    around = seen & grown(source.person > PERSON, NEAR * unit) & (source.person < SURE) & ~(source.region("face") > 0.5)
    share, (x, y) = fullest_spot(around & (beyond > OTHER * max(1.0, tone.misfit / FIRM)), unit)
    return Foreign(min(1.0, share / HALF), named(source, x, y))


def _reach(before: Image, source: View) -> tuple[Image, Image]:
    """The least and the most of CIELAB's three channels that a blur of the background can make of each pixel, (H, W, 3) each.

    It lies between the pixel's own colour and the blur around it. And where hair is mixed with a background that is unknown behind it,
    the change from any colour that the background has near by to the blur may be added to the pixel.
    """
    unit = source.ipd
    behind = (~grown(source.person > PERSON, BESIDE * unit) & (source.valid > 0)).astype(np.float32)
    own = _lab(before, SOFT * unit)
    low, high = _range(own, 1)
    blurs = [lab_from_linear(_mean(before, behind, width * unit)) for width in BLURS]
    blurs.append(fill(own, behind))
    least, most = np.minimum.reduce(blurs), np.maximum.reduce(blurs)
    old_low, old_high = _range(blurs[-1], max(1, round(AROUND * unit)))
    return np.minimum(least, low + np.minimum(least - old_high, 0)), np.maximum(most, high + np.maximum(most - old_low, 0))


def _range(lab: Image, reach: int) -> tuple[Image, Image]:
    """Of each channel the least and the most within ``reach`` pixels."""
    around = np.ones((2 * reach + 1,) * 2, np.uint8)
    return cv2.erode(lab, around), cv2.dilate(lab, around)


def _mean(image: Image, weight: Plane, sigma: float) -> Image:
    shown = np.maximum(gaussian(weight, sigma), 1e-3)[..., None]
    return np.asarray(gaussian(image * weight[..., None], sigma) / shown, np.float32)


def _beyond(low: Image, high: Image, there: Image) -> Plane:
    beyond = np.maximum(np.maximum(low - there, there - high), 0)
    return np.asarray(np.linalg.norm(beyond, axis=2), np.float32)


def _lab(image: Image, sigma: float) -> Image:
    return lab_from_linear(np.asarray(gaussian(image, sigma), np.float32))
