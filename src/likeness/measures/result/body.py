"""A body that is not the person's own: another torso, a slimmer one, shoulders that were made up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.monochrome import is_monochrome
from likeness.comparison.overlaid import strokes
from likeness.comparison.pair import Pair
from likeness.comparison.pieces import worst_piece
from likeness.comparison.view import View
from likeness.image.filters import fill, grown
from likeness.image.flow import contrast_normalised, dense_flow, positions, round_trip_error
from likeness.image.geometry import scale_of, warp
from likeness.image.structure import agreement, pushed, widening
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

Mask = NDArray[np.bool_]

CHIN = 152  # mesh point
COLLAR = 0.1  # IPD below the chin; from here on it is neck, hair and clothes
HEAD = 0.06  # IPD around the face that are the head's
EDGE = 0.06  # IPD inside the person's outline, and inside either picture: a new background begins there
WAVES = (9.0, 60.0)  # mm; collars, lapels and folds: coarse enough to outlive a messenger
WINDOW, NORMALISE = 0.2, 0.15  # IPD
OUTLINE = 0.08  # IPD; what lies about the outline is seen within this
ASTRAY = 0.7  # pixels; flow that does not lead back to within this is hardly believed
LEAST_TORSO = 0.25  # IPD squared; less is a neck
LEAST_STRUCTURE = 0.12  # IPD squared
STRUCTURE_DOUBT, SHAPE_DOUBT = 0.5, 0.25  # IPD squared; with this much to compare, half of a difference is believed
DRIFT = 0.06  # IPD; a face registered that badly at the distance of the chest is forgiven
BORROWED = 0.3  # of the structure; with less in common it is another body
PLAIN, FLATNESS = 0.02, 4  # log, pixels; what varies less within that many pixels around is of one colour
END = 2.0  # pixels at the end of either picture that are mixed with what is not there
MARGIN, LEAST_BEYOND = (
    0.08,
    0.1,
)  # IPD, its square: a result registered that badly reaches over the source's frame, or by that little
SHARES = (0.0, 10.0, 30.0, 100.0)  # what counts as much:
WIDTHS = (0.0, 0.6, 3.0, 10.0)  # % of its width by which a torso is wider or narrower
PUSHES = (0.0, 1.5, 7.0, 25.0)  # % IPD by which a part of it was pushed sideways
BEYOND = (0.0, 5.0, 15.0, 60.0)  # % of the torso that the source does not show
DRAWN = (0.0, 0.5, 10.0, 40.0)  # % of the torso that text or a watermark covers
PIECE = (0.0, 28.0, 40.0, 100.0)  # % of a spot of hair, ears, neck or clothes that was painted over
NATURAL = SHARES[1]


@measure(title="Body", group="body", unit="%", min_ipd=30, min_quality=30, limits=Limits((0.0, NATURAL), (0.0, 30.0)))
def body(pair: Pair) -> Reading | NotAssessed:
    """How much of the body below the chin is not the source's own, % of the structure that can be compared: the worst of three.

    Structure: 1 less the local correlation of collars, lapels and folds (9 to 60 mm, CIELAB), weighted by how much there is of them;
    colours, light and whatever is behind the person do not count. Shape: by how much the dense flow widens or narrows the torso
    (0.6 % of its width counts as 10, 3 % as 30) or pushes a part of it or of its outline sideways (1.5 % IPD as 10, 7 % as 30). Frame: the share of the
    torso that lies outside the source's picture; 5 % counts as 10, 15 % as 30. With little to compare, less of a difference is
    believed. Text drawn over it is named and otherwise left out; a black-and-white result is compared by its lightness. Another photo may show other clothes and another posture: not assessed.

    And before a background that was kept, where no cut-out is to blame: the share of the fullest spot of hair, ears, neck or clothes that was
    painted over or lost at the outline (see comparison.pieces; 28 % counts as 10, 40 % as 30), an earring or a lock that was taken away.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; another posture and other clothes are natural", "torso")
    below = _below(pair)
    if isinstance(below, Reading) and below.value > NATURAL:
        return below
    piece = _piece(pair)
    return piece if piece and piece.value > NATURAL else below


