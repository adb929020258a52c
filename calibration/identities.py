"""How often two people pass for one, and one person's other photo for somebody else."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.limits import rate
from calibration.people import WORKING_IPD, files_in, ita_of, portrait_of
from likeness.errors import LikenessError
from likeness.photo import open_photo

Distances = NDArray[np.float64]
Seen = tuple[NDArray[np.float32], float]  # embedding, ITA

TWINS = 0.3  # photos of two names nearer than this show one person twice (the same picture, or the same sitting)


def identities(folder: Path, count: int, natural: float, fail: float) -> dict[str, Any]:
    """How often two of ``count`` people pass for one: below ``fail`` (it may be kept) and below ``natural``; among people of like skin
    as well, by terciles of its ITA. And how often the pairs that ``same_person.csv`` names do not.

    Two files may show one person without saying so; pairs nearer than TWINS are left out of the impostors and counted.
    """
    known = named(folder / "same_person.csv")
    files = [f for f in files_in(folder) if f not in {file for group in known.values() for file in group}]
    step = max(1, len(files) // count)
    seen = [found for found in map(_seen, files[::step]) if found is not None]
    by_skin = sorted(seen, key=lambda found: found[1])
    third = len(seen) // 3
    terciles = {"dark": by_skin[:third], "medium": by_skin[third:-third], "light": by_skin[-third:]}
    apart = _apart(seen)
    genuine = [d for group in known.values() for d in _apart([found for found in map(_seen, group) if found is not None])]
    strangers = apart[apart >= TWINS]
    return {
        "false_match": _below(strangers, fail) | {"left_out_as_one_person": len(apart) - len(strangers), "people": len(seen)},
        "false_match_natural": _below(strangers, natural),
        "false_match_by_skin": {name: _below(d[d >= TWINS], fail) for name, d in ((n, _apart(t)) for n, t in terciles.items())},
        "false_non_match": rate(sum(d >= fail for d in genuine), len(genuine)),
        "genuine": [round(float(d), 3) for d in sorted(genuine)],
    }


def _below(distances: Distances, limit: float) -> dict[str, Any]:
    return rate(int((distances < limit).sum()), len(distances))


def _apart(seen: Sequence[Seen]) -> Distances:
    """The distances between all pairs."""
    return np.array([np.linalg.norm(a - b) for (a, _), (b, _) in combinations(seen, 2)])


def _seen(file: Path) -> Seen | None:
    """Embedding and ITA of the most prominent face."""
    try:
        portrait = portrait_of(open_photo(file), max_ipd=WORKING_IPD)
    except LikenessError:
        return None
    return None if portrait is None else (portrait.embedding, ita_of(portrait))


def named(table: Path) -> dict[str, list[Path]]:
    """Person -> files, from a table with the columns person and file; empty without one."""
    groups: dict[str, list[Path]] = defaultdict(list)
    if table.is_file():
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines):
                groups[row["person"]].append(table.parent / row["file"])
    return groups
