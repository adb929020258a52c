"""Handing a headshot over: the files that an outcome asks for, cut from the kept version."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from likeness.errors import LikenessError
from likeness.image.geometry import resize
from likeness.outcomes import Export, Outcome
from likeness.photo import encode, is_own, write_atomically
from likeness.portrait import Portrait

ABANDONED = 600  # seconds after which nobody is still writing a draft
SUFFIX = {"jpeg": ".jpg", "png": ".png"}


@dataclass(frozen=True)
class Exported:
    """A file that was handed over."""

    file: Path
    width: int
    height: int
    bytes: int
    format: str

    def as_json(self) -> dict[str, Any]:
        return {
            "file": str(self.file),
            "width": self.width,
            "height": self.height,
            "bytes": self.bytes,
            "format": self.format,
        }


def prepare_folder(out: Path) -> Path:
    """``out`` as a folder that exists and can be written to, without the drafts of a run that was killed. LikenessError when it can't."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for draft in out.glob(".*.part"):
            if re.fullmatch(r"\..+\.[0-9a-f]{8}\.part", draft.name) and time.time() - draft.stat().st_mtime > ABANDONED:
                draft.unlink(missing_ok=True)
        write_atomically(probe := out / ".likeness-probe", b"")
        probe.unlink()
    except FileExistsError:
        raise LikenessError("is a file", where=out, hint="name a folder with --out") from None
    except OSError as error:
        raise LikenessError(f"cannot be written to ({error.strerror})", where=out, hint="name another folder with --out") from error
    except LikenessError as error:
        raise LikenessError(error.what, where=out, hint="name another folder with --out") from error
    return out


def export(portrait: Portrait, outcome: Outcome, out: Path, stem: str) -> list[Exported]:
    """Write every export of ``outcome`` into ``out``, all encoded before the first is written. See ``ours_to_write``."""
    ready = [
        (ours_to_write(out / f"{stem}-{wanted.name}{SUFFIX[wanted.format]}"), *_encoded(portrait, wanted), wanted.format)
        for wanted in outcome.exports
    ]
    for file, _, data, _ in ready:
        write_atomically(file, data)
    return [Exported(file, *size, len(data), format) for file, size, data, format in ready]


def lay_out(versions: Mapping[str, bytes], out: Path, stem: str) -> None:
    """Write versions, name -> JPEG bytes, at full size into ``out``/versions, to choose from by eye."""
    folder = prepare_folder(out / "versions")
    for name, data in versions.items():
        write_atomically(ours_to_write(folder / f"{stem}-{name.lstrip('#')}.jpg"), data)


def _encoded(portrait: Portrait, wanted: Export) -> tuple[tuple[int, int], bytes]:
    size = wanted.size(portrait.width, portrait.height)
    data = encode(
        resize(portrait.pixels, size),
        wanted.format,
        quality=wanted.quality,
        max_bytes=wanted.max_bytes,
        metadata=portrait.photo.metadata,
    )
    return size, data


def ours_to_write(file: Path) -> Path:
    """``file``; LikenessError when there is one that likeness did not write. What an earlier run wrote may be replaced."""
    if file.exists() and not is_own(file):
        raise LikenessError("exists and was not made by likeness", where=file, hint="move it, or name another folder with --out")
    return file
