"""Another expression than the person had."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.shape import at_points
from likeness.image import Plane
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure


class Sign(NamedTuple):
    """Something that moves with the expression: the mesh points that rise with it, those they are measured against, what it is then
    and what in the other case, and the share of a true motion that the flow sees there."""

    points: tuple[int, ...]
    against: tuple[int, ...]
    more: str
    less: str
    seen: float


LIPS = (0, 13, 14, 17)  # their middle
# The share of a true motion that the flow sees: a lid is narrow and the eye below stays, so that most is lost in the flow's windows.
CORNER, LID, BROW = 0.85, 0.36, 0.82
SIGNS = {
    "left mouth corner": Sign((291,), LIPS, "higher", "lower", CORNER),
    "right mouth corner": Sign((61,), LIPS, "higher", "lower", CORNER),
    "left eye": Sign((386, 385, 387, 257, 258, 259), (263, 362, 374), "more open", "more closed", LID),
    "right eye": Sign((159, 158, 160, 27, 28, 29), (33, 133, 145), "more open", "more closed", LID),
    "left brow": Sign((282, 295, 334, 296), (263, 362), "higher", "lower", BROW),
    "right brow": Sign((52, 65, 105, 66), (33, 133), "higher", "lower", BROW),
}
STILL = 0.6  # % IPD: handling does as much, so that nothing is said of which way
DRAWN = 0.65  # of a brow's rise reads as one of the lid below, whose fold goes along
UNMOVED = 0.05  # % IPD; less is written 0.0
PLACES = {"mouth": ("lips", 0.10), "eye": ("eyes", 0.08), "brow": ("brows", 0.06)}  # what the map shows, and how far beyond, IPD


@measure(title="Expression", group="expression", unit="% IPD", min_ipd=56, min_quality=30, limits=Limits((0.0, 0.6), (0.0, 1.5)))
def expression(pair: Pair) -> Reading | NotAssessed:
    """How far a mouth corner, a lid or a brow was moved up or down, % of the eye distance; the one that was moved most.

    Dense flow at the mesh points of the source, each against what it rests on, so that a part that was moved as a whole does not
    count: corners against the middle of the lips, lids and brows against the corners of the eye. What the flow is known to lose of
    so small a motion is added.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; another moment has another expression")
    rises = {name: rise for name, sign in SIGNS.items() if (rise := _rise(pair, sign)) is not None}
    found = {name: rise - _drawn(name, rises) for name, rise in rises.items()}
    if not found:
        return NotAssessed("neither mouth, eyes nor brows could be followed from the source to the result")
    worst = max(found, key=lambda name: abs(found[name]))
    value, sign = found[worst], SIGNS[worst]
    reason = f"The {worst} is {abs(value):.1f} % of the eye distance {sign.more if value > 0 else sign.less}."
    if abs(value) < STILL:
        most = f"moved by no more than {abs(value):.1f} % of the eye distance" if abs(value) >= UNMOVED else "are where they were"
        reason = f"Mouth corners, lids and brows {most}."
    return Reading(round(abs(value), 3), reason, worst, "Leave the expression as it is in the source.", _map(pair, rises))


def _rise(pair: Pair, sign: Sign) -> float | None:
    """How far ``sign`` rose, % of the IPD; None where it could not be followed."""
    points, against = (_down(pair, points) for points in (sign.points, sign.against))
    if not len(points) or not len(against):
        return None
    return float(against.mean() - points.mean()) / sign.seen


def _down(pair: Pair, points: tuple[int, ...]) -> NDArray[np.float32]:
    """How far each of the mesh ``points`` that could be followed went down, % of the IPD."""
    places = pair.faces[0].landmarks[list(points)]
    known = at_points(pair.movement.known.astype(np.float32), places) > 0.5
    return np.asarray(at_points(pair.registration.flow, places)[known, 1] * (100 / pair.ipd), np.float32)


def _drawn(name: str, rises: dict[str, float]) -> float:
    """What of the rise of a lid is that of the brow above, by what rose: 0 of all others."""
    side, part = name.split()[:2]
    return DRAWN * rises.get(f"{side} brow", 0.0) if part == "eye" else 0.0


def _map(pair: Pair, rises: dict[str, float]) -> Plane:
    """How far the places of the signs that were found went up or down, as these are measured, % of the IPD, (H, W); NaN elsewhere."""
    source, _ = pair.faces
    down = pair.registration.flow[..., 1] * (100 / pair.ipd)
    left = np.arange(source.size[0]) > source.landmarks[168, 0]
    moved = np.full(down.shape, np.nan, np.float32)
    for name in rises:
        side, part = name.split()[:2]
        shown = (source.region(*PLACES[part]) > 0.5) & pair.movement.known & (left if side == "left" else ~left)
        rise = (_down(pair, SIGNS[name].against).mean() - down[shown]) / SIGNS[name].seen
        moved[shown] = np.abs(rise - _drawn(name, rises))
    return moved
