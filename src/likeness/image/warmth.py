"""How warm the light of a scene is, read from the greys and whites in it. Linear RGB in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# What a warmth of 1 adds to log2 of red over green and of blue over green: from CIE daylight at 4000 K to 7000 K, of length r - b = 1.
ALONG = np.array([0.383, -0.617], np.float32)
PER_MIRED = 0.0153  # warmth; 5500 K is 182 mired, 4000 K 250
REACH, STEP = 1.3, 0.025
GREY = 0.07  # log2 chroma within which a surface counts as grey
NEAR = 0.12  # log2 chroma within which it is one of the greys found
LEAST_NEAR = 30  # pixels


class Warmth(NamedTuple):
    """``value``: log2 of red over blue that greys show. ``share``: of the light that comes from greys. ``variety``: of their brightness."""

    value: float
    share: float
    variety: float


def warmth_of(chroma: NDArray[np.float32], light: NDArray[np.float32], at: NDArray[np.float32]) -> Warmth:
    """The daylight under which most surfaces are grey. ``chroma`` (N, 2) log2 ratios, ``light`` (N,) luminance, ``at`` (N, 2) where, 0..1.

    ``variety`` is the standard deviation of log2 luminance among those greys, in stops, less what a smooth falloff of light explains: a
    wall of one colour has none, and whether its colour is paint or light nobody can tell; white and grey things of one hue tell.
    """
    casts = np.arange(-REACH, REACH + STEP / 2, STEP, dtype=np.float32)
    weight = np.minimum(light, 0.6) + 0.02
    distance = np.square(chroma[None] - casts[:, None, None] * ALONG).sum(-1)
    shares = (np.exp(-0.5 * distance / GREY**2) * weight).sum(1) / weight.sum()
    best = int(shares.argmax())
    near = distance[best] < NEAR**2
    return Warmth(float(casts[best]), float(shares[best]), _variety(np.log2(light[near] + 1e-4), at[near]))


def _variety(stops: NDArray[np.float32], at: NDArray[np.float32]) -> float:
    """The standard deviation of ``stops`` (N,) about a quadratic of the place ``at`` (N, 2)."""
    if len(stops) < LEAST_NEAR:
        return 0.0
    x, y = at[:, 0], at[:, 1]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    return float((stops - terms @ np.linalg.lstsq(terms, stops, rcond=None)[0]).std())
