"""The library's files: complete under their name or not there at all, whenever the process is killed and however full the disk is.

A file belongs to a row in the database. Writing it leaves a *mark* in ``pending/`` until ``settle`` is called after the row's
commit. So ``sweep`` knows what a killed process left, and touches nothing else: a file without a row but also without a mark
(the database was lost, say) is somebody's original and stays.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from likeness.errors import LikenessError

PENDING = "pending"
PRIVATE = 0o600  # pictures of people: for their owner's eyes


def place(root: Path, name: str, data: bytes, *, mode: int = PRIVATE) -> None:
    """Write ``data`` to ``root / name`` and to disk, leaving a mark. The caller holds the library's write lock.

    LikenessError when it cannot be written; then what was begun is gone again.
    """
    target, mark = root / name, _mark(root, name)
    part = mark.with_name(mark.name + ".part")
    with _as_likeness_error(target):
        mark.parent.mkdir(exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            mark.touch()
            part.unlink(missing_ok=True)
            _write_and_close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), data)
            os.replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            mark.unlink(missing_ok=True)
            raise
        for folder in (target.parent, *target.parent.parents):
            sync_folder(folder)
            if folder == root:
                break


def settle(root: Path, name: str) -> None:
    """``root / name`` has its row: take its mark away."""
    _mark(root, name).unlink(missing_ok=True)


def sweep(root: Path, belongs: Callable[[str], bool]) -> list[str]:
    """Remove what killed processes left; the names of files that were removed. The caller holds the library's write lock.

    ``belongs(name)`` says whether ``root / name`` has a row.
    """
    gone = []
    marks = sorted((root / PENDING).iterdir()) if (root / PENDING).is_dir() else []
    for mark in marks:
        name = mark.name.replace("~", "/")
        if mark.suffix != ".part" and not belongs(name) and (root / name).exists():
            (root / name).unlink()
            gone.append(name)
        mark.unlink(missing_ok=True)
    return gone


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to disk, where the platform lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mark(root: Path, name: str) -> Path:
    return root / PENDING / name.replace("/", "~")


def _write_and_close(handle: int, data: bytes) -> None:
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _as_likeness_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise LikenessError(
            f"cannot be written ({reason})", where=path, hint="free some disk space or give a folder that you may write to"
        ) from error
