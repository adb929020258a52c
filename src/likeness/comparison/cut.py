"""Cut: the edge of a person who stands before another background than in the source, as two measures look at it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from likeness.comparison.layers import Layers
from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, srgb_from_linear
from likeness.image.edges import PLATEAU, Band, Mask, signed_distance
from likeness.image.filters import fill, gaussian, grown
from likeness.schema import NotAssessed, Reading

SOLID, EMPTY = 0.995, 0.02  # alpha beyond which a pixel holds nothing, or nothing else than the person
LEAST_EDGE = 60  # pixels
MIXED = (0.1, 0.9)  # alpha between which the old and the new background are compared
OWN, BLURRED = "The background is the source's own.", "The background is the source's own, blurred."
AHEAD, NEARBY = 0.12, 0.12  # IPD: how far behind an edge something is; the surroundings that tell how well that is foreseen
SPECK = 0.02  # IPD; grain is no doubt
ALIKE = 3.0  # CIELAB; an old background nearer to the new one than this does not show


_cuts: WeakKeyDictionary[Pair, Band | Reading | NotAssessed] = WeakKeyDictionary()


def cut_of(pair: Pair) -> Band | Reading | NotAssessed:
    """The edge in the frame of ``pair.scenes``, with the source's layers in the light of the result; or why there is nothing to look at.

    Found once for each pair: two measures ask.
    """
    if pair not in _cuts:
        _cuts[pair] = _cut(pair)
    return _cuts[pair]


def _cut(pair: Pair) -> Band | Reading | NotAssessed:
    if not pair.tones:
        return NotAssessed("too little beside the skin is seen in both pictures to know the change of light")
    if pair.background == "unseen":
        return Reading(0.0, "No background is seen around the person.", "edge")
    if pair.background != "replaced":
        return Reading(0.0, OWN if pair.background == "kept" else BLURRED, "edge")
    source, result = pair.scenes
    tone = pair.tones[0]
    alpha, front, old = pair.source_layers
    found = _edge(Layers(alpha, tone.of(front), np.minimum(tone.of(old), 1)), source, result)
    if isinstance(found, Band):
        mixed = (found.alpha > MIXED[0]) & (found.alpha < MIXED[1])
        if _apart(found.old[mixed], found.new[mixed]) < ALIKE:
            return Reading(0.0, "The new background is so like the old one that nothing of it could show.", "edge")
    return found


def own_cut(pair: Pair) -> Band | NotAssessed:
    """The edge of a result that is another photo, by its own layers: nothing is known of an old background."""
    source, result = pair.scenes
    return _edge(pair.result_layers, source, result)


def _edge(layers: Layers, source: View, result: View) -> Band | NotAssessed:
    alpha, front, old = layers
    seen = (source.valid * result.valid) > 0
    empty = (alpha < EMPTY) & ~grown(alpha > 0.05, 0.04 * source.ipd) & seen
    near = ((alpha > EMPTY) & (alpha < SOLID)) | (np.abs(signed_distance(alpha, source.ipd)) < PLATEAU[1])
    near &= seen & ~(source.region("face", 0.02) > 0.5)
    if not empty.any() or (near & (alpha > MIXED[0]) & (alpha < MIXED[1])).sum() < LEAST_EDGE:
        return NotAssessed("no edge is seen between the person and the background")
    new = fill(result.pixels, empty.astype(np.float32))
    return Band.of(near, alpha, front, old, new, result.pixels, source.ipd, _doubt(result.pixels, empty, source.ipd))


def _doubt(pixels: Image, empty: Mask, ipd: float) -> Plane:
    """How far off a background that is continued behind the edge may be, (H, W): how far off it is as much as that before the edge.

    The standard deviation, as encoded, of what is nearest to the edge from what is foreseen of it by what lies farther away.
    """
    farther = empty & ~grown(~empty, AHEAD * ipd)
    ahead = (empty & ~farther).astype(np.float32)
    if not farther.any() or not ahead.any():
        return np.zeros_like(ahead)
    seen, foreseen = (srgb_from_linear(np.clip(x, 0, 1)) for x in (pixels, fill(pixels, farther.astype(np.float32))))
    missed = np.square(gaussian(seen - foreseen, SPECK * ipd)).mean(2)
    there, count = (gaussian(np.asarray(plane, np.float32), NEARBY * ipd) for plane in (missed * ahead, ahead))
    return np.asarray(np.sqrt(there / (count + 1e-4)), np.float32)


def _apart(old: Image, new: Image) -> float:
    """The median CIELAB distance between rows of colours, (N, 3) each."""
    a, b = (lab_from_linear(np.ascontiguousarray(colours[None]))[0] for colours in (old, new))
    return float(np.median(np.linalg.norm(a - b, axis=1)))
