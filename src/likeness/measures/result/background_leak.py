"""The old background's colour left around the person."""

from __future__ import annotations

import numpy as np

from likeness.comparison.cut import BLURRED, EMPTY, cut_of
from likeness.comparison.focus import left_sharp
from likeness.comparison.pair import Pair
from likeness.image.carried import carried
from likeness.image.color import lab_from_linear
from likeness.image.edges import Band, Share, old_share, weighted_quantile
from likeness.image.remnants import remnants, worst_spot
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

MIXED, INNER = (0.3, 0.97), (0.5, 0.98)  # alpha between which a pixel tells what is mixed in it; in the inner half of the edge
EDGE = (0.1, 0.97)  # alpha between which a clean and an untreated edge differ
MOST = 0.4  # of an untreated edge may be explained better by a clean cut-out
ALIKE = 0.37  # the value at which a clean and an untreated cut-out explain the edge alike
VEIL = (0.01, 0.05)  # IPD outside the edge, where nothing of the old background should be
VEIL_COUNTS = 5.0  # times as much as in mixed pixels
WINDOW = 0.12  # IPD; along the edge, so that one place where alpha was solved wrongly does not speak for all
LEAST = 60  # pixels
LITTLE = 0.28  # of the detail; a blur that leaves less beside the person ends well
FITS = (1.5, 0.3)  # a way of mixing may have so many times the misfit of the other, and so much more
ADVICE = "Keep or blur the photo's own background, or use one nearer to it in colour."


@measure(
    title="Old background at the edge",
    group="background",
    unit="share",
    min_ipd=30,
    min_quality=30,
    limits=Limits((-0.3, 0.3), (-0.4, 0.4)),
)
def background_leak(pair: Pair) -> Reading | NotAssessed:
    """How much of the old background shows where the person's edge and hair mix with the new one, as a share.

    With alpha, foreground F and old background B0 solved from the source, and the new background B1 seen in the result itself:
    lambda in result = alpha F + (1 - alpha) B1 + lambda (1 - alpha) (B0 - B1) + error (see image.edges), mixed in linear light or in
    sRGB, whichever fits; the mean of its median along the edge and of its upper quarter in the inner half of the edge. 0: composited
    cleanly; a picture cut out with its old background in the hair gives some 0.3 to 0.5; less than 0: more was taken out than there was.

    Right outside the edge, where alpha is 0, a veil of the old background counts five times as much. And alpha may itself take
    a piece of the background for the person: so, from the colours alone, also the share of the fullest spot (0.17 IPD across) around the
    person that still shows the old background.

    What lambda can't know, since another alpha explains it as well, is asked of both ways to make such an edge: clean, or the
    source's own pixels laid over the new background (see image.carried). 0.37 + how much better the second explains three fifths of
    the edge, -1 .. 1. The largest of the four is the value.

    Where the photo's own background was blurred: how much more of its detail a quarter of the surroundings of the person still shows
    than what is further away, as a share of what was lost there (see comparison.focus).
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; its old background is not known")
    if pair.tones and pair.background == "blurred":
        return _blurred(pair)
    edge = cut_of(pair)
    if not isinstance(edge, Band):
        return edge
    value, veil, spot = _leak(edge), VEIL_COUNTS * _veil(edge), _spot(pair)
    untreated, length = _untreated(edge)
    if untreated > max(abs(value), veil, spot):
        reason = f"Along {100 * length:.0f} % of the edge hair and outline look cut out with the old background still in them."
        return Reading(round(untreated, 3), reason, "edge", ADVICE)
    if spot > max(abs(value), veil):
        reason = f"Beside the person a piece of the old background was left: it fills {100 * spot:.0f} % of the worst spot."
        return Reading(round(spot, 3), reason, "edge", "Keep or blur the photo's own background.")
    if veil > abs(value):
        reason = f"Around the person lies a veil of the old background: {100 * veil / VEIL_COUNTS:.0f} % of it beside the edge."
        return Reading(round(veil, 3), reason, "edge", ADVICE)
    return Reading(round(value, 3) + 0.0, told_of(value), "edge", ADVICE)


def told_of(leak: float) -> str:
    """What of the old background's colour is left in the edge: more than all of it cannot be."""
    share = round(100 * min(abs(leak), 1))
    if leak < 0 and share:
        return f"From hair and edges more of the old background's colour was taken out than lay in them: {share} % too much."
    said = {0: "nothing", 100: "all"}.get(share, f"{share} %")
    return f"In hair and edges {said} of the old background's colour shows over the new one."


def _blurred(pair: Pair) -> Reading:
    """Of a result with the source's background, blurred."""
    found = left_sharp(pair)
    if found is None:
        return Reading(0.0, BLURRED, "edge")
    near, far = (min(share, 1.0) for share in found)
    value = round(max((near - far) / max(1 - far, 1e-3), 0.0), 3) if far < 1 else 0.0
    if value <= LITTLE:
        return Reading(value, f"{BLURRED} Beside the person it is no sharper than elsewhere.", "edge")
    reason = f"Around the person the blurred background still shows {100 * near:.0f} % of its detail in places, further away {100 * far:.0f} %."
    return Reading(value, reason, "edge", "Let the blur reach up to the person's outline.")


def _leak(edge: Band) -> float:
    """lambda of the mixed pixels, under the way of mixing that leaves less of it and yet fits."""
    whole, inner = (edge.part((edge.alpha > low) & (edge.alpha < high)) for low, high in (MIXED, INNER))
    if min(len(whole.alpha), len(inner.alpha)) < LEAST:
        return 0.0
    pairs = [[old_share(part, WINDOW, encoded=encoded) for encoded in (False, True)] for part in (whole, inner)]
    return (_fitting(pairs[0], 0.5) + _fitting(pairs[1], 0.75)) / 2


def _fitting(ways: list[Share], share: float) -> float:
    times, more = FITS
    fits = [a for a, b in (ways, ways[::-1]) if a.misfit <= times * b.misfit + more]
    return min((weighted_quantile(way.share, way.information, share) for way in fits), key=abs)


def _untreated(edge: Band) -> tuple[float, float]:
    """The value that an untreated cut-out gives, and the share of the edge that it explains better than a clean one."""
    whole = edge.part((edge.alpha > EDGE[0]) & (edge.alpha < EDGE[1]))
    if len(whole.alpha) < LEAST:
        return 0.0, 0.0
    better, weight = carried(whole, WINDOW)
    return ALIKE + weighted_quantile(better, weight, MOST), float(weight[better > 0].sum() / weight.sum())


def _veil(edge: Band) -> float:
    """The share of the old background right outside the edge; a quarter of it shows as much or more."""
    outside = edge.part((edge.alpha < EMPTY) & (edge.distance > VEIL[0]) & (edge.distance < VEIL[1]))
    if len(outside.alpha) < LEAST:
        return 0.0
    found = old_share(outside, WINDOW)
    return weighted_quantile(found.share, found.information, 0.75)


def _spot(pair: Pair) -> float:
    """The share of the fullest spot beside the person that still shows the old background."""
    source, result = pair.scenes
    seen = (source.valid * result.valid) > 0
    before, after = (lab_from_linear(pixels) for pixels in (pair.tones[0].of(source.pixels), result.pixels))
    pieces = remnants(before, after, source.person, np.asarray(seen), source.ipd)
    return 0.0 if pieces is None else worst_spot(pieces, source.ipd)
