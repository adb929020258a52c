"""How often two people pass for one, and one person's other photo for somebody else."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from calibration.limits import rate
from calibration.people import SAME_PERSON, WORKING_IPD, files_in, portrait_of
from likeness.errors import LikenessError
from likeness.photo import open_photo

TWINS = 0.3  # photos of two names nearer than this show one person twice (the same picture, or the same sitting)


def identities(folder: Path, count: int, limit: float) -> dict[str, Any]:
    """False match rate over all pairs of ``count`` people, and false non-match rate over the pairs that ``same_person.csv`` names.

    Two files may show one person without saying so; pairs nearer than TWINS are left out of the impostors and counted.
    """
    known = _named(folder / "same_person.csv")
    files = [f for f in files_in(folder) if f not in {file for group in known.values() for file in group}]
    step = max(1, len(files) // count)
    embeddings = [e for e in map(_embedding, files[::step]) if e is not None]
    impostors = np.array([np.linalg.norm(a - b) for a, b in combinations(embeddings, 2)])
    twins = int((impostors < TWINS).sum())
    apart = impostors[impostors >= TWINS]
    genuine = []
    for group in known.values():
        found = [e for e in map(_embedding, group) if e is not None]
        genuine += [float(np.linalg.norm(a - b)) for a, b in combinations(found, 2)]
    return {
        "false_match": rate(int((apart < limit).sum()), len(apart)) | {"left_out_as_one_person": twins, "people": len(embeddings)},
        "false_match_at_0.50": rate(int((apart < SAME_PERSON).sum()), len(apart)),
        "false_non_match": rate(sum(d > limit for d in genuine), len(genuine)),
        "genuine": [round(d, 3) for d in sorted(genuine)],
    }


def _embedding(file: Path) -> Any:
    try:
        portrait = portrait_of(open_photo(file), max_ipd=WORKING_IPD)
    except LikenessError:
        return None
    return None if portrait is None else portrait.embedding


def _named(table: Path) -> dict[str, list[Path]]:
    """Person -> files, from a table with the columns person and file; empty without one."""
    groups: dict[str, list[Path]] = defaultdict(list)
    if table.is_file():
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines):
                groups[row["person"]].append(table.parent / row["file"])
    return groups
