"""Looking through a person's photos: which can be read, whose face is in them, and which makes the best source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from likeness.errors import LikenessError, NoUsableSource
from likeness.faces import Face, find_faces
from likeness.findings import Finding
from likeness.people import same_people
from likeness.photo import Photo, decode_photo, open_photo
from likeness.portrait import Portrait
from likeness.ranking import FIELD, MAX_IPD, assess

Progress = Callable[[str, float], None]  # what is being done, and the share of it that is done
FIRST_LOOK = 1600  # pixels, long side: enough to find faces, and quickly decoded
THUMBNAIL = 240  # pixels


@dataclass(frozen=True)
class PhotoError:
    """A file that could not be used, and why."""

    path: Path
    error: str

    def as_json(self) -> dict[str, Any]:
        return {"path": str(self.path), "error": self.error}


@dataclass(frozen=True, eq=False)
class RankedPhoto:
    """A photo with a face: how good a source it makes, and why.

    ``face`` is the one it is about, in the pixels of the whole file; ``number`` its place among the ``faces`` found, the most prominent
    being 1. ``person``: numbered by first sight, equal for photos of the same person.
    """

    path: Path
    sha256: str
    face: Face
    number: int
    faces: int
    score: float
    usable: bool
    findings: tuple[Finding, ...]
    advice: tuple[str, ...]
    embedding: NDArray[np.float32] = field(repr=False)
    thumbnail: NDArray[np.uint8] = field(repr=False)
    person: int = 1
    rank: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "rank": self.rank,
            "score": self.score,
            "usable": self.usable,
            "person": self.person,
            "findings": [f.as_json() for f in self.findings],
            "advice": list(self.advice),
            "faces": self.faces,
            "face": self.number,
        }


@dataclass(frozen=True)
class Ranking:
    """Photos, the best first, and the files that could not be used."""

    photos: tuple[RankedPhoto, ...]
    errors: tuple[PhotoError, ...]

    @property
    def usable(self) -> list[RankedPhoto]:
        """The usable photos of the person who is in most of them, the best first."""
        if not self.photos:
            return []
        counts = Counter(photo.person for photo in self.photos)
        most = max(counts.values())
        person = next(photo.person for photo in self.photos if counts[photo.person] == most)
        return [photo for photo in self.photos if photo.person == person and photo.usable]

    @property
    def best(self) -> RankedPhoto | None:
        """The best source, or None when no photo will do."""
        return next(iter(self.usable), None)

    def no_source(self) -> NoUsableSource:
        """The error that says that no photo will do, with what to photograph instead."""
        advice = list(dict.fromkeys(line for photo in self.photos for line in photo.advice))
        if not self.photos:
            what = "none of the files can be a source"
            advice = [error.error for error in self.errors]
        else:
            what = "no photo is good enough" if len(self.photos) > 1 else "the photo is not good enough"
        return NoUsableSource(what, where=self.photos[0].path if len(self.photos) == 1 else "", advice=advice)

    def as_json(self) -> dict[str, Any]:
        return {"photos": [p.as_json() for p in self.photos], "errors": [e.as_json() for e in self.errors]}


def rank_photos(paths: Sequence[Path], *, min_ipd: float, face: int | None, limit_mp: float, progress: Progress) -> Ranking:
    """The photos at ``paths``, ranked. ``min_ipd``: pixels between the pupils that the outcome demands; ``face``: which face."""
    found: list[RankedPhoto] = []
    errors: list[PhotoError] = []
    for done, (path, opened) in enumerate(_opened(paths, limit_mp)):
        progress(f"looking at {path.name}", done / len(paths))
        try:
            if isinstance(opened, LikenessError):
                raise opened
            found.append(_look(opened, face, min_ipd, limit_mp))
        except LikenessError as error:
            errors.append(PhotoError(path, str(error)))
    people = same_people([photo.embedding for photo in found])
    named = [replace(photo, person=person) for photo, person in zip(found, people, strict=True)]
    best_first = sorted(named, key=lambda photo: (not photo.usable, -photo.score))
    return Ranking(tuple(replace(photo, rank=rank) for rank, photo in enumerate(best_first, 1)), tuple(errors))


def _opened(paths: Sequence[Path], limit_mp: float) -> Iterator[tuple[Path, Photo | LikenessError]]:
    """Each path with its photo, or the error; the next one is decoded while the caller looks at this one."""

    def attempt(path: Path) -> Photo | LikenessError:
        try:
            return open_photo(path, limit_mp=limit_mp, at_least=FIRST_LOOK)
        except LikenessError as error:
            return error

    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(attempt, paths[0])
        for path, following in zip(paths, [*paths[1:], None], strict=True):
            photo = coming.result()
            if following is not None:
                coming = ahead.submit(attempt, following)
            yield path, photo


def _look(photo: Photo, wanted: int | None, min_ipd: float, limit_mp: float) -> RankedPhoto:
    faces = find_faces(photo)
    face = choose_face(photo.path, faces, wanted)
    number, whole = faces.index(face) + 1, face.enlarged(photo.scale)
    if photo.scale > 1 and face.ipd < MAX_IPD:  # too few pixels to see the focus in
        photo, face = decode_photo(photo.data, photo.path, limit_mp=limit_mp), whole
    portrait = Portrait.of(photo, face, field=FIELD, max_ipd=MAX_IPD)
    assessment = assess(portrait, min_ipd=min_ipd)
    return RankedPhoto(
        photo.path,
        photo.sha256,
        whole,
        number,
        len(faces),
        assessment.score,
        assessment.usable,
        assessment.findings,
        assessment.advice,
        portrait.embedding,
        photo.preview(THUMBNAIL),
    )


def choose_face(path: Path, faces: Sequence[Face], wanted: int | None) -> Face:
    """The face numbered ``wanted`` (1 is the most prominent, and the default). LikenessError when there is none."""
    if not faces:
        raise LikenessError("no face was found", where=path, hint="use a photo that shows the face from the front, large and sharp")
    if wanted is not None and wanted > len(faces):
        raise LikenessError(f"there is no face {wanted}", where=path, hint=f"choose --face 1 to {len(faces)}")
    return faces[(wanted or 1) - 1]
