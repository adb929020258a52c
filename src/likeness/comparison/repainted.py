"""Where hair, ears, neck or the rim of the clothes lost their own colours: painted over, or eaten away by another background."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.overlaid import strokes
from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.image import Image
from likeness.image.changed import changed
from likeness.image.dyed import dyed
from likeness.image.filters import grown
from likeness.image.geometry import resize
from likeness.image.remnants import fullest_spot

Mask = NDArray[np.bool_]

SEEN_IPD = 32.0  # pixels; finer than this are strands of hair, which a blur, a file and a resize displace
PERSON = 0.9  # probability
INSIDE = 0.05  # IPD from where that ends, and from the end of either picture: a proper cut-out mixes there
SKIN = 0.05  # IPD around the face's skin, which other measures look at
OTHER = 14.0  # dE76
FIRM = 0.03  # log; where the light of the scene is known no better than this, more of a difference is forgiven
CLOTHES = 0.1  # of what is below the chin; where more changed, the clothes are other ones, which is not a matter of edges
DARK = 0.01  # linear, added before the logarithm
FOREHEAD, CHIN, MIDDLE = 10, 152, 168  # mesh points
NARROW = 0.25  # IPD to either side of the middle


class Repainted(NamedTuple):
    """The worst place: the share of a spot of some 0.17 IPD that changed, 0..1, and in words where it is."""

    share: float
    place: str


def repainted(pair: Pair) -> Repainted | None:
    """The fullest spot of the person, face apart, whose colours no change of light explains; None where the light is not known.

    Nothing but the two pictures and the person's mask is looked at: no alpha, no colours under it, which can be as wrong as the editor's were.
    """
    if pair.mode == "other-photo" or not pair.tones:
        return None
    source, result = pair.even_scenes
    before, after = (view.softened(SEEN_IPD) for view in (source, result))
    where = _half(_looked_at(source, result), before.shape)
    unit = min(source.ipd, SEEN_IPD)
    head = where & _half(_above_chin(source), where.shape)
    lit = [np.clip(image, 0, 1) for image in (*(tone.of(before) for tone in pair.tones), before * _gains(before, after, head))]
    off = np.minimum.reduce([changed(image, after, where, unit) for image in lit])
    doubt = max(1.0, min(tone.misfit for tone in pair.tones) / FIRM)
    spots = where & (off > OTHER * doubt)
    spots &= ~_worn(pair, spots, where)
    spots &= ~dyed(lit[0], after, spots, unit)  # the same in another colour is no matter of edges
    share, (x, y) = fullest_spot(spots, unit)
    return Repainted(share, named(source, x * source.ipd / unit, y * source.ipd / unit))


def _looked_at(source: View, result: View) -> Mask:
    """Where both views surely show the person, but for the face, (H, W)."""
    ipd = source.ipd
    own = ~grown(source.person < PERSON, INSIDE * ipd) & grown((source.valid * result.valid) > 0, -INSIDE * ipd)
    return np.asarray(own & ~grown(source.skin > 0.5, SKIN * ipd) & ~(source.region("face") > 0.5))


def _worn(pair: Pair, spots: Mask, where: Mask) -> Mask:
    """What changed below the chin because the clothes are others, or because text was drawn over them, (H, W)."""
    source, result = pair.even_scenes
    low = ~_above_chin(source)
    below = where & _half(low, where.shape)
    changed_share = float((spots & below).sum()) / max(int(below.sum()), 1)
    if changed_share == 0 or changed_share > CLOTHES:
        return below
    drawn = strokes(source, result, pair.tones[0].of(source.pixels), _looked_at(source, result) & low)
    return np.asarray(below & _half(drawn, where.shape))


def _above_chin(source: View) -> Mask:
    low = np.arange(source.size[1])[:, None] > source.landmarks[CHIN, 1]
    return np.broadcast_to(~low, source.size[::-1])


def _half(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """``mask`` at another size, (h, w): where at least half of a pixel has it."""
    return np.asarray(resize(mask.astype(np.float32), (shape[1], shape[0])) >= 0.5)


def _gains(before: Image, after: Image, head: Mask) -> NDArray[np.float32]:
    """What the head's own light was multiplied by, (3,): other clothes may have led astray what is known of the light of the whole."""
    if not head.any():
        return np.ones(3, np.float32)
    change = np.log((np.maximum(after[head], 0) + DARK) / (np.maximum(before[head], 0) + DARK))
    return np.asarray(np.exp(np.median(change, axis=0)), np.float32)


def named(source: View, x: float, y: float) -> str:
    """Where the pixel (x, y) lies, in words; left and right are the person's own."""
    points = source.landmarks
    across = (x - points[MIDDLE, 0]) / source.ipd
    side = "" if abs(across) < NARROW else " on the left" if across > 0 else " on the right"
    height = "Above the forehead" if y < points[FOREHEAD, 1] else "Below the chin" if y > points[CHIN, 1] else "Beside the face"
    return height + side
