"""Planted defects of body and clothes: another person's torso, a slimmer one, other clothes, shoulders that no photo shows."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.edits import Edit, Maker
from calibration.handling import same
from calibration.reshaping import axes, displaced
from likeness.image import Image, Plane
from likeness.image.blend import over
from likeness.image.color import lab_from_linear, linear_from_srgb, luminance
from likeness.image.filters import gaussian
from likeness.image.geometry import Box, similarity, warp
from likeness.portrait import Portrait

CHIN = 152
NECK = 0.35  # IPD below the chin where clothes may begin
SKIN_AB, SKIN_L = 9.0, 30.0  # CIELAB; nearer to the face's skin than this is skin too: neck and hands
LEAST_SIDE = 1.15  # IPD beside the chin that a cropped result still shows

# -- where


def from_chin(source: Portrait) -> tuple[Plane, Plane]:
    """How far to the person's left of the chin, and how far below it, each pixel lies, IPD, (H, W) each."""
    across, down = (axis.astype(np.float32) for axis in axes(source))
    x, y = np.meshgrid(np.arange(source.width, dtype=np.float32), np.arange(source.height, dtype=np.float32))
    x, y = (x - source.landmarks[CHIN, 0]) / source.ipd, (y - source.landmarks[CHIN, 1]) / source.ipd
    return x * across[0] + y * across[1], x * down[0] + y * down[1]


