"""Light and shade on the face in the two pictures of a pair."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from likeness.comparison.pair import Pair
from likeness.image import Image, Plane
from likeness.image.geometry import resize
from likeness.image.light import peak_of
from likeness.image.shading import level_of, low_pass, same_tone

SHADING_IPD = 48.0  # pixels: light has no detail
REACH = 0.1  # IPD; what is finer is detail and tells the tone curve
# Levels are of green: handling bends each channel by its own level, so that one channel has one curve; green is most of luminance,
# and the last to clip on skin.
CLIPPED = (0.85, 0.97)  # linear; from the first on a pixel counts less, from the second on not at all
LEAST_SKIN = 0.2  # IPD squared


@dataclass(frozen=True, eq=False)
class Shading:
    """The face's skin, SHADING_IPD or less between the pupils: log levels of the source, in the result's tone, and of the result,
    and how much each pixel counts, (H, W) each. ``scale``: of this to the frame of the pair's faces."""

    source: Plane
    result: Plane
    weight: Plane
    ipd: float
    scale: float

    def smooth(self, sigma: float) -> tuple[Plane, Plane]:
        """Source and result averaged over skin under a Gaussian of ``sigma`` IPD."""
        source, result = (low_pass(level, self.weight, sigma * self.ipd) for level in (self.source, self.result))
        return source, result


def shading_of(pair: Pair) -> Shading | str:
    """What the two pictures of one photo show of the light on its face; a sentence where too little is seen to tell."""
    source, result = pair.faces
    ipd = min(pair.ipd, SHADING_IPD)
    scale = ipd / pair.ipd
    size = (round(source.size[0] * scale), round(source.size[1] * scale))
    before, after = resize(source.pixels, size), resize(result.pixels, size)
    skin, person, valid = (resize(plane, size) for plane in (source.skin, source.person, result.valid))
    valid = (valid > 0.99).astype(np.float32)
    weight = np.asarray(np.where(skin > 0.5, skin, 0) * valid * _unclipped(before) * _unclipped(after), np.float32)
    if weight.sum() < LEAST_SKIN * ipd**2:
        return "too little skin is seen in both pictures, or it is overexposed"
    green, peak, seen = level_of(before[..., 1]), level_of(peak_of(before)), level_of(after[..., 1])
    inside = cv2.erode(valid, np.ones((3, 3))) * (person > 0.9) > 0
    toned = same_tone((green, peak), seen, np.asarray(inside), valid, REACH * ipd)
    if toned is None:
        return "the picture has too few details to tell a tone curve from a change of light"
    return Shading(toned, seen, weight, ipd, scale)


def _unclipped(image: Image) -> Plane:
    """1 where green is not near clipping, (H, W)."""
    return np.asarray(np.clip((CLIPPED[1] - image[..., 1]) / (CLIPPED[1] - CLIPPED[0]), 0, 1), np.float32)
