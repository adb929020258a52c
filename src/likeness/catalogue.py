"""What there is to choose from: outcomes, steps and measures, as the JSON that every door shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from likeness.errors import unknown
from likeness.measures import result_measures, source_measures
from likeness.outcomes import all_outcomes
from likeness.ranking import scales_for
from likeness.recipe import ordered
from likeness.schema import Measure, Step
from likeness.steps import all_steps
from likeness.verdict import calibration, limits_of


def outcomes(name: str | None = None) -> dict[str, Any]:
    """All outcomes, or the one of that name; LikenessError with the closest names when there is none."""
    known = {key: outcome.model_dump(mode="json") for key, outcome in sorted(all_outcomes().items())}
    return {"outcomes": _chosen("outcome", name, known)}


def steps(name: str | None = None) -> dict[str, Any]:
    """All steps in the order in which they run, or the one of that name."""
    known = all_steps()
    return {"steps": _chosen("step", name, {key: _step(known[key]) for key in ordered(known.values())})}


def measures(name: str | None = None) -> dict[str, Any]:
    """All measures, of a photo alone first, or the one of that name."""
    known = source_measures() | result_measures()
    return {"measures": _chosen("measure", name, {key: _measure(m) for key, m in known.items()})}


def span(edges: Sequence[float | None]) -> str:
    """A range in words; None stands for no limit on that side."""
    low, high = edges
    if low is None or high is None:
        return f"at least {low:g}" if high is None else f"at most {high:g}"
    return f"{low:g} to {high:g}"


def _chosen(kind: str, name: str | None, known: Mapping[str, Any]) -> list[Any]:
    if name is None:
        return list(known.values())
    if name not in known:
        raise unknown(kind, name, known)
    return [known[name]]


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "title": step.title,
        "description": step.doc,
        "changes": list(step.changes),
        "params": {name: parameter.schema() for name, parameter in step.params.items()},
        "schema": step.schema(),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    limits, known = _limits(measure), calibration()["measures"].get(measure.name, {})
    return (
        {
            "name": measure.name,
            "title": measure.title,
            "description": measure.doc,
            "about": measure.about,
            "group": measure.group,
            "unit": measure.unit,
            "min_ipd": measure.min_ipd,
            "min_quality": measure.min_quality,
        }
        | {name: [edge if math.isfinite(edge) else None for edge in edges] for name, edges in limits.items()}
        | ({"false_alarm": known["false_alarm"]} if known.get("false_alarm") is not None else {})
    )


def _limits(measure: Measure) -> dict[str, tuple[float, float]]:
    """The natural range of a measure and where it fails; nothing for one of a photo that the ranking does not use."""
    if measure.about == "source":
        scales = scales_for(0)
        limits = scales[measure.name].limits if measure.name in scales else None
    else:
        limits = limits_of(measure.name)
    return {} if limits is None else {"natural": limits.natural, "fail": limits.fail}
