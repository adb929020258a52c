"""Planted defects of light on the face, each at several doses, in two implementations: one to tune on, one to test on."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.edits import Edit, Maker
from calibration.handling import same
from likeness.comparison.mesh import normals
from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import fill, gaussian
from likeness.image.harmonics import Light, fit_light, mirrored, shading
from likeness.portrait import Portrait
from likeness.regions import region

SMALL_IPD = 48.0  # pixels; light has no detail
LEAST_SIDE = (
    0.4  # log, per unit of a normal's x, or per IPD: how much comes from the other side where the old light comes from none
)
X = 1  # place of x in a Light
GAIN = (0.25, 4.0)  # what a retoucher dares


class Small(NamedTuple):
    """A face at SMALL_IPD: log luminance, where skin is seen, where a retoucher paints (soft), and which way it faces."""

    level: Plane
    skin: Plane
    painted: Plane
    facing: NDArray[np.float32]


def small_of(source: Portrait) -> Small:
    scale = min(1.0, SMALL_IPD / source.ipd)
    ipd, points = source.ipd * scale, source.landmarks * np.float32(scale)
    size = (round(source.width * scale), round(source.height * scale))
    image = cv2.resize(source.pixels, size, interpolation=cv2.INTER_AREA)
    skin = cv2.resize(source.skin, size, interpolation=cv2.INTER_AREA)
    face = region(points, size, "face", grow=-0.02 * ipd)
    covered = gaussian(
        region(points, size, "face", grow=-0.1 * ipd) * (skin < 0.2), 0.12 * ipd
    )  # mostly hair: a brow is less than that
    painted = gaussian(face * (1 - np.clip(2 * covered - 0.6, 0, 1)), 0.06 * ipd)
    level = np.log(np.maximum(luminance(image), 0) + 2e-3)
    return Small(np.asarray(level, np.float32), skin, np.asarray(painted, np.float32), normals(points, size, 0.06 * ipd))


def lit(source: Portrait, gain: NDArray[np.floating[Any]], painted: Plane) -> Image:
    """``source`` with its face's light multiplied by the exponential of ``gain``, both small planes; the face's mean stays."""
    log = np.clip(_centred(gain, painted), *np.log(GAIN))
    log = _centred(log, painted) * painted
    large = cv2.resize(np.asarray(log, np.float32), (source.width, source.height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(source.pixels * np.exp(large)[..., None], np.float32)


def _centred(gain: NDArray[np.floating[Any]], painted: Plane) -> NDArray[np.floating[Any]]:
    return np.asarray(gain - (gain * painted).sum() / painted.sum())


# -- flattening, and its contrary


def flattened(share: float) -> Maker:
    """The skin's log luminance under a Gaussian of 0.14 IPD brought nearer to its mean by ``share``; below 0: light and shade
    painted in, as contouring and dodge and burn do."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        sigma = 0.14 * min(source.ipd, SMALL_IPD)
        low = gaussian(small.level * small.skin, sigma) / np.maximum(gaussian(small.skin, sigma), 1e-3)
        mean = (low * small.skin).sum() / max(float(small.skin.sum()), 1e-6)
        reliable = np.clip(gaussian(small.skin, sigma) / 0.15, 0, 1)
        return lit(source, -share * (low - mean) * reliable, small.painted)

    return make


def evened(share: float) -> Maker:
    """Second implementation: lights pulled down and shades lifted in CIELAB, by a bilateral filter of L*, on the face's skin."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        lab = cv2.cvtColor(same(source).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
        usual = np.median(lab[source.skin > 0.5], axis=0)
        side = 2 * round(0.16 * source.ipd) + 1
        around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        closed = cv2.morphologyEx((source.skin > 0.3).astype(np.float32), cv2.MORPH_CLOSE, around)  # over brows, eyes and lips
        mask = cv2.GaussianBlur(closed, (0, 0), 0.05 * source.ipd)
        scale = 24 / source.ipd
        tiny = cv2.resize(lab[..., 0], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        low = cv2.bilateralFilter(tiny, -1, 30, 3.0)
        low = cv2.resize(low, (source.width, source.height), interpolation=cv2.INTER_CUBIC)
        lab[..., 0] -= share * (low - usual[0]) * mask
        return (np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), 0, 1) * 255).round().astype(np.uint8)

    return make


def filled(share: float) -> Maker:
    """Third implementation: the face as if so much of its light came from everywhere alike, by a light fitted to its mesh."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        return lit(source, _continued(-share * shading(_light(small), small.facing), small), small.painted)

    return make


