"""Reshaped features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.shape import fitted
from likeness.comparison.stretch import Stretch
from likeness.faces import Pose
from likeness.image.flow import positions
from likeness.limits import Limits
from likeness.regions import OUTLINES
from likeness.schema import NotAssessed, Reading, measure

# Parts of the face: how far beyond their outline (IPD) they are looked at, and what to call them.
REGIONS = {"eyes": (0.08, "eyes"), "nose": (0.08, "nose"), "lips": (0.10, "mouth"), "brows": (0.06, "brows"), "jaw": (0.04, "jaw")}
PAIRED = ("eyes", "brows")
SHARE = 0.9  # the displacement that this share of a part's pixels stays under: a reshape moves a good part of it
LEAST_SEEN = 0.2  # share of a part that must have been followed
ONE_SIDE = 0.6  # of a part's motion that the other side has less than: it moved on one side
PLAIN = 0.6  # share of the motion that a word must account for
UNMOVED = 0.05  # % IPD; less is written 0.0
# % IPD: nothing is said of where and which way of what handling may do. On 16 people it does 0.31 at most, and a part that was moved
# by 1 % reads 0.61 and more: the middle between them.
STILL = 0.45
# The same in another photo, by mesh points that tell more of the face than of its expression.
MESH = {
    "jaw": (172, 136, 150, 149, 148, 397, 365, 379, 378, 377, 58, 288, 132, 361),
    "chin": (152, 175, 199, 200, 18),
    "nose": (1, 2, 98, 327, 129, 358, 48, 278, 4, 5),
    "eyes": (33, 133, 362, 263, 159, 145, 386, 374),
    "cheeks": (234, 454, 93, 323, 50, 280, 117, 346),
    "brows": (46, 52, 55, 276, 282, 285, 105, 334),
}
TURNED = 10.0  # degrees that two heads may differ by, and 5 more that each may be turned to a side
UNSURE = 8.0  # % IPD: two photos of one person differ by up to as much
ASIDE, WIDTH = ("farther to the left", "farther to the right"), ("wider", "narrower")
Vectors = NDArray[np.float32]


class Moved(NamedTuple):
    """A part that moved: what it is called, how far (% IPD), which way, and on which side ("" for both)."""

    part: str
    far: float
    way: str
    side: str


@measure(
    title="Shape of the face",
    group="shape",
    unit="% IPD",
    min_ipd=40,
    min_quality=30,
    limits=Limits((0.0, STILL), (0.0, 1.5)),
    other_photo=Limits((0.0, 9.0), (0.0, 14.0)),
)
def geometry(pair: Pair) -> Reading | NotAssessed:
    """How far a part of the face was moved, % of the eye distance, in the part that was moved most.

    Dense flow (Kroeger 2016) from the source to the result, both contrast-normalised, after the similarity that fits the steadiest
    60 % of the face, settled on what has structure in both; 90th percentile of its length in each of eyes, nose, mouth, brows and
    jaw. A stretch of the whole picture, which is undone before, counts by what it does to the face's outline.

    Another photo: how far the mesh lies from that of the person's photos which hold the head alike, once pose, size and distance of
    the camera are matched; root-mean-square over the part that differs most. The mesh is a rough guess and expression moves it, so
    that this sees another face, never a retouch.
    """
    if pair.mode == "other-photo":
        return _another(pair)
    worst = _most_moved(pair)
    if pair.registration.stretch:
        return _stretched(pair, pair.registration.stretch, worst)
    if worst is None:
        return NotAssessed("no part of the face could be followed from the source to the result")
    advice = f"Leave the shape of the {worst.part} as it is in the source."
    return Reading(round(worst.far, 3), _sentence(worst), worst.part, advice, pair.movement.length)


def _stretched(pair: Pair, stretch: Stretch, worst: Moved | None) -> Reading:
    """What a stretch of the whole picture does to the face's outline, and besides that ``worst``."""
    source, _ = pair.faces
    uneven = stretch.uneven(source.landmarks) * (100 / pair.ipd)
    outline = source.landmarks[list(OUTLINES["face"][0]), :2] @ uneven[:, :2].T + uneven[:, 2]
    far = float(np.quantile(np.linalg.norm(outline, axis=1), SHARE))
    reason = f"The whole {stretch.seen} was stretched by {100 * (stretch.factor - 1):.2g} % in {stretch.direction}, and the face with it."
    if worst and worst.far > STILL:
        far, reason = max(far, worst.far), f"{reason} Besides: {_sentence(worst)}"
    moved = np.linalg.norm(positions(uneven, source.size) + pair.movement.by, axis=2)
    heat = np.where(source.region("face") > 0.5, moved, np.nan).astype(np.float32)
    advice = "Give the picture the proportions of the photo: scale its width and its height alike."
    return Reading(round(far, 3), reason, "face", advice, heat)


def _most_moved(pair: Pair) -> Moved | None:
    """What became of the part that was moved most; None where too little of any could be followed."""
    seen = {name: where for name in REGIONS if (where := _followed(pair, name)) is not None}
    far = {name: float(np.quantile(np.linalg.norm(pair.movement.by[where], axis=1), SHARE)) for name, where in seen.items()}
    worst = max(far, key=far.__getitem__, default=None)
    return None if worst is None else _moved(pair, REGIONS[worst][1], seen[worst], far[worst])


def _followed(pair: Pair, name: str) -> NDArray[np.bool_] | None:
    """Where a part could be followed, (H, W); None where that is too little of it."""
    part = pair.faces[0].region(name, REGIONS[name][0]) > 0.5
    seen = part & pair.movement.known
    return None if seen.sum() < LEAST_SEEN * max(part.sum(), 1) else seen


