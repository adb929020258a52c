"""A face made more alike on both sides than it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.shape import INNER, PARTNER, asymmetry, at_points
from likeness.image import Plane, Points
from likeness.image.filters import gaussian
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

TURNED = 15.0  # degrees; beyond it what the mesh says of the far side makes up most of the asymmetry
LEAST = 0.5  # % IPD; a face whose sides differ by less has nothing that could be taken away
LEAST_SEEN = 0.4  # share of the mesh points that must have been followed on both sides
ALIKE = 0.15  # handling alone changes it by as much
WINDOW = 0.12  # IPD, of the map


@measure(
    title="Symmetry of the face",
    group="shape",
    unit="ratio",
    min_ipd=56,
    min_quality=30,
    limits=Limits((0.85, 1.15), (0.70, 1.40), log=True),
)
def symmetry(pair: Pair) -> Reading | NotAssessed:
    """How much of the face's own asymmetry is left: 1 all of it, 0.6 when the face was made 40 % more symmetric, above 1 when less.

    The mesh of the source says how each point differs from its partner's mirror image, head pose and perspective taken out; the flow
    says where these points went. The share that is gone is the slope of a regression of the one on the other. Landmarks of the
    result are not asked: they hardly follow a reshape.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; another pose and expression have another asymmetry")
    if abs(pair.source.pose.yaw) > TURNED:
        return NotAssessed("the head is turned too far for its two sides to be compared")
    source, _ = pair.faces
    crooked = asymmetry(source.landmarks)[:, :2] * 100 / pair.ipd
    moved = at_points(pair.movement.by, source.landmarks)[:468]
    known = at_points(pair.movement.known.astype(np.float32), source.landmarks)[:468] > 0.5
    seen = known & known[PARTNER] & INNER
    if seen.sum() < LEAST_SEEN * INNER.sum():
        return NotAssessed("too little of the face could be followed on both sides")
    spread = float(np.sqrt(np.square(crooked[seen]).sum(1).mean()))
    if spread < LEAST:
        return NotAssessed(f"the two sides of the face differ by only {spread:.1f} % of the eye distance")
    taken = -2 * (crooked * moved).sum(1)  # a point and its partner share what is taken away
    own = np.square(crooked).sum(1)
    left = float(1 - taken[seen].sum() / own[seen].sum())
    heat = _map(taken[seen], own[seen], source.landmarks[:468][seen], pair)
    advice = "Leave the two sides of the face as different as they are."
    return Reading(round(max(left, 0.0), 3), _sentence(left, spread), "face", advice, heat)


def _map(taken: NDArray[np.float32], own: NDArray[np.float32], points: Points, pair: Pair) -> Plane:
    """The value place by place, (H, W): the same regression in windows of WINDOW; NaN where the face was not followed."""
    width, height = pair.faces[0].size
    sums = np.zeros((height, width, 2), np.float32)
    columns, rows = (np.clip(np.round(points[:, k]).astype(int), 0, size - 1) for k, size in enumerate((width, height)))
    np.add.at(sums, (rows, columns), np.stack([taken, own], axis=1))
    soft = gaussian(sums, WINDOW * pair.ipd)
    steady = LEAST**2 / (WINDOW * pair.ipd) ** 2  # where the sides hardly differ, little says nothing
    left = 1 - soft[..., 0] / (soft[..., 1] + steady)
    return np.where(pair.movement.known, left, np.nan).astype(np.float32)


def _sentence(left: float, spread: float) -> str:
    """In the words of a layman."""
    own = f"its two sides differ by {spread:.1f} % of the eye distance in the source"
    if abs(left - 1) < ALIKE:
        kept = "is as asymmetric as the person's" if left >= 1 else f"kept {100 * left:.0f} % of the person's asymmetry"
        return f"The face {kept}: {own}."
    return f"The face is {100 * abs(left - 1):.0f} % {'more' if left < 1 else 'less'} symmetric than the person's: {own}."
