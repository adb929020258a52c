"""A rim around the person: brighter or darker than person and background, an edge cut as from paper, a piece painted over or gone."""

from __future__ import annotations

from likeness.comparison.cut import BLURRED, OWN, cut_of, own_cut
from likeness.comparison.focus import blurred_along
from likeness.comparison.foreign import foreign
from likeness.comparison.pair import Pair
from likeness.comparison.pieces import SPOT, worst_piece
from likeness.image.edges import Band, Rim, cut_short, rims, weighted_quantile
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

WINDOW = 0.12  # IPD; along the edge
PLACES = 0.15  # IPD between the places at which the edge is crossed
MOST = 0.75  # of the edge that may be without a rim: it need not run all around
SOFT_ENOUGH = 0.28  # of what was half transparent may be gone before anybody would call it cut
ALL = 0.995  # of the detail; what is blurred beyond what lies further in cannot lose more
PLAIN = 0.4  # of the detail; of a rim that lost so much nothing else is said
LITTLE = 0.23  # of the detail; a rim that lost less is as sharp as the rest
HAIR = (0.1, 0.9)  # alpha of what scissors cut off
ADVICE = "Cut the person out anew with a softer matte and the person's own edge colours, or keep the photo's own background."


@measure(
    title="Halo around the person",
    group="background",
    unit="share",
    min_ipd=30,
    min_quality=30,
    limits=Limits((0.0, 0.28), (0.0, 0.4)),
    other_photo=Limits((0.0, 0.85), (0.0, 1.6)),
)
def edge_halo(pair: Pair) -> Reading | NotAssessed:
    """How far the edge is brighter or darker than both the person and the background, or harder than hair is, as a share.

    Rim: lightness averaged across the edge, at places 0.15 IPD apart; by how much it goes beyond both sides within 5 % IPD, divided by
    their difference; less the same of a proper composite of the source's layers, so that a rim light of the photo is none; a quarter of
    the edge has this or more. Scissors: how much of what was half transparent became whole or nothing, by the median of the windows along
    the edge. Mixed in linear light or in sRGB, whichever fits. The larger is the value. Of another photo the first alone, against nothing.

    Before the photo's own background, blurred or not: the share of the detail that hair and shoulders lost along their outline beside
    what lies further in (see comparison.focus), for a blur that does not end at the person makes another kind of halo; or, where that is
    more, the share of the fullest half of a spot (0.17 IPD across) beside the person that shows neither the photo nor a blur of it (see comparison.foreign).

    And of a background that was blurred or replaced, from the two pictures alone, for the layers that all else here rests on may be wrong:
    the share of the fullest spot (0.17 IPD across) of hair, ears, neck or clothes whose colours no light explains (see
    comparison.repainted), and the same of what belongs to the person at the outline and is gone (see comparison.lost). The largest is the
    value. Before a background that was kept, it is the ``body`` that tells of such a piece.
    """
    edge = _edge(pair)
    if pair.background == "kept":
        return edge
    worst = worst_piece(pair)
    if worst is None or worst.share <= (edge.value if isinstance(edge, Reading) else SPOT):
        return edge
    value = round(worst.share, 3)
    if value <= SPOT:
        return Reading(value, f"{worst.place} a few colours differ from the source's, as they do where hair is mixed anew.", "edge")
    reason = f"{worst.place} a piece of the person was painted over or cut away: {100 * value:.0f} % of the worst spot shows something else."
    return Reading(value, reason, "edge", "Lay the person's own pixels over it again, or keep the photo's own background.")


def _edge(pair: Pair) -> Reading | NotAssessed:
    """What a rim, scissors or a blur did along the outline."""
    if pair.tones and pair.background in ("kept", "blurred"):
        return _own_background(pair)
    edge = own_cut(pair) if pair.mode == "other-photo" else cut_of(pair)
    if not isinstance(edge, Band):
        return edge
    if pair.mode == "other-photo":
        rim, hard = rims(edge, PLACES, None), 0.0
    else:
        found = [rims(edge, PLACES, edge.mixed(encoded)) for encoded in (False, True)]
        rim = min((r for r in found if r), key=_value, default=None)
        hard = min(_hardness(edge, encoded) for encoded in (False, True))
    if rim is None:
        return NotAssessed("the edge between person and background is too short to be measured")
    value = round(max(_value(rim), hard), 3) + 0.0
    if hard > _value(rim) and value <= SOFT_ENOUGH:
        return Reading(
            value, f"Hair and edges are nearly as soft as they were: {100 * hard:.0f} % of what was soft is gone.", "edge"
        )
    if hard > _value(rim):
        return Reading(value, f"Hair and edges are cut hard: {100 * hard:.0f} % of what was soft is gone.", "edge", ADVICE)
    side = "brighter" if weighted_quantile(rim.overshoot, rim.length, 0.5) >= 0 else "darker"
    reason = f"Along a quarter of the edge runs a rim {side} than person and background, by {100 * max(value, 0):.0f} % of their difference."
    return Reading(value, reason if value > 0.02 else "No rim is seen around the person.", "edge", ADVICE)


def _own_background(pair: Pair) -> Reading:
    """Of a result with the source's background."""
    lost, strange = blurred_along(pair), foreign(pair)
    said = OWN if pair.background == "kept" else BLURRED
    value = round(max(lost or 0.0, 0.0), 3)
    if strange and strange.share > max(value, SPOT) and value < PLAIN:
        share = f"{100 * strange.share:.0f} % of the worst spot"
        reason = (
            f"{strange.place} the background along the edge shows what the photo does not have there, nor a blur of it: {share}."
        )
        return Reading(
            round(strange.share, 3),
            reason,
            "edge",
            "Leave what is beside the person as it is in the photo, or blur the background alone.",
        )
    if value <= LITTLE:
        return Reading(value, said if lost is None or said == OWN else f"{said} Hair and outline before it are sharp.", "edge")
    share = f"{100 * value:.0f} % of their detail or more" if value < ALL else "all of their detail"
    reason = f"Along a quarter of the edge hair and outline lost {share}: they were blurred along."
    return Reading(value, reason, "edge", "Blur what is behind the person alone, and leave hair and shoulders sharp.")


def _value(rim: Rim) -> float:
    return weighted_quantile(abs(rim.overshoot), rim.length, MOST)


def _hardness(edge: Band, encoded: bool) -> float:
    hair = edge.part((edge.alpha > HAIR[0]) & (edge.alpha < HAIR[1]))
    share, weight = cut_short(hair, WINDOW, encoded=encoded)
    return weighted_quantile(share, weight, 0.5)
