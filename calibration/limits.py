"""From what the measures said to the limits that the audit uses, and how often those are wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import scipy.stats

from calibration.trial import Outcome
from likeness.measures import result_measures

HANDLED = 0.99  # share of the handled versions in the tune split that must be natural, if no visible defect is let through by it
LET_THROUGH = 0.05  # share of the visible defects in the tune split that may be


def rate(hits: int, of: int) -> dict[str, Any]:
    """A share with its 95 % interval, Clopper and Pearson 1934."""
    low = float(scipy.stats.beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    high = float(scipy.stats.beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return {"rate": round(hits / max(of, 1), 4), "low": round(low, 4), "high": round(high, 4), "of": of}


def limits(measure: str, rows: Iterable[Outcome]) -> tuple[list[float], list[float]]:
    """Natural and fail edges. The fail edges are the declared ones. A natural edge goes out from the declared one to where HANDLED of the
    handling lies, but stops where more than LET_THROUGH of the visible defects on that side would be natural, and half-way to fail."""
    aim = result_measures()[measure].limits
    (low, high), (fail_low, fail_high), log = aim.natural, aim.fail, aim.log
    handled = [r.value for r in rows if r.value is not None and not r.planted]
    defects = [r.value for r in rows if r.value is not None and r.planted == measure and r.visible]
    tail = (1 - HANDLED) / 2 if low else 1 - HANDLED
    if handled and low:
        below = [d for d in defects if d < low] or [-np.inf]
        stop = max(float(np.quantile(below, 1 - LET_THROUGH)), _between(low, fail_low, log))
        low = min(low, max(float(np.quantile(handled, tail)), stop))
    if handled:
        above = [d for d in defects if d > high] or [np.inf]
        stop = min(float(np.quantile(above, LET_THROUGH)), _between(high, fail_high, log))
        high = max(high, min(float(np.quantile(handled, 1 - tail)), stop))
    return [_rounded(low), _rounded(high)], [fail_low, fail_high]


def _between(a: float, b: float, log: bool) -> float:
    return float(np.sqrt(a * b)) if log else (a + b) / 2


def _rounded(edge: float) -> float:
    return float(np.round(edge, 2))


def is_natural(value: float, natural: Sequence[float]) -> bool:
    return bool(natural[0] <= value <= natural[1])


def false_alarms(rows: Iterable[Outcome], natural: Sequence[float]) -> dict[str, Any]:
    """Share of handled versions outside ``natural``, and of people with any such version."""
    by_person: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row.value is not None and not row.planted:
            by_person[row.person].append(not is_natural(row.value, natural))
    flags = [flag for person in by_person.values() for flag in person]
    return rate(sum(flags), len(flags)) | {"people": len(by_person), "people_flagged": sum(map(any, by_person.values()))}


def misses(rows: Iterable[Outcome], measure: str, natural: Sequence[float]) -> dict[str, Any]:
    """Per planted defect and dose: the share that was found natural (or could not be assessed, which is never a pass: counted apart)."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for row in rows:
        if row.planted == measure and row.measure == measure:
            groups[f"{row.edit} {row.dose:g}"].append(row)
    found = {}
    for name, group in groups.items():
        seen = [r.value for r in group if r.value is not None]
        found[name] = rate(sum(is_natural(v, natural) for v in seen), len(seen)) | {"not_assessed": len(group) - len(seen)}
    return found
