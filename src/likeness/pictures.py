"""Pictures that recipes name by their content, so that a recipe stays data and a step reads no file."""

from __future__ import annotations

from likeness.errors import LikenessError
from likeness.photo import Photo

PREFIX = "picture:"
_lent: dict[str, Photo] = {}


def lend(photo: Photo) -> str:
    """The name under which steps of this process find ``photo``: picture:<sha256>."""
    name = PREFIX + photo.sha256
    _lent[name] = photo
    return name


def lent(name: str) -> Photo:
    """The photo of that name; LikenessError when nobody has lent it."""
    if name not in _lent:
        raise LikenessError("the picture behind this name is not at hand", where=name, hint="give its file as the backdrop again")
    return _lent[name]
