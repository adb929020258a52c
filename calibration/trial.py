"""Edits made of people's photos, and what the measures say of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calibration.edits import Edit
from calibration.people import Person
from likeness.measures import result_measures
from likeness.pair import Pair
from likeness.schema import NotAssessed


@dataclass(frozen=True)
class Outcome:
    """What one measure said of one edit of one person: ``value`` is None where it could not be assessed, ``reason`` says why."""

    person: str
    split: str
    edit: Edit
    measure: str
    value: float | None
    reason: str
    mode: str
    ipd: float


def outcomes(person: Person, edits: Iterable[Edit], measures: Sequence[str] = ()) -> list[Outcome]:
    """Every edit of ``person``, under the measure that it is planted for, or all of them where it is handling; or under ``measures``."""
    known, rows = result_measures(), []
    for edit in edits:
        result = edit.result(person.source)
        if result is None:
            continue
        pair = Pair(person.source, result)
        for name in measures or ([edit.measure] if edit.measure else sorted(known)):
            found = known[name](pair)
            value = None if isinstance(found, NotAssessed) else found.value
            rows.append(Outcome(person.name, person.split, edit, name, value, found.reason, pair.mode, pair.ipd))
    return rows
