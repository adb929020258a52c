"""likeness: a professional headshot from a person's own photos, audited so that it still looks like them.

>>> import likeness
>>> ranking = likeness.rank(["IMG_1.heic", "IMG_2.jpg"])            # doctest: +SKIP
>>> headshot = likeness.make(ranking.best, outcome="linkedin")      # doctest: +SKIP
>>> audit = likeness.audit("me.jpg", "vendor.png")                  # doctest: +SKIP
>>> audit.verdict, audit.believability, audit["texture"].value      # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from likeness.errors import LikenessError, NoUsableSource

if TYPE_CHECKING:
    __version__: str
    from likeness.audits import audit, audit_all
    from likeness.studio import make, rank, refine

__all__ = ["LikenessError", "NoUsableSource", "audit", "audit_all", "make", "rank", "refine"]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def __getattr__(name: str) -> Any:
    """The calls, imported when first used, and the version: the import of likeness itself loads nothing heavy."""
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("likeness")
    if name not in __all__:
        raise AttributeError(f"module 'likeness' has no attribute '{name}'")
    home = "likeness.audits" if name.startswith("audit") else "likeness.studio"
    return getattr(importlib.import_module(home), name)
