"""The calls that every door makes: rank, make, refine; and looking back: history, original."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from likeness.candidates import Progress, RankedPhoto, Ranking, choose_face, rank_photos
from likeness.cores import lean
from likeness.errors import LikenessError, unknown
from likeness.faces import find_faces
from likeness.handover import Exported, export, lay_out, prepare_folder
from likeness.library import Library, StoredVersion, default_root, release, version_id
from likeness.outcomes import outcome as outcome_named
from likeness.photo import decode_photo, photos_in, write_atomically
from likeness.pictures import PREFIX, lend, lent
from likeness.portrait import Portrait
from likeness.recipe import Recipe
from likeness.results import Headshot
from likeness.source import choose_source
from likeness.steps import all_steps
from likeness.verdict import calibration
from likeness.versions import Settings, Version, is_guess, make_version, make_versions, most_believable, name_of, plan

GUESS = (
    "Your hair or clothes and what is behind them are so alike that their edge before another background is a guess, and may look torn. "
    "Take the photo's own background, or a photo before a plain wall of another colour."
)
Paths = str | Path | RankedPhoto | Sequence[str | Path]


def _quiet(what: str, share: float) -> None:
    """Progress that nobody watches."""


# -- rank


@lean
def rank(
    photos: Paths,
    *,
    outcome: str | None = None,
    face: int | None = None,
    limit_mp: float = 250.0,
    progress: Progress = _quiet,
) -> Ranking:
    """Rank photos (files or folders) as sources; what can't be read is listed in ``errors`` and the rest goes on.

    LikenessError for an unknown outcome, a path that does not exist, or when nothing at all could be read.
    """
    min_ipd = outcome_named(outcome).min_ipd if outcome else 0.0
    paths = photos_in(_paths(photos))
    ranking = rank_photos(paths, min_ipd=min_ipd, face=face, limit_mp=limit_mp, progress=progress)
    if not ranking.photos and len(ranking.errors) == 1:
        raise LikenessError(ranking.errors[0].error)
    return ranking


def _paths(photos: Paths) -> list[Path]:
    if isinstance(photos, RankedPhoto):
        return [photos.path]
    return [Path(photos)] if isinstance(photos, str | Path) else [Path(p) for p in photos]


# -- make


@lean
def make(
    photos: Paths,
    *,
    outcome: str,
    out: str | Path | None = None,
    versions: int = 3,
    backdrop: str | None = None,
    settings: Settings | None = None,
    face: int | None = None,
    library: str | Path | None = None,
    limit_mp: float = 250.0,
    progress: Progress = _quiet,
) -> Headshot:
    """Make a headshot for ``outcome`` from the best of ``photos``.

    Original and versions are recorded in the ``library`` folder; the exports are written to ``out``, when it is given.
    ``settings``: step -> parameter -> value, for every version. NoUsableSource when no photo will do.
    """
    started = time.monotonic()
    wanted = outcome_named(outcome)
    recipes = plan(wanted, versions, backdrop, settings or {})
    ranking = rank(photos, outcome=outcome, face=face, limit_mp=limit_mp, progress=progress)
    source = choose_source(ranking, wanted, next(iter(recipes.values())).settings()["frame"], limit_mp)
    photo, folder = source.portrait.photo, None if out is None else prepare_folder(Path(out))
    framed = {name: recipe.with_settings({"frame": source.frame}) for name, recipe in recipes.items()}
    with Library(library or default_root()) as shelf, closing(make_versions(framed, source.portrait)) as coming:
        shelf.add_original(photo.data, photo.path)
        for picture in {lent(PREFIX + sha) for recipe in recipes.values() for sha in recipe.pictures}:
            shelf.add_original(picture.data, picture.path)
        made: list[Version] = []
        for name in recipes:
            progress(f"making the version '{name}'", len(made) / len(recipes))
            made.append(_shelved(shelf, next(coming), photo.sha256, source.ranked.number, outcome))
        kept, guesses = most_believable(made, source.portrait), [v for v in made if is_guess(v, source.portrait)]
        exports: list[Exported] = []
        if kept is not None:
            if folder is not None:
                exports = export(kept.portrait, wanted, folder, photo.path.stem)
                sure = [v for v in made if v.audit.verdict == "keep" and (v not in guesses or backdrop is not None)]
                lay_out({v.name: v.data for v in sure}, folder, photo.path.stem)
            shelf.record_headshot(kept.id, considered=[v.id for v in made], exports=[e.as_json() for e in exports])
    advice = (*_advice(source.ranked, ranking, made, kept), *source.advice, *([GUESS] if guesses else []))
    seconds = time.monotonic() - started
    return Headshot(
        source.ranked, source.portrait, outcome, tuple(made), kept, tuple(exports), advice, ranking, source.passed_over, seconds
    )


def _shelved(shelf: Library, version: Version, original: str, face: int, outcome: str) -> Version:
    """``version`` recorded in the library, with the id and place that it has there."""
    id = version_id(original, face, outcome, version.recipe.as_json(), version.data)
    told = replace(version, id=id).as_json()
    stored = StoredVersion(
        id=id,
        name=version.name,
        parent=version.parent,
        original=original,
        face=face,
        outcome=outcome,
        recipe=told["recipe"],
        audit=told["audit"],
        attempts=told["attempts"],
        file=Path("version.jpg"),
        made_by={"likeness": release(), "calibration": calibration()["date"]},
    )
    return replace(version, id=id, file=shelf.add_version(stored, version.data).file)


def _advice(source: RankedPhoto, ranking: Ranking, made: Sequence[Version], kept: Version | None) -> tuple[str, ...]:
    """What the person should know: which face and whose, what would make a better source, why nothing was kept."""
    lines: list[str] = []
    if source.faces > 1:
        lines.append(f"{source.path.name} shows {source.faces} faces; number {source.number} was taken, --face N chooses another.")
    others = sum(photo.person != source.person for photo in ranking.photos)
    if others:
        lines.append(f"{others} of the photos seem to show somebody else and were left aside.")
    if kept is None:
        lines.append("No version was kept: in each the audit found a departure from your photo, or could not assess it.")
        lines += [f.advice for v in made for f in v.audit.findings if f.advice]
    return tuple(dict.fromkeys([*lines, *source.advice]))


# -- refine, and looking back


@lean
def refine(version: str, settings: Settings, *, library: str | Path | None = None) -> Version:
    """A new version from the recipe of ``version`` with ``settings`` changed, made from the original; it is the child of ``version``."""
    with Library(library or default_root()) as shelf:
        parent = shelf.version(version)
        data, path = shelf.original(version)
        outcome = outcome_named(parent.outcome)
        photo = decode_photo(data, path)
        face = choose_face(path, find_faces(photo), parent.face)
        portrait = Portrait.of(photo, face, field=outcome.field, max_ipd=outcome.max_ipd)
        recipe = Recipe.from_json(parent.recipe).with_settings(settings)
        for sha in recipe.pictures:
            lend(decode_photo(*shelf.photo(sha)))
        made = replace(make_version(name_of(recipe), recipe, portrait, {}), parent=parent.id)
        if version_id(photo.sha256, parent.face, parent.outcome, made.recipe.as_json(), made.data) == parent.id:
            raise LikenessError(
                "this is the version as it is", where=parent.id, hint="change a parameter with --set STEP.PARAM=VALUE"
            )
        return _shelved(shelf, made, photo.sha256, parent.face, parent.outcome)


def history(version: str | None = None, *, library: str | Path | None = None) -> dict[str, Any]:
    """All versions in the library, the oldest first; with ``version`` its lineage, from its first ancestor to itself."""
    with Library(library or default_root()) as shelf:
        stored = shelf.versions() if version is None else shelf.lineage(version)
        return {"library": str(shelf.root), "versions": [v.as_json() for v in stored]}


def original(version: str, out: str | Path, *, library: str | Path | None = None) -> dict[str, Any]:
    """Write the photo that ``version`` was made from to ``out``, byte for byte. It never replaces another file."""
    out = Path(out)
    with Library(library or default_root()) as shelf:
        data, path = shelf.original(version)
        sha256 = shelf.version(version).original
    place = out / path.name if out.is_dir() else out
    if place.exists() and place.read_bytes() != data:
        raise LikenessError("exists and is another file", where=place, hint="name a new file with --out")
    write_atomically(place, data)
    return {"file": str(place), "bytes": len(data), "sha256": sha256, "path": str(path)}


def parse_settings(texts: Sequence[str]) -> Settings:
    """``["exposure.amount=0.5"]`` as step -> parameter -> value. LikenessError names what is unknown or out of range."""
    known, settings = all_steps(), dict[str, dict[str, Any]]()
    for text in texts:
        target, equals, value = text.partition("=")
        step, dot, parameter = target.partition(".")
        if not (equals and dot):
            raise LikenessError(f"'{text}' is not understood", where="--set", hint="write STEP.PARAM=VALUE")
        if step not in known:
            raise unknown("step", step, known, where="--set")
        settings.setdefault(step, {})[parameter] = known[step].parse(parameter, value)
    return settings
