"""Permanent marks taken away or added."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import gaussian
from likeness.image.flow import positions
from likeness.image.spots import Spot, density, luma_density, pigments, resolved, response, scales, spots
from likeness.limits import Limits
from likeness.pair import Pair
from likeness.regions import skin_outline
from likeness.schema import NotAssessed, Reading, measure
from likeness.view import View

Mask = NDArray[np.bool_]

FACE_MM = 63.0  # between the pupils
DIAMETERS = (1.8, 2.6, 4.0, 6.0)  # mm
DOUBTFUL, CLEAR = 0.9, 1.7  # evidence (see likeness.image.spots) that counts nothing, and that counts as one mark
RED = 0.1  # what a red mark that is gone counts: a pimple is no permanent mark
EDGE = 0.02  # IPD; skin nearer to hair, eyes or lips than this is not looked at
HOLE = 0.14  # IPD; a gap in the skin up to this long is a mark in it, a longer one hair or a frame
NEIGHBOURS = 0.15  # IPD; the noise is read within this reach
SMOOTH = 0.05  # IPD; the flow is believed as far as it is as smooth as this
LEAST_SKIN = 0.25  # IPD squared
BRIGHT = 0.92  # linear; nearer to clipping shine comes and goes with the exposure
LINE = 2.6  # times as long as wide
NAMED = 3  # marks that the reason names


@measure(title="Permanent marks", group="skin", unit="marks", min_ipd=60, limits=Limits((0.0, 0.5), (0.0, 1.0)))
def marks(pair: Pair) -> Reading | NotAssessed:
    """How many marks of the skin are gone or new: moles, freckles, scars of 1.8 to 6 mm; one that is clearly so counts 1.

    Source and result are laid on each other along the flow. Where one has a spot (difference of Gaussians of -log luminance) that
    the other lacks by more than half, it counts by its contrast and by how far it stands out of what handling did to the skin
    around it: JPEG, scaling and curves change all of the skin a little, healing leaves a spot in the difference. Red spots that are
    gone (haemoglobin over twice the melanin, hardly seen in the red channel) count a tenth, since most are blemishes that pass.
    Marks must be about 1.6 pixels across to be seen; the reason says what that is in mm.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other light and sharpness hide other marks")
    source, after = pair.faces[0], _laid_on(pair)
    where = _looked_at(pair, after)
    if where.sum() < LEAST_SKIN * pair.ipd**2:
        return NotAssessed("too little skin is seen in both pictures", "skin")
    px = pair.ipd / FACE_MM
    found = scales(luma_density(source.pixels), luma_density(after), where, [px * mm for mm in DIAMETERS], NEIGHBOURS * pair.ipd)
    marked = [_mark(spot, source, after, px) for spot in spots(found, where, DOUBTFUL)]
    value = sum(mark.weight for mark in marked)
    heat = np.where(where, np.max([_weight(scale.evidence) for scale in found], axis=0), np.nan).astype(np.float32)
    advice = "Leave moles, freckles and scars where they are unless the person asks."
    return Reading(round(value, 2), _sentence(marked, pair.ipd), "skin", advice, heat)


def _laid_on(pair: Pair) -> Image:
    """The result's pixels where the source has them, (H, W, 3), so that a reshaped face has its marks in place."""
    source, result = pair.faces
    flow = gaussian(np.array(pair.registration.flow, np.float32), SMOOTH * pair.ipd)
    at = (positions(np.eye(2, 3), source.size) + flow).astype(np.float32)
    return np.asarray(cv2.remap(result.pixels, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.float32)


def _looked_at(pair: Pair, after: Image) -> Mask:
    """Skin in one of the two at least, away from its edges and from clipped highlights, (H, W)."""
    source, result = pair.faces
    outline = skin_outline(source.landmarks, source.size, pair.ipd) > 0.5
    skin = _mended(source, outline) | _mended(result, outline)
    bright = np.maximum(*(gaussian(luminance(image), EDGE * pair.ipd) for image in (source.pixels, after))) > BRIGHT
    seen = skin & ~bright & (source.valid * result.valid > 0)
    side = 2 * round(EDGE * pair.ipd) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.erode(seen.astype(np.uint8), kernel, borderValue=0) > 0)


def _mended(view: View, outline: Mask) -> Mask:
    """The skin of ``view`` with its small holes filled: a large mole was taken for none."""
    skin = view.skin > 0.5
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((outline & ~skin).astype(np.uint8), connectivity=4)
    small = boxes[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1) < HOLE * view.ipd
    small[0] = False
    return np.asarray(skin | small[labels])


class Mark(NamedTuple):
    """A spot as a person would name it: ``weight`` 0..1 is what it counts; ``size`` in mm."""

    weight: float
    gone: bool
    kind: str
    size: float
    place: str


def _mark(spot: Spot, source: View, after: Image, px: float) -> Mark:
    line = spot.length > LINE * spot.diameter
    red = spot.dark and _is_red(source.pixels if spot.gone else after, spot)
    colour = ("red" if red else "dark") if spot.dark else "pale"
    weight = float(_weight(np.float32(spot.evidence))) * (RED if red and spot.gone else 1.0)
    return Mark(
        weight,
        spot.gone,
        f"{colour} {'line' if line else 'mark'}",
        (spot.length if line else spot.diameter) / px,
        _place(source, spot),
    )


def _weight(evidence: Plane | np.float32) -> NDArray[np.float32]:
    return np.asarray(np.clip((evidence - DOUBTFUL) / (CLEAR - DOUBTFUL), 0, 1), np.float32)


def _is_red(image: Image, spot: Spot) -> bool:
    """Whether a dark spot is made by blood rather than by pigment: blood hardly darkens the red channel."""
    reach = round(2 * spot.diameter)
    near = density(image[max(0, spot.y - reach) : spot.y + reach + 1, max(0, spot.x - reach) : spot.x + reach + 1])
    contrast = response(near, spot.diameter)[min(spot.y, reach), min(spot.x, reach)]
    melanin, haemoglobin, _ = pigments(contrast)
    return bool(haemoglobin > 2 * melanin and contrast[0] < 0.3 * contrast[1])


def _place(view: View, spot: Spot) -> str:
    """Where on the face, in words; left and right are the person's own."""
    points = view.landmarks[:, :2]
    (x, y), nose, brow = (spot.x, spot.y), points[4], float(points[[105, 334], 1].mean())
    across = (x - nose[0]) / view.ipd
    side = "left" if across > 0 else "right"
    if view.region("nose", 0.02)[spot.y, spot.x] > 0.5:
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
        return f"The source's moles, freckles and scars are all there, and none is new.{limit}"
    said = " ".join(_told(mark) for mark in told[:NAMED])
    more = f" {len(told) - NAMED} more are gone or new." if len(told) > NAMED else ""
    return f"{said}{more}{limit}"


def _told(mark: Mark) -> str:
    what = f"A {mark.kind} of {mark.size:.0f} mm on the {mark.place}"
    if not mark.gone:
        return f"{what} is not in the source."
    return f"{what} of the source is gone{', which may have been a passing one' if mark.kind.startswith('red') else ''}."
