"""Light and shade taken off the face, or painted on."""

from __future__ import annotations

import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.shading import Shading, shading_of
from likeness.image import Plane
from likeness.image.geometry import resize
from likeness.image.shading import contrast, correlation, local_slope
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

SOFT = 0.12  # IPD; what is finer is texture and features
LOCAL = 0.25  # IPD
EVEN = 0.015  # log; less light and shade than this is none
HELD = 0.03  # log; where less contrast is seen the heat map says nothing
FOLLOWS = 0.8  # correlation; less, and light and shade lie elsewhere than they did


@measure(title="Light and shade", group="light", unit="ratio", min_ipd=30, limits=Limits((0.8, 1.25), (0.65, 1.55), log=True))
def flatness(pair: Pair) -> Reading | NotAssessed:
    """How much of the face's light and shade is left: contrast of the skin's low-pass log luminance (0.12 IPD), result over source.

    1 when untouched, less when flattened, more when light was painted on (contouring, dodge and burn). Contrast, gamma and exposure
    of the whole picture are taken out first: their tone curve is read off the details of the person (lids, nostrils, hair, folds),
    which go through it wherever they lie, while a change of light leaves details alone. So it needs nothing outside the face, and
    a background that was replaced or is dark makes no difference.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; another photo has light of its own")
    found = shading_of(pair)
    if isinstance(found, str):
        return NotAssessed(found, "face")
    before, after = found.smooth(SOFT)
    had = contrast(before, found.weight)
    if had < EVEN:
        return NotAssessed("the source's face is lit so evenly that there is nothing to flatten", "face")
    value = contrast(after, found.weight) / had
    heat = _heat(pair, found, before, after)
    return Reading(
        round(value, 3),
        _sentence(value, _worst(pair, heat, value), correlation(before, after, found.weight) < FOLLOWS),
        "face",
        "Leave light and shade on the face; fill shadows by a third of a stop at most.",
        heat,
    )


def _heat(pair: Pair, found: Shading, before: Plane, after: Plane) -> Plane:
    """The slope of result on source around each place of the skin, in the frame of the pair's faces, NaN elsewhere."""
    size = pair.faces[0].size
    slope = local_slope(before, after, found.weight, LOCAL * found.ipd, HELD)
    return np.where(resize(found.weight, size) > 0.5, resize(slope, size), np.float32(np.nan))


def _worst(pair: Pair, heat: Plane, value: float) -> str:
    """The part of the face that is flattened most, or has most light painted on."""
    source = pair.faces[0]
    cheeks, middle = source.region("cheeks"), source.landmarks[1, 0]
    to_left = np.arange(source.size[0])[None] > middle  # the person's left is the picture's right
    masks = {f"the {name}": source.region(name) for name in ("forehead", "nose", "jaw")}
    masks |= {"the left cheek": cheeks * to_left, "the right cheek": cheeks * ~to_left}
    seen = {name: heat[(mask > 0.5) & np.isfinite(heat)] for name, mask in masks.items()}
    median = {name: float(np.median(values)) for name, values in seen.items() if len(values) > 0.02 * pair.ipd**2}
    pick = min if value < 1 else max
    return pick(median, key=lambda name: median[name]) if median else "the face"


def _sentence(value: float, where: str, anew: bool) -> str:
    share = f"{100 * value:.0f} %"
    if anew:
        return f"Light and shade on the face lie elsewhere than in the source, {share} as strong: the face was lit anew."
    if value < 0.9:
        return f"Only {share} of the light and shade on the face is left, least of all on {where}: it was flattened."
    if value > 1.1:
        return f"Light and shade on the face are {share} of the source's, most of all on {where}: they were painted in."
    return f"The face keeps its light and shade: {share} of the source's."
