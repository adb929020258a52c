"""The person cut out: mask, alpha, foreground colours and the background behind. Each function computes one fact of a Portrait.

Lengths are in IPD. The mask says where to look, the closed form says how much of each pixel is the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.faint import faint_alpha
from likeness.image.filters import continued, gaussian, grown
from likeness.image.geometry import Box, resize
from likeness.image.matting import closed_form, colour_evidence, finer_alpha, foreground_and_background, laplacian
from likeness.image.own_colours import own_colours
from likeness.perception.person_mask import person_mask
from likeness.regions import region

if TYPE_CHECKING:
    from likeness.portrait import Portrait

Mask = NDArray[np.bool_]

# In IPD, at clothes and at hair: how far the unknown band reaches to both sides of the mask's outline, and the distance from the
# outline over which the mask's odds grow by e.
BAND_OUT = (0.10, 0.28)
BAND_IN = (0.05, 0.13)
SURER = (0.04, 0.10)
REACH = 0.7  # IPD: how far around a pixel the known colours are looked at
TRUST = 3.0  # of certain colour evidence against the matting Laplacian, at the coarsest level
KEEP = 0.002  # of the coarser level's alpha, at the finer ones
WIDE, SOLID = 0.06, 0.95  # IPD; alpha: clothes are nowhere half transparent so far around
NO_HAIR = 0.3  # probability of the person up to which what is wide and half transparent is no hair either
WHOLE = 2.0  # how much the view of the whole counts: only there does the network see all of the person

BESIDE = 0.10  # IPD: how far around what is faint the colours are looked at
THIN = 0.04  # IPD: half the width of what may be a strand; and over which alpha ends where colours tell nothing
SEEN_THROUGH = 0.9  # alpha from which nothing of the background is seen
GUESSED = 0.1  # IPD^2; so much of a cut-out may be a guess
ALIKE, BREADTH = (
    22.0,
    0.03,
)  # dE76; IPD: half the width of what is a guess where person and background are nearer to each other than this
SURE, NEARBY, SEEN = 0.95, 0.12, 1e-3  # probability, IPD and weight: whose colours are the person's there and the background's
OWN_IPD = 0.12  # how far around an edge the person's own colours are looked at
MASK_IPD = 48.0  # pixels between the pupils in the mask: the network sees 28 to 64 per IPD
FILL_IPD = 44.0  # pixels between the pupils at which the background is continued behind the person
SOLVE_IPD = (44.0, 88.0)  # pixels between the pupils at which alpha is solved, coarse to fine
# What the network looks at: centre x and y and half the side, in IPD from the midpoint of the eyes; None is the whole.
VIEWS: tuple[tuple[float, float, float] | None, ...] = (
    None,
    (0.0, 0.2, 2.2),
    (0.0, 0.9, 3.2),
    (-2.0, 2.2, 2.6),
    (2.0, 2.2, 2.6),
)


def person(portrait: Portrait) -> Plane:
    """The probability of the person, (H, W) 0..1: several overlapping views fused, other people and loose parts dropped."""
    scale = min(1.0, MASK_IPD / portrait.ipd)
    height, width = portrait.height, portrait.width
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    fused = _views_fused(portrait, size)
    face = resize(region(portrait.landmarks, (width, height), "face", grow=-0.05 * portrait.ipd), size)
    fused = np.maximum(fused, face)
    alone = _connected_with(fused, face > 0.5, MASK_IPD)
    return np.asarray(np.clip(resize(alone, (width, height)), 0, 1), np.float32)


def _views_fused(portrait: Portrait, size: tuple[int, int]) -> Plane:
    """The mean of what the network says of each view and of its mirror image, at ``size``; a view counts less toward its edges."""
    picture, scale = portrait.srgb, size[0] / portrait.width
    eyes = (portrait.landmarks[468, :2] + portrait.landmarks[473, :2]) / 2
    total, weight = np.zeros(size[::-1], np.float32), np.zeros(size[::-1], np.float32)
    for view in VIEWS:
        box = _view_box(view, eyes, portrait)
        if min(box.width, box.height) < 0.8 * portrait.ipd:
            continue
        seen = np.ascontiguousarray(resize(box.of(picture), (256, 256)))
        said = (person_mask()(seen) + person_mask()(np.ascontiguousarray(seen[:, ::-1]))[:, ::-1]) / 2
        place = Box(*(round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom))).clipped(*size)
        trust = _trust(box, portrait, (place.width, place.height)) * (WHOLE if view is None else 1)
        place.of(total)[...] += trust * resize(said, (place.width, place.height))
        place.of(weight)[...] += trust
    return np.asarray(total / np.maximum(weight, 1e-6), np.float32)


def _view_box(view: tuple[float, float, float] | None, eyes: NDArray[np.float32], portrait: Portrait) -> Box:
    if view is None:
        return Box(0, 0, portrait.width, portrait.height)
    x, y = eyes + np.array(view[:2]) * portrait.ipd
    half = view[2] * portrait.ipd
    return Box(round(x - half), round(y - half), round(x + half), round(y + half)).clipped(portrait.width, portrait.height)


def _trust(box: Box, portrait: Portrait, size: tuple[int, int]) -> Plane:
    """How much a view counts at each of its pixels: 1 inside, 0 at edges where the picture goes on beyond the view."""
    width, height = size
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    left = x / width if box.left > 0 else np.ones(width)
    right = 1 - x / width if box.right < portrait.width else np.ones(width)
    top = y / height if box.top > 0 else np.ones(height)
    bottom = 1 - y / height if box.bottom < portrait.height else np.ones(height)
    across, down = np.minimum(left, right), np.minimum(top, bottom)
    return np.asarray(np.clip(np.minimum(across[None], down[:, None]) * 5, 0.01, 1), np.float32)


def _connected_with(probability: Plane, face: Mask, ipd: float) -> Plane:
    """``probability`` without what hangs together with no part of the ``face``, and with small holes closed."""
    likely = (probability > 0.5).astype(np.uint8)
    _, parts = cv2.connectedComponents(likely, connectivity=4)
    counts = np.bincount(parts[face & (parts > 0)], minlength=2)
    person = parts == counts.argmax()
    loose = (parts > 0) & ~person
    kept = probability * ~grown(loose, 0.12 * ipd) if loose.any() else probability
    kept = np.where(grown(person, 0.1 * ipd), probability, kept)
    return np.where(_small_holes(person, 0.12 * ipd**2), np.maximum(kept, 0.9), kept).astype(np.float32)


def _small_holes(person: Mask, area: float) -> Mask:
    """The parts of the background that the person encloses and that are smaller than ``area`` pixels."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats((~person).astype(np.uint8), connectivity=4)
    height, width = person.shape
    small = np.zeros(count, bool)
    for part in range(1, count):
        left, top, wide, high, pixels = stats[part]
        small[part] = pixels < area and left > 0 and top > 0 and left + wide < width and top + high < height
    return np.asarray(small[parts])


