"""A background in other light than the subject's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.ground import APART, Mask
from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import grown
from likeness.image.geometry import resize
from likeness.image.light import Evidence, chroma_of, estimate_cast
from likeness.image.warmth import PER_MIRED, warmth_of
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

FALLOFF = 0.4  # EV per 5 IPD toward the side that the face's light does not come from: more looks wrong
WARMER = 0.3  # log2 of red over blue, 20 mired, some 600 K at 5500 K
SIDE_LIT = 0.25  # EV per IPD across the face: light that clearly comes from one side
PLAIN = 0.1  # EV that a plain backdrop may differ from a smooth one
ASIDE, LEAST_ASIDE = 0.6, 0.15  # IPD from the middle, and IPD squared seen there, on both sides
COLOUR_IPD = 28.0  # pixels between the pupils where colours are read: surfaces, not threads
TOLD_SHARE, TOLD_VARIETY = 0.35, 0.2  # of the background's greys, to be taken for greys
DARKEST, BRIGHTEST = 0.01, 0.97
NEAR_SKIN = 0.25  # log2 chroma
LEAST = 40  # pixels
PASSES = 12
CLOTHES, BEHIND = 1.5, 1.0  # how much the source's clothes and background say about its light

Values = NDArray[np.floating[Any]]


@measure(
    title="Light of the background",
    group="background",
    unit="times noticeable",
    min_ipd=30,
    min_quality=30,
    limits=Limits((0.0, 1.0), (0.0, 2.0)),
    other_photo=Limits((0.0, 2.0), (0.0, 4.0)),
)
def background_light(pair: Pair) -> Reading | NotAssessed:
    """How far the new background's light departs from the subject's, 1 where it begins to be noticed: the worse of side and warmth.

    Side: how much a plain backdrop falls off (least squares on log2 luminance, clipped white taken for as bright at least) toward
    the side that lights the face, in 0.4 EV per 5 IPD; as far as the face is lit from a side at all. Warmth: log2 of red over blue
    that the background's greys show, against those of the source, in 0.3 (some 600 K). A wall of one colour may be painted so, and a
    picture's bright corner a window: of those nothing is said. How bright a background is says nothing either: white and black ones
    are natural.
    """
    if pair.background == "unseen":
        return NotAssessed("no background is seen in both pictures", "background")
    if pair.background in ("kept", "blurred"):
        own = "The background is the source's own" if pair.background == "kept" else "The blurred background is the source's own"
        return Reading(0.0, f"{own}, and so is its light.", "background")
    source, result = pair.scenes
    told_by = result if pair.mode == "other-photo" else source
    seen = grown((source.valid * result.valid) > 0, -2)
    behind = ~grown(told_by.person > 0.05, APART * source.ipd) & seen
    side, warmth = _side(result, told_by.skin > 0.5, behind), _warmer(pair, told_by, behind)
    if side is None and warmth is None:
        return NotAssessed("the background is neither plain nor shows greys and whites that would tell its light", "background")
    worse = max(side or 0.0, 0.0) / FALLOFF, abs(warmth or 0.0) / WARMER
    value = round(max(worse), 3)
    reason = _of_side(side) if warmth is None or (side is not None and worse[0] >= worse[1]) else _of_warmth(warmth)
    return Reading(value, reason, "background", "Let the backdrop be lit from the subject's side, in light of the same colour.")


def _side(result: View, skin: Mask, behind: Mask) -> float | None:
    """EV per 5 IPD by which the background brightens toward the face's shaded side; None where it is not plain or seen on one side only."""
    light = np.log2(np.maximum(luminance(result.pixels), 0) + np.float32(0.004))
    height, width = light.shape
    middle = result.landmarks[168]
    x, y = np.meshgrid((np.arange(width) - middle[0]) / result.ipd, (np.arange(height) - middle[1]) / result.ipd)
    skin = skin & (result.valid > 0)
    if min((behind & (x < -ASIDE)).sum(), (behind & (x > ASIDE)).sum()) < LEAST_ASIDE * result.ipd**2 or skin.sum() < LEAST:
        return None
    fall, rest = _falloff(x[behind], y[behind], light[behind], result.pixels[behind].max(1) >= BRIGHTEST)
    if rest > PLAIN:
        return None
    lit = np.tanh(np.polyfit(x[skin], light[skin], 1)[0] / SIDE_LIT)
    return float(-lit * 5 * fall)


