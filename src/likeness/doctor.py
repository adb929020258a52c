"""What likeness needs of the machine, looked at one by one: each a fact, and where it is bad, the command that mends it."""

from __future__ import annotations

import importlib
import importlib.metadata
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from likeness.discovery import discover, plugin_files
from likeness.errors import LikenessError, missing
from likeness.library import default_root
from likeness.schema import Backend

ROOM = 1.0  # GB free that a library should have: some hundred versions

# What is imported -> the package that brings it.
PACKAGES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "cv2": "opencv-contrib-python",
    "PIL": "pillow",
    "pillow_heif": "pillow-heif",
    "pydantic": "pydantic",
    "rich": "rich",
    "jinja2": "jinja2",
}


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is ``ok``, what was found, and, where something can be done, what."""

    name: str
    ok: bool
    detail: str
    hint: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "hint": self.hint}


def examine(library: Path | None = None) -> list[Check]:
    """Every check, in a few seconds. ``library``: the folder to look at; the default one when absent."""
    return [
        _python(),
        *(_package(module, package) for module, package in PACKAGES.items()),
        *_backends(),
        *_formats(),
        _plugins(),
        *_library(library or default_root()),
    ]


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info[:2] in ((3, 11), (3, 12))
    return Check("python", good, version, "" if good else "use Python 3.11 or 3.12: mediapipe's models come for these")


def _package(module: str, package: str) -> Check:
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        return _broken(module, missing(package, error))
    return Check(module, True, str(getattr(loaded, "__version__", "")) or _version(package))


def _backends() -> list[Check]:
    """A check for each backend, built in or plugged in: that it loads, from which version, under which licence."""
    try:
        found = discover("likeness.perception", Backend)
    except LikenessError as error:
        return [_broken("backends", error)]
    except ImportError as error:
        return [_broken("backends", missing(PACKAGES.get(error.name or "", error.name or "backends"), error))]
    return [_backend(backend) for backend in found.values()]


def _backend(backend: Backend[Any]) -> Check:
    try:
        backend()
    except LikenessError as error:
        return _broken(backend.name, error)
    except Exception as error:  # whatever a foreign package raises while it loads is what this check is to tell
        reason = LikenessError(f"does not load ({error})", hint=f"pip install --force-reinstall {backend.package}")
        return _broken(backend.name, reason)
    return Check(backend.name, True, f"{backend.package} {_version(backend.package)}, {backend.licence}")


def _formats() -> list[Check]:
    return [
        _attempt("heic", _heif, LikenessError("cannot be read", hint="pip install --force-reinstall pillow-heif")),
        _attempt("avif", _avif, LikenessError("cannot be read", hint="pip install --upgrade pillow pillow-heif")),
        _attempt("colour profiles", _profiles, LikenessError("cannot be read", hint="pip install --force-reinstall pillow")),
        _raw(),
    ]


def _attempt(name: str, look: Callable[[], str], otherwise: LikenessError) -> Check:
    """The check that ``look`` describes; ``otherwise`` when it finds nothing or what it needs is not there."""
    try:
        found = look()
    except ImportError as error:
        return _broken(name, missing(error.name or name, error))
    return Check(name, True, found) if found else _broken(name, otherwise)


def _heif() -> str:
    import pillow_heif

    return f"libheif {pillow_heif.libheif_version()}"


def _avif() -> str:
    import PIL.features

    return f"libavif {PIL.features.version('avif')}" if PIL.features.check("avif") else ""


def _profiles() -> str:
    import PIL.features

    return f"littleCMS {PIL.features.version('littlecms2')}" if PIL.features.check("littlecms2") else ""


def _raw() -> Check:
    """Camera RAW is an extra: that it is not installed is no fault."""
    try:
        import rawpy
    except ModuleNotFoundError:
        return Check("raw", True, "not installed; only needed for camera RAW", "pip install 'likeness[raw]'")
    except ImportError as error:
        return _broken("raw", missing("rawpy", error))
    return Check("raw", True, f"rawpy {_version('rawpy')}, libraw {'.'.join(map(str, rawpy.libraw_version))}")


def _plugins() -> Check:
    try:
        names = [path.name for path in plugin_files()]
    except LikenessError as error:
        return _broken("plug-ins", error)
    return Check("plug-ins", True, ", ".join(names) or "none")


def _library(root: Path) -> list[Check]:
    """That the library folder, or the nearest folder above that exists, can be written to and has room."""
    here = next(folder for folder in (root.absolute(), *root.absolute().parents) if folder.exists())
    other = "name another folder with --library or LIKENESS_LIBRARY"
    try:
        with tempfile.TemporaryFile(dir=here) as probe:
            probe.write(b"likeness")
    except OSError as error:
        return [Check("library", False, f"{root} cannot be written to ({error.strerror})", other)]
    free = shutil.disk_usage(here).free / 1e9
    state = "" if root.exists() else ", not begun yet"
    return [
        Check("library", True, f"{root}{state}"),
        Check("disk", free >= ROOM, f"{free:.1f} GB free", "" if free >= ROOM else f"free {ROOM:g} GB, or {other}"),
    ]


def _broken(name: str, error: LikenessError) -> Check:
    what = f"{error.where}: {error.what}" if error.where and error.where != name else error.what
    return Check(name, False, " ".join(what.split()), error.hint)


def _version(package: str) -> str:
    """The installed version of ``package``; of the one that stands in for it, where that is how OpenCV came."""
    for name in (package, f"{package}-headless"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "(version unknown)"
