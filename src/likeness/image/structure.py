"""How much of what one picture shows is also drawn in the other, both registered, and how far apart it was drawn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.filters import gaussian
from likeness.image.flow import Flow

NOISE = 1.0  # CIELAB squared; what JPEG adds to a band that is empty
LITTLE = 0.03  # of weight; moves half of what is there
PLAIN = 9.0  # CIELAB squared; a place with this energy counts half


class Agreement(NamedTuple):
    """Place by place, (H, W): ``alike``, the correlation of the two (1: the same, 0: nothing in common), and how much there is to
    compare, ``weight``, 0..1 (a plain place has nothing)."""

    alike: Plane
    weight: Plane


def agreement(first: Image, second: Image, mask: NDArray[np.bool_], finest: float, coarsest: float, window: float) -> Agreement:
    """How alike ``first`` and ``second``, (H, W, 3) CIELAB, run between two Gaussians of ``finest`` and ``coarsest`` pixels,
    in Gaussian windows of ``window`` pixels that see only ``mask``."""
    a, b = (gaussian(image, finest) - gaussian(image, coarsest) for image in (first, second))
    seen = mask.astype(np.float32)
    share = np.maximum(gaussian(seen, window), 1e-3)
    ab, aa, bb = (gaussian((p * q).sum(2) * seen, window) / share for p, q in ((a, b), (a, a), (b, b)))
    most = np.maximum(aa, bb)
    alike = (ab + NOISE) / np.sqrt((aa + NOISE) * (bb + NOISE))
    return Agreement(np.asarray(np.clip(alike, -1, 1), np.float32), np.asarray(most / (most + PLAIN), np.float32))


def widening(flow: Flow, weight: Plane, axis: float, middle: float) -> float:
    """By what share ``flow`` widens what lies about the upright line at column ``axis``: > 0 wider, < 0 narrower.

    Robust least squares (Tukey's biweight) of the sideways flow on shift, distance from the axis and height about row ``middle``,
    weighted by ``weight`` (H, W).
    """
    rows, columns = np.nonzero(weight > 0.3)
    terms = np.stack([np.ones(len(rows)), columns - axis, rows - middle], axis=1)
    moved, own = flow[rows, columns, 0].astype(np.float64), weight[rows, columns].astype(np.float64)
    trust, fit = own, np.zeros(3)
    for _ in range(6):
        fit = np.linalg.lstsq(terms * np.sqrt(trust)[:, None], moved * np.sqrt(trust), rcond=None)[0]
        misfit = np.abs(moved - terms @ fit)
        trust = own * np.square(np.clip(1 - np.square(misfit / (4 * np.median(misfit) + 0.1)), 0, 1))
    return float(fit[1])


def pushed(flow: Flow, weight: Plane, mask: NDArray[np.bool_], window: float) -> float:
    """How far sideways a good part (a tenth) of ``mask`` (H, W) was moved, pixels, against the median of all: the mean of ``flow`` under
    ``weight``, how sure it is, in Gaussian windows of ``window`` pixels; where there is little weight, nothing is said to have moved."""
    sideways = (flow[..., 0] - np.median(flow[mask, 0])).astype(np.float32)
    mean = gaussian(np.asarray(sideways * weight, np.float32), window) / (gaussian(weight, window) + LITTLE)
    return float(np.quantile(np.abs(mean[mask]), 0.9))