def _falloff(across: Values, down: Values, light: Values, white: NDArray[np.bool_]) -> tuple[float, float]:
    """The slope of ``light`` (N,) along ``across`` at 0, and the scatter about the fitted quadratic.

    What is ``white`` is as bright as it looks or brighter.
    Least squares on a censored quantity by expectation and maximisation (Dempster, Laird and Rubin 1977), the spread taken for nothing.
    """
    terms = np.stack([np.ones_like(across), across, down, across**2, down**2], axis=1)
    solve, level = np.linalg.pinv(terms), light
    for _ in range(PASSES if white.any() and not white.all() else 1):
        fitted = solve @ level
        level = np.where(white, np.maximum(light, terms @ fitted), light)
    rest = level - terms @ fitted
    return float(fitted[1]), float(1.4826 * np.median(np.abs(rest - np.median(rest))))


def _warmer(pair: Pair, told_by: View, behind: Mask) -> float | None:
    """log2 of red over blue by which the background's greys are warmer than the subject's light; None where it shows no such greys."""
    result = pair.scenes[1]
    pixels, person, skin, where = (_small(a, result.ipd) for a in (result.pixels, told_by.person, told_by.skin, behind))
    usable = (where > 0.99) & _legible(pixels)
    if usable.sum() < LEAST:
        return None
    rows, columns = np.nonzero(usable)
    at = np.stack([columns / usable.shape[1], rows / usable.shape[0]], axis=1).astype(np.float32)
    found = warmth_of(chroma_of(pixels)[usable], luminance(pixels)[usable], at)
    if found.share < TOLD_SHARE or found.variety < TOLD_VARIETY:
        return None
    if pair.mode == "other-photo":
        return found.value - _cast(pixels, [((person > 0.9), CLOTHES)], skin)[0]
    scene = pair.scenes[0]
    before = _small(scene.pixels, scene.ipd)
    seen = _small(scene.valid, scene.ipd) > 0.99
    warmth, grey = _cast(before, [((person > 0.9) & seen, CLOTHES), ((person < 0.1) & seen, BEHIND)], skin)
    if not pair.tones:
        return found.value - warmth
    after = chroma_of(pair.tones[0].of(grey), floor=0)
    return found.value - float(after[0] - after[1])


def _cast(pixels: Image, sets: list[tuple[Mask, float]], skin: Plane) -> tuple[float, NDArray[np.float32]]:
    """log2 of red over blue that grey shows by the ``sets`` of surfaces, skin left out, and a middle grey in that light, (3,)."""
    chroma, light, face = chroma_of(pixels), luminance(pixels), skin > 0.5
    of_skin = np.median(chroma[face], axis=0) if face.any() else np.full(2, np.inf)
    usable = _legible(pixels) & (np.linalg.norm(chroma - of_skin, axis=-1) > NEAR_SKIN) & (skin < 0.05)
    chosen = [(where & usable, trust) for where, trust in sets]
    evidence = [
        Evidence(chroma[where], (np.minimum(light[where], 0.6) + 0.01) ** 1.5, trust)
        for where, trust in chosen
        if where.sum() >= LEAST
    ]
    cast = estimate_cast(evidence) if evidence else np.zeros(2)
    return float(cast[0] - cast[1]), np.array([0.2 * 2 ** cast[0], 0.2, 0.2 * 2 ** cast[1]], np.float32)


def _small(plane: NDArray[np.float32] | Mask, ipd: float) -> NDArray[np.float32]:
    scale = min(1.0, COLOUR_IPD / ipd)
    return resize(plane.astype(np.float32), (round(plane.shape[1] * scale), round(plane.shape[0] * scale)))


def _legible(pixels: Image) -> Mask:
    return np.asarray((luminance(pixels) > DARKEST) & (pixels.max(2) < BRIGHTEST))


def _of_side(falloff: float | None) -> str:
    if falloff is None or falloff <= 0.25 * FALLOFF:
        return "The backdrop's light comes from no other side than the face's."
    return f"The backdrop is brighter toward the side where the face is in shade, by {falloff:.1f} EV over five eye distances."


def _of_warmth(warmer: float | None) -> str:
    mired = 182 + (warmer or 0.0) / PER_MIRED
    kelvin = round((1e6 / max(mired, 60) - 5500) / 100) * 100
    return f"Greys in the background are {abs(kelvin)} K {'warmer' if kelvin < 0 else 'cooler'} than in the subject's light."
