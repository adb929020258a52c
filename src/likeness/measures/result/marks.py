"""Permanent marks taken away or added."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import FACE, SCENE, Pair
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import fill, gaussian, grown
from likeness.image.flow import positions
from likeness.image.geometry import Box, warp
from likeness.image.spots import Spot, density, lines, luma_density, pigments, resolved, response, scales, spots
from likeness.limits import Limits
from likeness.regions import skin_outline
from likeness.schema import NotAssessed, Reading, measure

Mask = NDArray[np.bool_]

FACE_MM = 63.0  # between the pupils
ARC = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)  # mesh points from temple to temple over the forehead
ABOVE, NARROWER = 0.45, 0.8  # IPD; so far over that arc the forehead may go on, and the share of its width that is left there
HAIRLINE = 0.05  # IPD; skin above the mesh that is nearer than this to something else is not looked at
ROOTED = 0.03  # IPD squared; the least skin below that it must go on from
UNEVEN = 0.35  # log; what differs more from the light on the skin below is none
DIAMETERS = (1.8, 2.6, 4.0, 6.0)  # mm
DOUBTFUL, CLEAR = 0.9, 1.7  # evidence (see likeness.image.spots) that counts nothing, and that counts as one mark
RED = 0.1  # what a red mark that is gone counts: a pimple is no permanent mark
EDGE = 0.02  # IPD; skin nearer to hair, eyes or lips than this is not looked at
FINE = 2.6  # mm; hair, beard and frames answer to discs of this diameter everywhere
LEAST_FINE = 0.02  # log; what the smoothest skin is taken to answer
NEAR, CROWDED = 0.08, 0.3  # IPD; within the one, the share that may stand out
OTHER_HUE = np.array([0.35, 0.6], np.float32)  # log of green over red and over blue
CUT_OUT = 0.12  # IPD; the face's outline is not looked at nearer than this where it was cut out
FROM_BEHIND = 0.2  # IPD; nor nearer than this to what was behind the person: a new background shines over the edge
SHINE, SHONE = 0.05, 0.1  # IPD, log; a change as broad and as strong that comes in from outside is the new background
FROM_SHINE = 0.12  # IPD; skin nearer to that is not looked at
SLACK = 0.02  # IPD; a mark found within this has moved with its surroundings and is not gone
HOLE = 0.14  # IPD; a gap in the skin up to this long is a mark in it, a longer one hair or a frame
NEIGHBOURS = 0.15  # IPD; the noise is read within this reach
SMOOTH = 0.05  # IPD; the flow is believed as far as it is as smooth as this
LEAST_SKIN = 0.25  # IPD squared
BRIGHT = 0.92  # linear; nearer to clipping shine comes and goes with the exposure
WIDE, LONG = 2.6, 8.0  # mm; lines of that width are averaged over that length, and longer ones place by place
LINE = 2.6  # times as long as wide
NAMED = 3  # marks that the reason names


@measure(title="Permanent marks", group="skin", unit="marks", min_ipd=60, limits=Limits((0.0, 0.5), (0.0, 1.0)))
def marks(pair: Pair) -> Reading | NotAssessed:
    """How many marks of the skin are gone or new: moles, freckles, scars of 1.8 to 6 mm; one that is clearly so counts 1.

    Source and result are laid on each other along the flow. Where one has a spot (difference of Gaussians of -log luminance) that
    the other lacks by more than half, it counts by its contrast and by how far it stands out of what handling did to the skin
    around it: JPEG, scaling and curves change all of the skin a little, healing leaves a spot in the difference. Red spots that are
    gone (haemoglobin over twice the melanin, hardly seen in the red channel) count a tenth, since most are blemishes that pass.
    What a reshape moved with its surroundings is still there. The smallest diameter that is looked for spans 2.6 pixels; the reason
    says when that is more than 1.8 mm. Lines are also followed: their contrast is averaged over 8 mm. Beards, the hairline and the
    folds around eyes and mouth are not looked at.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other light and sharpness hide other marks")
    box = _face(pair.faces[0])
    before, after = box.of(pair.faces[0].pixels), _laid_on(pair, box)
    skin, where = _looked_at(pair, box, before, after)
    if where.sum() < LEAST_SKIN * pair.ipd**2:
        return NotAssessed("too little skin is seen in both pictures", "skin")
    px = pair.ipd / FACE_MM
    reach = NEIGHBOURS * pair.ipd
    found = scales(*_alone(before, after, skin), where, [px * mm for mm in DIAMETERS], reach, round(SLACK * pair.ipd))
    found += [lines(scale, where, LONG * px, reach) for scale in found if np.isclose(scale.diameter, WIDE * px)]
    marked = [_mark(spot, pair, box, before, after) for spot in spots(found, where, DOUBTFUL)]
    heat = np.full(pair.faces[0].valid.shape, np.nan, np.float32)
    box.of(heat)[where] = _weight(np.max([scale.evidence[where] for scale in found], axis=0))
    advice = "Leave moles, freckles and scars where they are unless the person asks."
    return Reading(round(float(sum(mark.weight for mark in marked)), 2), _sentence(marked, pair.ipd), "skin", advice, heat)


