"""Auditing results, one or many, against a person's own photos."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from likeness.candidates import PhotoError, Progress, choose_face
from likeness.comparison.pair import ENOUGH_IPD, SAME_PHOTO, Pair
from likeness.cores import THREADS, lean, matrices_on_one_core
from likeness.errors import LikenessError
from likeness.faces import Face, find_faces
from likeness.photo import Photo, listed, not_photos, open_photo
from likeness.portrait import Portrait
from likeness.verdict import Audit, audit_pair

Look = Callable[[Audit, Pair], Any]

STRANGERS = 0.6  # embedding distance from which on two of a person's own photos can't be of one person
LIKE_SIZE = 0.5  # of the eye distance of the one who is judged; who is smaller is a bystander, or a picture on the wall
WORTH_A_WORKER = 4  # results; for fewer a further process takes longer to start than to work


@dataclass(frozen=True)
class Audits:
    """The audits of several results, and the files that could not be audited. ``views``: what ``look`` made of each result.

    ``left_out``: files in the folders of results that are no photos, and in those of sources that are of no use; they decide nothing.
    """

    results: tuple[Audit, ...]
    errors: tuple[PhotoError, ...]
    views: tuple[Any, ...] = field(default=(), repr=False)
    left_out: tuple[PhotoError, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: every result is keep; 1: some verdict is not; 2: some file could not be audited."""
        if self.errors:
            return 2
        return 0 if all(audit.verdict == "keep" for audit in self.results) else 1

    def as_json(self) -> dict[str, Any]:
        return {
            "results": [a.as_json() for a in self.results],
            "errors": [e.as_json() for e in self.errors],
            "left_out": [e.as_json() for e in self.left_out],
        }


@lean
def audit(source: str | Path, result: str | Path, *, sources: Sequence[str | Path] = (), limit_mp: float = 250.0) -> Audit:
    """The audit of ``result`` against ``source``; with more ``sources``, against the one it derives from, else against all of them."""
    with ThreadPoolExecutor(1, "result") as beside:
        seen = beside.submit(_seen, Path(result), limit_mp)
        auditor = Auditor.of([source, *sources], limit_mp)
        return auditor.audit(*seen.result(), threads=THREADS)[0]