def opened(share: float) -> Maker:
    """Only the shadows of the features' relief, finer than 0.3 IPD (beside the nose, under lids, cheeks and lip, in folds), are
    lifted, by ``share``."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        ipd = min(source.ipd, SMALL_IPD)
        fine, wide = (
            gaussian(small.level * small.skin, s * ipd) / np.maximum(gaussian(small.skin, s * ipd), 1e-3) for s in (0.03, 0.3)
        )
        reliable = np.clip(gaussian(small.skin, 0.06 * ipd) / 0.5, 0, 1)
        return lit(source, -share * np.minimum(fine - wide, 0) * reliable, small.painted)

    return make


def lifted(share: float) -> Maker:
    """Second implementation: what a morphological closing of L* fills, narrower than 0.3 IPD, is lifted by ``share`` on the skin."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        lab = cv2.cvtColor(same(source).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
        size = (round(source.width * SMALL_IPD / source.ipd), round(source.height * SMALL_IPD / source.ipd))
        skin = cv2.resize((source.skin > 0.5).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        level = cv2.resize(lab[..., 0], size, interpolation=cv2.INTER_AREA)
        level = fill(np.repeat(level[..., None], 3, axis=2), (skin > 0.9).astype(np.float32))[
            ..., 0
        ]  # brows, lips and hair are no shade
        level = cv2.GaussianBlur(level, (0, 0), 1.5)
        around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
        pits = cv2.GaussianBlur(cv2.morphologyEx(level, cv2.MORPH_CLOSE, around) - level, (0, 0), 1.0)
        mask = cv2.GaussianBlur((source.skin > 0.5).astype(np.float32), (0, 0), 0.04 * source.ipd)
        lab[..., 0] += share * cv2.resize(pits, (source.width, source.height), interpolation=cv2.INTER_CUBIC) * mask
        return np.asarray((np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), 0, 1) * 255).round(), np.uint8)

    return make


# What a retoucher burns and dodges on both sides alike: strokes through points of the mesh
BURNT = ((227, 137, 147, 213), (447, 366, 376, 433), (172, 136, 150, 149), (397, 365, 379, 378), (162, 21, 54), (389, 251, 284))
BURNT_NOSE = ((193, 198, 209), (417, 420, 429))
DODGED = ((168, 6, 5, 4), (117, 118, 101), (346, 347, 330), (151, 9), (199, 175))


def sculpted(stops: float) -> Maker:
    """Dodge and burn: cheek hollows, jaw, temples and the nose's sides darkened by ``stops``, its bridge, cheekbones, the middle of
    the forehead and the chin lightened by two thirds of that."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        points = source.landmarks[:, :2] * np.float32(small.level.shape[1] / source.width)
        ipd = min(source.ipd, SMALL_IPD)
        burnt = np.maximum(_strokes(points, BURNT, small, 0.16 * ipd), _strokes(points, BURNT_NOSE, small, 0.08 * ipd))
        dodged = _strokes(points, DODGED, small, 0.1 * ipd)
        return lit(source, np.log(2) * stops * (2 / 3 * dodged - burnt), small.painted)

    return make


def _strokes(points: NDArray[np.float32], lines: tuple[tuple[int, ...], ...], small: Small, width: float) -> Plane:
    """Soft strokes through mesh points, 0..1."""
    canvas = np.zeros(small.level.shape, np.uint8)
    for line in lines:
        cv2.polylines(
            canvas, [(points[list(line)] * 16).round().astype(np.int32)], False, 255, max(1, round(width)), cv2.LINE_AA, 4
        )
    return gaussian(canvas.astype(np.float32) / 255, 0.6 * width)


# -- light from the other side


def relit(share: float) -> Maker:
    """Shaded by its mesh under a light that goes by ``share`` of the way to the mirrored one: where the light comes from the front,
    to a light from the person's left."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        old = _light(small)
        goal = mirrored(old)
        goal[X] = np.copysign(max(abs(goal[X]), LEAST_SIDE), goal[X])
        return lit(source, _continued(share * shading(goal - old, small.facing), small), small.painted)

    return make


