"""Skin smoothed, or given grain that is not its own."""

from __future__ import annotations

import numpy as np

from likeness.image import Plane
from likeness.image.texture import Transfer, resolved, tone_slope, transfer
from likeness.pair import Pair, View
from likeness.schema import NotAssessed, Reading, measure

LEAST_REFERENCE = 0.5  # a whole picture blurred beyond this has lost the skin's texture too


@measure(title="Skin texture", group="skin", unit="ratio", min_ipd=56)
def texture(pair: Pair) -> Reading | NotAssessed:
    """Energy of the skin's 2.5-5 mm texture, result over source, 1 when it is all there.

    Tone curves are taken out by the slope of the 9-22 mm band; blur of the whole picture by what eyes, brows, lips and hair lost.
    Of the energy that is the source's own (regression on the source's band) and all of it, the one farther from 1 counts: smoothed
    skin under pasted grain has all of the energy and little of the source.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other light makes other texture")
    source, result = pair.faces
    found = skin_transfer(source, result, "C")
    if found is None:
        return NotAssessed("no skin is seen in both pictures")
    kept, total = found.kept, found.total
    value = round(float(max((kept, total), key=lambda v: abs(np.log(max(v, 1e-3))))), 3)
    pores = "" if resolved("A", pair.ipd / 63) else f"; pores are not assessable at {pair.ipd:.0f} px between the eyes"
    what = "grain that is not the source's was added: " if value > 1.15 and kept < 1.1 else ""
    reason = f"Skin texture in the 2.5-5 mm band: {what}energy is {100 * total:.0f} % of the source's, of which {100 * kept:.0f} points are its own{pores}."
    return Reading(value, reason, "skin", "Leave the skin's texture as it is in the source.")


def skin_transfer(source: View, result: View, name: str) -> Transfer | None:
    """What became of band ``name`` of the skin, with the tone curve and the whole picture's sharpness taken out."""
    skin = skin_of(source) * result.valid
    tone = max(tone_slope(source.bands["E"], result.bands["E"], skin), 0.1)
    found = transfer(source.bands[name], result.bands[name], skin)
    if found is None:
        return None
    return found.per(tone * np.sqrt(reference(source, result, name)))


def skin_of(view: View) -> Plane:
    """Cheeks, forehead and nose."""
    parts = np.max([view.region(part) for part in ("cheeks", "forehead", "nose")], axis=0)
    for part in ("eyes", "brows", "lips"):
        parts = parts * (1 - view.region(part, 0.06))
    return np.asarray(parts * view.region("face", -0.06), np.float32)


def reference(source: View, result: View, name: str) -> float:
    """What is left of the band's energy where nobody smooths: the best kept of eyes with brows, lips, and what is around the face."""
    eyes = np.maximum(source.region("eyes", 0.04), source.region("brows", 0.02))
    around = (1 - source.region("face", 0.05)) * source.valid
    kept = []
    for mask in (eyes, source.region("lips"), around):
        mask = mask * result.valid
        tone = max(tone_slope(source.bands["E"], result.bands["E"], mask), 0.1)
        found = transfer(source.bands[name], result.bands[name], mask)
        if found is not None and found.coherence > 0.7:
            kept.append(found.per(tone).kept)
    return float(np.clip(max(kept, default=1.0), LEAST_REFERENCE, 1.0))
