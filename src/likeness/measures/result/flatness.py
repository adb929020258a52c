"""Light and shade taken off the face, or painted on."""

from __future__ import annotations

import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.shading import Shading, form_of
from likeness.image import Plane
from likeness.image.geometry import resize
from likeness.image.shading import contrast, correlation, local_slope
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

SOFT = 0.12  # IPD; what is finer is texture and features
RELIEF = (0.04, 0.2)  # IPD; shadows of the features: beside the nose, under lids, cheekbones and lip, in folds
LOCAL = 0.25  # IPD
EVEN = 0.015  # log; less light and shade than this is none
HELD = 0.03  # log; where less contrast is seen the heat map says nothing
SAVED = 0.006  # log; contrast that a saved file has of its own
FOLLOWS = 0.8  # correlation; less, and light and shade lie elsewhere than they did
LEFT = 0.5  # with less left, it is flattened, wherever the rest lies
KEPT = (0.87, 1.15)
TOLD = (0.8, 1.25)  # what lies between is told, and not yet called retouching
FILL = "Leave light and shade on the face; fill shadows by a third of a stop at most."
PAINT = "Leave light and shade on the face as they are; raise or lower contrast in the whole picture alike."


@measure(
    title="Light and shade", group="light", unit="ratio", min_ipd=30, min_quality=30, limits=Limits(KEPT, (0.65, 1.55), log=True)
)
def flatness(pair: Pair) -> Reading | NotAssessed:
    """How much of the face's light and shade is left: 1 when untouched, less when flattened, more when it was painted on.

    Read four ways, of which the one that departs most is given. Three are ratios of contrasts, result over source: of the skin's
    low-pass log luminance (0.12 IPD); of the part of it that follows the face mesh's normals, in which beards and flushed cheeks are
    not counted as shade; and of the features' own shadows (0.04 to 0.2 IPD), which a face lit from the front has as well. The fourth
    is 1 and the contrast in that band which nothing in the source foretells: contours drawn with dodge and burn.
    Contrast, gamma and exposure of the whole picture are taken out first: their tone curve is read off the details of the person
    (lids, nostrils, hair, folds), which go through it wherever they lie, while a change of light leaves details alone. So it needs
    nothing outside the face, and a background that was replaced or is dark makes no difference. A vignette that face, hair, clothes
    and background share is taken out too. Where the face was reshaped, its relief is looked for where it went: a shadow that moved
    was not painted.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; another photo has light of its own")
    found = pair.shading
    if isinstance(found, str):
        return NotAssessed(found, "face")
    before, after = found.smooth(SOFT)
    shares = _shares(pair, found, before, after)
    if not shares:
        return NotAssessed("the source's face is lit so evenly that there is nothing to flatten", "face")
    way = max(shares, key=lambda name: abs(np.log(max(shares[name], 1e-3))))
    value = shares[way]
    heat = _heat(pair, found, *(found.between(*RELIEF) if way == "shadows" else (before, after)))
    anew = value > LEFT and correlation(before, after, found.weight) < FOLLOWS
    advice = FILL if value < 1 else PAINT
    return Reading(round(value, 3), _sentence(way, value, _worst(pair, heat, value), anew), "face", advice, heat)


def _shares(pair: Pair, found: Shading, before: Plane, after: Plane) -> dict[str, float]:
    """What is left of light and shade, read in every way in which the source has any."""
    weight, form = found.weight, form_of(pair.faces[0], found)
    a, b = found.between(*RELIEF)
    drawn = np.sqrt(max(contrast(_beside(b, a, weight), weight) ** 2 - SAVED**2, 0))
    contrasts = {
        "face": (contrast(before, weight), contrast(after, weight)),
        "form": (0.0, 0.0) if form is None else form.contrasts,
        "shadows": (contrast(np.minimum(a, 0), weight), contrast(np.minimum(b, 0), weight)),
        "drawn": (contrast(a, weight), contrast(a, weight) + float(drawn)),
    }
    return {name: has / had for name, (had, has) in contrasts.items() if had >= EVEN}


def _beside(result: Plane, source: Plane, weight: Plane) -> Plane:
    """What of ``result`` no multiple of ``source`` explains, (H, W)."""
    slope = float((weight * result * source).sum() / max(float((weight * source * source).sum()), 1e-9))
    return np.asarray(result - slope * source, np.float32)


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


def _sentence(way: str, value: float, where: str, anew: bool) -> str:
    share, drawn = f"{100 * value:.0f} %", f"{100 * (value - 1):.0f} %"
    if TOLD[0] <= value <= TOLD[1]:
        if KEPT[0] <= value <= KEPT[1]:
            return f"The face keeps its light and shade: {share} of the source's."
        return (
            f"Light and shade on the face are a little {'weaker' if value < 1 else 'stronger'} than in the source: {share} of it."
        )
    if anew:
        return f"Light and shade on the face lie elsewhere than in the source, {share} as strong: the face was lit anew."
    if value < 1 and way == "shadows":
        return f"Only {share} of the shadows beside the nose, under lids and lip and in folds is left, least of all on {where}: they were filled."
    if value < 1:
        return f"Only {share} of the light and shade on the face is left, least of all on {where}: it was flattened."
    if way == "drawn":
        return f"Contours that the source does not have were painted on the face, {drawn} as strong as the shadows of its features."
    return f"Light and shade on the face are {share} of the source's, most of all on {where}: the face's contrast was raised."
