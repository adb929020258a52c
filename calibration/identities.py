"""How often two people pass for one, and one person's other photo for somebody else."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.limits import rate
from calibration.people import WORKING_IPD, files_in, ita_of, portrait_of
from likeness.errors import LikenessError
from likeness.measures.result.identity import identity
from likeness.photo import open_photo
from likeness.portrait import Portrait

Distances = NDArray[np.float64]
Seen = tuple[NDArray[np.float32], float]  # embedding, ITA

TWINS = 0.3  # photos of two names nearer than this show one person twice (the same picture, or the same sitting)


def identities(folder: Path, count: int, natural: float, fail: float) -> dict[str, Any]:
    """How often two of ``count`` people pass for one: below ``fail`` (it may be kept) and below ``natural``; among people of like skin
    as well, by terciles of its ITA. And how often the pairs that ``same_person.csv`` names do not.

    Two files may show one person without saying so: of photos nearer than TWINS the first stands for all, and the others are counted.
    Faces with too few pixels for the measure are left out, as it assesses none of them.
    """
    known = named(folder / "same_person.csv")
    files = [f for f in files_in(folder) if f not in {file for group in known.values() for file in group}]
    found = _seen(files[:: max(1, len(files) // count)])
    people = one_each(found)
    by_skin = sorted(people, key=lambda seen: seen[1])
    third = len(people) // 3
    terciles = {"dark": by_skin[:third], "medium": by_skin[third:-third], "light": by_skin[-third:]}
    strangers = _apart(people)
    genuine = [d for group in known.values() for d in _apart(_seen(group))]
    return {
        "false_match": _below(strangers, fail) | {"left_out_as_one_person": len(found) - len(people), "people": len(people)},
        "false_match_natural": _below(strangers, natural),
        "false_match_by_skin": {name: _below(_apart(tercile), fail) for name, tercile in terciles.items()},
        "false_non_match": rate(sum(d >= fail for d in genuine), len(genuine)),
        "genuine": [round(float(d), 3) for d in sorted(genuine)],
    }


def one_each(seen: Sequence[Seen]) -> list[Seen]:
    """The first of all that show one person, in the order given: those that lie TWINS or more from each before."""
    kept: list[Seen] = []
    for one in seen:
        if all(np.linalg.norm(one[0] - other) >= TWINS for other, _ in kept):
            kept.append(one)
    return kept


def _below(distances: Distances, limit: float) -> dict[str, Any]:
    return rate(int((distances < limit).sum()), len(distances))


def _apart(seen: Sequence[Seen]) -> Distances:
    """The distances between all pairs."""
    return np.array([np.linalg.norm(a - b) for (a, _), (b, _) in combinations(seen, 2)])


def _seen(files: Iterable[Path]) -> list[Seen]:
    """Embedding and ITA of the most prominent face of each photo that has one with pixels enough."""
    portraits = filter(None, map(_portrait, files))  # one at a time: each holds its photo
    return [(portrait.embedding, ita_of(portrait)) for portrait in portraits if portrait.ipd >= identity.min_ipd]


def _portrait(file: Path) -> Portrait | None:
    try:
        return portrait_of(open_photo(file), max_ipd=WORKING_IPD)
    except LikenessError:
        return None


def named(table: Path) -> dict[str, list[Path]]:
    """Person -> files, from a table with the columns person and file; empty without one."""
    groups: dict[str, list[Path]] = defaultdict(list)
    if table.is_file():
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines):
                groups[row["person"]].append(table.parent / row["file"])
    return groups
