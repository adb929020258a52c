"""Heat maps: where in the picture a measure departs from what is natural, drawn over the result in grey."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.findings import Finding
from likeness.image import Plane
from likeness.image.color import bytes_from_linear, luminance
from likeness.image.geometry import resize
from likeness.limits import Limits
from likeness.report.views import HeatView, Picture
from likeness.verdict import limits_of

WIDE = 300  # pixels
MOST = 4  # maps of one result
VEIL = 0.75  # opacity of a departure at the fail limit
SEEN = 0.2  # of a departure at the fail limit; less is not told from grey
LESS, MORE = np.array([36, 96, 200], np.float32), np.array([214, 48, 28], np.float32)  # below and above the natural range
_ORDER = {"fail": 0, "warn": 1, "natural": 2, "not-assessed": 3}


def heats(findings: tuple[Finding, ...], pair: Pair) -> list[HeatView]:
    """Maps of the findings that have one and are not natural, the worst first, at most MOST; none on which nothing would be seen."""
    drawn = [f for f in findings if f.heat is not None and f.status in ("warn", "fail")]
    worst = sorted(drawn, key=lambda f: (_ORDER[f.status], -(f.departure or 0.0)))
    maps = (found for finding in worst if (found := _drawn(finding, pair)))
    return list(itertools.islice(maps, MOST))


def by_severity(findings: tuple[Finding, ...]) -> list[Finding]:
    """Failing ones first, then the borderline, the natural, and those that could not be assessed."""
    return sorted(findings, key=lambda f: (_ORDER[f.status], -(f.departure or 0.0)))


def _drawn(finding: Finding, pair: Pair) -> HeatView | None:
    heat = finding.heat
    seen = pair.faces[1] if heat is None else _frame_of(heat, pair)
    departure = departures(np.zeros(seen.size[::-1], np.float32) if heat is None else heat, limits_of(finding.measure, pair.mode))
    if np.abs(departure).max() < SEEN:
        return None
    width, height = seen.size
    size = (WIDE, round(WIDE * height / width))
    grey = resize(bytes_from_linear(np.repeat(luminance(seen.pixels)[..., None], 3, 2)), size).astype(np.float32)
    strength = np.clip(resize(departure, size), -1, 1)[..., None]
    colour = np.where(strength < 0, LESS, MORE)
    shown = grey + VEIL * np.abs(strength) * (colour - grey)
    alt = f"The result in grey; red where {finding.measure.replace('_', ' ')} is above its natural range, blue where below"
    return HeatView(finding.measure, Picture(np.clip(shown, 0, 255).astype(np.uint8), alt), bool((departure < 0).any()))


def _frame_of(heat: Plane, pair: Pair) -> View:
    """The result in the frame that ``heat`` is of: the face; or, of what lies around it, head and shoulders, or the body."""
    views = (pair.faces[1], pair.scenes[1], pair.bodies[1])
    return next((view for view in views if view.size == heat.shape[::-1]), views[0])


def departures(heat: Plane, limits: Limits) -> NDArray[np.float32]:
    """How far each place lies outside the natural range, (H, W): 0 inside and where nothing is known, 1 at the upper fail limit,
    -1 at the lower; widened a little, so that a spot is seen."""
    known = np.isfinite(heat)
    values = np.where(known, heat, limits.natural[0] if np.isfinite(limits.natural[0]) else 0.0).astype(np.float64)
    over = _beyond(values, limits.natural[1], limits.fail[1], limits.log)
    under = _beyond(values, limits.natural[0], limits.fail[0], limits.log)
    found = np.clip(np.where(known, np.maximum(over, 0) - np.maximum(under, 0), 0), -1.5, 1.5).astype(np.float32)
    side = 2 * round(0.012 * heat.shape[1]) + 1  # a mole shall be seen
    wide = cv2.dilate(np.maximum(found, 0), np.ones((side, side))) - cv2.dilate(np.maximum(-found, 0), np.ones((side, side)))
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), 0.008 * heat.shape[1]), np.float32)


def _beyond(values: NDArray[np.float64], natural: float, fail: float, log: bool) -> NDArray[np.float64]:
    """The distance from ``natural`` toward ``fail`` as a share of that between the two; 0 where there is no such limit."""
    if not (np.isfinite(natural) and np.isfinite(fail)) or natural == fail:
        return np.zeros_like(values)
    if log and natural > 0 and fail > 0:
        return np.asarray(np.log(np.maximum(values, 1e-6) / natural) / np.log(fail / natural))
    return np.asarray((values - natural) / (fail - natural))
