"""What an image file says of itself, and the little of it that a headshot may carry on."""

from __future__ import annotations

import io
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL.ExifTags
import PIL.Image
import PIL.JpegImagePlugin
from numpy.typing import NDArray

Tag = PIL.ExifTags.Base
EXIF_IFD = int(PIL.ExifTags.IFD.Exif)
SOFTWARE = "likeness"


@dataclass(frozen=True)
class Metadata:
    """What the file said, and what was done to decode it.

    ``mode``: as Pillow names it. ``bit_depth``: of the file. ``orientation``: the EXIF orientation that was undone (1: upright).
    ``profile``: the colour profile's name; ``profile_from``: "file", "assumed" (there was none) or "unreadable" (sRGB was taken).
    ``grey``: the file has no colour channels. ``alpha_flattened``: transparent parts were laid over white.
    ``focal_35mm``: equivalent focal length, mm. ``taken``: ISO 8601 local time. ``jpeg_quality``: estimate on libjpeg's scale.
    ``notes``: whatever else the reader should know, in sentences.
    """

    mode: str = "RGB"
    bit_depth: int = 8
    orientation: int = 1
    profile: str = "sRGB"
    profile_from: str = "assumed"
    grey: bool = False
    alpha_flattened: bool = False
    make: str = ""
    model: str = ""
    focal_35mm: float | None = None
    taken: str = ""
    artist: str = ""
    copyright: str = ""
    jpeg_quality: int | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"notes": list(self.notes)}


@dataclass(frozen=True)
class Exif:
    """The EXIF values that are used; those that are absent or garbled are empty."""

    orientation: int = 1
    make: str = ""
    model: str = ""
    focal_35mm: float | None = None
    taken: str = ""
    artist: str = ""
    copyright: str = ""


def exif_of(picture: PIL.Image.Image) -> tuple[Exif, str]:
    """The EXIF of an opened picture, and a note when it can't be parsed."""
    try:
        exif = picture.getexif()
        return exif_from(exif), ""
    except Exception as error:  # EXIF is written by everyone: a picture with a broken one is still a picture
        return Exif(), f"EXIF cannot be parsed ({type(error).__name__})"


def exif_from_bytes(block: bytes | None) -> tuple[Exif, str]:
    """The values in an EXIF block as HEIF has it, and a note when it can't be parsed."""
    holder = PIL.Image.new("1", (1, 1))
    holder.info["exif"] = block or b""
    return exif_of(holder) if block else (Exif(), "")


def metadata_of(exif: Exif, **decoded: Any) -> Metadata:
    """What the file says of itself, with what its decoder found (fields of Metadata, by name)."""
    return Metadata(**(asdict(exif) | {"orientation": 1} | decoded))


def exif_from(exif: PIL.Image.Exif) -> Exif:
    """The values in a parsed EXIF block."""
    detail = exif.get_ifd(EXIF_IFD)
    orientation = exif.get(Tag.Orientation, 1)
    focal = _number(detail.get(Tag.FocalLengthIn35mmFilm))
    return Exif(
        orientation=int(orientation) if orientation in range(1, 9) else 1,
        make=_text(exif.get(Tag.Make)),
        model=_text(exif.get(Tag.Model)),
        focal_35mm=focal if focal and 1 <= focal <= 2000 else None,
        taken=_time(_text(detail.get(Tag.DateTimeOriginal)) or _text(exif.get(Tag.DateTime))),
        artist=_text(exif.get(Tag.Artist)),
        copyright=_text(exif.get(Tag.Copyright)),
    )


def exif_bytes(metadata: Metadata | None) -> bytes:
    """The EXIF block of an export: upright, and of the source only when it was taken and whose it is; no place, no device."""
    exif = PIL.Image.Exif()
    exif[Tag.Orientation] = 1
    exif[Tag.Software] = SOFTWARE
    if metadata is not None:
        for tag, text in ((Tag.Artist, metadata.artist), (Tag.Copyright, metadata.copyright)):
            if text:
                exif[tag] = text.encode()
        if metadata.taken:
            taken = metadata.taken.replace("-", ":").replace("T", " ")
            exif.get_ifd(EXIF_IFD)[Tag.DateTimeOriginal] = taken
    return exif.tobytes()


def is_own(path: Path) -> bool:
    """Whether the file at ``path`` was written by likeness: it says so."""
    try:
        with PIL.Image.open(path) as picture:
            return bool(picture.getexif().get(Tag.Software) == SOFTWARE)
    except (OSError, ValueError, SyntaxError):  # no picture, or none that can be read: not ours
        return False


def jpeg_quality(picture: PIL.Image.Image) -> int | None:
    """The quality at which libjpeg would quantise as ``picture`` is, 1..100, from the sum of its luminance table."""
    tables = getattr(picture, "quantization", None)
    if not tables or 0 not in tables or len(tables[0]) != 64:
        return None
    return int(1 + np.argmin(np.abs(_table_sums() - sum(tables[0]))))


@cache
def _table_sums() -> NDArray[np.int64]:
    """The sums of libjpeg's luminance tables at quality 1..100, (100,)."""

    def table_sum(quality: int) -> int:
        out = io.BytesIO()
        PIL.Image.new("L", (8, 8)).save(out, "JPEG", quality=quality)
        out.seek(0)
        with PIL.JpegImagePlugin.JpegImageFile(out) as picture:
            return sum(picture.quantization[0])

    return np.array([table_sum(quality) for quality in range(1, 101)])


def _text(value: object) -> str:
    """Printable text of an EXIF value, in one line. Pillow reads it as Latin-1; most who write beyond ASCII mean UTF-8."""
    raw = value if isinstance(value, bytes) else value.encode("latin-1", "replace") if isinstance(value, str) else b""
    try:
        value = raw.decode("utf-8")
    except UnicodeDecodeError:
        value = raw.decode("latin-1")
    return " ".join("".join(c for c in value.replace("\0", " ") if c.isprintable() or c.isspace()).split())[:200]


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if np.isfinite(number) else None


def _time(text: str) -> str:
    """EXIF's "2024:05:17 10:20:30" as ISO 8601; empty when it is not of that form or a blank date."""
    found = re.match(r"([12]\d{3}):([01]\d):([0-3]\d) ([0-2]\d:[0-5]\d:[0-6]\d)", text)
    return f"{found[1]}-{found[2]}-{found[3]}T{found[4]}" if found and found[2] != "00" else ""
