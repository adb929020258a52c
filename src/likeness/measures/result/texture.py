"""The skin's own texture: smoothed away, or sharpened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.skin_texture import SkinBand, by_part, refusal, skin_share
from likeness.image import Plane
from likeness.image.texture import resolved
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

PART_COUNTS = 0.5  # of its logarithm: one part of the face alone is told less surely than all of its skin
MOSTLY_SEEN = 0.3  # share of the skin that is white, up to which a part alone counts
WAVES = {"C": "2.5-5 mm", "D": "5-10 mm"}
LEAST_LEFT = 0.12  # of the energy; JPEG that leaves less leaves nothing to judge by
SMOOTHED, SHARPENED = 0.8, 1.25  # between them it is said how much there is, and not what was done
TOLD = 0.1  # of its logarithm; what departs less is not told of a part
COVERED = 5.0  # of the source's energy: what is not the source's and stronger hides what is below
FLOOR = 0.03  # of the source's energy, added to both: what neither has is no difference


@measure(
    title="Skin texture",
    group="skin",
    unit="ratio",
    min_ipd=56,
    limits=Limits((0.85, 1.15), (0.70, 1.40), log=True),
    other_photo=Limits((0.3, 4.0), (0.13, 8.0), log=True),
)
def texture(pair: Pair) -> Reading | NotAssessed:
    """How much of the skin's own texture is left: its energy over what handling of the whole picture would have left of it, 1 when
    nothing was done to the skin; of the waves of 2.5-5 or 5-10 mm, whichever departs more.

    The source is handled as the result was: brought to its pixels and its light, blurred or sharpened as hair, eyes and background
    show, and compressed with the steps that are found in the result. Of either, what follows the source counts (regression in
    windows of 0.1 IPD), so that pasted grain is no texture. Median over the windows: a beard or a wrinkle does not speak for the skin.
    Where the forehead, a cheek or the jaw departs much more than the whole, the square root of its ratio counts. What lies over the
    skin and is far stronger than its texture, a mole that was painted on, tells nothing of what is below, and is left out.

    Of another photo, whose light and focus are its own: the skin's share of the face's texture of 2.5-5 mm, its energy over that of
    eyes, brows and lips, beside the same in the person's own photo that is nearest to it. That tells waxy skin, and no lesser polish.
    """
    if pair.mode == "other-photo":
        return _elsewhere(pair)
    skin = pair.skin_texture
    if (refused := refusal(skin, "smoothing")) is not None:
        return refused
    bands = [found for name, band in skin.bands.items() if (found := _kept(name, band)).left > LEAST_LEFT]
    if not bands:
        return NotAssessed("the result is compressed too strongly for skin as smooth as this", "skin")
    worst = max(bands, key=lambda found: abs(np.log(found.value)))
    heat = skin.planes.back(worst.heat, pair.faces[0].size)
    parts = by_part(heat, pair.faces[0])
    part = max(parts, key=lambda name: abs(np.log(parts[name])), default="")
    alone = parts[part] ** PART_COUNTS if part and skin.blown < MOSTLY_SEEN else 1.0
    apart = abs(np.log(alone)) > abs(np.log(worst.value))
    value = alone if apart else worst.value
    there = parts.get(part, 1.0)
    sentence = _on_a_part(worst, part, there, value) if apart and abs(np.log(value)) > TOLD else _of_all(worst, part, there)
    advice = "Leave the skin's texture as it is in the source."
    return Reading(round(value, 3), f"{sentence} {_pores(pair)}", "skin", advice, heat=heat)


def _elsewhere(pair: Pair) -> Reading | NotAssessed:
    own = [share for photo in (pair.source, *pair.others) if (share := skin_share(photo, pair.ipd)) is not None]
    there = skin_share(pair.result, pair.ipd)
    if there is None or not own:
        return NotAssessed("too little skin is seen to compare its texture with that of another photo", "skin")
    value = min((there / share for share in own), key=lambda ratio: abs(np.log(ratio)))
    much = f"{100 * value:.0f} % of" if value < 1 else f"{value:.1f} times"
    reason = f"Beside eyes, brows and lips the skin has {much} the texture that it has in the person's own photo."
    waxy = value < 1
    advice = (
        "Use a result whose skin still has its pores and lines." if waxy else "Use a result that was not sharpened or drawn over."
    )
    return Reading(round(value, 3), reason, "skin", advice)


class Kept(NamedTuple):
    """Of band ``name``: ``value``, energy over what handling would have left; that share (``left``); and ``heat``, place by place."""

    name: str
    value: float
    left: float
    heat: Plane


def _kept(name: str, band: SkinBand) -> Kept:
    result, handled = band.result.kept, band.handled.kept
    here = np.isfinite(result)
    foreign = (band.result.total - result) - (band.handled.total - handled)
    bare = here & ~(foreign > COVERED)
    if bare.sum() > 0.5 * here.sum():
        here = bare
    ratio = np.where(here, (result + FLOOR) / (handled + FLOOR), np.float32(np.nan))
    return Kept(name, float(np.median(ratio[here])), float(np.median(handled[here])), ratio)


def _of_all(kept: Kept, part: str, there: float) -> str:
    waves, left = f"the skin's texture of {WAVES[kept.name]}", 100 * kept.value
    place = f", on the {part} {100 * there:.0f} %" if there < SMOOTHED * min(kept.value, 1) else ""
    if kept.value <= SMOOTHED:
        return f"Of {waves} {left:.0f} % is left{place}; the rest was smoothed away, beyond what resizing and saving take."
    if kept.value >= SHARPENED:
        place = f", on the {part} {100 * there:.0f} %" if there > SHARPENED * kept.value else ""
        return f"Of {waves} there is {left:.0f} %{place}: it was sharpened or drawn over, beyond the rest of the picture."
    return f"Of {waves} there is {left:.0f} % of what resizing and saving leave."


def _on_a_part(kept: Kept, part: str, there: float, value: float) -> str:
    waves, whole = f"the skin's texture of {WAVES[kept.name]}", f"of all the skin {100 * kept.value:.0f} %"
    if value <= SMOOTHED:
        return f"On the {part} {100 * there:.0f} % of {waves} is left ({whole}); the rest was smoothed away there."
    if value >= SHARPENED:
        return f"On the {part} there is {100 * there:.0f} % of {waves} ({whole}): it was sharpened or drawn over there."
    return f"On the {part} there is {100 * there:.0f} % of {waves} that resizing and saving leave ({whole})."


def _pores(pair: Pair) -> str:
    """What is said of pores: pictures that have them are made smaller to be compared."""
    own = min(pair.source.ipd, pair.result.ipd)
    if resolved("A", own / 63):
        return "Pores, which are finer, were not compared."
    return f"Pores cannot be seen with the eyes {own:.0f} pixels apart."