def ramp(plane: Plane, start: float, end: float) -> Plane:
    """0 below ``start``, 1 above ``end``, smooth between."""
    t = np.clip((plane - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def clothes(source: Portrait) -> Plane:
    """The person below the neck less what has the colour of skin, feathered, (H, W) 0..1."""
    _, below = from_chin(source)
    lab, skin = lab_from_linear(source.pixels), source.skin > 0.5
    usual = np.median(lab[skin], axis=0) if skin.any() else np.array([60, 12, 16], np.float32)
    bare = (np.hypot(lab[..., 1] - usual[1], lab[..., 2] - usual[2]) < SKIN_AB) & (np.abs(lab[..., 0] - usual[0]) < SKIN_L)
    mask = (source.person > 0.7) & (below > 0.2) & ~bare
    return np.asarray(ramp(gaussian(mask.astype(np.float32), 0.02 * source.ipd), 0.2, 0.8) * ramp(below, 0.15, NECK), np.float32)


# -- a torso from another photo


def _donated(source: Portrait, donor: Portrait) -> tuple[Image, Plane, Box]:
    """The donor laid on the source, chin on chin: pixels, mask, and the part of the source's picture that the donor's torso fills."""
    to_donor = similarity(source.landmarks, donor.landmarks)
    to_donor[:, 2] += donor.landmarks[CHIN, :2] - (to_donor[:, :2] @ source.landmarks[CHIN, :2] + to_donor[:, 2])
    size = (source.width, source.height)
    pixels, mask = (warp(plane, to_donor, size) for plane in (donor.pixels, donor.person))
    seen = warp(np.ones((donor.height, donor.width), np.float32), to_donor, size) > 0.99
    x, y = (int(v) for v in source.landmarks[CHIN, :2])
    reach = int(LEAST_SIDE * source.ipd)
    row = min(source.height - 1, y + reach)
    rows = np.flatnonzero(~seen[y:, max(0, min(x, source.width - 1))])
    bottom = y + int(rows[0]) if len(rows) else source.height
    outside = np.flatnonzero(~seen[min(row, bottom - 1)])
    left, right = outside[outside < x], outside[outside > x]
    box = Box(
        min(int(left[-1]) + 1 if len(left) else 0, x - reach),
        0,
        max(int(right[0]) if len(right) else source.width, x + reach),
        bottom,
    )
    return np.maximum(pixels, 0), np.clip(mask, 0, 1), box.clipped(*size)


def borrowed(source: Portrait, donor: Portrait) -> Image:
    """The donor's torso under the source's head over the source's background, cut straight across the neck with a soft edge."""
    pixels, mask, box = _donated(source, donor)
    _, below = from_chin(source)
    torso = over(pixels, gaussian(mask, 0.03 * source.ipd), source.plate)
    return box.of(over(torso, ramp(below, 0.1, 0.3), source.pixels))


def grafted(source: Portrait, donor: Portrait) -> NDArray[np.uint8]:
    """Second implementation: the donor's torso in the colours of the source's own, its skin in those of the face, and blended band
    by band along a line under the jaw (Burt and Adelson 1983)."""
    pixels, mask, box = _donated(source, donor)
    x, below = from_chin(source)
    worn, here = clothes(source) > 0.5, (clothes(donor) > 0.5)
    lab = lab_from_linear(pixels)
    theirs, bare = lab_from_linear(donor.pixels), donor.skin > 0.5
    laid = lab.copy()
    if worn.any() and here.any():
        own = lab_from_linear(source.pixels)[worn]
        laid = (lab - theirs[here].mean(0)) * np.clip(own.std(0) / (theirs[here].std(0) + 1e-3), 0.6, 1.6) + own.mean(0)
    if bare.any() and (source.skin > 0.5).any():
        usual = np.median(theirs[bare], axis=0)
        like = np.exp(-np.square((lab - usual) / np.array([25, 7, 7], np.float32)).sum(2))[..., None]
        laid += like * (lab - usual + np.median(lab_from_linear(source.pixels)[source.skin > 0.5], axis=0) - laid)
    matched = cv2.cvtColor(np.asarray(laid, np.float32), cv2.COLOR_Lab2LRGB)
    torso = over(matched, cv2.GaussianBlur(mask, (0, 0), 0.02 * source.ipd), source.plate)
    under = (below > 0.1 - 0.35 * np.minimum(x * x, 1.5)).astype(np.float32)
    return box.of(_multiband(same(source), same(source.with_pixels(torso)), under))


def _multiband(first: NDArray[np.uint8], second: NDArray[np.uint8], mask: Plane, levels: int = 5) -> NDArray[np.uint8]:
    """``second`` over ``first`` where ``mask`` is 1, each octave with a seam as wide as itself."""
    a, b, m = first.astype(np.float32), second.astype(np.float32), mask[..., None].repeat(3, axis=2)
    bands = []
    for _ in range(levels):
        size = (a.shape[1], a.shape[0])
        small = [cv2.pyrDown(p) for p in (a, b, m)]
        fine_a, fine_b = (p - cv2.pyrUp(q, dstsize=size) for p, q in ((a, small[0]), (b, small[1])))
        bands.append(fine_a + m * (fine_b - fine_a))
        a, b, m = small
    blended = a + m * (b - a)
    for fine in reversed(bands):
        blended = fine + cv2.pyrUp(blended, dstsize=(fine.shape[1], fine.shape[0]))
    return np.asarray(np.clip(blended, 0, 255).round(), np.uint8)


# -- a slimmer torso


def slimmed(percent: float) -> Maker:
    """All below the chin squeezed towards the body's axis by ``percent`` of its width (less than 0: widened); the sides that come free are cropped."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        x, below = from_chin(source)
        across, _ = axes(source)
        squeeze = x * ramp(below, 0.05, 0.7) * (percent / 100) * source.ipd
        columns, rows = np.meshgrid(np.arange(source.width, dtype=np.float32), np.arange(source.height, dtype=np.float32))
        columns, rows = columns + squeeze * np.float32(across[0]), rows + squeeze * np.float32(across[1])
        lost = max(0, int(np.ceil(0.5 * percent / 100 * source.width)) + 1)
        squeezed = cv2.remap(same(source), columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(squeezed[:, lost : source.width - lost])

    return make


def pushed_in(percent: float) -> Maker:
    """Second implementation: each shoulder and side of the neck pushed inward with a brush, the background with it."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        x, below = from_chin(source)
        across, _ = axes(source)
        field = np.zeros((source.height, source.width), np.float32)
        for depth, reach in ((0.5, 0.35), (1.0, 0.5), (1.7, 0.7)):
            row = (np.abs(below - depth) < 0.05) & (source.person > 0.5)
            if row.sum() < 0.05 * source.ipd**2:
                continue
            for side in (-1, 1):
                wide = float(np.quantile(np.maximum(side * x[row], 0), 0.98))
                bump = np.exp(-(((side * x - wide) ** 2 + (below - depth) ** 2) / (2 * reach**2)))
                field -= np.where(np.abs(field) < bump * wide, side * bump * wide + field, 0).astype(np.float32)
        columns = np.arange(source.width, dtype=np.float32) / source.ipd
        held = ramp(np.minimum(columns, columns[::-1])[None, :], 0.0, 0.4)  # the picture's sides stay where they are
        field *= held * ramp(below, -0.1, 0.4) * np.float32(percent / 100 * source.ipd)
        return displaced(source, np.asarray(field[..., None] * across, np.float32))

    return make


# -- other clothes


def recoloured(difference: float) -> Maker:
    """Dark clothes made bluer, light ones redder and darker, by ``difference`` in CIELAB."""

    def make(source: Portrait) -> Image:
        lab, mask = lab_from_linear(source.pixels), clothes(source)
        dark = np.median(lab[mask > 0.5, 0]) < 50 if (mask > 0.5).any() else True
        way = np.array([0.45, 0.4, -0.8] if dark else [-0.55, 0.6, 0.58], np.float32)
        return np.asarray(cv2.cvtColor(lab + mask[..., None] * difference * way, cv2.COLOR_Lab2LRGB), np.float32)

    return make


def dyed(difference: float) -> Maker:
    """Second implementation: a layer of one green laid over the clothes with their shading kept, as strong as gives ``difference``."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        rgb, mask = same(source).astype(np.float32) / 255, clothes(source)[..., None]
        tone = rgb.mean(2, keepdims=True)
        layer = np.clip(tone * np.array([0.5, 1.25, 0.8], np.float32) + np.array([0.0, 0.12, 0.05], np.float32), 0, 1)
        before, after = (lab_from_linear(linear_from_srgb(picture)) for picture in (rgb, layer))
        worn = mask[..., 0] > 0.5
        whole = float(np.median(np.linalg.norm(after - before, axis=2)[worn])) if worn.any() else difference
        share = np.float32(min(difference / max(whole, 1e-3), 1.0))
        return np.asarray((255 * (rgb + share * mask * (layer - rgb))).round(), np.uint8)

    return make


def suited(source: Portrait) -> Image:
    """A dark suit with a white shirt painted over the clothes, with some of their shading."""
    x, below = from_chin(source)
    worn = ramp(gaussian((source.person > 0.7).astype(np.float32), 0.02 * source.ipd), 0.2, 0.8) * ramp(below, 0.3, 0.4)
    opening = np.clip(0.55 - 0.35 * (below - 0.4), 0, 1)
    shirt = 1 - ramp(np.abs(x) - opening, -0.02, 0.02)
    lapel = 1 - ramp(np.abs(np.abs(x) - opening - 0.35), 0.0, 0.03)
    shade = np.clip(gaussian(luminance(source.pixels), 0.25 * source.ipd) * 2 + 0.6, 0.5, 1.3)
    suit = (0.015 - 0.008 * lapel)[..., None] * np.array([0.8, 0.9, 1.3], np.float32)
    cloth = over(np.full_like(source.pixels, 0.62), shirt, np.asarray(suit, np.float32)) * shade[..., None]
    return over(np.asarray(cloth, np.float32), worn, source.pixels)


def relit_suit(source: Portrait) -> NDArray[np.uint8]:
    """Second implementation: a grey jacket of one tone, drawn as polygons, over a black roll-neck."""
    across, down = axes(source)
    chin, ipd = source.landmarks[CHIN, :2], source.ipd
    picture = same(source).copy()
    worn = cv2.GaussianBlur(((source.person > 0.6) & (from_chin(source)[1] > 0.3)).astype(np.float32), (0, 0), 0.02 * ipd)[
        ..., None
    ]
    jacket = np.full_like(picture, (74, 76, 82))
    for side in (-1, 1):
        places = np.array([(0, 0.1), (side * 0.7, 0.25), (side * 0.1, 2.6), (0, 2.6)])
        corners = chin + ipd * (places[:, :1] * across + places[:, 1:] * down)
        cv2.fillPoly(jacket, [corners.round().astype(np.int32)], (22, 22, 24), cv2.LINE_AA)
    return np.asarray((picture + worn * (jacket.astype(np.float32) - picture)).round(), np.uint8)


# -- shoulders that the source does not show


def tight(below: float, beside: float) -> Maker:
    """The picture cropped ``below`` IPD under the chin and ``beside`` IPD on either side of the face."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        (x, y), ipd = source.landmarks[CHIN, :2], source.ipd
        left, right = max(0, int(x - beside * ipd)), int(x + beside * ipd)
        return np.ascontiguousarray(same(source)[: int(y + below * ipd), left:right])

    return make


def one_side(source: Portrait) -> NDArray[np.uint8]:
    """Second implementation: the picture cut off beside the face on the right, turned so that nothing else lines up."""
    (x, y), ipd = source.landmarks[CHIN, :2], source.ipd
    turn = cv2.getRotationMatrix2D((float(x), float(y)), 1.5, 1.0)
    turned = cv2.warpAffine(same(source), turn, (source.width, source.height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(turned[: int(y + 1.2 * ipd), : int(x + 0.85 * ipd)])


def _dosed(
    name: str, measure: str, make: Callable[[float], Maker], doses: tuple[int, ...], *, visible: int = 0
) -> tuple[Edit, ...]:
    """One edit at several ``doses``, which people would notice from ``visible`` on."""
    return tuple(Edit(name, dose, measure, make(dose), visible=dose >= visible) for dose in doses)


SHAPES, COLOURS = (3, 6, 10), (10, 20, 40)
BODIES = (
    Edit("torso borrowed", 1, "body", borrow=borrowed, also=("clothing",)),
    *_dosed("torso slimmed", "body", slimmed, SHAPES, visible=6),
    *_dosed("clothes recoloured", "clothing", recoloured, COLOURS),
    Edit("suit painted over", 1, "clothing", suited, also=("body",)),
    Edit("shoulders invented", 1, "body", same, prepare=tight(0.3, 1.3)),
)
BODIES_TEST = (
    Edit("torso grafted", 1, "body", borrow=grafted, also=("clothing",)),
    *_dosed("shoulders pushed in", "body", pushed_in, SHAPES, visible=6),
    *_dosed("clothes dyed", "clothing", dyed, COLOURS),
    Edit("jacket drawn over", 1, "clothing", relit_suit, also=("body",)),
    Edit("one shoulder invented", 1, "body", same, prepare=one_side),
)
