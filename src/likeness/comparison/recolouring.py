"""What became of the skin's colour beside the light of the whole scene: what both measures of colour look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import SOFT, View
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.filters import gaussian
from likeness.image.geometry import resize
from likeness.image.shared_light import Part, SharedLight, shared_light
from likeness.image.tone import FLOOR, Along, brightest, legible
from likeness.regions import OUTLINES

Box = tuple[slice, slice]
WHOLE: Box = (slice(None), slice(None))
CURVES: tuple[Along, ...] = ("channel", "luminance")
FINE = 0.012  # IPD over which the colours of the eyes are averaged
UNEVEN = 0.25  # log; where the source varies by so much, a mixture of colours is seen, which no curve maps to their mixture
LEAST = 25  # pixels
LEAST_SKIN = 60  # pixels between the deepest shadow and clipping, to speak of the skin
GREY = 4.0  # chroma of a black-and-white portrait's skin, at most
CLIPPED = 0.985  # linear; skin above it is burnt out
# Linear; of a channel above the first it is known only that it is at least so bright, if the light alone makes it brighter than the second.
AT_TOP, TOWARDS_TOP = 0.95, 0.88
UNBURNT = (0.85, 0.97)  # linear; what has a pixel above the first near it tells less of the light, above the second nothing
MAP_IPD = 48.0  # pixels between the pupils at which a map is drawn
IRIS = 1.12  # iris radii from its centre on, where the white of the eye begins
MARGIN = 0.012  # IPD along the lids
# log; what each part may have of its own: hair and clothes as good as nothing, eyes and lips a little, in which colours run over.
WORN, BEHIND, NECK, WHITES, IRISES, BROWS, LIPS = 0.005, 0.01, 0.02, 0.03, 0.04, 0.03, 0.04
EDITED, FREE = 0.3, 0.5  # neck and features when they don't agree with hair and clothes; the skin that is asked about
REFERENCES = ("worn", "behind")
STRAINED = 2.0  # squared slacks; the references don't agree on a light that needs more: of handled photos 1 in 100 does
ALIKE, OTHER = 8.0, 18.0  # a*b* from the skin's: what a mask of skin tones takes too, and what it surely leaves
EYES = ((468, (469, 470, 471, 472)), (473, (474, 475, 476, 477)))  # of the mesh: pupil, edge of the iris


class Recolouring(NamedTuple):
    """The skin's pixels, (N, 3) CIELAB: as the scene's ``light`` alone makes them, with its ``saturation`` too, and as they are.

    ``grading``: the change of light that the scene shares.
    """

    light: NDArray[np.float64]
    saturated: NDArray[np.float64]
    after: NDArray[np.float64]
    grading: SharedLight


def recolourings(scenes: tuple[View, View], faces: tuple[View, View], background: str) -> tuple[Recolouring, ...]:
    """The skin beside the scene's light, for curves along each channel and along luminance; empty with too little to go by.

    The light is read from hair and clothes, a ``background`` that is "kept" or "blurred", the eyes, brows and lips, and from a neck
    and hands that agree with those; the skin of the face gives the slope of the curve at its own level alone. Where no curve
    explains hair, clothes and background together, all that has the skin's colours is taken as edited with it, as a choice of
    skin tones does, and the light read from the other colours alone, along the curve that fits them better.
    """
    parts = {**_worn(*scenes, background), **_features(*faces)}
    skin = parts.get("skin")
    if (
        skin is None
        or len(skin.weight) < LEAST_SKIN
        or not ({"worn", "behind"} & parts.keys() or {"neck", "whites"} <= parts.keys())
    ):
        return ()
    below = _below_white(brightest(skin.before)) * _below_white(brightest(skin.after))
    told = np.asarray(skin.weight * legible(skin.after) * below, np.float32)  # what became black or white tells no light
    found = (_recolouring(skin, light) for light in lights({**parts, "skin": skin._replace(weight=told)}))
    return tuple(one for one in found if len(one.after) >= LEAST_SKIN)


def like_skin(image: Image, view: View) -> NDArray[np.bool_]:
    """Where ``image`` has the colour of the face's skin, (H, W): neck, hands and ears too."""
    return of_colour(image, median_lab(image, view.skin) if (view.skin > 0.5).any() else np.array([60.0, 12.0, 16.0]))