def _piece(pair: Pair) -> Reading | None:
    """What was painted over, if the background was kept."""
    spot = worst_piece(pair) if pair.background == "kept" else None
    if spot is None:
        return None
    value = round(float(np.interp(100 * spot.share, PIECE, SHARES)), 2)
    reason = f"{spot.place} a piece of the person was painted over or taken away: {100 * spot.share:.0f} % of the worst spot shows something else."
    return Reading(value, reason, "edge", "Leave hair, ears, jewellery and clothes as they are in the source.")


def _below(pair: Pair) -> Reading | NotAssessed:
    """What is told below the chin."""
    source, result = pair.bodies
    known, area = torso(source, result), source.ipd**2
    made_up = invented(source, result)
    if known.sum() + made_up.sum() < LEAST_TORSO * area:
        return Reading(0.0, "The picture ends at the neck: no body is shown that could be another's.", "torso")
    found = []
    if made_up.sum() >= LEAST_BEYOND * area:
        share = 100 * float(made_up.sum() / (made_up.sum() + known.sum()))
        value = round(float(np.interp(share, BEYOND, SHARES)), 2)
        reason = f"{share:.0f} % of the body shown lies outside the source's picture: it was made up."
        natural = "The body shown lies within the source's picture, but for its very edge."
        found.append(Reading(value, reason if value > NATURAL else natural, "torso", "Crop to what the photo shows."))
    drawn = strokes(source, result, pair.tones[0].of(source.pixels), known) if pair.tones else np.zeros_like(known)
    if drawn.any():
        share = 100 * float(drawn.sum() / known.sum())
        reason = f"Text or a watermark was drawn over the body: its strokes cover {share:.0f} % of it."
        found.append(Reading(round(float(np.interp(share, DRAWN, SHARES)), 2), reason, "torso", "Use the picture without it."))
    found += _compared(source, result, known & ~drawn, drawn, pair.background == "kept")
    if not found:
        return NotAssessed("what is seen of the clothes is too plain to tell whose they are", "torso")
    return max(found, key=lambda reading: reading.value)


def torso(source: View, result: View) -> Mask:
    """Where both views surely show the source's person below the chin, (H, W)."""
    own = grown((source.person > 0.9) | (source.valid == 0), -EDGE * source.ipd)
    seen = grown((source.valid * result.valid) > 0, -EDGE * source.ipd)
    return np.asarray(_below_chin(source) & own & seen)


def _below_chin(source: View) -> Mask:
    """What is lower than the chin and no part of the face, (H, W)."""
    low = np.arange(source.size[1])[:, None] > source.landmarks[CHIN, 1] + COLLAR * source.ipd
    return np.asarray(low & ~(source.region("face", HEAD) > 0.5))


def _outlined(source: View, result: View, with_edge: bool) -> Mask:
    """The torso with its outline against the background, and a little of that ``with_edge``; else less the outline, (H, W)."""
    seen = grown((source.valid * result.valid) > 0, -EDGE * source.ipd)
    own = grown(source.person > 0.5, OUTLINE * source.ipd) if with_edge else grown(source.person > 0.9, -OUTLINE / 4 * source.ipd)
    return np.asarray(_below_chin(source) & own & seen)


def invented(source: View, result: View) -> Mask:
    """Where ``result`` shows a person below the chin that the source's photo does not reach to, (H, W)."""
    to_photo, photo = source.portrait.to_photo, source.portrait.photo
    x, y = np.moveaxis(positions(to_photo, source.size), 2, 0)
    margin = MARGIN * source.ipd * scale_of(to_photo)
    inside = (x >= -margin) & (y >= -margin) & (x <= photo.width - 1 + margin) & (y <= photo.height - 1 + margin)
    beyond = _below_chin(source) & ~inside & grown(result.valid > 0, -FLATNESS)  # at its end nothing looks plain
    if beyond.sum() < LEAST_BEYOND * source.ipd**2:
        return np.zeros_like(beyond)
    around = np.ones((2 * FLATNESS + 1,) * 2)
    plain = cv2.morphologyEx(result.log_luma, cv2.MORPH_GRADIENT, around) < PLAIN  # a bar or a frame, no body
    return np.asarray(beyond & (result.person > 0.5) & ~cv2.dilate(plain.astype(np.uint8), around).astype(bool))


