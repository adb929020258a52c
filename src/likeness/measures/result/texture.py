"""Skin smoothed, or given grain that is not its own."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image.texture import Transfer, local_correlation, resolved, tone_slope, transfer
from likeness.limits import Limits
from likeness.pair import Pair
from likeness.schema import NotAssessed, Reading, measure
from likeness.view import View

LOOKED_AT = {"C": "2.5-5 mm", "D": "5-10 mm"}  # D: what retouchers take out between two blurs; no handling touches it
WINDOW = 0.10  # IPD
LEAST_SKIN = 0.25  # IPD squared: about a cheek
LEAST_ZONE = 0.1  # IPD squared
REPLACED = 0.7  # share of the band around the face below which its background is not the source's
LEAST_LEFT = 0.5  # a whole picture blurred beyond this has lost the skin's texture too
SAME_PLACE = 0.8  # correlation of the 9-22 mm band: less, and something else is there now


@measure(title="Skin texture", group="skin", unit="ratio", min_ipd=56, limits=Limits((0.85, 1.15), (0.70, 1.40), log=True))
def texture(pair: Pair) -> Reading | NotAssessed:
    """Energy of the skin's texture, result over source, 1 when it is all there: of 2.5-5 or 5-10 mm, whichever departs more.

    Energy counts only as far as 60 % of it are the source's own, by regression on the source: smoothed skin under pasted grain has
    the energy but not the coherence; grain and sharpening alone give more than 1. Median over windows of 0.1 IPD, so that a beard
    or a wrinkle does not speak for the skin. Tone curves are taken out by the slope of the 9-22 mm band; JPEG and blur of the
    whole picture by what they did to textures equally faint elsewhere in it.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other light makes other texture")
    source, result = pair.faces
    seen = result.valid > 0
    skin = cv2.erode((source.skin > 0.5).astype(np.uint8), np.ones((3, 3))).astype(bool) & seen
    if skin.sum() < LEAST_SKIN * pair.ipd**2:
        return NotAssessed("too little skin is seen in both pictures", "skin")
    others = seen & (source.skin < 0.1)
    found = max(
        (_band(source, result, skin, others, name) for name in LOOKED_AT), key=lambda band: abs(np.log(max(band.value, 1e-3)))
    )
    return Reading(round(found.value, 3), _sentence(found, pair.ipd), "skin", "Leave the skin's texture as it is in the source.")


class Band(NamedTuple):
    """What became of a band of the skin's texture, over the source's energy, handling taken out."""

    name: str
    value: float
    kept: float
    added: float


def _band(source: View, result: View, skin: NDArray[np.bool_], others: NDArray[np.bool_], name: str) -> Band:
    found = _transfer(source, result, skin, name)
    handled = _handled(source, result, others, name, float(np.median(found.energy)))
    return Band(name, *(float(np.median(share)) / handled for share in (found.true, found.kept, found.added)))


def _transfer(source: View, result: View, where: NDArray[np.bool_], name: str) -> Transfer:
    """What became of band ``name`` in ``where``, with the tone curve taken out."""
    tone = max(tone_slope(source.band("E"), result.band("E"), where), 0.1)
    return transfer(source.band(name), result.band(name) / np.float32(tone), where, WINDOW * source.ipd)


def _handled(source: View, result: View, others: NDArray[np.bool_], name: str, energy: float) -> float:
    """What handling of the whole picture left of the band, at most 1: read where nobody smooths and texture is about as strong as
    the skin's ``energy``, as JPEG takes the faint first; in the face's features, or in what is around the face when more was left
    there (a background may have been blurred). Around the face alone, a small rest says nothing: the background was replaced."""
    others = others & (local_correlation(source.band("E"), result.band("E"), WINDOW * source.ipd) > SAME_PLACE)
    face = source.region("face", 0.05) > 0.5
    inside, around = (_left(source, result, zone, name, energy) for zone in (others & face, others & ~face))
    if not inside and around < REPLACED:
        return 1.0
    return float(np.clip(max(inside, around), LEAST_LEFT, 1.0))


def _left(source: View, result: View, where: NDArray[np.bool_], name: str, energy: float) -> float:
    """The upper quartile of what became of the band ``where``, in windows about as strong as ``energy``; 0 with too few of them."""
    if where.sum() < LEAST_ZONE * source.ipd**2:
        return 0.0
    found = _transfer(source, result, where, name)
    alike = (found.energy > energy / 2) & (found.energy < 4 * energy)
    return float(np.quantile(found.true[alike], 0.75)) if alike.sum() > LEAST_ZONE * source.ipd**2 else 0.0


def _sentence(band: Band, ipd: float) -> str:
    pores = "" if resolved("A", ipd / 63) else f"; pores are not assessable at {ipd:.0f} px between the eyes"
    if band.added > 0.25 and (band.value > 1.15 or band.kept < 0.7):
        said = f"keeps {100 * band.kept:.0f} % of the source's energy, under {100 * band.added:.0f} % of grain that the source does not have"
    else:
        said = f"is at {100 * band.value:.0f} % of the source"
    return f"Skin texture in the {LOOKED_AT[band.name]} band {said}{pores}."
