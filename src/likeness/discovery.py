"""Finding what is declared: one file in a package, or one file outside it, is one step, measure or backend.

``LIKENESS_PLUGINS`` names files or folders of such files, separated like ``PATH``.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from likeness.errors import LikenessError
from likeness.schema import Declaration

Kind = TypeVar("Kind", bound=Declaration)


def discover(package: str, kind: type[Kind]) -> dict[str, Kind]:
    """Every declaration of ``kind`` in the modules of ``package`` and in the plug-in files, by name."""
    found: dict[str, Kind] = {}
    modules = [*_modules_of(package), *(_load_file(path) for path in plugin_files())]
    for module in modules:
        for item in vars(module).values():
            if isinstance(item, kind) and item.function.__module__ == module.__name__:
                if item.name in found:
                    raise LikenessError("is declared twice", where=item.name, hint=f"rename the one in {module.__name__}")
                found[item.name] = item
    return found


def plugin_files() -> list[Path]:
    """The Python files that ``LIKENESS_PLUGINS`` names; LikenessError for a path that does not exist."""
    files: list[Path] = []
    for entry in filter(None, os.environ.get("LIKENESS_PLUGINS", "").split(os.pathsep)):
        path = Path(entry).expanduser().resolve()
        if not path.exists():
            raise LikenessError("does not exist", where=entry, hint="correct LIKENESS_PLUGINS")
        files += sorted(path.glob("[!_]*.py")) if path.is_dir() else [path]
    return files


def _modules_of(package: str) -> Iterator[Any]:
    parent = importlib.import_module(package)
    for info in pkgutil.iter_modules(parent.__path__, package + "."):
        yield importlib.import_module(info.name)


@functools.cache
def _load_file(path: Path) -> Any:
    name = f"likeness_plugins.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LikenessError("is not a Python file", where=path, hint="correct LIKENESS_PLUGINS")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise LikenessError(
            f"cannot be loaded ({error})", where=path, hint="mend the plug-in or correct LIKENESS_PLUGINS"
        ) from error
    return module