def band(portrait: Portrait, size: tuple[int, int]) -> tuple[Mask, Mask, Plane]:
    """At ``size``: where alpha is unknown, where the person certainly is, and the probability of the person before colour is asked.

    The band is wide at the hair and narrow at clothes, and takes in where the mask is unsure of itself. Away from the mask's outline,
    the probability falls faster than the mask's own.
    """
    probability = np.clip(resize(portrait.person, size), 0, 1)
    ipd = portrait.ipd * size[0] / portrait.width
    likely = probability > 0.5
    outside, inside = _distance(~likely) / ipd, _distance(likely) / ipd
    hair = _hairiness(portrait, size)
    unknown = np.where(likely, inside < _between(BAND_IN, hair), outside < _between(BAND_OUT, hair))
    unknown |= (probability > 0.1) & (probability < 0.9) & (np.maximum(outside, inside) < 0.5)
    face = resize(region(portrait.landmarks, (portrait.width, portrait.height), "face", grow=-0.03 * portrait.ipd), size) > 0.5
    unknown &= ~face
    odds = _odds(probability) + np.where(likely, inside, -outside) / _between(SURER, hair)
    return unknown, (likely | face) & ~unknown, np.asarray(1 / (1 + np.exp(-np.clip(odds, -20, 20))), np.float32)


