"""One file, one measure: of a photo alone (``source``), or of a result against its source (``result``)."""

from __future__ import annotations

from likeness.discovery import discover
from likeness.schema import Measure


def source_measures() -> dict[str, Measure]:
    """Every measure of a photo alone, by name."""
    return {m.name: m for m in _all() if m.about == "source"}


def result_measures() -> dict[str, Measure]:
    """Every measure of a result against its source, by name."""
    return {m.name: m for m in _all() if m.about == "result"}


def _all() -> list[Measure]:
    return list((discover(__name__ + ".source", Measure) | discover(__name__ + ".result", Measure)).values())
