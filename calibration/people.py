"""The photos that limits are built from: one source per person, each person in one split only."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from likeness.errors import LikenessError
from likeness.faces import find_faces
from likeness.image import Image, read_only
from likeness.image.color import bytes_from_linear, lab_from_linear
from likeness.photo import Photo, open_photo
from likeness.portrait import Field, Portrait

Split = Literal["tune", "calibrate", "test"]
SPLITS: tuple[Split, ...] = ("tune", "tune", "calibrate", "test")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff"}
FRAME = Field(4.5, 4.5, 3.5, 6.0)
WORKING_IPD = 144.0  # pixels; a little over what the measures look at
SAME_PERSON = 0.5  # two photos with embeddings nearer than this may show one person: the later one is left out


@dataclass(frozen=True)
class Person:
    """One person's source photo, and the split that the person is in. ``donor``: somebody else, whose parts are borrowed."""

    name: str
    split: Split
    source: Portrait
    donor: Portrait | None = None

    @property
    def ita(self) -> float:
        return ita_of(self.source)


def ita_of(portrait: Portrait) -> float:
    """Individual typology angle of the skin as photographed, degrees: > 41 light, < 10 dark (Chardon 1991)."""
    skin = lab_from_linear(portrait.pixels)[portrait.skin > 0.5]
    lightness, _, yellow = np.median(skin, axis=0) if len(skin) else (np.nan,) * 3
    return float(np.degrees(np.arctan2(lightness - 50, yellow)))


def photo_of(pixels: Image | NDArray[np.uint8], name: str) -> Photo:
    """Pixels (linear, or 8-bit sRGB) as a photo that was just decoded."""
    encoded = pixels if pixels.dtype == np.uint8 else bytes_from_linear(pixels)
    return Photo(Path(name), b"", read_only(np.array(encoded)), "PNG")


def portrait_of(photo: Photo, **options: Any) -> Portrait | None:
    """The most prominent person in ``photo``; None without a face."""
    faces = find_faces(photo)
    return Portrait.of(photo, faces[0], **options) if faces else None


def files_in(folder: Path) -> list[Path]:
    """The photos under ``folder``, in an order that depends on nothing but their names; folders take turns."""
    files = [f for f in sorted(folder.rglob("*")) if f.suffix.lower() in SUFFIXES]
    if not files:
        raise LikenessError("holds no photos", where=folder, hint="give a folder of portraits, one person each")
    return sorted(files, key=lambda f: zlib.crc32(f.relative_to(folder).as_posix().encode()))


def split_of(file: Path, folder: Path) -> Split:
    """50 % tune, 25 % calibrate, 25 % test, by the number in the name (even: tune) or, without one, by the name."""
    digits = "".join(c for c in file.stem if c.isdigit())
    number = int(digits) if digits else zlib.crc32(file.relative_to(folder).as_posix().encode())
    return "tune" if number % 2 == 0 else "calibrate" if number % 4 == 1 else "test"


def people(
    folder: Path, splits: Iterable[Split], count: int, *, min_ipd: float = 90.0, skip: tuple[str, ...] = ()
) -> Iterator[Person]:
    """``count`` people of the ``splits`` whose photos have at least ``min_ipd`` pixels between the eyes; ``skip``: folders to leave out."""
    known: list[NDArray[np.float32]] = []
    last: Portrait | None = None
    wanted = set(splits)
    for file in files_in(folder):
        if len(known) == count:
            return
        if split_of(file, folder) not in wanted or file.parent.name in skip:
            continue
        large = portrait_of(open_photo(file), field=FRAME, max_ipd=WORKING_IPD)
        if large is None or large.ipd < min_ipd or max(map(abs, large.pose[:2])) > 30:
            continue
        if any(np.linalg.norm(large.embedding - other) < SAME_PERSON for other in known):
            continue
        source = portrait_of(photo_of(large.pixels, file.name))
        if source is not None:
            known.append(source.embedding)
            yield Person(file.relative_to(folder).as_posix(), split_of(file, folder), source, last)
            last = source
