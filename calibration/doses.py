"""Retouching in doses: smoothing and reshaping, each alone and together, from nothing to far too much, in two implementations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import scipy.optimize
import scipy.stats
from numpy.typing import NDArray

from calibration.edits import Edit
from calibration.handling import HANDLING
from calibration.people import Split, people
from calibration.reshaping import bumps, jaw, reshaped, splines
from calibration.retouching import bilateral, frequency_separated
from likeness.comparison.pair import Pair
from likeness.image.color import LINEAR_FROM_8BIT
from likeness.portrait import Portrait
from likeness.retouch import UNTOUCHED, statistics_of

DOSES = ((0.0, 0.0), (0.25, 0.0), (0.5, 0.0), (1.0, 0.0), (0.0, 0.25), (0.0, 0.5), (0.0, 1.0), (0.25, 0.25), (0.5, 0.5), (1.0, 1.0))
JAW = 6.0  # % IPD at full dose
RIDGE = 0.1
Maker = Callable[[Portrait], Any]
Implementation = Callable[[float, float], Maker]


def first(smoothing: float, reshaping: float) -> Maker:
    """Skin under a bilateral filter, the jaw slimmed by bumps."""
    return _both(bilateral(smoothing), reshaping, bumps)


def second(smoothing: float, reshaping: float) -> Maker:
    """The skin's mid band taken out, the jaw slimmed by a spline."""
    return _both(frequency_separated(smoothing), reshaping, splines)


def _both(smoothed: Maker, reshaping: float, family: Any) -> Maker:
    def make(source: Portrait) -> Any:
        image = smoothed(source)
        linear = LINEAR_FROM_8BIT[image] if image.dtype == np.uint8 else image
        slimmed = reshaped(jaw, max(JAW * reshaping, 1e-3), family)
        return slimmed(source.with_pixels(np.asarray(linear, np.float32)))

    return make


def readings(folder: Path, split: Split, count: int, implementation: Implementation) -> tuple[NDArray[np.float64], ...]:
    """Doses (N,), 1 for all of both, and the distances of the eight statistics from those of an untouched picture, (N, 8)."""
    cv2.setNumThreads(1)
    doses, found = [], []
    for person in people(folder, (split,), count, skip=("same_person",)):
        for smoothing, reshaping in DOSES:
            dose = (smoothing + reshaping) / 2
            result = Edit("dose", dose, "", implementation(smoothing, reshaping)).result(person.source)
            statistics = None if result is None else statistics_of(Pair(person.source, result))
            doses.append(dose)
            found.append(np.zeros(8) if statistics is None else np.abs(statistics - UNTOUCHED))
    return np.array(doses), np.array(found)


def _handled(folder: Path, count: int) -> NDArray[np.float64]:
    """The same distances of versions that were only handled, (N, 8)."""
    versions = ((p.source, edit) for p in people(folder, ("tune",), count, skip=("same_person",)) for edit in HANDLING[::3])
    results = ((source, edit.result(source)) for source, edit in versions)
    found = (statistics_of(Pair(source, result)) for source, result in results if result is not None)
    return np.array([np.abs(statistics - UNTOUCHED) for statistics in found if statistics is not None])


def weights_of(beyond: NDArray[np.float64], doses: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of each statistic, (8,), from how far it lies ``beyond`` what is ``usual``, (N, 8), at ``doses`` 0..1, (N,).

    Ridge regression in units of what a full dose does to each, none below 0: more of anything is more. The ridge shares the score out
    among those that agree: other programs smooth in other ways, and move one of them less. The median full dose is 100.
    """
    full = doses == 1
    unit = np.maximum(np.median(beyond[full], axis=0), usual)
    held = np.sqrt(RIDGE * len(doses)) * np.eye(len(unit))
    fit = scipy.optimize.nnls(np.vstack([beyond / unit, held]), np.concatenate([100 * doses, np.zeros(len(unit))]))[0] / unit
    return np.asarray(fit * 100 / np.median(beyond[full] @ fit))


def score(folder: Path, count: int) -> dict[str, Any]:
    """What the score of ``likeness.retouch`` is made of, from ``count`` people of the tune split, and how well its order agrees with the
    dose (Spearman) on as many of the calibrate split under the second implementation."""
    doses, distances = readings(folder, "tune", count, first)
    usual = np.quantile(_handled(folder, count), 0.95, axis=0)
    weights = weights_of(np.maximum(distances - usual, 0), doses, usual)
    doses, distances = readings(folder, "calibrate", count, second)
    found = np.maximum(distances - usual, 0) @ weights
    together = np.tile([smoothing == reshaping for smoothing, reshaping in DOSES], len(doses) // len(DOSES))
    return {
        "usual": [float(f"{v:.4g}") for v in usual],
        "weights": [float(f"{v:.4g}") for v in weights],
        "spearman": round(float(scipy.stats.spearmanr(doses, found).statistic), 3),
        "spearman_both_together": round(float(scipy.stats.spearmanr(doses[together], found[together]).statistic), 3),
        "people": count,
    }
