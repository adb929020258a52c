"""Permanent marks taken away or added."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.bare_skin import FACE_MM, Shown, SourceFace, bare_skin, hard_skin
from likeness.comparison.pair import Pair
from likeness.image import Image, Plane, Points
from likeness.image.covered import covered
from likeness.image.filters import fill, gaussian
from likeness.image.flow import positions
from likeness.image.geometry import Box
from likeness.image.spots import Scale, Spot, density, lines, merged, pigments, resolved, response, scales, spots
from likeness.image.texture import band
from likeness.limits import Limits
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading, measure

Mask = NDArray[np.bool_]

DIAMETERS = (1.8, 2.6, 4.0, 6.0)  # mm
DOUBTFUL, CLEAR = 0.9, 1.7  # evidence (see likeness.image.spots) that counts nothing, and that counts as one mark
RED, MOST_RED = 0.1, 0.3  # what a red mark that is gone counts, and what all of them do: pimples are no permanent marks
OF_BLOOD, IN_RED = 4.0, 0.4  # least haemoglobin over melanin, and most contrast in red over that in green, of what blood makes
BROADER = 1.5  # diameters; colour is read at this width
EDGE = 0.02  # IPD; skin nearer to hair, eyes or lips than this is not looked at
SLACK = 0.02  # IPD; a mark found within this has moved with its surroundings and is not gone
NEIGHBOURS = 0.15  # IPD; the noise is read within this reach
SMOOTH = 0.05  # IPD; the flow is believed as far as it is as smooth as this
TEXTURED = 0.8  # share of the texture of beards and folds that is taken for noise: handling keeps more than the rest
LEAST_SEEN = 1 / 3  # share of the face's skin
MOLE, MOLE_MM = 1.0, 4.0  # log, mm; a dark mole, by which is told where one would be noticed
FORMS = (5.0, 22.0)  # mm; waves by which is told whether the face is still what is seen
WINDOW = 0.06  # IPD
COVER_EDGE = (0.05, 0.12)  # IPD; the outline is left out so far, and where the background was changed
GLASSES = 0.25  # IPD around the eyes
SPECK = 0.007  # share of the face; so much may look different, twice that counts as one mark
LEAST_PART = 0.04  # share of the face's skin; smaller parts are not named
SAMPLED = 37  # pixels; every so many are asked in which part of the face they lie
WIDE, LONG = (2.6, 4.0), 8.0  # mm; lines of those widths are averaged over that length, and longer ones place by place
LINE = 2.6  # times as long as wide
NAMED = 3  # marks that the reason names


@measure(title="Permanent marks", group="skin", unit="marks", min_ipd=60, limits=Limits((0.0, 0.5), (0.0, 1.0)))
def marks(pair: Pair) -> Reading | NotAssessed:
    """How many marks of the skin are gone or new: moles, freckles, scars of 1.8 to 6 mm; one that is clearly so counts 1.

    Source and result are laid on each other along the flow. Where one has a spot (difference of Gaussians of -log luminance) that
    the other lacks by more than half, it counts by its contrast and by how far it stands out of what handling did to the skin
    around it: JPEG, scaling and curves change all of the skin a little, healing leaves a spot in the difference. Red spots that are
    gone (haemoglobin over four times the melanin, hardly seen in the red channel) count a tenth, and at most 0.3, since most are blemishes
    that pass.
    What a reshape moved with its surroundings is still there. The smallest diameter that is looked for spans 2.6 pixels; the reason
    says when that is more than 1.8 mm. Lines are also followed: their contrast is averaged over 8 mm. In beards, folds
    and shade a mark must also stand out of the texture there; burnt highlights and the hairline are not looked at. What lies over
    the face counts by its area: forms of 5 to 22 mm that no longer follow the source's. Not assessed where a dark mole would be
    noticed on less than a third of the skin.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; other light and sharpness hide other marks")
    shown = Shown.of(pair, _laid_on(pair, SourceFace.of(pair).box))
    face, box = shown.face, shown.face.box
    found, where = _found(shown)
    places = _Places.of(face, pair.source)
    seen, unseen = _seen(places, found, where)
    over = _cover(shown, places)
    if not found or (seen < LEAST_SEEN and not over.weight):
        return NotAssessed(f"only {100 * seen:.0f} % of the face's skin could be looked at", "skin")
    marked = [_mark(spot, places, shown) for spot in spots(found, where, DOUBTFUL)]
    heat = np.full(pair.faces[0].valid.shape, np.nan, np.float32)
    box.of(heat)[where] = _weight(np.max([scale.evidence[where] for scale in found], axis=0))
    passing = sum(mark.weight for mark in marked if mark.passing)
    value = over.weight + sum(mark.weight for mark in marked if not mark.passing) + min(passing, MOST_RED)
    said = over.reason + _sentence(marked, pair.ipd, seen, unseen)
    return Reading(round(float(value), 2), said, "skin", _advice(over, marked), heat)


class _Cover(NamedTuple):
    weight: float  # in marks
    reason: str


