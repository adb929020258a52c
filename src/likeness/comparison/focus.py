"""Where a blur of the background ends: whether it took hair and shoulders along, or left the old background sharp beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.image import Plane
from likeness.image.edges import signed_distance, weighted_quantile
from likeness.image.filters import gaussian, grown, low_pass

Mask = NDArray[np.bool_]

FINE = (0.02, 0.05)  # IPD; detail that outlives being resampled
WINDOW = 0.07  # IPD; along the edge
END = 0.05  # IPD at the end of either picture that is left out
PERSON, BEHIND = 0.98, 0.02  # alpha beyond which a pixel shows nothing else
RIM, WITHIN = (-0.1, -0.04), -0.2  # IPD from the outline: the person's own rim, and what surely was not blurred along
RING, FAR = (0.04, 0.16), 0.45  # and the same of the background
FACE = 0.02  # IPD around the face, whose outline is skin without detail
FAINT = 0.01  # log; weaker detail is not missed
LOST, HALF, LEFT = 0.25, 0.5, 0.75  # quantiles: a blur that goes wrong need not do so all around
LEAST = 100  # pixels
SEEN = 0.02  # log; a background with less detail cannot be left sharp


def blurred_along(pair: Pair) -> float | None:
    """The share of the detail of hair and shoulders that a rim along the outline lost beside what lies further in; None where no such
    rim is seen. Before a blurred background a quarter of the rim lost as much or more, before another, where it is less likely, half of it."""
    source, result = pair.scenes
    alpha, away, seen = _lie(pair)
    person = (alpha > PERSON) & seen
    rim = person & _between(away, RIM) & ~(source.region("face", FACE) > 0.5)
    deep = person & (away < WITHIN)
    if min(rim.sum(), deep.sum()) < LEAST:
        return None
    had, has = (_detail(view, person) for view in (source, result))
    same, power = _kept(had, has, rim, WINDOW * source.ipd)
    blurred = pair.background == "blurred"
    left = same if blurred else np.maximum(same, power)  # what was only pushed aside is as sharp as it was
    found = weighted_quantile(left[rim], np.square(had[rim]), LOST if blurred else HALF)
    return 1 - found / min(_kept_in(had, has, deep), 1.0)


def left_sharp(pair: Pair) -> tuple[float, float] | None:
    """The shares of the background's detail that a quarter of the ring around the person still shows, and that is left far from it.

    None where too little of either is seen, or where it never had detail.
    """
    source, result = pair.scenes
    alpha, away, seen = _lie(pair)
    behind = (alpha < BEHIND) & (source.person < 0.1) & seen
    ring, far = behind & _between(away, RING), behind & (away > FAR)
    if min(ring.sum(), far.sum()) < LEAST:
        return None
    had, has = (_detail(view, behind) for view in (source, result))
    if np.square(had[ring]).mean() < SEEN**2:
        return None
    same, _ = _kept(had, has, ring, WINDOW * source.ipd)
    near = weighted_quantile(same[ring], np.square(had[ring]), LEFT)
    return near, _kept_in(had, has, far)


def _lie(pair: Pair) -> tuple[Plane, Plane, Mask]:
    """The source's alpha, the distance from its outline in IPD, and what both pictures show, (H, W)."""
    source, result = pair.scenes
    alpha = pair.source_alpha
    return alpha, signed_distance(alpha, source.ipd), grown((source.valid * result.valid) > 0, -END * source.ipd)


def _between(distance: Plane, ends: tuple[float, float]) -> Mask:
    return np.asarray((distance > ends[0]) & (distance < ends[1]))


def _detail(view: View, where: Mask) -> Plane:
    """Log luma between two Gaussians of FINE that see only ``where``, 0 elsewhere, (H, W)."""
    weight = where.astype(np.float32)
    fine, coarse = (low_pass(view.log_luma, weight, sigma * view.ipd) for sigma in FINE)
    return np.asarray((fine - coarse) * weight, np.float32)


def _kept(had: Plane, has: Plane, where: Mask, sigma: float) -> tuple[Plane, Plane]:
    """How much of the detail is left in windows of ``sigma`` pixels that see only ``where``: of the same, and of the power of any."""
    xx, yy, xy = (gaussian(product * where, sigma) for product in (had * had, has * has, had * has))
    faint = FAINT**2 * gaussian(where.astype(np.float32), sigma) + 1e-9
    return np.asarray((xy + faint) / (xx + faint), np.float32), np.asarray((yy + faint) / (xx + faint), np.float32)


def _kept_in(had: Plane, has: Plane, where: Mask) -> float:
    """How much of the same detail is left over all of ``where`` together."""
    x, y, faint = had[where], has[where], FAINT**2 * int(where.sum())
    return float((x @ y + faint) / (x @ x + faint))
