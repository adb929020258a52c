"""From what the measures said to the limits that the audit uses, and how often those are wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.stats

from calibration.trial import Outcome
from likeness.measures import result_measures

ALARMS = 0.006  # share of undamaged versions that a measure may flag: eighteen of them shall flag 5 % together
LET_THROUGH = 0.05  # share of the visible defects in the tune split that a wider limit may let through

Ranges = Mapping[str, Sequence[float]]


def rate(hits: int, of: int) -> dict[str, Any]:
    """A share with its 95 % interval, Clopper and Pearson 1934."""
    low = float(scipy.stats.beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    high = float(scipy.stats.beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return {"rate": round(hits / max(of, 1), 4), "low": round(low, 4), "high": round(high, 4), "of": of}


def limits(measure: str, rows: Iterable[Outcome]) -> tuple[list[float], list[float]]:
    """Natural and fail edges. The fail edges are the declared ones. A natural edge goes out from the declared one to the conformal
    quantile of the undamaged versions that leaves ALARMS of them outside (Vovk et al. 2005), but stops where more than LET_THROUGH of
    the visible defects on that side would be natural, and half-way to fail."""
    aim = result_measures()[measure].limits
    (low, high), (fail_low, fail_high), log = aim.natural, aim.fail, aim.log
    rows = [r for r in rows if r.value is not None]
    whole = np.sort([r.value for r in rows if not r.planted])
    defects = [r.value for r in rows if r.planted == measure and r.visible]
    both = np.isfinite(fail_low) and np.isfinite(fail_high) and fail_low < low
    tail = int((ALARMS / 2 if both else ALARMS) * (len(whole) + 1))  # so many may lie outside on this side
    if len(whole) and np.isfinite(low) and fail_low < low:
        below = [d for d in defects if d < low] or [fail_low]
        stop = max(float(np.quantile(below, 1 - LET_THROUGH)), _between(low, fail_low, log))
        low = min(low, max(float(whole[tail]), stop))
    if len(whole) and np.isfinite(high) and fail_high > high:
        above = [d for d in defects if d > high] or [fail_high]
        stop = min(float(np.quantile(above, LET_THROUGH)), _between(high, fail_high, log))
        high = max(high, min(float(whole[-1 - tail]), stop))
    return [_rounded(low), _rounded(high)], [fail_low, fail_high]


def _between(a: float, b: float, log: bool) -> float:
    return float(np.sqrt(a * b)) if log else (a + b) / 2


def _rounded(edge: float) -> float:
    """Three significant digits."""
    return float(f"{edge:.3g}")


def is_natural(value: float, natural: Sequence[float]) -> bool:
    return bool(natural[0] <= value <= natural[1])


def false_alarms(rows: Iterable[Outcome], natural: Sequence[float]) -> dict[str, Any]:
    """Share of undamaged versions outside ``natural``, and of people with any such version."""
    by_person: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row.value is not None and not row.planted:
            by_person[row.person].append(not is_natural(row.value, natural))
    flags = [flag for person in by_person.values() for flag in person]
    return rate(sum(flags), len(flags)) | {"people": len(by_person), "people_flagged": sum(map(any, by_person.values()))}


def flagged(rows: Iterable[Outcome], natural: Ranges, by: Sequence[str]) -> dict[Hashable, bool]:
    """Versions (the values of the fields ``by`` of their rows), and whether any of their measures lies outside its natural range.

    Versions of which nothing could be assessed are left out.
    """
    found: dict[Hashable, bool] = {}
    for row in rows:
        if row.value is not None:
            key = tuple(getattr(row, name) for name in by)
            found[key] = found.get(key, False) or not is_natural(row.value, natural[row.measure])
    return found


def misses(rows: Iterable[Outcome], measure: str, natural: Ranges) -> dict[str, Any]:
    """Per planted defect and dose: the share of which every measure that may notice it found its value natural. What could not be
    assessed, which is never a pass, is counted apart."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for row in rows:
        if row.planted == measure:
            groups[f"{row.edit} {row.dose:g}"].append(row)
    found = {}
    for name, group in groups.items():
        noticed = flagged(group, natural, ("person",))
        people = {row.person for row in group}
        found[name] = rate(sum(not n for n in noticed.values()), len(noticed)) | {"not_assessed": len(people) - len(noticed)}
    return found
