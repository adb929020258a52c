"""Ranking: how good a source a photo is, from the measures of it alone."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from likeness.findings import Finding
from likeness.limits import Limits
from likeness.measures import source_measures
from likeness.portrait import Field, Portrait
from likeness.schema import Reading

FIELD = Field(2.0, 2.0, 2.0, 2.7)  # as much of a photo as the measures look at, however the head is tilted
MAX_IPD = 160.0  # pixels between the pupils, likewise
UNLIMITED = Limits((-math.inf, math.inf))


@dataclass(frozen=True)
class Scale:
    """How a measure counts. ``limits``: what its status is judged by. ``loss``: what the score is: 0 where the value is ideal, 1 at
    the fail limit, so that of two natural photos the better one still ranks higher.

    The default is that of a measure which the file of limits does not name: shown, and of no weight.
    """

    limits: Limits = UNLIMITED
    loss: Limits = UNLIMITED

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scale:
        """A scale from ``{"ideal": [low, high], "natural": ..., "fail": ..., "log": false}``."""
        rest = {key: value for key, value in data.items() if key != "ideal"}
        limits = Limits.from_json(rest)
        return cls(limits, Limits.from_json(rest | {"natural": data.get("ideal", data["natural"])}))


@dataclass(frozen=True)
class Assessment:
    """How good a source a photo is. ``findings``: all of them, the one that lowered the score most first."""

    findings: tuple[Finding, ...]
    score: float
    usable: bool
    advice: tuple[str, ...]


def assess(portrait: Portrait, *, min_ipd: float = 0.0) -> Assessment:
    """``portrait`` under every measure of a photo alone. ``min_ipd``: pixels between the pupils that the outcome demands."""
    scales = scales_for(min_ipd)
    judged: list[tuple[float, Finding]] = []
    for measure in source_measures().values():
        reading, scale = measure(portrait), scales.get(measure.name, Scale())
        loss = scale.loss.departure(reading.value) if isinstance(reading, Reading) else 0.0
        judged.append((loss, Finding.of(measure, reading, scale.limits)))
    judged.sort(key=lambda pair: -pair[0])
    findings = tuple(finding for _, finding in judged)
    advice = tuple(dict.fromkeys(finding.advice for finding in findings if finding.advice))
    return Assessment(findings, score_of([loss for loss, _ in judged]), all(f.status != "fail" for f in findings), advice)


def score_of(losses: Iterable[float]) -> float:
    """0..100: halved for every measure that stands at its fail limit, and in proportion for those between it and the ideal."""
    return round(100 * 0.5 ** sum(losses), 1)


def scales_for(min_ipd: float) -> dict[str, Scale]:
    """How each measure counts for an outcome that demands ``min_ipd`` pixels between the pupils."""
    scales = dict(_scales())
    eyes = scales["eye_distance"]
    if min_ipd > eyes.limits.fail[0]:
        scales["eye_distance"] = Scale(_failing_below(eyes.limits, min_ipd), _failing_below(eyes.loss, min_ipd))
    return scales


def _failing_below(limits: Limits, least: float) -> Limits:
    """``limits`` with the lower fail limit at ``least``, and the natural range well above it."""
    natural = (max(limits.natural[0], 1.5 * least), limits.natural[1])
    return replace(limits, natural=natural, fail=(least, limits.fail[1]))


@functools.cache
def _scales() -> dict[str, Scale]:
    """ranking.toml."""
    data = tomllib.loads(resources.files("likeness").joinpath("ranking.toml").read_text("utf-8"))
    return {name: Scale.from_json(entry) for name, entry in data.items()}
