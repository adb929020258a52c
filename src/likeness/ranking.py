"""Ranking: how good a source a photo is, from the measures of it alone."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources

from likeness.findings import Finding, Limits
from likeness.measures import source_measures
from likeness.portrait import Portrait

NO_LIMITS = Limits((-math.inf, math.inf))  # of a measure that the limits file does not name: shown, but of no weight


@dataclass(frozen=True)
class Assessment:
    """How good a source a photo is. ``findings``: all of them, those that lowered the score first, the worst leading."""

    findings: tuple[Finding, ...]
    score: float
    usable: bool
    advice: tuple[str, ...]


def assess(portrait: Portrait, *, min_ipd: float = 0.0) -> Assessment:
    """``portrait`` under every measure of a photo alone. ``min_ipd``: pixels between the pupils that the outcome demands."""
    limits = limits_for(min_ipd)
    found = [Finding.of(m, m(portrait), limits.get(m.name, NO_LIMITS)) for m in source_measures().values()]
    findings = tuple(sorted(found, key=lambda finding: -(finding.departure or 0.0)))
    advice = tuple(dict.fromkeys(finding.advice for finding in findings if finding.advice))
    return Assessment(findings, score_of(findings), all(f.status != "fail" for f in findings), advice)


def score_of(findings: Sequence[Finding]) -> float:
    """0..100: halved for every finding that stands at its fail limit, and in proportion between (2 to the minus departure)."""
    total = sum(finding.departure or 0.0 for finding in findings)
    return round(100 * 0.5**total, 1)


def limits_for(min_ipd: float) -> dict[str, Limits]:
    """The limits of each measure for an outcome that demands ``min_ipd`` pixels between the pupils."""
    limits = dict(_limits())
    eyes = limits["eye_distance"]
    if min_ipd > eyes.fail[0]:
        natural = max(eyes.natural[0], 1.5 * min_ipd)
        limits["eye_distance"] = replace(eyes, natural=(natural, math.inf), fail=(min_ipd, math.inf))
    return limits


@functools.cache
def _limits() -> dict[str, Limits]:
    """ranking.toml."""
    data = tomllib.loads(resources.files("likeness").joinpath("ranking.toml").read_text("utf-8"))
    return {name: Limits.from_json(entry) for name, entry in data.items()}