@lean
def audit_all(
    sources: str | Path | Sequence[str | Path],
    results: Sequence[str | Path],
    *,
    limit_mp: float = 250.0,
    look: Look | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Audits:
    """The audit of each of ``results``; those that can't be read are listed and the rest goes on. Of a folder, the photos right inside it.

    Parameters
    ----------
    look : called with each audit and its pair, while the pair is still known; what it returns goes to ``views``.
    workers : processes to share many results among, this one included. A script that asks for more than one must be importable (spawn).
    progress : told what is done, and the share of it.
    """
    own = [sources] if isinstance(sources, str | Path) else sources
    paths = listed(results)
    auditor = Auditor.of(own, limit_mp)
    audits: list[Audit] = []
    views: list[Any] = []
    errors: list[PhotoError] = []
    for done, (path, found) in enumerate(_looked_at(auditor, paths, look, min(workers, len(paths) // WORTH_A_WORKER))):
        if progress is not None:
            progress(f"audited {path.name}", (done + 1) / len(paths))
        if isinstance(found, LikenessError):
            errors.append(PhotoError(path, str(found)))
        else:
            audits.append(found[0])
            views.append(found[1])
    return Audits(tuple(audits), tuple(errors), tuple(views), (*auditor.left_out, *map(_left_out, not_photos(results))))


def _left_out(path: Path) -> PhotoError:
    return PhotoError(
        path, str(LikenessError("was left out, as it is no photo", where=path, hint="save it as JPEG or PNG if it is one"))
    )


@dataclass(frozen=True)
class Auditor:
    """A person's photos, ready for results to be audited against. ``paths`` and ``limit_mp``: to make another one like it.

    ``company``: how many people of like size a photo shows at most, the person included. ``left_out``: what a folder of sources holds
    that is of no use.
    """

    sources: tuple[Portrait, ...]
    paths: tuple[Path, ...]
    limit_mp: float
    company: int
    left_out: tuple[PhotoError, ...] = ()

    @classmethod
    def of(cls, paths: Sequence[str | Path], limit_mp: float) -> Auditor:
        """LikenessError when a source that is named can't be read or has no face, or when one shows somebody else than the first.

        Of a folder (see ``listed``) what can't be used is left out, as long as a photo of the person remains. A photo that is given twice
        counts once.
        """
        named, sources, company, left_out = set(map(Path, paths)), dict[str, Portrait](), 0, list[PhotoError]()
        for path in listed(paths):
            try:
                photo, faces = _seen(path, limit_mp)
                portrait = _portrait(photo, choose_face(path, faces, None))
            except LikenessError as error:
                if path in named:
                    raise
                left_out.append(PhotoError(path, str(error)))
                continue
            sources.setdefault(photo.sha256, portrait)
            company = max(company, _company(faces, faces[0].ipd))
        if not sources:
            raise LikenessError("no source can be used", where=left_out[0].path.parent, hint=f"the first file: {left_out[0].error}")
        first, *more = sources.values()
        for source in more:
            apart = _apart(first, source)
            if apart > STRANGERS:
                what = f"shows somebody else than {first.photo.path.name}: the faces are {apart:.2f} apart"
                raise LikenessError(what, where=source.photo.path, hint="name only photos of one person as sources")
        used = tuple(source.photo.path for source in sources.values())
        return cls(tuple(sources.values()), used, limit_mp, company, tuple(left_out))

    def audit(self, photo: Photo, faces: Sequence[Face], *, threads: int = 1) -> tuple[Audit, Pair]:
        """The audit of ``photo``, a result that shows ``faces``, and the pair that it is about. ``threads`` measure at once."""
        pair = self.pair(photo, faces)
        return audit_pair(pair, source=str(pair.source.photo.path), result=str(photo.path), threads=threads), pair

    def pair(self, photo: Photo, faces: Sequence[Face]) -> Pair:
        """``photo``, mirrored where that shows the source's pixels, with the source that it derives from, else the most alike."""
        pair = self._nearest(photo, faces)
        if pair.coherence >= SAME_PHOTO:
            return pair
        turned = photo.mirrored()
        try:
            mirrored = replace(self._nearest(turned, find_faces(turned)), mirrored=True)
        except LikenessError:  # no face is found in it that way round
            return pair
        return mirrored if mirrored.mode == "same-photo" and mirrored.coherence > pair.coherence else pair

    def _nearest(self, photo: Photo, faces: Sequence[Face]) -> Pair:
        result = self._most_alike(photo, faces)
        others = [tuple(s for s in self.sources if s is not source) for source in self.sources]
        pairs = (Pair(source, result, rest, faces_seen=len(faces)) for source, rest in zip(self.sources, others, strict=True))
        return max(pairs, key=lambda pair: (pair.mode == "same-photo", -_apart(pair.source, pair.result)))

    def _most_alike(self, photo: Photo, faces: Sequence[Face]) -> Portrait:
        """Of the people in ``photo`` the one who looks most like the sources. LikenessError when there is none, or when others are
        about as large, as in no source: in a collage nobody can know which one is meant."""
        if len(faces) < 2:
            return _portrait(photo, choose_face(photo.path, faces, None))
        people = [_portrait(photo, face) for face in faces]
        chosen = min(range(len(faces)), key=lambda k: min(_apart(source, people[k]) for source in self.sources))
        company = _company(faces, faces[chosen].ipd)
        if company > self.company:
            shown = "one" if self.company == 1 else f"at most {self.company}"
            what = f"shows {company} faces of like size, where your photos show {shown}: a collage, or several people"
            raise LikenessError(what, where=photo.path, hint="cut out the one that is to be judged, and audit that")
        return people[chosen]


def _seen(path: Path, limit_mp: float) -> tuple[Photo, list[Face]]:
    photo = open_photo(path, limit_mp=limit_mp)
    return photo, find_faces(photo)


def _portrait(photo: Photo, face: Face) -> Portrait:
    return Portrait.of(photo, face, max_ipd=ENOUGH_IPD)


def _company(faces: Sequence[Face], ipd: float) -> int:
    """How many of ``faces`` are about as large as one whose eyes are ``ipd`` pixels apart, or larger."""
    return sum(face.ipd >= LIKE_SIZE * ipd for face in faces)


def _apart(a: Portrait, b: Portrait) -> float:
    return float(np.linalg.norm(a.embedding - b.embedding))


# -- many results, shared among this process and others: whoever is free takes the next one

Found = tuple[Audit, Any] | LikenessError


@dataclass(frozen=True)
class _Queue:
    """Results to be audited by several processes. ``taken``: how many of them are."""

    paths: Sequence[Path]
    look: Look | None
    taken: Synchronized[int]

    def next(self, auditor: Auditor) -> dict[int, Found]:
        """What was found of the next one that nobody has taken, by its number; empty when all are taken."""
        with self.taken.get_lock():
            number = self.taken.value
            self.taken.value += 1
        return {number: _one(auditor, self.paths[number], self.look)} if number < len(self.paths) else {}


def _looked_at(auditor: Auditor, paths: Sequence[Path], look: Look | None, workers: int) -> Iterator[tuple[Path, Found]]:
    """Each path with its audit and what ``look`` made of it, or with the error; in the order of ``paths``."""
    if workers < 2:
        yield from ((path, _one(auditor, path, look, THREADS)) for path in paths)
        return
    spawn = multiprocessing.get_context("spawn")
    queue, found = _Queue(paths, look, spawn.Value("i", 0)), dict[int, Found]()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    with ProcessPoolExecutor(workers - 1, spawn, _begin, (auditor.paths, auditor.limit_mp, queue)) as pool:
        others = [pool.submit(_next) for _ in paths]
        try:
            for number, path in enumerate(paths):
                while number not in found:
                    mine = {} if others[0].done() else queue.next(auditor)
                    found |= mine or others.pop(0).result()
                yield path, found.pop(number)
        finally:
            cv2.setNumThreads(threads)
            for other in others:
                other.cancel()


def _one(auditor: Auditor, path: Path, look: Look | None, threads: int = 1) -> Found:
    try:
        found, pair = auditor.audit(*_seen(path, auditor.limit_mp), threads=threads)
    except LikenessError as error:
        return error
    view = look(found, pair) if look is not None else None
    return found.without_heat(), view  # a hundred results' maps would fill the memory


_worker: list[tuple[Auditor, _Queue]] = []


def _begin(paths: Sequence[Path], limit_mp: float, queue: _Queue) -> None:
    matrices_on_one_core()
    cv2.setNumThreads(1)
    _worker.append((Auditor.of(paths, limit_mp), queue))


def _next() -> dict[int, Found]:
    auditor, queue = _worker[0]
    return queue.next(auditor)
