"""Clothes of another colour than the source's."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.dyed_hair import dyed_hair
from likeness.comparison.monochrome import is_monochrome
from likeness.comparison.overlaid import strokes
from likeness.comparison.pair import LEAST_BEHIND, Pair
from likeness.comparison.tones import KEPT
from likeness.comparison.view import SOFT, View
from likeness.comparison.zones import head_hair
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.difference import delta_e_2000
from likeness.image.filters import gaussian, grown
from likeness.image.tone import Along, Tone, tone_between
from likeness.limits import Limits
from likeness.measures.result.body import CHIN, Mask, torso
from likeness.schema import NotAssessed, Reading, measure

LEAST_WORN = 0.1  # IPD squared
FINEST = 0.8  # pixels of that between the places that are compared
SHARE = 0.9  # of the clothes stays under the value: a tenth of them recoloured is noticed
LEAST_PIECE, STRIP = 0.1, 0.1  # IPD squared; IPD across: a tie, a scarf, and no narrow strip, which a shift leaves
OTHER = 6.0  # dE00; of handled pictures no such piece leaves the light by that
SKIN_AB, SKIN_L = 8.0, 30.0  # CIELAB; as near as this to the face's skin is neck, no cloth
SHOULDERS = 0.3  # IPD above the chin from where shoulders may begin
MARGIN = 0.1  # IPD around the person that are not surely background
NATURAL = 5.0  # dE00
ADVICE = "Leave the clothes in the colours that the photo shows."
UNCOLOURED = "the source is black and white or toned; what colours the clothes have is not known"
MADE_GREY = "the picture was made black-and-white or toned; that says nothing of the clothes by themselves"
AS_GOOD = 0.03  # log; a change of light that explains the background this much worse than the best is still believed


@measure(title="Clothes", group="body", unit="dE00", min_ipd=30, min_quality=30, limits=Limits((0.0, NATURAL), (0.0, 10.0)))
def clothing(pair: Pair) -> Reading | NotAssessed:
    """How far the colours of the clothes are from where the light of the scene would have put them, dE00 (CIEDE2000).

    White balance, exposure and contrast are read from all but the clothes: face, hair, and a background that was kept, so that a
    new colour of the shirt is not taken for other light. What the clothes themselves say of the light is believed only where the
    background confirms it: then it was the skin that changed. 90th percentile over the person below the chin, or the median of the
    largest piece of another colour, from 0.1 IPD squared on (a tie), whichever is more. Left out are skin, text that was drawn over
    it, and hair that was dyed as the head's was and hangs from it, which is a matter of skin_colour.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other clothes are natural", "clothes")
    source, result = pair.even_scenes
    if is_monochrome(source) != is_monochrome(result):
        return NotAssessed(UNCOLOURED if is_monochrome(source) else MADE_GREY, "clothes")
    before, after = source.softened(), result.softened()
    below = torso(source, result)
    worn = below & ~(_skin_like(before, source) & _skin_like(after, source))
    if pair.tones:
        worn &= ~strokes(source, result, pair.tones[0].of(source.pixels), below)
    if worn.sum() < LEAST_WORN * source.ipd**2:
        return Reading(0.0, "Hardly any clothes are shown.", "clothes")
    lights = _lights(pair, before, after)
    if not lights:
        return NotAssessed("too little beside the clothes is seen in both pictures to know the change of light", "clothes")
    head = head_hair(source, result)
    offs = [_off(source, worn, head, tone, after) for tone in lights]
    value, part = min(offs, key=max)
    if part > max(value, NATURAL):
        value = round(part, 2)
        reason = f"Below the chin a part of the clothes has another colour than the light of the scene gives it, by {value:.0f} colour steps."
        return Reading(value, reason, "clothes", ADVICE)
    value = round(value, 2)
    reason = f"The clothes have another colour than the light of the scene gives them, in a tenth of them by {value:.0f} colour steps or more."
    if value <= NATURAL:
        reason = "The clothes have the colours that the light of the scene gives them."
    return Reading(value, reason, "clothes", ADVICE)


def _off(source: View, worn: Mask, head: Mask, light: Tone, after: Image) -> tuple[float, float]:
    """By how much the clothes left the ``light``, dE00: all but a tenth of them, and the largest piece of another colour, 0 where none is."""
    lit = gaussian(np.clip(light.of(source.pixels), 0, 1), SOFT * source.ipd)  # white clips before it is averaged
    worn = worn & ~dyed_hair(source, head, lit, after)
    if worn.sum() < LEAST_WORN * source.ipd**2:
        return 0.0, 0.0
    step = max(1, int(source.ipd * SOFT / FINEST))
    worn, unit = worn[::step, ::step], source.ipd / step
    off = np.zeros(worn.shape, np.float32)
    off[worn] = _difference(lit[::step, ::step][worn], after[::step, ::step][worn])
    return float(np.quantile(off[worn], SHARE)), _largest_piece(off, unit)


def _largest_piece(off: Plane, unit: float) -> float:
    """The median of the largest connected piece of another colour, dE00; 0 where none is large enough."""
    across = round(STRIP * unit) | 1
    other = cv2.morphologyEx((off > OTHER).astype(np.uint8), cv2.MORPH_OPEN, np.ones((across, across)))
    _, areas, stats, _ = cv2.connectedComponentsWithStats(other)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    if not len(sizes) or sizes.max() < LEAST_PIECE * unit**2:
        return 0.0
    return float(np.median(off[areas == 1 + int(sizes.argmax())]))


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
