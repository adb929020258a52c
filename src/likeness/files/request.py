"""What is asked of a decoder, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from likeness.errors import LikenessError
from likeness.files.codes import Codes
from likeness.files.metadata import Metadata
from likeness.files.profiles import Space

GIVE = "give a JPEG, PNG, WebP, TIFF, HEIC, AVIF or camera RAW file"
AGAIN = "copy it from the camera or phone again"


@dataclass(frozen=True)
class Decoded:
    """(H, W, 3) ``codes`` of 8 or 16 bit in ``space``. ``full_size``: the (width, height), upright, that the file holds."""

    codes: Codes
    space: Space
    format: str
    metadata: Metadata
    full_size: tuple[int, int]


@dataclass(frozen=True)
class Request:
    """What is asked of a decoder: the file's bytes and path, the most megapixels, and the long side that is enough (None: all)."""

    data: bytes
    path: Path
    limit_mp: float
    at_least: int | None

    def check_size(self, width: int, height: int) -> None:
        """LikenessError when a picture of that size is over the limit; called before anything is decoded."""
        megapixels = width * height / 1e6
        if megapixels > self.limit_mp:
            what = f"has {megapixels:.0f} megapixels ({width} x {height}), more than the limit of {self.limit_mp:g}"
            raise LikenessError(what, where=self.path, hint="give a smaller picture or raise the limit")
