"""The library's SQLite database: how it is opened, changed and brought up to date.

Write-ahead log with full synchronisation: what is committed outlives a kill and a power cut; readers never wait for a writer.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from likeness.errors import LikenessError

PATIENCE = 60.0  # seconds that one process waits for another's transaction
MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = []


def migration(change: Callable[[sqlite3.Connection], None]) -> Callable[[sqlite3.Connection], None]:
    """Declare the next change of the schema. One that has been released is never edited, moved or removed."""
    MIGRATIONS.append(change)
    return change


@migration
def originals_and_versions(db: sqlite3.Connection) -> None:
    """Files are named relative to the library's root; paths, recipes, audits and exports are JSON."""
    db.execute("CREATE TABLE originals (sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, file TEXT NOT NULL, created TEXT NOT NULL)")
    db.execute("""
        CREATE TABLE versions (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            parent TEXT REFERENCES versions (id), original TEXT NOT NULL REFERENCES originals (sha256),
            face INTEGER NOT NULL, outcome TEXT NOT NULL, recipe TEXT NOT NULL, audit TEXT NOT NULL, attempts TEXT NOT NULL,
            kept INTEGER NOT NULL, exports TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, created TEXT NOT NULL
        )""")
    db.execute("CREATE INDEX versions_of_original ON versions (original)")
    db.execute("""
        CREATE TABLE headshots (
            number INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES versions (id),
            considered TEXT NOT NULL, exports TEXT NOT NULL, report TEXT NOT NULL, created TEXT NOT NULL
        )""")


@migration
def makers(db: sqlite3.Connection) -> None:
    """By which release each version was made, and by which calibration it was audited: JSON; empty where that was not recorded."""
    db.execute("ALTER TABLE versions ADD COLUMN made_by TEXT NOT NULL DEFAULT '{}'")


def connect(path: Path) -> sqlite3.Connection:
    """An open connection, in autocommit: transactions are begun by ``transaction``. May be used by several threads in turn."""
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    _use_write_ahead_log(db)
    db.execute("PRAGMA synchronous = FULL")
    return db


def _use_write_ahead_log(db: sqlite3.Connection) -> None:
    """The switch needs the file to itself and does not wait for it as other statements do, so we wait."""
    deadline = time.monotonic() + PATIENCE
    while db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; waits for other writers up to PATIENCE."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def without_waiting(db: sqlite3.Connection) -> Iterator[bool]:
    """Hold the write lock if nobody else does and the database may be written at all; whether it is held."""
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute("BEGIN IMMEDIATE")
        held = True
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY):
            raise
        held = False
    finally:
        db.execute(f"PRAGMA busy_timeout = {round(PATIENCE * 1000)}")
    try:
        yield held
    finally:
        if held:
            db.execute("ROLLBACK")  # files were swept, no row was changed


def schema_version(db: sqlite3.Connection) -> int:
    """How many migrations the database has seen; 0: it is empty."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, where: Path) -> None:
    """Bring the schema up to date, inside the caller's transaction. LikenessError for one that is newer than this program."""
    seen = schema_version(db)
    if seen > len(MIGRATIONS):
        raise LikenessError("was written by a newer likeness", where=where, hint="upgrade with pip install -U likeness")
    for number, change in enumerate(MIGRATIONS[seen:], seen + 1):
        change(db)
        db.execute(f"PRAGMA user_version = {number}")


_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_ENVIRONMENT = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_AUTH,
)


@contextlib.contextmanager
def as_likeness_error(path: Path) -> Iterator[None]:
    """What can go wrong with a database file, in a line. Anything else is our mistake and stays a traceback."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGE:
            raise damaged(path, str(error)) from error
        if code == sqlite3.SQLITE_FULL:
            raise LikenessError("cannot be written (the disk is full)", where=path, hint="free some disk space") from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            hint = "let the other likeness finish, then try again"
            raise LikenessError("is in use by another process", where=path, hint=hint) from error
        if code in _ENVIRONMENT:
            hint = "check the disk and who may write there, or give another --library"
            raise LikenessError(f"cannot be used ({error})", where=path, hint=hint) from error
        raise
    except OSError as error:
        raise LikenessError(
            f"cannot be used ({error.strerror or error})", where=error.filename or path, hint="check who may read and write there"
        ) from error


def damaged(path: Path, why: str) -> LikenessError:
    """The error for a database that cannot be read."""
    hint = f"restore it from a backup, or move it away to begin a new history; the originals in {path.parent / 'originals'} stay"
    return LikenessError(f"is damaged ({why})", where=path, hint=hint)
