"""Edits made of people's photos, and what the measures say of each."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2

from calibration.catalogue import SETS
from calibration.people import Person, Split, people
from likeness.measures import result_measures
from likeness.pair import Pair
from likeness.schema import NotAssessed


@dataclass(frozen=True)
class Outcome:
    """What one measure said of one edit of one person: ``value`` is None where it could not be assessed, ``reason`` says why.

    ``planted``: the measure that should notice the edit, "" for handling; ``visible``: whether people would. ``ita``: of the skin.
    """

    person: str
    split: str
    edit: str
    dose: float
    planted: str
    visible: bool
    measure: str
    value: float | None
    reason: str
    mode: str
    ipd: float
    ita: float


def outcomes(person: Person, sets: Iterable[str]) -> list[Outcome]:
    """Every edit of ``person`` in the ``sets``, under the measure that it is planted for, or under all where it is handling."""
    known, rows = result_measures(), []
    ita = person.ita
    for edit in (edit for name in sets for edit in SETS[name]):
        source = edit.source(person.source)
        result = edit.result(person.source, person.donor)
        if result is None:
            continue
        pair = Pair(source, result)
        for name in edit.measures or sorted(known):
            found = known[name](pair)
            value = None if isinstance(found, NotAssessed) else found.value
            of = (person.name, person.split, edit.name, edit.dose, edit.measure, edit.visible, name)
            rows.append(Outcome(*of, value, found.reason, pair.mode, pair.ipd, ita))
    return rows


def run(folder: Path, splits: Sequence[Split], count: int, sets: Sequence[str], *, workers: int = 2) -> list[Outcome]:
    """The edits in ``sets`` of ``count`` people of ``splits``, ``workers`` people at a time."""
    found: list[Outcome] = []
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_one_thread) as pool:
        waiting = [pool.submit(outcomes, person, sets) for person in people(folder, splits, count, skip=("same_person",))]
        for done in waiting:
            found += done.result()
    return found


def _one_thread() -> None:
    cv2.setNumThreads(1)
