"""Photo: the one place where files become pixels and pixels become files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.errors import LikenessError
from likeness.files.codes import eight_bit
from likeness.files.decode import RAW_SUFFIXES, decode
from likeness.files.encode import encode, write_atomically
from likeness.files.metadata import Metadata, is_own
from likeness.files.profiles import SRGB, Space
from likeness.files.request import GIVE, Request
from likeness.image import Image, read_only
from likeness.image.color import bytes_from_linear, chunks, words_from_linear
from likeness.image.geometry import Box, area_weights, resize

__all__ = [
    "Metadata",
    "Photo",
    "decode_photo",
    "eight_bit",
    "encode",
    "is_own",
    "listed",
    "not_photos",
    "open_photo",
    "photos_in",
    "write_atomically",
]

LIMIT_MP = 250.0
BYTES_PER_PIXEL = 8  # the most that a file of LIMIT_MP has: 16 bit, four channels, not compressed
LINES = 6  # of a smaller picture, made at a time
_PICTURES = """
    .jpg .jpeg .jpe .jfif .mpo .png .apng .webp .tif .tiff .heic
    .heif .hif .avif .bmp .gif .jp2 .j2k .jpx .ppm .pgm .tga .psd
"""
SUFFIXES = RAW_SUFFIXES | frozenset(_PICTURES.split())


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded image file, upright.

    ``codes``: (H, W, 3) uint8 or uint16 in the file's own ``space``, read-only: linear light is made of them where it is asked for.
    ``full_size``: the (width, height) that the file holds, where fewer pixels were decoded. ``metadata``: what the file said of itself.
    """

    path: Path
    data: bytes = field(repr=False)
    codes: NDArray[Any] = field(repr=False)
    format: str
    metadata: Metadata = field(default=Metadata(), repr=False)
    space: Space = field(default=SRGB, repr=False)
    full_size: tuple[int, int] | None = None

    @property
    def width(self) -> int:
        return int(self.codes.shape[1])

    @property
    def height(self) -> int:
        return int(self.codes.shape[0])

    @property
    def scale(self) -> float:
        """Pixels of the file per decoded pixel: 1, or more when ``open_photo`` was told what is enough."""
        return self.full_size[0] / self.width if self.full_size else 1.0

    @cached_property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def encoded(self) -> NDArray[Any]:
        """All of it sRGB-encoded and clipped, (H, W, 3) uint8 or uint16. ``seen`` is leaner where a part or a small size will do."""
        if self.space.is_srgb:
            return self.codes
        return read_only(self._converted(self.codes, bytes_from_linear if self.codes.dtype == np.uint8 else words_from_linear))

    def mirrored(self) -> Photo:
        """The same the other way round, as selfies are often saved."""
        return replace(self, codes=read_only(np.ascontiguousarray(self.codes[:, ::-1])))

    @cached_property
    def monochrome(self) -> bool:
        """Whether there is no colour in it: at a width of 640, no two channels are more than 2 of 255 apart anywhere."""
        if self.metadata.grey:
            return True
        red, green, blue = cv2.split(self.preview(640))
        return max(cv2.norm(red, green, cv2.NORM_INF), cv2.norm(green, blue, cv2.NORM_INF), cv2.norm(red, blue, cv2.NORM_INF)) <= 2

    def preview(self, long_side: int) -> NDArray[np.uint8]:
        """8-bit sRGB, (h, w, 3), at most ``long_side`` pixels long: what a detector wants to see."""
        scale = min(1.0, long_side / max(self.width, self.height))
        return self.seen(size=(max(1, round(self.width * scale)), max(1, round(self.height * scale))))

    def seen(self, box: Box | None = None, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """``box`` (the whole when absent) at ``size`` (width, height) as 8-bit sRGB, averaged in the file's encoding: fast."""
        part = self.codes if box is None else box.of(self.codes)
        part = part if size is None else _smaller(part, size)
        return read_only(eight_bit(part) if self.space.is_srgb else self._converted(part, bytes_from_linear))

    def pixels(self, box: Box | None = None, size: tuple[int, int] | None = None) -> Image:
        """Linear pixels of ``box`` (the whole when absent), unclipped, at ``size`` (width, height), averaged in linear light."""
        part = self.codes if box is None else box.of(self.codes)
        height, width = part.shape[:2]
        if size is None or size[0] > width or size[1] > height:
            linear = self.space.linear(part)
            return read_only(linear if size is None else resize(linear, size))
        return read_only(self._averaged(part, size))

    def _converted(self, codes: NDArray[Any], encoded: Callable[[Image], NDArray[Any]]) -> NDArray[Any]:
        """``codes`` in linear light, ``encoded`` again, (H, W, 3); some rows at a time, which stay in a core's cache."""
        return np.concatenate([encoded(self.space.linear(codes[rows])) for rows in chunks(codes)])

    def _averaged(self, part: NDArray[Any], size: tuple[int, int]) -> Image:
        """``part`` at a smaller ``size``: down first, a few lines at a time, so that what is linear stays in a core's cache."""
        averaged = np.empty((size[1], size[0], 3), np.float32)
        for top in range(0, size[1], LINES):
            lines = averaged[top : top + LINES]
            rows, weights = area_weights(range(top, top + len(lines)), part.shape[0] / size[1], part.shape[0])
            seen = part[rows]
            down = np.zeros((len(lines), part.shape[1], 3), np.float32)
            for some in chunks(seen):
                down += np.tensordot(weights[:, some], self.space.linear(np.ascontiguousarray(seen[some])), 1)
            cv2.resize(down, (size[0], len(down)), dst=lines, interpolation=cv2.INTER_AREA)
        return averaged


def _smaller(codes: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """``codes`` at ``size`` (width, height): halved while that is not too small, then read between pixels. A fifth of the time of areas."""
    while min(codes.shape[1] / size[0], codes.shape[0] / size[1]) >= 2:
        codes = cv2.resize(codes, (codes.shape[1] // 2, codes.shape[0] // 2), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(codes, size, interpolation=cv2.INTER_LINEAR))


def open_photo(path: str | Path, *, limit_mp: float = LIMIT_MP, at_least: int | None = None) -> Photo:
    """Decode ``path``.

    Parameters
    ----------
    limit_mp : megapixels; a picture that claims more is refused before it is decoded.
    at_least : decode a JPEG or RAW at a half, quarter or eighth, as long as its long side has this many pixels: for a first look.

    LikenessError for what is no readable, whole image.
    """
    path = Path(path)
    data = _bytes_of(path, int(limit_mp * 1e6 * BYTES_PER_PIXEL) + (64 << 20))
    return decode_photo(data, path, limit_mp=limit_mp, at_least=at_least)


def decode_photo(data: bytes, path: Path, *, limit_mp: float = LIMIT_MP, at_least: int | None = None) -> Photo:
    """Decode ``data``, a file's bytes that are in memory already; ``path`` is what it is called. See ``open_photo``."""
    decoded = decode(Request(data, path, limit_mp, at_least))
    return Photo(path, data, read_only(decoded.codes), decoded.format, decoded.metadata, decoded.space, decoded.full_size)


def _bytes_of(path: Path, most: int) -> bytes:
    """The file's bytes; LikenessError for what is no file, can't be read, is empty or has more than ``most``."""
    try:
        if path.is_dir():
            raise LikenessError("is a folder", where=path, hint="give a file")
        if not path.exists():
            raise LikenessError("does not exist", where=path, hint="check the path")
        if not path.is_file():
            raise LikenessError("is not a file", where=path, hint=GIVE)
        if path.stat().st_size > most:
            raise LikenessError(f"is a file of {path.stat().st_size >> 20} MB", where=path, hint=GIVE)
        data = path.read_bytes()
    except OSError as error:
        raise LikenessError(f"cannot be read ({error.strerror or error})", where=path, hint="check that you may read it") from error
    except ValueError as error:  # a NUL in a path
        raise LikenessError(f"is not a path ({error})", where=repr(str(path)), hint="check the path") from error
    if not data:
        raise LikenessError("is empty", where=path, hint="copy it from the camera or phone again")
    return data


def photos_in(paths: Iterable[str | Path]) -> list[Path]:
    """The files in ``paths``, and the image files (by suffix, not hidden) right inside its folders; sorted, each once.

    LikenessError for a path that does not exist and for a folder without photos.
    """
    found: set[Path] = set()
    if not (paths := list(paths)):
        raise LikenessError("no photos were given", hint="name photos or folders of photos")
    for path in map(Path, paths):
        if not path.exists():
            raise LikenessError("does not exist", where=path, hint="check the path")
        if path.is_dir():
            found |= set(_photos_of(path))
        else:
            found.add(path)
    return sorted(found)


def listed(paths: Iterable[str | Path]) -> list[Path]:
    """``paths`` in their order; a folder gives way to the image files right inside it. LikenessError for a folder without photos."""
    files: list[Path] = []
    for path in map(Path, paths):
        files += sorted(_photos_of(path)) if path.is_dir() else [path]
    return files


def not_photos(paths: Iterable[str | Path]) -> list[Path]:
    """The files right inside the folders of ``paths`` that ``listed`` leaves out, in their order; hidden ones are nobody's business."""
    folders = [path for path in map(Path, paths) if path.is_dir()]
    return [file for folder in folders for file in sorted(_inside(folder)) if file.suffix.lower() not in SUFFIXES]


def _inside(folder: Path) -> list[Path]:
    """The files right inside ``folder``, those that are hidden aside."""
    try:
        return [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")]
    except OSError as error:
        raise LikenessError(f"cannot be read ({error.strerror})", where=folder, hint="check that you may read it") from error


def _photos_of(folder: Path) -> list[Path]:
    photos = [file for file in _inside(folder) if file.suffix.lower() in SUFFIXES]
    if not photos:
        raise LikenessError("has no photos in it", where=folder, hint=GIVE)
    return photos
