"""The library: where originals, versions and their lineage live. A folder with a database and, beside it, the files.

    library.sqlite   originals/ab/<sha256>.jpg   versions/cd/<id>.png   pending/ (empty unless somebody is writing)

An original is kept byte for byte under the hash of its content, checked whenever it is read, and never changed. A file is on
disk before the row that names it is committed; it is written inside that row's transaction, so whoever holds the database's
write lock knows that a mark in ``pending/`` was left by a dead process.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from likeness.errors import LikenessError, unknown
from likeness.store import database, files
from likeness.store.records import Headshot, StoredVersion, as_text, now, release, row_of, suffix_of, version_id, version_of

__all__ = ["Headshot", "Library", "StoredVersion", "default_root", "release", "version_id"]

READ_ONLY = 0o400


def default_root() -> Path:
    """``$LIKENESS_LIBRARY``; without it the folder where this platform keeps a user's data."""
    if chosen := os.environ.get("LIKENESS_LIBRARY"):
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "likeness"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "likeness"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "likeness"


class Library:
    """The library in the folder ``root``. Nothing is opened before the first call, nothing created before something is added.

    Several processes, and several threads, may use one library at the same time. Every method may raise LikenessError: no
    library there, damaged, full disk, not permitted, in use for more than a minute.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).expanduser()
        self._database: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._placed: list[str] = []

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; the next call opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    # -- adding

    def add_original(self, data: bytes, path: Path) -> str:
        """Keep ``data``, the bytes of the photo at ``path``; its sha256. Bytes that are there already are not written again."""
        sha = hashlib.sha256(data).hexdigest()
        with self._writing() as db:
            row = db.execute("SELECT file FROM originals WHERE sha256 = ?", (sha,)).fetchone()
            name = row["file"] if row else f"originals/{sha[:2]}/{sha}{suffix_of(path)}"
            self._keep(name, data, sha, mode=READ_ONLY)
            if not row:
                known = as_text(str(path), path)
                db.execute("INSERT INTO originals VALUES (?, ?, ?, ?)", (sha, known, name, now()))
        return sha

    def add_version(self, version: StoredVersion, data: bytes) -> StoredVersion:
        """Keep a version and its picture, the bytes ``data``; the version as stored.

        Of one that is there already, audit, attempts, exports and who made it are brought up to date; the picture stays.
        """
        with self._writing() as db:
            row = db.execute("SELECT file, sha256 FROM versions WHERE id = ?", (version.id,)).fetchone()
            if row:
                name, sha = row["file"], row["sha256"]
            else:
                self._check_new(db, version)
                name = f"versions/{version.id[:2]}/{version.id}{suffix_of(version.file)}"
                sha = hashlib.sha256(data).hexdigest()
            if self._keep(name, data, sha):
                sha = hashlib.sha256(data).hexdigest()
            values = row_of(version) | {"file": name, "sha256": sha}
            db.execute(
                f"""INSERT INTO versions ({", ".join(values)}) VALUES ({", ".join(f":{key}" for key in values)})
                ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, kept = kept OR excluded.kept,
                    audit    = CASE excluded.audit    WHEN 'null' THEN audit    ELSE excluded.audit    END,
                    attempts = CASE excluded.attempts WHEN '[]'   THEN attempts ELSE excluded.attempts END,
                    exports  = CASE excluded.exports  WHEN '[]'   THEN exports  ELSE excluded.exports  END,
                    made_by  = CASE excluded.made_by  WHEN '{{}}' THEN made_by  ELSE excluded.made_by  END""",
                values,
            )
            return self._version(db.execute("SELECT * FROM versions WHERE id = ?", (version.id,)).fetchone())

    def record_headshot(
        self, kept: str, *, considered: Sequence[str] = (), exports: Sequence[Mapping[str, Any]] = (), report: str | Path = ""
    ) -> Headshot:
        """Record that a run kept the version ``kept`` out of ``considered``, and what it exported."""
        with self._writing() as db:
            version = self._find(db, kept)
            ids = [self._find(db, other).id for other in considered] or [version.id]
            told = as_text([dict(export) for export in exports], "exports")
            db.execute("UPDATE versions SET kept = 1, exports = ? WHERE id = ?", (told, version.id))
            made = db.execute(
                "INSERT INTO headshots (version, considered, exports, report, created) VALUES (?, ?, ?, ?, ?) RETURNING *",
                (version.id, as_text(ids, "considered"), told, as_text(str(report), "report"), now()),
            ).fetchone()
            return self._headshot(db, made)

    # -- looking

    def version(self, id: str) -> StoredVersion:
        """The version whose id is, or begins with, ``id``."""
        with self._reading() as db:
            return self._find(db, id)

    def versions(self, original: str | None = None) -> list[StoredVersion]:
        """All versions, or those of one original (its sha256), the oldest first."""
        with self._reading() as db:
            rows = db.execute("SELECT * FROM versions WHERE ? IS NULL OR original = ? ORDER BY number", (original, original))
            return [self._version(row) for row in rows]

    def lineage(self, id: str) -> list[StoredVersion]:
        """From the version's first ancestor to itself."""
        with self._reading() as db:
            return self._line(db, id)

    def headshots(self) -> list[Headshot]:
        """What was kept, the newest first."""
        with self._reading() as db:
            return [self._headshot(db, row) for row in db.execute("SELECT * FROM headshots ORDER BY number DESC").fetchall()]

    def original(self, id: str) -> tuple[bytes, Path]:
        """The photo that a version was made from, byte for byte, and the path that it was read from."""
        with self._reading() as db:
            sha = self._find(db, id).original
        return self.photo(sha)

    def photo(self, sha: str) -> tuple[bytes, Path]:
        """The photo of that sha256 (an original, or a picture that stood behind one), and the path that it was read from."""
        with self._reading() as db:
            row = db.execute("SELECT file, path FROM originals WHERE sha256 = ?", (sha,)).fetchone()
        if row is None:
            raise LikenessError("no such photo", where=sha, hint="give its file again")
        place = self.root / row["file"]
        hint = "restore it from a backup, or make from the photo again, which puts it back"
        try:
            data = place.read_bytes()
        except OSError as error:
            raise LikenessError(f"the original cannot be read ({error.strerror})", where=place, hint=hint) from error
        if hashlib.sha256(data).hexdigest() != sha:
            raise LikenessError("the original was changed outside likeness", where=place, hint=hint)
        return data, Path(json.loads(row["path"]))

    # -- inside

    def _find(self, db: sqlite3.Connection, id: str) -> StoredVersion:
        if re.fullmatch("[0-9a-f]+", id):
            rows = db.execute("SELECT * FROM versions WHERE id LIKE ? ORDER BY id = ? DESC LIMIT 4", (id + "%", id)).fetchall()
            if len(rows) == 1 or (rows and rows[0]["id"] == id):
                return self._version(rows[0])
            if rows:
                hint = f"give more of it: {', '.join(row['id'] for row in rows[:3])}{'...' if len(rows) > 3 else ''}"
                raise LikenessError("is the beginning of several versions", where=id, hint=hint)
        ids = [row["id"] for row in db.execute("SELECT id FROM versions ORDER BY number DESC")]
        if not ids:
            raise LikenessError(f"unknown version '{id}'", where=self.root, hint="the library holds no version yet")
        raise unknown("version", id, difflib.get_close_matches(id, ids, n=3, cutoff=0.5) or ids[:3], where=self.root)

    def _check_new(self, db: sqlite3.Connection, version: StoredVersion) -> None:
        if not re.fullmatch("[0-9a-f]{6,64}", version.id):
            raise LikenessError(f"'{version.id}' is not an id", where=version.name, hint="take it from version_id()")
        if version.parent == version.id:
            raise LikenessError("cannot be its own parent", where=version.id)
        if version.parent is not None and self._find(db, version.parent).id != version.parent:
            raise unknown("parent", version.parent, [self._find(db, version.parent).id], where=version.id)
        if not db.execute("SELECT 1 FROM originals WHERE sha256 = ?", (version.original,)).fetchone():
            raise LikenessError("its original is not in the library", where=version.id, hint="call add_original first")

    def _keep(self, name: str, data: bytes, sha: str, *, mode: int = files.PRIVATE) -> bool:
        """Write ``data`` to ``name`` unless the file there has the hash ``sha``; whether it was written."""
        place = self.root / name
        if place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == sha:
            return False
        self._placed.append(name)
        files.place(self.root, name, data, mode=mode)
        return True

    def _version(self, row: sqlite3.Row) -> StoredVersion:
        return version_of(row, self.root)

    def _headshot(self, db: sqlite3.Connection, row: sqlite3.Row) -> Headshot:
        told = {key: json.loads(row[key]) for key in ("considered", "exports", "report")}
        line = [version.id for version in self._line(db, row["version"])]
        return Headshot(row["version"], line, **told, created=row["created"])

    def _line(self, db: sqlite3.Connection, id: str) -> list[StoredVersion]:
        line = [self._find(db, id)]
        while (parent := line[0].parent) is not None:
            line.insert(0, self._find(db, parent))
        return line

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, database.as_likeness_error(self._path):
            if self._database is None and not self._path.exists():
                hint = "`likeness make` begins one, or name another with --library"
                raise LikenessError("there is no library here yet", where=self.root, hint=hint)
            yield self._open()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction; files placed in it are settled after its commit, and swept when it fails."""
        with self._lock, database.as_likeness_error(self._path):
            db = self._open()
            try:
                with database.transaction(db):
                    yield db
            except BaseException:
                self._sweep(db)
                raise
            else:
                for name in self._placed:
                    files.settle(self.root, name)
            finally:
                self._placed.clear()

    @property
    def _path(self) -> Path:
        return self.root / "library.sqlite"

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            new = not self._path.exists()
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            db = database.connect(self._path)
            try:
                self._prepare(db, new)
                self._sweep(db)
            except BaseException:
                db.close()
                raise
            self._database = db
        return self._database

    def _prepare(self, db: sqlite3.Connection, new: bool) -> None:
        """Bring the schema up to date. Originals that lie there without a database (it was moved away) are taken in again."""
        if database.schema_version(db) == len(database.MIGRATIONS):
            return
        with database.transaction(db):
            empty = database.schema_version(db) == 0
            orphans = [file for file in self.root.glob("originals/*/*") if re.fullmatch("[0-9a-f]{64}", file.stem)] if empty else []
            if orphans and not new:
                raise database.damaged(self._path, "it is empty, and yet there are originals")
            database.migrate(db, self._path)
            for file in orphans:
                row = (file.stem, as_text(file.name, file), file.relative_to(self.root).as_posix(), now())
                db.execute("INSERT INTO originals VALUES (?, ?, ?, ?)", row)
        files.sync_folder(self.root)

    def _sweep(self, db: sqlite3.Connection) -> None:
        """Clear away what killed processes left, unless somebody is writing just now."""

        def belongs(name: str) -> bool:
            query = "SELECT 1 FROM originals WHERE file = ? UNION SELECT 1 FROM versions WHERE file = ?"
            return db.execute(query, (name, name)).fetchone() is not None

        with database.without_waiting(db) as locked:
            if locked:
                files.sweep(self.root, belongs)