def _face(view: View) -> Box:
    """The box around the face's mesh and the forehead above it."""
    (left, top), (right, bottom) = np.floor(view.landmarks[:, :2].min(0)), np.ceil(view.landmarks[:, :2].max(0))
    return Box(int(left), int(top - ABOVE * view.ipd), int(right) + 1, int(bottom) + 1).clipped(*view.size)


def _forehead(view: View) -> Mask:
    """Where a forehead may be, up from the brows to a head's top, (H, W): the mesh ends halfway to the hair."""
    arc = view.landmarks[list(ARC), :2]
    middle = arc.mean(0)
    risen = (arc - middle) * np.array([NARROWER, 1], np.float32) + middle - np.array([0, ABOVE * view.ipd], np.float32)
    mask = np.zeros(view.valid.shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.concatenate([arc, risen]).round().astype(np.int32)), 1)
    return np.asarray((mask > 0) & (view.region("brows", 0.06) < 0.5) & (view.region("eyes", 0.06) < 0.5))


def _laid_on(pair: Pair, box: Box) -> Image:
    """The result's pixels where the source has them, (h, w, 3) in ``box``, so that a reshaped face has its marks in place."""
    flow = gaussian(np.array(box.of(pair.registration.flow), np.float32), SMOOTH * pair.ipd)
    at = positions(np.array([[1, 0, box.left], [0, 1, box.top]], np.float64), (box.width, box.height)) + flow
    moved = cv2.remap(pair.faces[1].pixels, at.astype(np.float32), None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.float32)


def _looked_at(pair: Pair, box: Box, before: Image, after: Image) -> tuple[Mask, Mask]:
    """Bare skin, less clipped highlights, and what of it lies away from its edges, (h, w) each.

    More than the surest skin: shaded cheeks and noses have marks too. It ends where hair, beard, wrinkles or frames fill the place
    in one of the two, or where the source has another colour.
    """
    source, result = pair.faces
    outline = box.of(skin_outline(source.landmarks, source.size, pair.ipd)) > 0.5
    above = box.of(_forehead(source)) & ~outline
    face = above | (box.of(source.region("face")) > 0.5)
    if pair.background not in ("kept", "unseen"):
        inside = grown(face, -CUT_OUT * pair.ipd)
        inside &= ~grown(_behind(pair, box), FROM_BEHIND * pair.ipd)
        outline, above = outline & inside, above & inside
    sure = _mended(box.of(source.skin) > 0.5, outline, pair.ipd) | _mended(box.of(result.skin) > 0.5, outline, pair.ipd)
    sure &= outline
    if not sure.any():
        return sure, sure
    empty = ~(_filled(before, sure, pair.ipd) | _filled(after, sure, pair.ipd))
    seen = _bare((before, after), face, sure, outline, above, empty, pair.ipd) & (box.of(source.valid * result.valid) > 0)
    return seen, grown(seen, -EDGE * pair.ipd)


