"""Fine texture on the skin that is not the photo's: pasted grain, generated pores."""

from __future__ import annotations

import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.skin_texture import SkinBand, by_part, refusal
from likeness.image import Plane
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

FINE = "C"
MOSTLY_OWN = 8.0  # %


@measure(title="Grain on the skin", group="skin", unit="%", min_ipd=56, limits=Limits((-np.inf, MOSTLY_OWN), (-np.inf, 30.0)))
def grain(pair: Pair) -> Reading | NotAssessed:
    """How much of the fine texture on the skin (2.5-5 mm) is not from the photo, in percent of its energy.

    That is what does not follow the source (regression in windows of 0.1 IPD), less what handling of the whole picture adds: the
    source handled alike, down to the steps of its compression, has that too. Smoothing alone adds next to nothing: the share is of
    the photo's texture where less than that is left.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; whose texture it shows is not known")
    skin = pair.skin_texture
    if (refused := refusal(skin, "grain")) is not None:
        return refused
    foreign = _foreign(skin.bands[FINE])
    value = max(0.0, float(np.median(foreign[np.isfinite(foreign)])))
    heat = skin.planes.back(foreign, pair.faces[0].size)
    advice = "Put no grain and no generated texture on the skin; keep its own."
    return Reading(round(value, 2), _sentence(value, by_part(heat, pair.faces[0])), "skin", advice, heat=heat)


def _sentence(value: float, parts: dict[str, float]) -> str:
    if value < 1:
        return "The fine texture on the skin is the photo's own."
    if value <= MOSTLY_OWN:
        return f"The fine texture on the skin is the photo's own, but for {value:.0f} %."
    most = max(parts, key=lambda name: parts[name], default="")
    place = f", most so on the {most} ({parts[most]:.0f} %)" if most and parts[most] > 1.2 * value else ""
    return f"{value:.0f} % of the fine texture on the skin is not from the photo{place}."


def _foreign(band: SkinBand) -> Plane:
    """Energy that does not follow the source, beyond what handling adds, in percent of all that the result has or should have."""
    added, cut, uncut = (found.total - found.kept for found in (band.result, band.handled, band.uncut))
    usual = np.maximum(cut, uncut)  # whether files cut skin off near white nobody knows: the kinder counts
    return np.asarray(100 * (added - usual) / np.maximum(np.maximum.reduce([found.total for found in band]), 1e-6), np.float32)
