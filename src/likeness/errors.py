"""Errors that a user can act on: what is wrong, where, and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any


class LikenessError(Exception):
    """Something the user can put right.

    Parameters
    ----------
    what : one clause that says what is wrong, without a full stop.
    where : the file, option or name it is about.
    hint : one clause that says what to do.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: object = "", hint: str = "") -> None:
        self.what = what
        self.where = str(where)
        self.hint = hint
        super().__init__(what, self.where, hint)

    def __reduce__(self) -> Any:  # a worker process hands its errors over
        return _again, (type(self), self.__dict__ | {"args": self.args})

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line}; {self.hint}" if self.hint else line
        return " ".join(line.split())


class NoUsableSource(LikenessError):
    """None of the photos can carry the outcome; ``advice`` says what to photograph instead."""

    exit_code = 3

    def __init__(self, what: str, *, where: object = "", advice: Sequence[str] = ()) -> None:
        super().__init__(what, where=where, hint="; ".join(line.rstrip(".") for line in advice))
        self.advice = list(advice)


def _again(kind: type[LikenessError], state: dict[str, Any]) -> LikenessError:
    """The error that was pickled."""
    error = kind.__new__(kind, *state.pop("args"))
    error.__dict__.update(state)
    return error


def unknown(kind: str, name: str, known: Iterable[str], *, where: object = "") -> LikenessError:
    """The error for a name that does not exist, with the closest names that do."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(names)}"
    return LikenessError(f"unknown {kind} '{name}'", where=where, hint=hint)


# A shared library that a wheel expects from the system, and the Debian package that brings it.
SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libgomp.so.1": "libgomp1",
    "libstdc++.so.6": "libstdc++6",
}


def missing(package: str, error: ImportError) -> LikenessError:
    """The one-line error for a package that cannot be imported: which, why and the command that brings it."""
    library = re.search(r"(lib[\w.+-]+\.so[\d.]*): cannot open shared object", str(error))
    if library:
        apt = SYSTEM_LIBRARIES.get(library[1])
        hint = f"apt-get install {apt}" if apt else f"install the system library {library[1]}"
        return LikenessError(f"needs the system library {library[1]}", where=package, hint=hint)
    return LikenessError(f"cannot be imported ({error})", where=package, hint=f"pip install {package}")