def of_colour(image: Image, usual: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where ``image`` has nearly the CIELAB colour ``usual``, lit more or less, (H, W)."""
    planes = zip(cv2.split(lab_from_linear(image)), usual.astype(np.float32), strict=True)
    lightness, red, yellow = (plane - level for plane, level in planes)
    return np.asarray((red * red + yellow * yellow < 8**2) & (np.abs(lightness) < 30))


def lights(parts: Mapping[str, Part]) -> list[SharedLight]:
    """The changes of light that hair, clothes and background agree on; where they agree on none, what the unlike colours tell."""
    found = _fitted(parts)
    agreed = [light for light in found if _strain(light, parts) < STRAINED]
    if agreed or not found:
        return agreed
    apart = _without_skin_tones(parts)
    return [min(_fitted(apart), key=lambda light: light.misfit)] if set(REFERENCES) & apart.keys() else found


def _fitted(parts: Mapping[str, Part]) -> list[SharedLight]:
    return [light for along in CURVES if (light := shared_light(parts, along))]


def _strain(light: SharedLight, parts: Mapping[str, Part]) -> float:
    """How far the references leave the light they are to share, in squared slacks."""
    return sum(float(np.square(light.offsets[name] / parts[name].slack).sum()) for name in REFERENCES if name in light.offsets)


def _without_skin_tones(parts: Mapping[str, Part]) -> dict[str, Part]:
    """``parts`` with the references' pixels of skin colour left out, and neck, brows and lips free to have gone with the skin."""
    usual = np.median(lab_from_linear(parts["skin"].before[None])[0, :, 1:], axis=0)
    others = {name: part for name in REFERENCES if name in parts if (part := _unlike(parts[name], usual))}
    along = {name: parts[name]._replace(slack=EDITED, or_else=None) for name in ("neck", "brows", "lips") if name in parts}
    return {**{name: part for name, part in parts.items() if name not in REFERENCES}, **others, **along}


def _unlike(part: Part, usual: NDArray[np.float32]) -> Part | None:
    """The pixels of a part that have other a*b* than the ``usual``, the more other the more they count."""
    off = np.hypot(*(lab_from_linear(part.before[None])[0, :, 1:] - usual).T)
    weight = np.asarray(part.weight * np.clip((off - ALIKE) / (OTHER - ALIKE), 0, 1), np.float32)
    kept = weight > 0
    return part._replace(before=part.before[kept], after=part.after[kept], weight=weight[kept]) if kept.sum() >= LEAST else None


def within_range(light: Image, after: Image) -> tuple[Image, NDArray[np.bool_]]:
    """What the ``light`` makes of pixels (N, 3), linear, its channels brought to their top as ``after`` has them there, and which
    pixels still tell a colour, (N,).

    On skin red reaches its top first and green last. What became of a channel that the light alone brings there is not seen: it
    is taken to have gone as green did. Where two are there, no colour is left.
    """
    unknown = (after > AT_TOP) & (light > TOWARDS_TOP)
    green = np.where(unknown[:, 1], 1, (after[:, 1] + FLOOR) / (light[:, 1] + FLOOR))
    return np.asarray(np.where(unknown, after / green[:, None], light), np.float32), unknown.sum(1) < 2


def _recolouring(skin: Part, grading: SharedLight) -> Recolouring:
    light, told = within_range(grading.of(skin.before), skin.after)
    saturated, also = within_range(grading.of(skin.before, saturated=True), skin.after)
    lab = [lab_from_linear(image[None, told & also])[0].astype(np.float64) for image in (light, saturated, skin.after)]
    return Recolouring(lab[0], lab[1], lab[2], grading)


def _worn(source: View, result: View, background: str) -> dict[str, Part]:
    """Hair and clothes, background, neck and hands, and the face's skin, from head and shoulders."""
    before, after = source.softened(), result.softened()
    seen = _seen(source, result, before, after, source.unevenness) * _unburnt(source, SOFT) * _unburnt(result, SOFT)
    like, person = like_skin(before, source), source.portrait.person
    others = seen * ~like * (1 - source.region("face", 0.1))
    skin = cv2.erode(source.skin * result.valid, np.ones((3, 3))) > 0.8
    masks = {
        "worn": (others * (person > 0.95), WORN, None),
        "behind": (others * (person < 0.05) * (background in ("kept", "blurred")), BEHIND, None),
        "neck": (seen * like * (1 - source.region("face", 0.15)) * (person > 0.95), NECK, EDITED),
        "skin": (skin * legible(before) * (brightest(after) < CLIPPED), FREE, None),  # dark or not, whatever became of it
    }
    return _parts(before, after, masks)


def _features(source: View, result: View) -> dict[str, Part]:
    """Eyes, brows and lips, from the face."""
    near = box_of(source, ("eyes", "brows", "lips"))
    before, after = (gaussian(view.pixels[near], FINE * view.ipd) for view in (source, result))
    level = source.log_luma[near]
    variance = gaussian(level * level, FINE * source.ipd) - gaussian(level, FINE * source.ipd) ** 2
    seen = _seen(source, result, before, after, variance, near) * _unburnt(source, FINE, near) * _unburnt(result, FINE, near)
    masks = {
        "whites": (seen * whites(source)[near], WHITES, EDITED),
        "irises": (seen * source.region("irises")[near], IRISES, EDITED),
        "brows": (seen * source.region("brows", -0.02)[near], BROWS, EDITED),
        "lips": (seen * source.region("lips", -0.02)[near], LIPS, EDITED),
    }
    return _parts(before, after, masks)


def box_of(view: View, names: tuple[str, ...]) -> Box:
    """Rows and columns around parts of the face, with a margin for what is averaged."""
    points = view.landmarks[[i for name in names for outline in OUTLINES[name] for i in outline], :2]
    low, high = points.min(0) - 4 * FINE * view.ipd - 2, points.max(0) + 4 * FINE * view.ipd + 2
    (left, top), (right, bottom) = np.maximum(low, 0).astype(int), np.maximum(high, 1).astype(int)
    return slice(top, bottom), slice(left, right)


def _seen(source: View, result: View, before: Image, after: Image, variance: Plane, box: Box = WHOLE) -> Plane:
    """How well each pixel of two softened pictures tells a change of light, (H, W) 0..1; ``variance``: what it averages over."""
    both = cv2.erode((source.valid * result.valid)[box], np.ones((3, 3)))
    return np.asarray(both * legible(before) * legible(after) * np.exp(-variance / UNEVEN**2), np.float32)


def _unburnt(view: View, soft: float, box: Box = WHOLE) -> Plane:
    """1 where no pixel that is averaged over ``soft`` IPD nears its top, (H, W): burnt ones make a mixture darker than the light makes it."""
    side = 2 * round(2 * soft * view.ipd) + 1
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return _below_white(np.asarray(cv2.dilate(brightest(view.pixels[box]), near), np.float32))


def _below_white(level: Plane) -> Plane:
    """1 up to UNBURNT, less above, any shape."""
    return np.asarray(np.clip((UNBURNT[1] - level) / (UNBURNT[1] - UNBURNT[0]), 0, 1), np.float32)


def _parts(before: Image, after: Image, masks: Mapping[str, tuple[Plane, float, float | None]]) -> dict[str, Part]:
    found = {}
    for name, (mask, slack, or_else) in masks.items():
        chosen = np.flatnonzero(mask > 0.1)
        if len(chosen) >= LEAST:
            pixels = before.reshape(-1, 3)[chosen], after.reshape(-1, 3)[chosen]
            found[name] = Part(*pixels, mask.ravel()[chosen].astype(np.float32), slack, or_else)
    return found


def whites(view: View) -> Plane:
    """The whites of the eyes, (H, W)."""
    irises = np.zeros(view.skin.shape, np.uint8)
    for pupil, edge in EYES:
        centre = view.landmarks[pupil, :2]
        radius = float(np.linalg.norm(view.landmarks[list(edge), :2] - centre, axis=1).mean())
        cv2.circle(irises, (round(float(centre[0])), round(float(centre[1]))), round(IRIS * radius), 1, -1)
    return np.asarray(view.region("eyes", -MARGIN) * (1 - irises), np.float32)


def median_lab(image: Image, mask: Plane) -> NDArray[np.float64]:
    """The median CIELAB colour where ``mask`` > 0.5, (3,)."""
    return np.asarray(np.median(lab_from_linear(image[mask > 0.5][None])[0], axis=0), np.float64)


def mapped(faces: tuple[View, View], differs: Callable[[Image, Image], Plane]) -> Plane:
    """``differs`` of both pictures' skin, softened, (N, 3), in the frame of ``faces``, (H, W); NaN where no skin is seen."""
    source, result = faces
    before, after = (view.softened(MAP_IPD) for view in faces)
    skin = source.skin * result.valid > 0.5
    near = cv2.dilate(resize(skin.astype(np.float32), (before.shape[1], before.shape[0])), np.ones((3, 3))) > 0
    small = np.zeros(near.shape, np.float32)
    small[near] = differs(before[near], after[near])
    large = cv2.resize(small, source.size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(skin, large, np.nan), np.float32)