def _bare(images: tuple[Image, Image], face: Mask, sure: Mask, outline: Mask, above: Mask, empty: Mask, ipd: float) -> Mask:
    """Skin of the ``face``: what is ``sure``, and of the ``outline`` and ``above`` it what is ``empty`` and like that, (h, w).

    Told on a picture of half the size, where all of it can still be seen.
    """
    height, width = face.shape
    before, after = (cv2.resize(image, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA) for image in images)
    face, sure, outline, above, empty = (mask[::2, ::2] for mask in (face, sure, outline, above, empty))
    like = empty & _coloured_like(before, sure, ipd / 2) if sure.any() else sure
    skin = sure | (outline & like)
    skin |= _risen((before, after), above, like, skin, ipd / 2)
    bright = np.maximum(*(gaussian(luminance(image), EDGE * ipd / 2) for image in (before, after))) > BRIGHT
    skin &= ~bright & ~_shone_in(before, after, face, ipd / 2)
    return np.asarray(skin.repeat(2, 0).repeat(2, 1)[:height, :width])


def _behind(pair: Pair, box: Box) -> Mask:
    """Where the source shows no person, (h, w)."""
    scene, scale = pair.scenes[0], pair.scenes[0].ipd / pair.ipd
    left, top = (scale * (box.left - FACE.left * pair.ipd), scale * (box.top - FACE.up * pair.ipd))
    to_scene = np.array([[scale, 0, left + SCENE.left * scene.ipd], [0, scale, top + SCENE.up * scene.ipd]], np.float64)
    return np.asarray(warp(scene.person, to_scene, (box.width, box.height)) < 0.5)


def _shone_in(before: Image, after: Image, face: Mask, ipd: float) -> Mask:
    """What of the ``face`` became paler or darker from its outline inward, and its surroundings: a new background ate into it, (h, w).

    A change of tone as a whole, which depends on the brightness alone, is none.
    """
    a, b = (gaussian(luma_density(image), SHINE * ipd) for image in (before, after))
    low, high = np.quantile(a[face], (0.05, 0.95))
    known = face & (a >= low) & (a <= high)
    tone = np.polyfit(a[known][::3], (b - a)[known][::3], 2)
    changed = face & (np.abs(b - a - np.polyval(tone, np.clip(a, low, high))) > SHONE)
    _, labels = cv2.connectedComponents(changed.astype(np.uint8))
    reaching = np.zeros(labels.max() + 1, bool)
    reaching[labels[face & ~grown(face, -1.5)]] = True
    reaching[0] = False
    return grown(np.asarray(reaching[labels]), FROM_SHINE * ipd) if reaching.any() else np.zeros_like(face)


def _risen(images: tuple[Image, Image], above: Mask, like: Mask, skin: Mask, ipd: float) -> Mask:
    """What of ``above`` is ``like`` the ``skin`` below it and goes on from there as evenly as a forehead does, up to the hair, (h, w)."""
    luma = gaussian(np.stack([luma_density(image) for image in images], -1), 0.02 * ipd)
    even = above & like & (np.abs(luma - fill(luma, skin.astype(np.float32))) < UNEVEN).all(-1)
    whole = _mended(even | skin, above | skin, ipd)
    both = grown(grown(whole, -HAIRLINE * ipd), HAIRLINE * ipd)
    _, labels = cv2.connectedComponents((both | skin).astype(np.uint8), connectivity=4)
    below = np.bincount(labels[skin], minlength=labels.max() + 1) > ROOTED * ipd**2
    below[0] = False
    return np.asarray(both & above & below[labels])


def _coloured_like(image: Image, skin: Mask, ipd: float) -> Mask:
    """Where ``image`` has about the hue and saturation of its ``skin``, however dark, (h, w)."""
    told = density(gaussian(image, 0.02 * ipd))
    hue = told[..., [0, 2]] - told[..., 1:2]
    return np.asarray((np.abs(hue - np.median(hue[skin], axis=0)) < OTHER_HUE).all(-1))


def _filled(image: Image, skin: Mask, ipd: float) -> Mask:
    """Where more of ``image`` stands out like spots and lines than single marks would, (h, w)."""
    fine = np.abs(response(luma_density(image), FINE * ipd / FACE_MM))
    usual = max(1.4826 * float(np.median(fine[skin])), LEAST_FINE)
    return np.asarray(gaussian((fine > 3 * usual).astype(np.float32), NEAR * ipd) > CROWDED)


