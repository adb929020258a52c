"""From what the studio made to what a report shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import likeness
from likeness.audits import Audits
from likeness.candidates import RankedPhoto
from likeness.comparison.pair import Pair
from likeness.outcomes import outcome as outcome_named
from likeness.portrait import Portrait
from likeness.report import facts
from likeness.report.crops import by_the_face, crop_pairs, detail, from_one_photo, source_in_frame, whole
from likeness.report.facts import short_names
from likeness.report.heat import by_severity, heats
from likeness.report.views import AuditedView, AuditReport, Json, MakeReport, Picture, RankedView, VersionView
from likeness.report.words import version_title
from likeness.results import Headshot
from likeness.verdict import Audit
from likeness.versions import Version

HERO = 760  # pixels, long side of the pictures that the report is about
SHEET = 380  # pixels, the same where many results are reported on
THUMBNAILS = 24  # photos of the ranking that are shown; the rest is named

BRIEF = 0.45  # of a close-up's size, on a sheet of many results


def of_make(headshot: Headshot) -> MakeReport:
    """The report on a ``make``."""
    wanted = outcome_named(headshot.outcome)
    photos, names = headshot.ranking.photos, short_names(str(photo.path) for photo in headshot.ranking.photos)
    befores: dict[bytes, Picture] = {}
    return MakeReport(
        source_name=headshot.source.path.name,
        source_sha256=headshot.source.sha256,
        outcome=wanted.name,
        outcome_title=wanted.title,
        circle=wanted.frame.shape == "circle",
        versions=[_version(v, headshot.portrait, befores) for v in headshot.versions],
        kept=headshot.kept.id if headshot.kept else None,
        exports=[export.as_json() for export in headshot.exports],
        ranking=[_ranked(p, names[str(p.path)], headshot.source, shown=n < THUMBNAILS) for n, p in enumerate(photos)],
        errors=[_by_name(e.as_json()) for e in (*headshot.ranking.errors, *headshot.passed_over)],
        advice=headshot.advice,
        made_at=_now(),
        made_by=_program(),
    )


def of_audits(audits: Audits) -> AuditReport:
    """The report on ``audits`` whose ``look`` was ``audited_view``: what may be kept first, the most believable before the others."""
    names = short_names(view.audit["result"] for view in audits.views)
    views = [replace(view, name=names[view.audit["result"]]) for view in audits.views]
    best_first = sorted(views, key=lambda view: facts.best_first(view.audit))
    return AuditReport(best_first, [_by_name(error.as_json()) for error in (*audits.errors, *audits.left_out)], _now(), _program())


def _version(version: Version, source: Portrait, befores: dict[bytes, Picture]) -> VersionView:
    """``befores``: what the source looks like in the frames that have been seen, so that it is worked out once for each."""
    told = version.as_json()
    said = {key: told[key] for key in ("id", "name", "parent", "recipe", "audit", "attempts")}
    result, to_source = version.portrait, from_one_photo(source, version.portrait)
    frame = to_source.tobytes() + bytes(f"{result.width} {result.height}", "ascii")
    if frame not in befores:
        befores[frame] = Picture(source_in_frame(source, result, to_source, HERO), "The photo, in the frame of the headshot")
    after = Picture(whole(result, HERO), f"The headshot: {version_title(version.name)}")
    crops = crop_pairs(source, result, to_source)
    return VersionView(**said, before=befores[frame], after=after, crops=crops, detail=detail(source, result, to_source))


def audited_view(found: Audit, pair: Pair, *, brief: bool = False) -> AuditedView:
    """What the report shows of one result; ``brief``: smaller, for a sheet of many."""
    audit = found.as_json() | {"findings": [f.as_json() for f in by_severity(found.findings)]}
    source, result = pair.source, pair.result
    name, source_name = Path(audit["result"]).name, Path(audit["source"]).name
    to_source, aligned, long_side = by_the_face(source, result), audit["mode"] == "same-photo", SHEET if brief else HERO
    before = source_in_frame(source, result, to_source, long_side) if aligned else whole(source, long_side)
    pictures = Picture(before, f"The source {source_name}"), Picture(whole(result, long_side), f"The result {name}")
    view = AuditedView(name, source_name, audit, *pictures, aligned, brief=brief)
    if facts.is_stranger(audit):
        return view
    crops = crop_pairs(
        source, result, to_source, share=BRIEF if brief else 1.0, regions=[f["region"] for f in facts.told(audit).departing]
    )
    return replace(view, crops=crops, detail=detail(source, result, to_source), heats=heats(found.findings, pair))


def _ranked(photo: RankedPhoto, name: str, source: RankedPhoto, *, shown: bool) -> RankedView:
    return RankedView(
        name,
        photo.score,
        photo.usable,
        photo.path == source.path,
        [f.as_json() for f in photo.findings],
        photo.advice,
        Picture(photo.thumbnail, f"Thumbnail of {name}") if shown else None,
        photo.person != source.person,
    )


def _by_name(error: Json) -> Json:
    """The error with the file's name instead of its whole path, which is nobody else's business."""
    path = str(error["path"])
    return {"path": Path(path).name, "error": str(error["error"]).removeprefix(f"{path}: ")}


def _now() -> str:
    return datetime.now().astimezone().strftime("%d %B %Y, %H:%M").lstrip("0")


def _program() -> str:
    return f"likeness {likeness.__version__}"
