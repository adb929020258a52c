"""What the library remembers: versions and headshots, and how they lie in the database."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from likeness.errors import LikenessError

TOLD = ("recipe", "audit", "attempts", "exports", "made_by")  # of a version, kept as JSON


def now() -> str:
    """This moment, UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def version_id(original: str, face: int, outcome: str, recipe: Mapping[str, Any], picture: bytes) -> str:
    """The id of a version: 12 hex digits that follow from what it was made of, by which release of likeness, and from the ``picture``
    that came of it: what changed code makes of the same recipe is another version."""
    made_of = [original, face, outcome, dict(recipe), release(), hashlib.sha256(picture).hexdigest()]
    return hashlib.sha256(as_text(made_of, "recipe").encode()).hexdigest()[:12]


def release() -> str:
    """The version of likeness that runs."""
    return importlib.metadata.version("likeness")


@dataclass(frozen=True)
class StoredVersion:
    """One result of one recipe on one original.

    ``file``: where the picture lies; on the way in only its suffix counts. ``exports``: what was written of it, as in the JSON
    contract. ``created``: ISO 8601, UTC. ``made_by``: the release of likeness, and the date of the calibration that audited it; empty
    where an older release recorded neither.
    """

    id: str
    name: str
    parent: str | None
    original: str
    face: int
    outcome: str
    recipe: dict[str, Any]
    audit: dict[str, Any] | None = None
    attempts: list[Any] = field(default_factory=list)
    kept: bool = False
    exports: list[Any] = field(default_factory=list)
    file: Path = Path("version.png")
    created: str = field(default_factory=now)
    made_by: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self) | {"file": str(self.file)}


@dataclass(frozen=True)
class Headshot:
    """The version that a run kept: ``lineage`` from its first ancestor to itself, ``considered``: the ids it was chosen from."""

    version: str
    lineage: list[str]
    considered: list[str]
    exports: list[Any]
    report: str
    created: str

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def version_of(row: sqlite3.Row, root: Path) -> StoredVersion:
    """A row of ``versions``; its file lies under ``root``."""
    told = {key: json.loads(row[key]) for key in TOLD}
    plain = {key: row[key] for key in ("id", "name", "parent", "original", "face", "outcome", "created")}
    return StoredVersion(**plain, **told, kept=bool(row["kept"]), file=root / row["file"])


def row_of(version: StoredVersion) -> dict[str, Any]:
    """The columns of ``versions``, without those that tell of its file."""
    told = {key: as_text(getattr(version, key), version.id) for key in TOLD}
    plain = {key: getattr(version, key) for key in ("id", "name", "parent", "original", "face", "outcome", "kept", "created")}
    return plain | told


def as_text(value: Any, where: object) -> str:
    """``value`` as JSON; LikenessError when it holds something that JSON has no word for, such as NaN."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise LikenessError(f"cannot be recorded as JSON ({error})", where=where) from error


def suffix_of(path: Path) -> str:
    """The suffix of a file name when it is an ordinary one, in lower case; else none."""
    return path.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", path.suffix) else ""
