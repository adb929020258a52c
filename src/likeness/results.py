"""What the studio's calls return, and the JSON that it is shown as."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from likeness.candidates import PhotoError, RankedPhoto, Ranking
from likeness.errors import NoUsableSource
from likeness.handover import Exported
from likeness.portrait import Portrait
from likeness.versions import Version


@dataclass(frozen=True)
class Headshot:
    """What ``make`` made: the versions, the one that was kept, and its exports.

    ``portrait``: the source's head and shoulders. ``passed_over``: better ranked photos that the outcome's frame does not fit.
    """

    source: RankedPhoto
    portrait: Portrait = field(repr=False)
    outcome: str
    versions: tuple[Version, ...]
    kept: Version | None
    exports: tuple[Exported, ...]
    advice: tuple[str, ...]
    ranking: Ranking
    passed_over: tuple[PhotoError, ...]
    seconds: float
    report: Path | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "source": {"path": str(self.source.path), "sha256": self.source.sha256, "score": self.source.score},
            "outcome": self.outcome,
            "versions": [v.as_json() for v in self.versions],
            "kept": None if self.kept is None else self.kept.id,
            "exports": [e.as_json() for e in self.exports],
            "report": None if self.report is None else str(self.report),
            "advice": list(self.advice),
            "seconds": round(self.seconds, 2),
            "errors": [e.as_json() for e in (*self.ranking.errors, *self.passed_over)],
        }


def nothing_made(outcome: str, error: NoUsableSource) -> dict[str, Any]:
    """The JSON of a ``make`` that found no usable source."""
    nothing: dict[str, Any] = {"source": None, "outcome": outcome, "versions": [], "kept": None, "exports": [], "report": None}
    return nothing | {"advice": error.advice, "seconds": None, "error": str(error)}