def _alone(before: Image, after: Image, skin: Mask) -> tuple[Plane, Plane]:
    """The density of the two where there is skin, smoothly continued from there: a new background or hair cannot shine in."""
    both = np.stack([luma_density(before), luma_density(after)], -1)
    told = fill(both, skin.astype(np.float32))
    return np.ascontiguousarray(told[..., 0]), np.ascontiguousarray(told[..., 1])


def _mended(skin: Mask, outline: Mask, ipd: float) -> Mask:
    """``skin`` with the small holes filled that it has within ``outline``: a large mole was taken for none."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((outline & ~skin).astype(np.uint8), connectivity=4)
    small = boxes[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1) < HOLE * ipd
    small[0] = False
    return np.asarray(skin | small[labels])


class Mark(NamedTuple):
    """A spot as a person would name it: ``weight`` 0..1 is what it counts; ``size`` in mm."""

    weight: float
    gone: bool
    kind: str
    size: float
    place: str


def _mark(spot: Spot, pair: Pair, box: Box, before: Image, after: Image) -> Mark:
    line = spot.length > LINE * spot.diameter
    red = spot.dark and _is_red(before if spot.gone else after, spot)
    kind = f"{('red' if red else 'dark') if spot.dark else 'pale'} {'line' if line else 'mark'}"
    weight = float(_weight(np.float32(spot.evidence))) * (RED if red and spot.gone else 1.0)
    size = (spot.length if line else spot.diameter) * FACE_MM / pair.ipd
    return Mark(weight, spot.gone, kind, size, _place(pair.faces[0], spot.x + box.left, spot.y + box.top))


def _weight(evidence: Plane | np.float32) -> NDArray[np.float32]:
    return np.asarray(np.clip((evidence - DOUBTFUL) / (CLEAR - DOUBTFUL), 0, 1), np.float32)


def _is_red(image: Image, spot: Spot) -> bool:
    """Whether a dark spot is made by blood rather than by pigment: blood hardly darkens the red channel."""
    reach = round(2 * spot.diameter)
    near = density(image[max(0, spot.y - reach) : spot.y + reach + 1, max(0, spot.x - reach) : spot.x + reach + 1])
    contrast = response(near, spot.diameter)[min(spot.y, reach), min(spot.x, reach)]
    melanin, haemoglobin, _ = pigments(contrast)
    return bool(haemoglobin > 2 * melanin and contrast[0] < 0.3 * contrast[1])


def _place(view: View, x: int, y: int) -> str:
    """Where on the face, in words; left and right are the person's own."""
    points = view.landmarks[:, :2]
    nose, brow = points[4], float(points[[105, 334], 1].mean())
    across = (x - nose[0]) / view.ipd
    side = "left" if across > 0 else "right"
    if view.region("nose", 0.02)[y, x] > 0.5:
        return "nose"
    if y < brow:
        return "forehead" if abs(across) < 0.2 else f"{side} side of the forehead"
    if y > points[17, 1]:
        return "chin" if abs(across) < 0.4 else f"{side} jaw"
    if points[2, 1] < y < points[13, 1] and abs(across) < 0.35:
        return "upper lip"
    return f"{side} cheek" if y > points[[145, 374], 1].mean() else f"skin beside the {side} eye"


def _sentence(marked: list[Mark], ipd: float) -> str:
    smallest = next(mm for mm in DIAMETERS if resolved(mm * ipd / FACE_MM))
    limit = "" if smallest == DIAMETERS[0] else f" Marks under {smallest:g} mm cannot be seen at {ipd:.0f} px between the eyes."
    told = sorted((mark for mark in marked if mark.weight >= 0.05), key=lambda mark: -mark.weight)
    if not told:
        return f"In the skin that was looked at, the source's moles, freckles and scars are all there, and none is new.{limit}"
    said = " ".join(_told(mark) for mark in told[:NAMED])
    more = f" {len(told) - NAMED} more are gone or new." if len(told) > NAMED else ""
    return f"{said}{more}{limit}"


def _told(mark: Mark) -> str:
    what = f"A {mark.kind} of {mark.size:.0f} mm on the {mark.place}"
    if not mark.gone:
        return f"{what} is not in the source."
    return f"{what} of the source is gone{', which may have been a passing one' if mark.kind.startswith('red') else ''}."