def _cover(shown: Shown, places: _Places) -> _Cover:
    """What lies over the face (letters, a sticker, a hand), beard and lips included; glasses shine as they like."""
    face, ipd = shown.face, shown.ipd
    looked_at = places.coverable(COVER_EDGE[shown.cut_out]) & shown.valid
    forms, others = (band(-density, FORMS, ipd / FACE_MM) for density in (face.density, shown.density))
    other = looked_at & covered(forms, others, WINDOW * ipd)
    share = float(other.sum() / max(looked_at.sum(), 1))
    if share <= SPECK:
        return _Cover(0.0, "")
    _, _, boxes, centres = cv2.connectedComponentsWithStats(other.astype(np.uint8))
    x, y = centres[1 + boxes[1:, cv2.CC_STAT_AREA].argmax()].astype(int)
    place = "mouth" if face.box.of(face.view.region("lips", 0.15))[y, x] > 0.5 else places.named(x, y)
    said = f"Something lies over the face on the {place}: {100 * share:.0f} % of the face shows other than the source. "
    return _Cover((share - SPECK) / SPECK, said)


def _found(shown: Shown) -> tuple[list[Scale], Mask]:
    """What changed between the two by diameter, and where that was looked at, (h, w).

    Beards, folds and shade answer to discs themselves: what changes there must stand out of that too.
    """
    skin, bare = bare_skin(shown)
    hard = hard_skin(shown)
    px = shown.ipd / FACE_MM
    sizes, reach, slack = [px * mm for mm in DIAMETERS], NEIGHBOURS * shown.ipd, round(SLACK * shown.ipd)
    found = scales(*_alone(shown, skin), bare, sizes, reach, slack)
    rough = scales(*_alone(shown, skin | hard), hard, sizes, reach, slack, TEXTURED)
    if not found or not rough:
        return found or rough, bare if found else hard
    both = [merged(fine, coarse, bare) for fine, coarse in zip(found, rough, strict=True)]
    both += [
        lines(scale, bare, LONG * px, reach).within(bare)
        for scale in found
        if np.isclose(scale.diameter, np.multiply(WIDE, px)).any()
    ]
    return both, bare | hard


def _seen(places: _Places, found: list[Scale], where: Mask) -> tuple[float, list[str]]:
    """The share of the face's skin on which a dark mole would be noticed, and the parts on which it mostly would not."""
    skin = places.face.outline
    large = next((scale for scale in found if scale.diameter >= MOLE_MM * places.face.ipd / FACE_MM * 0.99), None)
    if large is None or not skin.any():
        return 0.0, []
    clear = where & (MOLE * np.sqrt(1 / large.noise) > CLEAR)
    told = {part: clear[at] for part, at in places.sampled.items()}
    enough = LEAST_PART * sum(map(len, told.values()))
    return float(clear[skin].mean()), sorted(part for part, c in told.items() if len(c) > enough and np.mean(c) < 0.5)


def _laid_on(pair: Pair, box: Box) -> Image:
    """The result's pixels where the source has them, (h, w, 3) in ``box``, so that a reshaped face has its marks in place."""
    flow = gaussian(np.array(box.of(pair.registration.flow), np.float32), SMOOTH * pair.ipd)
    at = positions(np.array([[1, 0, box.left], [0, 1, box.top]], np.float64), (box.width, box.height)) + flow
    moved = cv2.remap(pair.faces[1].pixels, at.astype(np.float32), None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.float32)


def _alone(shown: Shown, skin: Mask) -> tuple[Plane, Plane]:
    """The density of the two where there is skin, smoothly continued from there: a new background or hair cannot shine in."""
    told = fill(np.dstack([shown.face.density, shown.density]), skin.astype(np.float32))
    before, after = cv2.split(told)
    return np.asarray(before, np.float32), np.asarray(after, np.float32)


class Mark(NamedTuple):
    """A spot as a person would name it: ``weight`` 0..1 is what it counts; ``size`` in mm."""

    weight: float
    gone: bool
    kind: str
    size: float
    place: str

    @property
    def passing(self) -> bool:
        """Whether it may have been a pimple, which heals by itself."""
        return self.gone and self.kind.startswith("red")


def _mark(spot: Spot, places: _Places, shown: Shown) -> Mark:
    line = spot.length > LINE * spot.diameter
    red = spot.dark and _is_red(spot, shown)
    kind = f"{('red' if red else 'dark') if spot.dark else 'pale'} {'line' if line else 'mark'}"
    weight = float(_weight(np.float32(spot.evidence))) * (RED if red and spot.gone else 1.0)
    size = (spot.length if line else spot.diameter) * FACE_MM / places.face.ipd
    return Mark(weight, spot.gone, kind, size, places.named(spot.x, spot.y))


def _weight(evidence: Plane | np.float32) -> NDArray[np.float32]:
    return np.asarray(np.clip((evidence - DOUBTFUL) / (CLEAR - DOUBTFUL), 0, 1), np.float32)