def _between(ends: tuple[float, float], hair: Plane) -> Plane:
    return np.asarray(ends[0] + (ends[1] - ends[0]) * hair, np.float32)


def _odds(probability: Plane) -> Plane:
    """Logarithm of the odds, within 1 : 100."""
    bounded = np.clip(probability, 0.01, 0.99)
    return np.asarray(np.log(bounded / (1 - bounded)), np.float32)


def _hairiness(portrait: Portrait, size: tuple[int, int]) -> Plane:
    """1 around the head where hair may stand off, falling to 0 below the chin, (H, W)."""
    scale = size[0] / portrait.width
    chin, top = portrait.landmarks[152, :2] * scale, portrait.landmarks[10, :2] * scale
    down = (chin - top) / max(float(np.linalg.norm(chin - top)), 1e-6)
    x, y = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)[:, None]
    below = ((x - chin[0]) * down[0] + (y - chin[1]) * down[1]) / (portrait.ipd * scale)
    return np.asarray(np.clip(1 - below / 1.0, 0, 1), np.float32)


def _distance(mask: Mask) -> Plane:
    """Of each pixel of ``mask`` to the nearest one outside it, pixels; 0 outside."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def alpha(portrait: Portrait) -> Plane:
    """How much of each pixel is the person, (H, W) 0..1: trimap from the mask, then closed form from coarse to fine."""
    full = portrait.pixels
    scales = sorted({min(1.0, ipd / portrait.ipd) for ipd in SOLVE_IPD})
    sizes = [(max(8, round(portrait.width * s)), max(8, round(portrait.height * s))) for s in scales]
    image = resize(full, sizes[0])
    matte = _coarse(portrait, image)
    for size in sizes[1:]:
        small, image = image, resize(full, size)
        matte = _refined(image, small, matte, iterations=40)
    ipd, hair = portrait.ipd * image.shape[1] / portrait.width, _hairiness(portrait, sizes[-1])
    return _refined(full, image, faint_alpha(image, matte, hair, BESIDE * ipd, THIN * ipd), iterations=0)


def _coarse(portrait: Portrait, image: Image) -> Plane:
    """Alpha at the size of the small ``image``: the mask's band, what colour says of it, closed form."""
    size = (image.shape[1], image.shape[0])
    unknown, person, belief = band(portrait, size)
    posterior, certainty = colour_evidence(
        image, person, ~person & ~unknown, belief, REACH * portrait.ipd * size[0] / portrait.width
    )
    doubted = _touching(
        person & (posterior < 0.5), unknown
    )  # the mask cuts corners, as at the neck, and there the wall is no person
    unknown, person = unknown | doubted, person & ~doubted
    guess = np.where(unknown, posterior, person).astype(np.float32)
    rows = laplacian(image, unknown)
    matte = closed_form(image, guess, unknown, trust=TRUST * certainty, rows=rows)
    no_hair = (_hairiness(portrait, size) < 0.5) | (resize(portrait.person, size) < NO_HAIR)
    wide = _wide(matte, WIDE * portrait.ipd * size[0] / portrait.width) & no_hair
    if not wide.any():
        return matte
    matte = np.where(wide, _decided(matte, wide), matte)
    return closed_form(image, matte, unknown & ~wide, prior=guess, trust=TRUST * certainty, rows=rows[~wide[unknown]])


