"""Clothes of another colour than the source's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.monochrome import is_monochrome
from likeness.comparison.overlaid import strokes
from likeness.comparison.pair import LEAST_BEHIND, Pair
from likeness.comparison.tones import KEPT
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.difference import delta_e_2000
from likeness.image.filters import gaussian, grown
from likeness.image.tone import Along, Tone, tone_between
from likeness.limits import Limits
from likeness.measures.result.body import CHIN, torso
from likeness.schema import NotAssessed, Reading, measure

SOFT = 0.03  # IPD; finer than this is cloth, not its colour
LEAST_WORN = 0.1  # IPD squared
SHARE = 0.9  # of the clothes stays under the value: a tenth of them recoloured is noticed
MOST = 2500  # places that are compared
SKIN_AB, SKIN_L = 8.0, 30.0  # CIELAB; as near as this to the face's skin is neck, no cloth
SHOULDERS = 0.3  # IPD above the chin from where shoulders may begin
MARGIN = 0.1  # IPD around the person that are not surely background
NATURAL = 5.0  # dE00
UNCOLOURED = "the source is black and white or toned; what colours the clothes have is not known"
MADE_GREY = "the picture was made black-and-white or toned; that says nothing of the clothes by themselves"
AS_GOOD = 0.03  # log; a change of light that explains the background this much worse than the best is still believed


@measure(title="Clothes", group="body", unit="dE00", min_ipd=30, limits=Limits((0.0, NATURAL), (0.0, 10.0)))
def clothing(pair: Pair) -> Reading | NotAssessed:
    """How far the colours of the clothes are from where the light of the scene would have put them, dE00 (CIEDE2000).

    White balance, exposure and contrast are read from all but the clothes: face, hair, and a background that was kept, so that a
    new colour of the shirt is not taken for other light. What the clothes themselves say of the light is believed only where the
    background confirms it: then it was the skin that changed. 90th percentile over the person below the chin, skin and text that
    was drawn over it left out.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other clothes are natural", "clothes")
    source, result = pair.even_scenes
    if is_monochrome(source) != is_monochrome(result):
        return NotAssessed(UNCOLOURED if is_monochrome(source) else MADE_GREY, "clothes")
    before, after = (gaussian(view.pixels, SOFT * source.ipd) for view in (source, result))
    below = torso(source, result)
    worn = below & ~(_skin_like(before, source) & _skin_like(after, source))
    if pair.tones:
        worn &= ~strokes(source, result, pair.tones[0].of(source.pixels), below)
    if worn.sum() < LEAST_WORN * source.ipd**2:
        return Reading(0.0, "Hardly any clothes are shown.", "clothes")
    lights = _lights(pair, before, after)
    if not lights:
        return NotAssessed("too little beside the clothes is seen in both pictures to know the change of light", "clothes")
    chosen = np.flatnonzero(worn)
    chosen = chosen[:: max(1, len(chosen) // MOST)]
    top = int(np.flatnonzero(worn.any(1))[0])
    lit = (
        gaussian(np.clip(tone.of(source.pixels[top:]), 0, 1), SOFT * source.ipd) for tone in lights
    )  # white clips before it is averaged
    there = after.reshape(-1, 3)[chosen]
    offs = (_difference(image.reshape(-1, 3)[chosen - top * worn.shape[1]], there) for image in lit)
    off = min(offs, key=lambda d: float(np.quantile(d, SHARE)))
    value = round(float(np.quantile(off, SHARE)), 2)
    reason = f"The clothes have another colour than the light of the scene gives them, in a tenth of them by {value:.0f} colour steps or more."
    if value <= NATURAL:
        reason = "The clothes have the colours that the light of the scene gives them."
    return Reading(value, reason, "clothes", "Leave the clothes in the colours that the photo shows.")


def _difference(a: Image, b: Image) -> NDArray[np.float64]:
    """CIEDE2000 between rows of linear colours, (N, 3) each."""
    first, second = (lab_from_linear(colours[None])[0] for colours in (a, b))
    return delta_e_2000(first, second)


def _skin_like(image: Image, source: View) -> NDArray[np.bool_]:
    """Where ``image`` has the colour that it has on the face's skin, (H, W)."""
    lab, skin = lab_from_linear(image), source.skin > 0.5
    if not skin.any():
        return np.zeros(skin.shape, np.bool_)
    off = np.abs(lab - np.median(lab[skin], axis=0))
    return np.asarray((np.hypot(off[..., 1], off[..., 2]) < SKIN_AB) & (off[..., 0] < SKIN_L))


def _lights(pair: Pair, before: Image, after: Image) -> list[Tone]:
    """What the change of light may have been, as told by all but the clothes."""
    source, result = pair.even_scenes
    seen = grown((source.valid * result.valid) > 0, -MARGIN * source.ipd)
    person = source.person
    low = np.arange(source.size[1])[:, None] > source.landmarks[CHIN, 1] - SHOULDERS * source.ipd
    head = seen & (person > 0.95) & ~(low & ~(source.region("face", MARGIN) > 0.5))
    behind = seen & ~grown(person > 0.05, MARGIN * source.ipd)
    curves: tuple[Along, ...] = ("channel", "luminance")
    of_head = _tones(before, after, head.astype(np.float32), curves)
    if behind.sum() < LEAST_BEHIND:
        return of_head
    a, b = before[behind], after[behind]
    known = [(tone, float(np.median(tone.residual(a, b)))) for tone in (*of_head, *pair.tones)]
    if not known or min(misfit for _, misfit in known) > KEPT:
        return of_head
    scene = _tones(before, after, (head | behind).astype(np.float32), curves)
    known += [(tone, float(np.median(tone.residual(a, b)))) for tone in scene]
    best = min(misfit for _, misfit in known)
    return [tone for tone, misfit in known if misfit <= best + AS_GOOD]


def _tones(before: Image, after: Image, weight: Plane, curves: tuple[Along, ...]) -> list[Tone]:
    return [tone for tone in (tone_between(before, after, weight, along) for along in curves) if tone]
