"""A picture stretched as a whole: longer one way than the other, the person and all that is around alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Affine, Points
from likeness.image.filters import grown
from likeness.image.flow import Flow, dense_flow, flow_of, positions, round_trip_error, structure, trimmed_affine
from likeness.image.geometry import IDENTITY, compose, invert, similarity, transform
from likeness.portrait import Portrait

LEAST = 1.01  # of the one way over the other; what is less passes for handling
SUSPECT = 1.006  # of the face alone, from which on the whole picture is looked at; ordinary handling stays under 1.0015
MOST = 1.4  # pictures stretched by more are not recognised as the same any more
ROUNDS, SETTLED = 4, 1.0005  # the flow follows a large stretch to a tenth at first
APART = 0.1  # IPD from the person that may be mixed with hair
STRIDE = 4  # pixels between the samples
COMES_BACK = 0.5  # pixels of the round trip of the flow
ONE_PHOTO = 0.5  # share of the face's structure that is followed: over 0.85 from a photo to its like, under 0.25 to another
WINDOW, STEEP = 0.06, 2.0  # IPD and levels per 1/128 IPD of structure that the flow can follow
LEAST_POINTS = 40  # of a zone, for it to be heard
KEPT = 0.4  # share of the background that has structure and is followed: less, and it was replaced
FITS, NOISE = 0.25, 0.12  # of what a stretch moves a zone, and pixels, by which the flow may differ from it
Direction = Literal["height", "width"]
Seen = Literal["picture", "person"]
Framed = tuple[View, Affine]


class Stretch(NamedTuple):
    """What is seen is ``factor`` times as long in ``direction`` of the source as across it, > 1. ``by``: where that takes the pixels of the
    frame of the source's face. ``seen``: whether the surroundings show it too, or the person alone before a new or bare background."""

    factor: float
    direction: Direction
    by: Affine
    seen: Seen = "picture"

    def as_json(self) -> dict[str, str | float]:
        return {"direction": self.direction, "factor": round(self.factor, 4), "of": self.seen}

    def uneven(self, points: Points) -> Affine:
        """What of ``by`` the similarity that fits it best at ``points`` (N, 2 or 3) of the face does not explain: a map to displacements."""
        flat = points[:, :2]
        return self.by - similarity(flat, transform(flat, self.by))


def stretch_of(face: Framed, scene: Framed, flow: Flow, result: Portrait, to_result: Affine) -> Stretch | None:
    """How the whole picture was stretched; None where it was not.

    ``face`` and ``scene``: two views of the source, each with the map from there to the source; ``flow``: from that of the face to
    ``result``, as its landmarks lie; ``to_result``: the best similarity from the face's frame to it.

    Ordinary pictures are passed by the face alone. Else one affine map has to explain the flow over face, person and what is behind.
    """
    if not _suspected(face[0], flow):
        return None
    to_face = compose(invert(face[1]), scene[1])

    def through(affine: Affine) -> View:
        return View.of(result, compose(to_result, compose(to_face, affine)), scene[0].size, scene[0].ipd)

    found = _common(scene[0], through)
    if found is None:
        return None
    affine, seen = found
    in_source = compose(scene[1], compose(affine, invert(scene[1])))
    return Stretch(_elongation(affine), _direction(in_source), compose(to_face, compose(affine, invert(to_face))), seen)


def _suspected(face: View, flow: Flow) -> bool:
    """Whether the face alone looks stretched."""
    rows, columns = _samples(face.region("face", grow=0.05) > 0.5)
    points = np.stack([columns, rows], axis=1).astype(np.float32)
    return len(points) >= LEAST_POINTS and _elongation(trimmed_affine(points, points + flow[rows, columns])) > SUSPECT


def _common(source: View, through: Callable[[Affine], View]) -> tuple[Affine, Seen] | None:
    """Where the pixels of the source's scene went, as one affine map that all parts follow and whose axes differ by more than LEAST; and
    what shows it."""
    found, rounds = IDENTITY, 0
    while True:
        flow, known = _followed(source, through(found))
        rows, columns = _samples(known)
        if not known.any():
            return None
        points = np.stack([columns, rows], axis=1).astype(np.float32)
        more, rounds = trimmed_affine(points, points + flow[rows, columns]), rounds + 1
        found = compose(found, more)
        if not LEAST < _elongation(found) < MOST:
            return None
        if rounds == ROUNDS or _elongation(more) < SETTLED:
            seen = _following(source, found, flow - flow_of(more, source.size), known)
            return None if seen is None else (found, seen)


def _elongation(affine: Affine) -> float:
    """How many times longer the longer axis becomes than the shorter, >= 1."""
    long, short = np.linalg.svd(affine[:, :2], compute_uv=False)
    return float(long / max(short, 1e-6))


def _direction(affine: Affine) -> Direction:
    """Which way ``affine`` makes its origin longer."""
    along = np.linalg.svd(affine[:, :2])[2][0]
    return "height" if abs(along[1]) > abs(along[0]) else "width"


def _followed(source: View, result: View) -> tuple[Flow, NDArray[np.bool_]]:
    """The flow between two scenes, and where both have the structure to follow and it comes back, (H, W): nowhere, where the face shows
    that they are two photos."""
    flow, back = dense_flow(source.pattern, result.pattern), dense_flow(result.pattern, source.pattern)
    outside = grown(source.valid * result.valid < 0.5, WINDOW * source.ipd)
    structured = ~outside & _structured(source) & _structured(result)
    known = structured & (round_trip_error(flow, back) < COMES_BACK)
    face = source.region("face", grow=0.05) > 0.5
    return flow, known & (_count(known & face) >= max(LEAST_POINTS, ONE_PHOTO * _count(structured & face)))


def _structured(view: View) -> NDArray[np.bool_]:
    return structure(view.pattern, WINDOW * view.ipd) * (view.ipd / 128) > STEEP


def _following(source: View, affine: Affine, rest: Flow, known: NDArray[np.bool_]) -> Seen | None:
    """Whether the face, the rest of the person and what is behind all lie where ``affine`` has them, ``rest`` apart; None where they do
    not, and where there is nothing but the face to tell. A background that can't be followed, be it bare or new, is not asked."""
    face, person, behind = source.region("face", grow=0.05) > 0.5, source.person, ~grown(source.person > 0.05, APART * source.ipd)
    textured = behind & (source.valid > 0) & _structured(source)
    kept = _count(behind & known) >= max(LEAST_POINTS, KEPT * _count(textured))
    asked = (face, (person > 0.9) & ~face, behind & kept)
    zones = [zone & known for zone in asked if _count(zone & known) >= LEAST_POINTS]
    if len(zones) < 2:
        return None
    uneven = _uneven(affine, source.size)
    return ("picture" if kept else "person") if all(_follows(rest[zone], uneven[zone]) for zone in zones) else None


def _follows(rest: Flow, uneven: Flow) -> bool:
    off, moved = (float(np.median(np.linalg.norm(flow, axis=1))) for flow in (rest, uneven))
    return off < max(FITS * moved, NOISE)


def _uneven(affine: Affine, size: tuple[int, int]) -> Flow:
    """What of ``affine`` no similarity explains in a picture of ``size`` (width, height), as a flow."""
    corners = np.array([(0, 0), (size[0], 0), (0, size[1]), size], np.float32)
    return positions(affine - similarity(corners, transform(corners, affine)), size)


def _count(where: NDArray[np.bool_]) -> int:
    """The samples in it."""
    return int(where[::STRIDE, ::STRIDE].sum())


def _samples(where: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = np.nonzero(where[::STRIDE, ::STRIDE])
    return rows * STRIDE, columns * STRIDE
