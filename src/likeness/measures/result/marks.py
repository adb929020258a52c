"""Permanent marks taken away or added."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.bare_skin import bare_skin, hard_skin
from likeness.comparison.pair import Pair
from likeness.comparison.places import Places
from likeness.comparison.resampled import resampled
from likeness.comparison.shown import FACE_MM, Shown
from likeness.image import Plane
from likeness.image.covered import covered
from likeness.image.filters import fill
from likeness.image.geometry import Box
from likeness.image.lines import lines
from likeness.image.spots import Scale, Spot, density, merged, pigments, resolved, response, scales, spots
from likeness.image.texture import band
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

Mask = NDArray[np.bool_]

DIAMETERS = (1.8, 2.6, 4.0, 6.0)  # mm
NATURAL = 0.5  # marks
DOUBTFUL, CLEAR = 0.9, 1.7  # evidence (see likeness.image.spots) that counts nothing, and that counts as one mark
RED, MOST_RED = 0.1, 0.3  # what a red mark that is gone counts, and what all of them do: pimples are no permanent marks
OF_BLOOD, IN_RED = 4.0, 0.4  # least haemoglobin over melanin, and most contrast in red over that in green, of what blood makes
BROADER = 1.5  # diameters; colour is read at this width
SLACK = 0.02  # IPD; a mark found within this has moved with its surroundings and is not gone
NEIGHBOURS = 0.15  # IPD; the noise is read within this reach
TEXTURED = 0.8  # share of the texture of beards and folds that is taken for noise: handling keeps more than the rest
LEAST_SEEN = 1 / 3  # share of the face's skin
MOLE, MOLE_MM = 1.0, 4.0  # log, mm; a dark mole, by which is told where one would be noticed
FORMS = (5.0, 22.0)  # mm; waves by which is told whether the face is still what is seen
WINDOW = 0.06  # IPD
COVER_EDGE = (0.05, 0.12)  # IPD; the outline is left out so far, and where the background was changed
SPECK = 0.007  # share of the face; so much may look different, twice that counts as one mark
LEAST_PART = 0.04  # share of the face's skin; smaller parts are not named
WIDE, LONG = (2.6, 4.0), 8.0  # mm; lines of those widths are averaged over that length, and longer ones place by place
NEAR_LIPS = 0.12  # IPD; lipstick ends in lines
SMALL = 22.0  # mm; what is clearly a mark and looks other no further than this is no cover
LINE = 2.6  # times as long as wide
ANSWERS = 3.0  # diameters around a spot that decide how it answers
NAMED = 3  # marks that the reason names


@measure(title="Permanent marks", group="skin", unit="marks", min_ipd=60, min_quality=30, limits=Limits((0.0, NATURAL), (0.0, 1.0)))
def marks(pair: Pair) -> Reading | NotAssessed:
    """How many marks of the skin are gone or new: moles, freckles, scars of 1.8 to 6 mm; one that is clearly so counts 1.

    Source and result are laid on each other along the flow. Where one has a spot (difference of Gaussians of -log luminance) that
    the other lacks by more than half, it counts by its contrast and by how far it stands out of what handling did to the skin
    around it: JPEG, scaling and curves change all of the skin a little, healing leaves a spot in the difference. What is found must
    also be there when the source is read at the result's own pixels without a filter, as many programs make pictures smaller. Red spots that are
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
    shown = Shown.of(pair)
    face, box = shown.face, shown.face.box
    found, where = _found(shown)
    places = Places.of(face, pair.source)
    seen, unseen = _seen(places, found, where)
    heat = np.full(pair.faces[0].valid.shape, np.nan, np.float32)
    told, clear = _unexplained(pair, shown, found, where)
    box.of(heat)[where] = clear[where]
    over = _cover(shown, places, clear >= 1)
    if not found or (seen < LEAST_SEEN and not over.weight):
        return NotAssessed(f"only {100 * seen:.0f} % of the face's skin could be looked at", "skin")
    marked = [_mark(spot, places, shown) for spot in told]
    passing = sum(mark.weight for mark in marked if mark.passing)
    lasting = sum(mark.weight for mark in marked if not mark.passing)
    value = round(float(over.weight + lasting + min(passing, MOST_RED)), 2)
    said = f"{_sentence(over, marked, value, seen)}{_left_out(unseen)}{_too_small(pair.ipd)}"
    return Reading(value, said, "skin", _advice(over, marked), heat)


def _unexplained(pair: Pair, shown: Shown, found: list[Scale], where: Mask) -> tuple[list[Spot], Plane]:
    """The spots that making the source smaller without a filter does not explain, and how clear a mark each place is, 0..1, (h, w)."""
    if not found:
        return [], np.zeros(where.shape, np.float32)
    clear, told = _weight(np.max([scale.evidence for scale in found], axis=0)) * where, []
    for spot in spots(found, where, DOUBTFUL):
        held = replace(spot, evidence=_held(spot, pair, shown, found, where))
        if held.evidence >= DOUBTFUL:
            told.append(held)
        else:
            _around(spot, spot.diameter, where).of(clear)[:] = 0
    return told, clear


def _held(spot: Spot, pair: Pair, shown: Shown, found: list[Scale], where: Mask) -> float:
    """The least evidence that is left of ``spot`` when the source is read as the result may have been (likeness.comparison.resampled).

    Lines are averaged over too many pixels to depend on that.
    """
    scale = max(found, key=lambda scale: float(scale.evidence[spot.y, spot.x]))
    if scale.span:
        return spot.evidence
    near, face = _around(spot, ANSWERS * scale.diameter, where), shown.face
    left, top = face.box.left, face.box.top
    framed = Box(near.left + left, near.top + top, near.right + left, near.bottom + top)
    told, plain = near.of(where), near.of(face.density)
    ways = [scale.had((other - plain) * told, near) for other in resampled(pair, framed)]
    return min([spot.evidence, *(float(way.evidence[spot.y - near.top, spot.x - near.left]) for way in ways)])


