"""Light and shade on the face in the two pictures of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.mesh import normals
from likeness.comparison.view import View
from likeness.comparison.vignette import Vignette, places_in
from likeness.image import Affine, Image, Plane
from likeness.image.color import srgb_from_linear
from likeness.image.filters import low_pass
from likeness.image.flow import Flow
from likeness.image.geometry import compose, resize, similarity
from likeness.image.harmonics import Light, fit_light, shading
from likeness.image.light import peak_of
from likeness.image.shading import FLOOR, level_of, tone_curves, toned, vignette

SHADING_IPD = 48.0  # pixels: light has no detail
REACH = 0.1  # IPD; what is finer is detail and tells the tone curve
# Levels are of green: handling bends each channel by its own level, so that one channel has one curve; green is most of luminance,
# and the last to clip on skin.
CLIPPED = (0.80, 0.92)  # linear; from the first on a pixel counts less, from the second on, among burnt ones, not at all
LEAST_SKIN = 0.2  # IPD squared
FORM_SOFT, MESH_SOFT = 0.06, 0.04  # IPD
SIDEWAYS = 0.25  # of a normal's z; what faces farther to the side is seen too obliquely
SURROUNDING_IPD = 20.0  # pixels
BESIDE = 0.15  # IPD; so far from the face nothing is of its retouching
DARKEST = -4.5  # log; below it noise and the file's blacks decide
LEAST_SURROUNDING = 0.3  # IPD squared, of the person and of the background each
SHARED = 0.05  # log; what of the surroundings' change a vignette may leave unexplained
SEEN, EXPLAINED = (
    0.08,
    0.6,
)  # log; a vignette makes them differ by so much at least, and leaves no more than that share of their change
Views = tuple[View, View]


@dataclass(frozen=True, eq=False)
class Shading:
    """The face's skin, SHADING_IPD or less between the pupils: log levels of the source, in the result's tone, and of the result,
    and how much each pixel counts, (H, W) each. ``scale``: of this to the frame of the pair's faces. ``vignette``: of the result,
    taken off its levels."""

    source: Plane
    result: Plane
    weight: Plane
    ipd: float
    scale: float
    vignette: Vignette | None = None

    def smooth(self, sigma: float) -> tuple[Plane, Plane]:
        """Source and result averaged over skin under a Gaussian of ``sigma`` IPD."""
        source, result = (low_pass(level, self.weight, sigma * self.ipd) for level in (self.source, self.result))
        return source, result

    def between(self, fine: float, wide: float) -> tuple[Plane, Plane]:
        """Source and result less what is finer than ``fine`` and wider than ``wide``, IPD."""
        (a, b), (far_a, far_b) = self.smooth(fine), self.smooth(wide)
        return np.asarray(a - far_a, np.float32), np.asarray(b - far_b, np.float32)


class Form(NamedTuple):
    """What the face's form makes of its light in source and result: a Light each, and its shading of the skin, log, (N,) each, mean 0;
    ``weight``: (N,)."""

    lights: tuple[Light, Light]
    shadings: tuple[NDArray[np.float64], NDArray[np.float64]]
    weight: NDArray[np.float64]

    @property
    def contrasts(self) -> tuple[float, float]:
        """Standard deviations of the two shadings, log."""
        source, result = (float(np.sqrt(np.average(one * one, weights=self.weight))) for one in self.shadings)
        return source, result


def form_of(face: View, found: Shading) -> Form | None:
    """Second-order harmonics of the mesh's normals of ``face``, the source's, fitted to the skin of both pictures; None where too little of it is seen.

    Albedo, make-up and the mesh's errors are alike in both and hardly follow the normals.
    """
    height, width = found.weight.shape
    towards = normals(face.landmarks * np.float32(found.scale), (width, height), MESH_SOFT * found.ipd)
    seen = (found.weight > 0) & (towards[..., 2] > SIDEWAYS)
    facing, weight = towards[seen], found.weight[seen].astype(np.float64)
    if weight.sum() < LEAST_SKIN * found.ipd**2:
        return None
    source, result = (fit_light(facing, level[seen], weight) for level in found.smooth(FORM_SOFT))
    a, b = (_centred(shading(light, facing), weight) for light in (source, result))
    return Form((source, result), (a, b), weight)


def _centred(level: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(level - np.average(level, weights=weight))


def shading_of(faces: Views, scenes: Views, to_result: Affine, whole: tuple[int, int]) -> Shading | str:
    """What the two pictures of one photo show of the light on its face; a sentence where too little is seen to tell.

    ``to_result``: from the frame of ``faces`` to the result's pixels. ``whole``: width and height of the result.
    """
    source, result = faces
    ipd = min(source.ipd, SHADING_IPD)
    scale = ipd / source.ipd
    size = (round(source.size[0] * scale), round(source.size[1] * scale))
    before, after = resize(source.pixels, size), resize(result.pixels, size)
    skin, person, valid = (resize(plane, size) for plane in (source.skin, source.person, result.valid))
    valid = (valid > 0.99).astype(np.float32)
    weight = np.asarray(np.where(skin > 0.5, skin, 0) * valid * _unclipped(before) * _unclipped(after), np.float32)
    if weight.sum() < LEAST_SKIN * ipd**2:
        return "too little skin is seen in both pictures, or it is overexposed"
    told, seen = _levels(before), level_of(after[..., 1])
    inside = cv2.erode(valid, np.ones((3, 3))) * (person > 0.9) > 0
    curves = tone_curves(told, seen, np.asarray(inside), valid, REACH * ipd)
    if curves is None:
        return "the picture has too few details to tell a tone curve from a change of light"
    of_scenes = compose(to_result, similarity(scenes[0].landmarks, source.landmarks))
    shared = _vignette(scenes, of_scenes, whole, curves)
    if shared is not None:
        seen = level_of(shared.taken_off(after, compose(to_result, _enlarged(1 / scale)))[..., 1])
    return Shading(toned(told, curves), seen, weight, ipd, scale, shared)


def _vignette(scenes: Views, to_result: Affine, whole: tuple[int, int], curves: NDArray[np.float64]) -> Vignette | None:
    """The vignette that hair, clothes and background of the result share beyond the source's. None where what surrounds the face
    changed otherwise, or hardly.

    The face itself is not asked: what was done to it alone is no vignette.
    """
    source, result = scenes
    scale = min(1.0, SURROUNDING_IPD / source.ipd)
    size = (round(source.size[0] * scale), round(source.size[1] * scale))
    before, after = resize(source.pixels, size), resize(result.pixels, size)
    outside = source.valid * result.valid * (1 - source.region("face", BESIDE))
    outside, person = resize(np.asarray(outside, np.float32), size), resize(source.person, size)
    told, seen = _levels(before), level_of(after[..., 1])
    usable = (outside > 0.99) & (_unclipped(before) * _unclipped(after) > 0) & (np.minimum(told[0], seen) > DARKEST)
    groups = [usable & where for where in (person > 0.95, person < 0.05)]
    counts = [int(group.sum()) for group in groups]
    if min(counts) < LEAST_SURROUNDING * (scale * source.ipd) ** 2:
        return None
    lit, places = toned(told, curves), places_in(whole, compose(to_result, _enlarged(1 / scale)), size)
    ways = ((seen - lit, False), (_code(seen) - _code(lit), True))
    found = [_fitted(change, places, groups, whole, encoded) for change, encoded in ways]
    return min(found, key=lambda one: one[1])[0]


def _fitted(
    change: Plane, places: Flow, groups: list[NDArray[np.bool_]], whole: tuple[int, int], encoded: bool
) -> tuple[Vignette | None, float]:
    """The vignette in a ``change``, log, that all ``groups`` of pixels share, and what it leaves of it; None where there is hardly any."""
    counts = [int(group.sum()) for group in groups]
    weight = np.concatenate([np.full(count, 1 / count) for count in counts])
    changes, apart = (np.concatenate([plane[group] for group in groups]) for plane in (change, places))
    found = vignette(changes, apart, weight * sum(counts))
    shared = Vignette(found[1:], whole, encoded)
    left = [np.asarray(change[group] - found[0] - shared.at(places[group])) for group in groups]
    most = max(float(np.median(np.abs(one))) for one in left)
    told = all(_spread(one) < EXPLAINED * _spread(change[group]) for one, group in zip(left, groups, strict=True))
    clear = float(np.ptp(np.percentile(shared.at(apart), (2, 98)))) > SEEN
    return (shared if told and clear and most < SHARED else None), most


def _spread(values: NDArray[np.floating[Any]]) -> float:
    return float(np.median(np.abs(values - np.median(values))))


def _code(level: Plane) -> Plane:
    """Log sRGB codes of log levels, (H, W)."""
    return np.asarray(np.log(srgb_from_linear(np.maximum(np.exp(level) - FLOOR, 1e-4))), np.float32)


def _enlarged(scale: float) -> Affine:
    return np.array([[scale, 0, 0], [0, scale, 0]])


def _levels(image: Image) -> tuple[Plane, Plane]:
    """Of green and of the brightest channel: what tone curves look at."""
    return level_of(image[..., 1]), level_of(peak_of(image))


def _unclipped(image: Image) -> Plane:
    """1 where green is not near clipping, (H, W)."""
    return np.asarray(np.clip((CLIPPED[1] - image[..., 1]) / (CLIPPED[1] - CLIPPED[0]), 0, 1), np.float32)