def _wide(matte: Plane, width: float) -> Mask:
    """What is half transparent ``width`` pixels around: hair can be, clothes are not."""
    side = 2 * max(1, round(width)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray((cv2.dilate(matte, disc) < SOLID) & (cv2.erode(matte, disc) > 1 - SOLID))


def _decided(matte: Plane, wide: Mask) -> Plane:
    """1 or 0 in each part of ``wide``, by what most of it is."""
    count, parts = cv2.connectedComponents(wide.astype(np.uint8), connectivity=4)
    mean = np.bincount(parts.ravel(), matte.ravel(), count) / np.maximum(np.bincount(parts.ravel(), minlength=count), 1)
    return np.asarray((mean > 0.5)[parts], np.float32)


def _touching(mask: Mask, other: Mask) -> Mask:
    """The parts of ``mask`` that border on ``other``: a pearl earring before a white wall does not."""
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    touched = np.zeros(count, bool)
    touched[parts[mask & grown(other, 1.5)]] = True
    return np.asarray(touched[parts])


def _refined(image: Image, small: Image, matte: Plane, *, iterations: int) -> Plane:
    """``matte`` of ``small`` at the size of ``image``, the mixed pixels solved again."""
    height, width = image.shape[:2]
    finer = finer_alpha(image, small, matte)
    plain = cv2.resize(matte, (width, height), interpolation=cv2.INTER_LINEAR)
    mixed = grown((plain > 0.01) & (plain < 0.99), 1.5)
    finer = np.where(mixed, finer, np.round(plain)).astype(np.float32)
    return closed_form(image, finer, mixed, trust=KEEP, iterations=iterations) if iterations else finer


def guessed(portrait: Portrait) -> float:
    """How much of the cut-out is a guess, IPD^2: where alpha is half transparent over a breadth although person and background are alike.

    Brown curls before a brick wall, black hair before black. Over GUESSED a new background shows it: 8 of 40 people, rightly each; those
    whose cut-out is right read 0.07 at most. A fringe of fair hair before a dark wall is as broad, and no guess.
    """
    scale = min(1.0, SOLVE_IPD[-1] / portrait.ipd)
    size = (max(8, round(portrait.width * scale)), max(8, round(portrait.height * scale)))
    ipd, matte = portrait.ipd * scale, resize(portrait.alpha, size)
    open_to_both = (
        (matte > 0.1) & (matte < 0.9) & (_apart(resize(portrait.pixels, size), resize(portrait.person, size), ipd) < ALIKE)
    )
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(BREADTH * ipd) + 1,) * 2)
    return float(cv2.morphologyEx(open_to_both.astype(np.uint8), cv2.MORPH_OPEN, disc).sum()) / ipd**2


def _apart(pixels: Image, person: Plane, ipd: float) -> Plane:
    """How far the person's colour and the background's are apart near each pixel, dE76, (H, W); infinite far from either. No alpha is asked."""
    lab = lab_from_linear(pixels)
    sure = ~grown(person < SURE, 0.03 * ipd), ~grown(person > 1 - SURE, 0.06 * ipd)
    weights = [gaussian(mask.astype(np.float32), NEARBY * ipd) for mask in sure]
    sums = [gaussian(lab * mask[..., None].astype(np.float32), NEARBY * ipd) for mask in sure]
    own, other = (total / np.maximum(weight, SEEN)[..., None] for total, weight in zip(sums, weights, strict=True))
    return np.where(np.minimum(*weights) > SEEN, np.linalg.norm(own - other, axis=2), np.inf).astype(np.float32)


def layers(portrait: Portrait) -> tuple[Image, Image]:
    """The person's own colours and the background without the person, (H, W, 3) linear each.

    The person's are the pixels where alpha is 1, freed of the background where it is less. The background is seen where alpha is
    0, estimated where they mix and smoothly continued behind the person.
    """
    front, back = foreground_and_background(portrait.pixels, portrait.alpha)
    reach = OWN_IPD * portrait.ipd
    front = own_colours(front, portrait.pixels, portrait.alpha, reach)
    back = own_colours(back, portrait.pixels, 1 - portrait.alpha, reach, least=1 - SEEN_THROUGH)
    return front, _filled(back, np.square(np.clip(1 - portrait.alpha / SEEN_THROUGH, 0, 1)), FILL_IPD / portrait.ipd)


def _filled(image: Image, seen: Plane, scale: float) -> Image:
    """``image`` continued to where it is not ``seen``, at a resolution ``scale`` times as high: nothing is known of details there."""
    height, width = seen.shape
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    if scale >= 1:
        return continued(image, seen)
    whole = np.clip((resize(seen, size) - 0.75) / 0.25, 0, 1)  # small pixels that hold nothing of the person
    filled = cv2.resize(continued(resize(image, size), whole), (width, height), interpolation=cv2.INTER_LINEAR)
    back = image - filled
    back *= seen[..., None]
    back += filled
    return np.asarray(back, np.float32)