def _around(spot: Spot, reach: float, where: Mask) -> Box:
    side = round(reach)
    box = Box(spot.x - side, spot.y - side, spot.x + side + 1, spot.y + side + 1)
    return box.clipped(where.shape[1], where.shape[0])


class _Cover(NamedTuple):
    weight: float  # in marks
    reason: str


def _cover(shown: Shown, places: Places, marked: Mask) -> _Cover:
    """What lies over the face (letters, a sticker, a hand), beard and lips included; glasses shine as they like.

    A place that is ``marked`` (h, w) and no larger than a large mole is one.
    """
    face, ipd = shown.face, shown.ipd
    looked_at = places.coverable(COVER_EDGE[shown.cut_out]) & shown.valid
    forms, others = (band(-density, FORMS, ipd / FACE_MM) for density in (face.density, shown.density))
    other = looked_at & covered(forms, others, WINDOW * ipd)
    _, labels, boxes, centres = cv2.connectedComponentsWithStats(other.astype(np.uint8))
    small = boxes[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1) < SMALL * ipd / FACE_MM
    mole = small & np.isin(np.arange(len(boxes)), labels[marked])
    mole[0] = True
    areas = np.where(mole, 0, boxes[:, cv2.CC_STAT_AREA])
    share = float(areas.sum() / max(looked_at.sum(), 1))
    if share <= SPECK:
        return _Cover(0.0, "")
    x, y = centres[areas.argmax()].astype(int)
    place = "mouth" if face.box.of(face.view.region("lips", 0.15))[y, x] > 0.5 else places.named(x, y)
    said = f"Something lies over the face on the {place}: {100 * share:.0f} % of the face shows other than the source."
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
    strongest = np.max([np.abs(scale.change) * (bare | hard) for scale in both], axis=0)
    away = bare & (shown.face.box.of(shown.face.view.region("lips", NEAR_LIPS)) < 0.5)
    both += [
        lines(scale, bare, LONG * px, reach, strongest).within(away)
        for scale in found
        if np.isclose(scale.diameter, np.multiply(WIDE, px)).any()
    ]
    return both, bare | hard


def _seen(places: Places, found: list[Scale], where: Mask) -> tuple[float, list[str]]:
    """The share of the face's skin on which a dark mole would be noticed, and the parts on which it mostly would not."""
    skin = places.face.outline
    large = next((scale for scale in found if scale.diameter >= MOLE_MM * places.face.ipd / FACE_MM * 0.99), None)
    if large is None or not skin.any():
        return 0.0, []
    clear = where & (MOLE * np.sqrt(1 / large.noise) > CLEAR)
    told = {part: clear[at] for part, at in places.sampled.items()}
    enough = LEAST_PART * sum(map(len, told.values()))
    return float(clear[skin].mean()), sorted(part for part, c in told.items() if len(c) > enough and np.mean(c) < 0.5)


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


def _mark(spot: Spot, places: Places, shown: Shown) -> Mark:
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


def _sentence(over: _Cover, marked: list[Mark], value: float, seen: float) -> str:
    """What is gone or new, the clearest first; what is natural accuses of nothing."""
    told = sorted((mark for mark in marked if mark.weight >= 0.05), key=lambda mark: -mark.weight)
    red = [mark for mark in told if mark.passing]
    if value <= NATURAL and not red:
        share = "skin" if seen > 0.95 else f"{100 * seen:.0f} % of the face's skin"
        of = "the source's" if not told else "the source's clear"
        faint = "" if not told else f" What might be {_named(told[0])} is too faint to be told from what saving a file does."
        return f"In the {share} that was looked at, {of} moles, freckles and scars are all there, and none is new.{faint}"
    told = told if value > NATURAL else red
    said = [over.reason] * bool(over.weight and value > NATURAL) + [_told(mark) for mark in told[:NAMED]]
    more = len(told) - NAMED
    said += ["One more is gone or new." if more == 1 else f"{more} more are gone or new."] * (more > 0)
    said += [f"If the red {'one was a pimple' if len(red) == 1 else 'ones were pimples'}, that is no fault."] * bool(red)
    return " ".join(said)


def _too_small(ipd: float) -> str:
    smallest = next(mm for mm in DIAMETERS if resolved(mm * ipd / FACE_MM))
    return "" if smallest == DIAMETERS[0] else f" Marks under {smallest:g} mm cannot be seen at {ipd:.0f} px between the eyes."


def _left_out(parts: list[str]) -> str:
    if not parts:
        return ""
    said = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return f" {said[0].upper()}{said[1:]} could not be looked at."


def _told(mark: Mark) -> str:
    return f"A{_named(mark)[1:]} {'of the source is gone' if mark.gone else 'is not in the source'}."


def _named(mark: Mark) -> str:
    return f"a {mark.kind} of {mark.size:.0f} mm on the {mark.place}"


def _advice(over: _Cover, marked: list[Mark]) -> str:
    most = max(marked, key=lambda mark: mark.weight, default=None)
    if over.weight and (most is None or over.weight > most.weight):
        return "Use a result with nothing over the face."
    if most is not None and not most.gone:
        return "Put nothing on the skin that the source has not."
    if most is not None and most.passing:
        return "A pimple may be healed; leave what has long been there, a birthmark or a scar, unless the person asks."
    return "Leave moles, freckles and scars where they are unless the person asks."