def _moved(pair: Pair, called: str, seen: NDArray[np.bool_], far: float) -> Moved:
    """What became of a part."""
    rows, columns = np.nonzero(seen)
    by = pair.movement.by[seen]
    places = np.stack([columns, rows], axis=1) - pair.faces[0].landmarks[168, :2]
    left = places[:, 0] > 0
    side, out = _side(by, left), _from_middle(places, left if called in PAIRED else np.ones_like(left))
    there = left == (side == "left") if side else np.ones_like(left)
    return Moved(called, far, _way(by[there], out[there]), side)


def _from_middle(places: Vectors, left: NDArray[np.bool_]) -> Vectors:
    """Where each place lies as seen from the middle of those that are on its side, (N, 2)."""
    out = places.copy()
    for half in (left, ~left):
        out[half] -= places[half].mean(0) if half.any() else 0
    return out


def _side(by: Vectors, left: NDArray[np.bool_]) -> str:
    """``left`` or ``right`` where only that side of the person moved, else ""."""
    ends = [float(np.quantile(np.linalg.norm(by[half], axis=1), SHARE)) if half.any() else 0.0 for half in (left, ~left)]
    if min(ends) > ONE_SIDE * max(ends):
        return ""
    return "left" if ends[0] > ends[1] else "right"


def _way(by: Vectors, out: Vectors) -> str:
    """The word for which way a part went that accounts for most of its motion; "moved" where none does. ``out``: from its middle."""
    length = np.linalg.norm(by, axis=1)
    shares = {
        ("higher", "lower"): -by[:, 1],
        ASIDE: by[:, 0],
        WIDTH: by[:, 0] * np.sign(out[:, 0]),
        ("larger", "smaller"): (by * out).sum(1) / np.maximum(np.linalg.norm(out, axis=1), 1e-6),
    }
    moving = length >= np.quantile(length, 0.5)
    words, along = max(((words, float(along[moving].sum())) for words, along in shares.items()), key=lambda found: abs(found[1]))
    plain = abs(along) >= PLAIN * float(length[moving].sum())
    return words[0 if along > 0 else 1] if plain else "moved"


def _another(pair: Pair) -> Reading | NotAssessed:
    """The shape in another photo against that in the person's photos."""
    alike = [photo for photo in (pair.source, *pair.others) if _held_alike(photo.pose, pair.result.pose)]
    if not alike:
        return NotAssessed("no photo of the person shows the head held as in the result, and nearly straight")
    upright = pair.faces[0].landmarks
    usual = np.mean([fitted(photo.landmarks, upright, pair.ipd) for photo in alike], axis=0)
    placed = fitted(pair.faces[1].landmarks, usual, pair.ipd)
    by = ((placed - usual)[:, :2] * (100 / pair.ipd)).astype(np.float32)
    worst = max(MESH, key=lambda part: _spread(by[list(MESH[part])]))
    points = list(MESH[worst])
    places = (usual[points, :2] - upright[168, :2]).astype(np.float32)
    left = places[:, 0] > 0
    out = _from_middle(places, left if worst in PAIRED else np.ones_like(left))
    far, way = _spread(by[points]), _way(by[points], out)
    of = "the person's other photo" if len(alike) == 1 else f"{len(alike)} photos of the person"
    return Reading(round(far, 2), _comparison(worst, far, way, of), worst, "Choose a result that has the person's own proportions.")


def _held_alike(one: Pose, other: Pose) -> bool:
    """Whether two heads are turned so little, and so nearly alike, that their meshes can be compared."""
    return max(abs(one.yaw - other.yaw), abs(one.pitch - other.pitch), abs(one.yaw) - 5, abs(other.yaw) - 5) <= TURNED


def _spread(by: Vectors) -> float:
    """Root-mean-square length."""
    return float(np.sqrt(np.square(by).sum(1).mean()))


def _comparison(part: str, far: float, way: str, of: str) -> str:
    """In the words of a layman."""
    amount = f"{far:.0f} % of the eye distance"
    if far < UNSURE:
        return f"No part of the face differs from {of} by more than {amount}: other moments and lenses do as much."
    verb, differs = ("are", "differ") if part.endswith("s") else ("is", "differs")
    if way == "moved":
        return f"The {part} {differs} from {of} by {amount}."
    return f"The {part} {verb} {amount} {way} than in {of}."


def _sentence(moved: Moved) -> str:
    """In the words of a layman."""
    amount, paired = f"{moved.far:.1f} % of the eye distance", moved.part in PAIRED
    if moved.far < UNMOVED:
        return "No part of the face was moved."
    if moved.far < STILL:
        return f"No part of the face moved by more than {amount}."
    if not moved.side:
        return _of_all(moved, amount, "were" if paired else "was")
    whose = f"{moved.side} {moved.part[:-1]}" if paired else f"{moved.side} side of the {moved.part}"
    if moved.way == "moved":
        return f"The {whose} was moved by {amount}."
    if moved.way in ASIDE or (moved.way in WIDTH and not paired):
        outwards = moved.way == "wider" or moved.way == ASIDE[moved.side == "right"]
        return f"The {whose} was moved {'outwards' if outwards else 'inwards'} by {amount}."
    return f"The {whose} is {amount} {moved.way}."


def _of_all(moved: Moved, amount: str, was: str) -> str:
    """Of a part that moved on both sides."""
    if moved.way == "moved":
        return f"The {moved.part} {was} moved by {amount}."
    if moved.way in ASIDE:
        return f"The {moved.part} {was} moved to the person's {'left' if moved.way == ASIDE[0] else 'right'} by {amount}."
    return f"The {moved.part} {'are' if was == 'were' else 'is'} {amount} {moved.way}."
