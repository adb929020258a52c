"""From a real make and a real audit to a file."""

from __future__ import annotations

import html
from functools import partial
from pathlib import Path

import pytest

from likeness import studio
from likeness.audits import audit_all
from likeness.errors import LikenessError
from likeness.report import audit_page, audited_view, write_audit_report, write_make_report
from likeness.report.gather import of_audits, of_make
from likeness.report.recipes import recipe_text
from likeness.results import Headshot


@pytest.fixture(scope="module")
def made(hopper: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Headshot, Path]:
    folder = tmp_path_factory.mktemp("made")
    photos = folder / "photos"
    photos.mkdir()
    (photos / "<b>Grace's & best.jpg").write_bytes(hopper.read_bytes())
    (photos / "torn.jpg").write_bytes(hopper.read_bytes()[:300])
    return studio.make(photos, outcome="avatar", versions=2, out=folder / "out", library=folder / "library"), folder / "out"


def test_a_real_make_is_reported(made: tuple[Headshot, Path]) -> None:
    headshot, out = made
    reported = write_make_report(headshot, out / "report.html")
    assert reported.report == out / "report.html"
    page = (out / "report.html").read_text("utf-8")
    assert len(page.encode()) < 1_500_000
    assert str(out) not in page, "where a file lies is nobody else's business"
    said = html.unescape(page)
    assert "<b>Grace's & best.jpg" not in page
    assert "<b>Grace's & best.jpg" in said
    assert "torn.jpg" in said
    assert headshot.source.sha256 in said
    for version in headshot.versions:
        assert version.id in said
        for finding in version.audit.findings:
            assert finding.reason[1:] in said
        for step in recipe_text(version.recipe.as_json()):
            assert step.title in said
            assert all(setting.value in said for setting in step.settings)
    for export in headshot.exports:
        assert export.file.name in said


def test_the_views_of_a_real_make_hold_the_source_and_the_versions(made: tuple[Headshot, Path]) -> None:
    view = of_make(made[0])
    assert [photo.chosen for photo in view.ranking] == [True]
    assert view.ranking[0].name == "<b>Grace's & best.jpg"
    assert [error["path"] for error in view.errors] == ["torn.jpg"]
    for version in view.versions:
        assert [pair.name for pair in version.crops] == ["Eyes", "Skin", "Hair edge"]
        assert version.before.pixels.shape == version.after.pixels.shape
        inner = slice(version.after.height // 4, version.after.height // 2)
        difference = abs(version.before.pixels[inner].astype(int) - version.after.pixels[inner])
        assert difference.mean() < 60, "before and after show different places"


def test_a_real_audit_is_reported(made: tuple[Headshot, Path], hopper: Path, tmp_path: Path) -> None:
    results = [made[0].versions[0].file or hopper, hopper, tmp_path / "missing.jpg"]
    audits = audit_all([hopper], results, look=audited_view)
    write_audit_report(audits, tmp_path / "audit.html")
    said = html.unescape((tmp_path / "audit.html").read_text("utf-8"))
    for audit in audits.results:
        assert Path(audit.result).name in said
        assert all(finding.reason[1:] in said for finding in audit.findings)
    assert "missing.jpg" in said
    assert str(tmp_path) not in said


def test_results_of_one_name_are_told_apart_and_many_keep_their_close_ups(hopper: Path, tmp_path: Path) -> None:
    results = [tmp_path / name / "h.jpg" for name in ("first", "second")]
    for result in results:
        result.parent.mkdir()
        result.write_bytes(hopper.read_bytes())
    audits = audit_all([hopper], results, look=partial(audited_view, brief=True))
    report = of_audits(audits)
    assert [result.name for result in report.results] == ["first/h.jpg", "second/h.jpg"]
    assert str(tmp_path) not in audit_page(report)
    assert [crop.name for crop in report.results[0].crops] == ["Eyes", "Skin", "Hair edge"]


def test_a_stranger_is_shown_without_close_ups(hopper: Path, astronaut: Path) -> None:
    (view,) = audit_all([hopper], [astronaut], look=audited_view).views
    assert view.crops == ()
    assert view.heats == ()


def test_a_report_that_cannot_be_written_is_one_line(made: tuple[Headshot, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LikenessError, match=r"report\.html: cannot be written"):
        write_make_report(made[0], tmp_path / "file" / "report.html")
