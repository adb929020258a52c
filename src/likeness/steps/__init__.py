"""One file, one edit step: a pure function of a portrait and its parameters, declared with ``likeness.schema.step``."""

from __future__ import annotations

from likeness.discovery import discover
from likeness.schema import Step


def all_steps() -> dict[str, Step]:
    """Every step, built in or plugged in, by name."""
    return discover(__name__, Step)