def _is_red(spot: Spot, shown: Shown) -> bool:
    """Whether what is gone or new was made by blood rather than by pigment: blood hardly darkens the red channel.

    Read in what changed, so that the skin's own blush is no part of it, and more broadly than the spot, as files keep half its colour.
    """
    reach = round(4 * spot.diameter)
    top, left = max(0, spot.y - reach), max(0, spot.x - reach)
    near = (slice(top, spot.y + reach + 1), slice(left, spot.x + reach + 1))
    change = response(density(shown.face.pixels[near]) - density(shown.pixels[near]), BROADER * spot.diameter)
    contrast = change[spot.y - top, spot.x - left] * (1 if spot.gone else -1)
    melanin, haemoglobin, _ = pigments(contrast)
    return bool(haemoglobin > OF_BLOOD * melanin and contrast[0] < IN_RED * contrast[1])


@dataclass(frozen=True, eq=False)
class _Places:
    """Where on a face something is, in words; left and right are the person's own. In the pixels of ``face``, found once for all results."""

    face: SourceFace

    @classmethod
    def of(cls, face: SourceFace, source: Portrait) -> _Places:
        known = source.views.setdefault(("places of marks", face.ipd), cls(face))
        places: _Places = known
        return places

    @cached_property
    def points(self) -> Points:
        return self.face.view.landmarks[:, :2] - np.array([self.face.box.left, self.face.box.top], np.float32)

    @cached_property
    def nose(self) -> Mask:
        return np.asarray(self.face.box.of(self.face.view.region("nose", 0.02)) > 0.5)

    @cached_property
    def sampled(self) -> dict[str, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Every so many pixels where skin is expected, rows and columns, by part of the face, with its article."""
        at = np.argwhere(self.face.outline)[::SAMPLED]
        names = np.array([f"the {self.named(int(x), int(y))}" for y, x in at])
        return {str(name): (at[names == name, 0], at[names == name, 1]) for name in np.unique(names)}

    def coverable(self, edge: float) -> Mask:
        """The face less the surroundings of the eyes and ``edge`` IPD of its outline, (h, w)."""
        if edge not in self._coverable:
            view = self.face.view
            left = self.face.box.of(view.region("face", -edge) * (1 - view.region("eyes", GLASSES))) > 0.5
            self._coverable[edge] = np.asarray(left & ~self.face.behind(edge))
        return self._coverable[edge]

    @cached_property
    def _coverable(self) -> dict[float, Mask]:
        return {}

    def named(self, x: int, y: int) -> str:
        points = self.points
        across = (x - points[4, 0]) / self.face.ipd
        side = "left" if across > 0 else "right"
        if self.nose[y, x]:
            return "nose"
        if y < float(points[[105, 334], 1].mean()):
            return "forehead" if abs(across) < 0.2 else f"{side} side of the forehead"
        if y > points[17, 1]:
            return "chin" if abs(across) < 0.4 else f"{side} jaw"
        if points[2, 1] < y < points[13, 1] and abs(across) < 0.35:
            return "upper lip"
        return f"{side} cheek" if y > points[[145, 374], 1].mean() else f"skin beside the {side} eye"


def _sentence(marked: list[Mark], ipd: float, seen: float, unseen: list[str]) -> str:
    smallest = next(mm for mm in DIAMETERS if resolved(mm * ipd / FACE_MM))
    limit = "" if smallest == DIAMETERS[0] else f" Marks under {smallest:g} mm cannot be seen at {ipd:.0f} px between the eyes."
    limit = f"{_left_out(unseen)}{limit}"
    told = sorted((mark for mark in marked if mark.weight >= 0.05), key=lambda mark: -mark.weight)
    if not told:
        share = "skin" if seen > 0.95 else f"{100 * seen:.0f} % of the face's skin"
        return f"In the {share} that was looked at, the source's moles, freckles and scars are all there, and none is new.{limit}"
    said = " ".join(_told(mark) for mark in told[:NAMED])
    red = sum(mark.passing for mark in told)
    pimples = "" if not red else f" If the red {'one was a pimple' if red == 1 else 'ones were pimples'}, that is no fault."
    more = f" {len(told) - NAMED} more are gone or new." if len(told) > NAMED else ""
    return f"{said}{more}{pimples}{limit}"


def _left_out(parts: list[str]) -> str:
    if not parts:
        return ""
    said = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return f" {said[0].upper()}{said[1:]} could not be looked at."


def _told(mark: Mark) -> str:
    what = f"A {mark.kind} of {mark.size:.0f} mm on the {mark.place}"
    if not mark.gone:
        return f"{what} is not in the source."
    return f"{what} of the source is gone."


def _advice(over: _Cover, marked: list[Mark]) -> str:
    most = max(marked, key=lambda mark: mark.weight, default=None)
    if over.weight and (most is None or over.weight > most.weight):
        return "Use a result with nothing over the face."
    if most is not None and not most.gone:
        return "Put nothing on the skin that the source has not."
    if most is not None and most.passing:
        return "A pimple may be healed; leave what has long been there, a birthmark or a scar, unless the person asks."
    return "Leave moles, freckles and scars where they are unless the person asks."
