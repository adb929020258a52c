"""Other photos: of the same person, which should not be refused, and of somebody else, which should."""

from __future__ import annotations

from pathlib import Path

from calibration.identities import named
from calibration.people import portrait_of
from likeness.comparison.pair import ENOUGH_IPD, Pair
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.verdict import Audit, audit_pair


def verdicts(folder: Path) -> dict[str, list[Audit]]:
    """The audits of each person's second photo of ``same_person.csv`` against their first, and against the next person's first."""
    groups = [[p for p in map(_portrait, files) if p is not None] for files in named(folder / "same_person.csv").values()]
    pairs = [group[:2] for group in groups if len(group) >= 2]
    shifted = [*pairs[1:], *pairs[:1]]
    return {
        "the same person": [_audited(first, second) for first, second in pairs],
        "somebody else": [_audited(other, second) for (_, second), (other, _) in zip(pairs, shifted, strict=True)],
    }


def _portrait(file: Path) -> Portrait | None:
    return portrait_of(open_photo(file), max_ipd=ENOUGH_IPD)


def _audited(source: Portrait, result: Portrait) -> Audit:
    return audit_pair(Pair(source, result), source=str(source.photo.path), result=str(result.photo.path))
