"""Edits made of people's photos, and what the measures say of each."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2

from calibration.catalogue import SETS
from calibration.people import Person, Split, people
from likeness.comparison.pair import Pair
from likeness.measures import result_measures
from likeness.schema import NotAssessed


@dataclass(frozen=True)
class Outcome:
    """What one measure said of one edit of one person: ``value`` is None where it could not be assessed, ``reason`` says why.

    ``planted``: the measure that should notice the edit, "" for what is no defect; ``visible``: whether people would. ``group``: the
    set that the edit is of. ``ita``: of the skin, degrees.
    """

    person: str
    split: str
    group: str
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
    """Every edit of ``person`` in the ``sets``, under the measures that it is planted for, or under all where it is no defect."""
    known, rows, ita = result_measures(), [], person.ita
    for group, edit in ((name, edit) for name in sets for edit in SETS[name]):
        source, result = edit.source(person.source), edit.result(person.source, person.donor)
        if result is None:
            continue
        pair = Pair(source, result)
        for name in edit.measures or sorted(known):
            found = known[name](pair)
            value = None if isinstance(found, NotAssessed) else found.value
            of = (person.name, person.split, group, edit.name, edit.dose, edit.measure, edit.visible, name)
            rows.append(Outcome(*of, value, found.reason, pair.mode, pair.ipd, ita))
    return rows


def run(
    folder: Path, splits: Sequence[Split], count: int, sets: Sequence[str], *, handled: int = 0, workers: int = 0
) -> list[Outcome]:
    """The edits in ``sets`` of ``count`` people of ``splits``, and only the handling of as many more as make ``handled`` people; false
    alarms are rare, and handling is quickly made. ``workers`` people at a time, as many as there are cores when 0."""
    found: list[Outcome] = []
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=spawn, initializer=_one_thread) as pool:
        everybody = enumerate(people(folder, splits, max(count, handled), skip=("same_person",)))
        waiting = [pool.submit(outcomes, person, sets if place < count else ("handling",)) for place, person in everybody]
        for done in waiting:
            found += done.result()
    return found


def kept_in(file: Path | None, rows: Sequence[Outcome]) -> None:
    """Write ``rows`` to ``file``, a JSON object in each line, so that limits can be looked into without another run."""
    if file is not None:
        file.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))


def read_from(file: Path) -> list[Outcome]:
    """The rows that ``kept_in`` wrote."""
    return [Outcome(**json.loads(line)) for line in file.read_text().splitlines()]


def _one_thread() -> None:
    cv2.setNumThreads(1)