def graded(share: float) -> Maker:
    """Second implementation: a gradient from cheek to cheek, as a retoucher draws it, against the one that is there."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        across = np.arange(small.level.shape[1]) - (small.skin.sum(0) @ np.arange(small.level.shape[1])) / small.skin.sum()
        across = np.broadcast_to((across / min(source.ipd, SMALL_IPD))[None], small.level.shape)
        skin = small.skin > 0.5
        slope = float(np.polyfit(across[skin], small.level[skin], 1)[0])
        goal = -np.copysign(max(abs(slope), LEAST_SIDE), slope)
        return lit(source, share * (goal - slope) * across, small.painted)

    return make


def key_light(share: float) -> Maker:
    """Second implementation: most of the old light's shading taken off, and a lamp on the darker side, 50 degrees from the camera,
    that gives ``share`` of all light, the rest coming from everywhere; Lambert's cosine, on a face taken for an ellipsoid."""

    def make(source: Portrait) -> Image:
        small = small_of(source)
        facing, skin = _ellipsoid(source, small), small.skin > 0.5
        left = (facing[..., 0] > 0) & skin  # in the picture
        side = 1.0 if small.level[left].mean() < small.level[skin & ~left].mean() else -1.0
        lamp = np.array([side * np.sin(np.radians(50)), 0.3, np.cos(np.radians(50))])
        lamp /= np.linalg.norm(lamp)
        after = np.log(1 - share + share * np.maximum(facing @ lamp, 0))
        old = shading(fit_light(facing[skin], small.level[skin], small.skin[skin]), facing)
        return lit(source, after - 0.8 * old, small.painted)

    return make


def _light(small: Small) -> Light:
    """The light that is fitted to the face's skin."""
    where = (small.skin > 0.5) & _seen(small)
    return fit_light(small.facing[where], small.level[where], small.skin[where])


def _seen(small: Small) -> NDArray[np.bool_]:
    return np.asarray(small.facing[..., 2] > 0.25)


def _continued(gain: NDArray[np.floating[Any]], small: Small) -> Plane:
    """``gain`` where the mesh tells which way the face looks, smoothly continued from there."""
    planes = np.repeat(gain.astype(np.float32)[..., None], 3, axis=2)
    return gaussian(fill(planes, _seen(small).astype(np.float32))[..., 0], 1.5)


def _ellipsoid(source: Portrait, small: Small) -> NDArray[np.float32]:
    """An ellipsoid over the outline of the face, (H, W, 3)."""
    height, width = small.level.shape
    points = source.landmarks[:, :2] * (width / source.width)
    low, high = points.min(0), points.max(0)
    (cx, cy), (rx, ry) = (low + high) / 2, (high - low) * 0.56
    x, y = np.meshgrid((np.arange(width) - cx) / rx, -(np.arange(height) - cy) / ry)
    z = np.sqrt(np.maximum(1 - x * x - y * y, 0.05))
    facing = np.stack([x, y * rx / ry, z], -1)
    return np.asarray(facing / np.linalg.norm(facing, axis=2, keepdims=True), np.float32)


FLATTENING = (
    Edit("flattened", 0.3, "flatness", flattened(0.3), visible=False),
    Edit("flattened", 0.6, "flatness", flattened(0.6)),
    Edit("flattened", 0.9, "flatness", flattened(0.9)),
    Edit("contoured", 0.3, "flatness", flattened(-0.3), visible=False),
    Edit("contoured", 0.6, "flatness", flattened(-0.6)),
    Edit("shadows opened", 0.6, "flatness", opened(0.6)),
    Edit("shadows opened", 1.0, "flatness", opened(1.0)),
    Edit("dodged and burnt", 0.3, "flatness", sculpted(0.3), visible=False),
    Edit("dodged and burnt", 0.6, "flatness", sculpted(0.6)),
)
FLATTENING_TEST = (
    Edit("evened in Lab", 0.3, "flatness", evened(0.3), visible=False),
    Edit("evened in Lab", 0.6, "flatness", evened(0.6)),
    Edit("evened in Lab", 0.9, "flatness", evened(0.9)),
    Edit("filled by mesh", 0.6, "flatness", filled(0.6)),
    Edit("contoured in Lab", 0.6, "flatness", evened(-0.6)),
    Edit("shadows lifted in Lab", 0.6, "flatness", lifted(0.6), visible=False),
    Edit("shadows lifted in Lab", 1.0, "flatness", lifted(1.0)),
)
RELIGHTING = (
    Edit("relit from the other side", 0.3, "light_direction", relit(0.3), visible=False),
    Edit("relit from the other side", 0.6, "light_direction", relit(0.6)),
    Edit("relit from the other side", 1.0, "light_direction", relit(1.0)),
)
RELIGHTING_TEST = (
    Edit("light drawn to the other side", 0.3, "light_direction", graded(0.3), visible=False),
    Edit("light drawn to the other side", 0.6, "light_direction", graded(0.6)),
    Edit("light drawn to the other side", 1.0, "light_direction", graded(1.0)),
    Edit("lamp on the other side", 0.7, "light_direction", key_light(0.7)),
)