def _compared(source: View, result: View, known: Mask, drawn: Mask, with_edge: bool) -> list[Reading]:
    """What the structure and its shape say; nothing where there is too little of it. ``with_edge``: the outline against the background too."""
    ipd, compared = source.ipd, grown(source.valid * result.valid > 0, -END) & _below_chin(source) & ~drawn
    if not with_edge:
        compared &= source.person > 0.9
    labs = [view.lab for view in (source, result)]
    if is_monochrome(result) != is_monochrome(source):
        labs = [lab * np.array([1, 0, 0], np.float32) for lab in labs]
    before, after = (fill(lab, compared.astype(np.float32)) for lab in labs)
    there, here = (contrast_normalised(np.ascontiguousarray(lab[..., 0]) / 100, NORMALISE * ipd) for lab in (before, after))
    top = int(np.argmax(compared.any(1)))  # above it there is nothing to follow
    flow, sure = np.zeros((*compared.shape, 2), np.float32), np.zeros(compared.shape, np.float32)
    flow[top:] = dense_flow(there[top:], here[top:], fine=True)
    back = dense_flow(here[top:], there[top:], fine=True)
    sure[top:] = np.exp(-np.square(round_trip_error(flow[top:], back) / ASTRAY))
    drift = np.median(flow[known], axis=0) if known.any() else np.zeros(2)
    if np.abs(drift).max() < DRIFT * ipd:
        after = warp(after, np.column_stack([np.eye(2), drift]), source.size)
    finest, coarsest = (wave * ipd / 63 / 5.34 for wave in WAVES)
    alike, weight = agreement(before, after, known, finest, coarsest, WINDOW * ipd)
    weight = weight * known
    evidence = float(weight.sum()) / ipd**2
    if evidence < LEAST_STRUCTURE:
        return []
    common = float(np.clip((weight * alike).sum() / weight.sum(), 0, 1))
    structure = _of_structure(common, evidence)
    if common < BORROWED:
        return [structure]
    chin, believed = source.landmarks[CHIN], evidence / (evidence + SHAPE_DOUBT)
    wider = 100 * widening(flow, weight, float(chin[0]), float(chin[1] + ipd))
    outlined = _outlined(source, result, with_edge) & ~drawn
    drawn_in = agreement(before, after, outlined, finest, coarsest, OUTLINE * ipd).weight * outlined * sure
    moved = 100 * pushed(flow, np.asarray(drawn_in, np.float32), outlined, WINDOW * ipd) / ipd
    return [structure, _of_width(wider, believed), _of_pushes(moved, believed)]


def _of_structure(common: float, evidence: float) -> Reading:
    value = round(100 * (1 - common) * evidence / (evidence + STRUCTURE_DOUBT), 2)
    if value <= NATURAL:
        return Reading(value, "What the body's clothes, hair and neck show is the source's own.", "torso")
    whose = "the body is not from this photo" if common < BORROWED else "the rest was changed or comes from elsewhere"
    reason = f"{100 * common:.0f} % of what the body's clothes, hair and neck show is the source's own: {whose}."
    return Reading(value, reason, "torso", "Keep the body that the photo shows.")


def _of_width(wider: float, believed: float) -> Reading:
    """``wider``: %; ``believed``: the share of it that so much evidence bears out."""
    value = round(float(np.interp(abs(wider) * believed, WIDTHS, SHARES)), 2)
    if value <= NATURAL:
        return Reading(value, "The torso is as wide as in the source.", "torso")
    reason = f"The torso is {abs(wider):.1f} % {'wider' if wider > 0 else 'narrower'} than in the source."
    return Reading(value, reason, "torso", "Leave the shape of the body as it is in the source.")


def _of_pushes(moved: float, believed: float) -> Reading:
    """``moved``: % IPD; ``believed``: as for the width."""
    value = round(float(np.interp(moved * believed, PUSHES, SHARES)), 2)
    if value <= NATURAL:
        return Reading(value, "The torso has the outline that it has in the source.", "torso")
    reason = f"A part of the torso was pushed sideways by {moved:.1f} % of the eye distance."
    return Reading(value, reason, "torso", "Leave the shape of the body as it is in the source.")
