"""Limits: where a value is natural, and from where on it fails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from likeness.errors import LikenessError

Status = Literal["natural", "warn", "fail", "not-assessed"]
Range = tuple[float, float]


@dataclass(frozen=True)
class Limits:
    """Where a value is natural and from where on it fails; infinite on a side that has no limit.

    Between the two it warns. ``log``: distances are ratios (for values above 0) instead of differences.
    """

    natural: Range
    fail: Range = (-math.inf, math.inf)
    log: bool = False

    def __post_init__(self) -> None:
        edges = (self.fail[0], self.natural[0], self.natural[1], self.fail[1])
        if any(math.isnan(edge) for edge in edges) or list(edges) != sorted(edges):
            raise LikenessError(f"natural {self.natural} does not lie inside fail {self.fail}", where="limits")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Limits:
        """Limits from ``{"natural": [low, high], "fail": [low, high], "log": false}``; null or absent: no limit."""
        if set(data) - {"natural", "fail", "log"}:
            raise LikenessError(f"{dict(data)} are no limits", where="limits", hint="give natural, fail and log")
        return cls(_range(data.get("natural")), _range(data.get("fail")), bool(data.get("log", False)))

    def departure(self, value: float) -> float:
        """How far ``value`` lies outside the natural range: 0 inside, 1 at the fail limit, beyond 1 past it."""
        low, high = self.natural
        if value < low:
            return self._share(value, low, self.fail[0])
        return self._share(value, high, self.fail[1]) if value > high else 0.0

    def status(self, value: float) -> Status:
        """``natural`` inside its range, ``fail`` at the fail limit and beyond, ``warn`` between."""
        if self.natural[0] <= value <= self.natural[1]:
            return "natural"
        return "warn" if self.fail[0] < value < self.fail[1] else "fail"

    def _share(self, value: float, natural: float, fail: float) -> float:
        """The distance from ``natural`` to ``value`` as a share of that from ``natural`` to ``fail``."""
        if math.isinf(fail):
            return 0.0
        if fail == natural:
            return math.inf
        if not self.log:
            return (value - natural) / (fail - natural)
        if value <= 0 or fail <= 0:
            return math.inf if value <= 0 else 0.0
        return math.log(value / natural) / math.log(fail / natural)


def _range(edges: Any) -> Range:
    low, high = edges if edges is not None else (None, None)
    return (-math.inf if low is None else float(low), math.inf if high is None else float(high))


NO_LIMITS = Limits((-math.inf, math.inf))
