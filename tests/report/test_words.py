"""What the report says."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.report import AuditReport, MakeReport, facts, words

from .conftest import audit, finding

Make = Callable[..., MakeReport]


def test_the_headline_says_which_version_and_why(make_view: Make) -> None:
    report = make_view()
    assert words.headline(report) == "Kept, with its own background: the only one of three versions that passed every check."
    assert words.reasons(report) == "Nothing fails against your photo; shape of the face is borderline."
    natural = [f for f in report.shown.audit["findings"] if f["status"] == "natural"]
    versions = [replace(v, audit=v.audit | {"verdict": "keep", "findings": natural}) for v in report.versions]
    assert words.headline(make_view(versions=versions)).endswith("the most believable of three versions.")
    equal = [replace(v, audit=v.audit | {"believability": 100.0}) for v in versions]
    assert words.headline(make_view(versions=equal)).endswith("as believable as any of three versions.")
    assert words.headline(make_view(versions=[versions[0], *equal[1:]])).endswith("the surest of three versions.")
    assert words.headline(make_view(versions=versions, kept="cccccccccccc")).startswith("Kept, before the backdrop “studio”")
    assert words.headline(make_view(versions=versions[:1])) == "Kept, with its own background."
    assert words.reasons(make_view(versions=versions)).startswith("Nothing that was measured departs from your photo")


def test_the_headline_says_why_none_was_kept(make_view: Make) -> None:
    report = make_view(kept=None)
    assert words.headline(report) == "No headshot this time. All three versions were refused because of skin texture."
    unclear = make_view(kept=None, versions=report.versions[2:])
    assert words.headline(unclear) == "No version was kept: what decides could not be measured."


@pytest.mark.parametrize(
    ("keep", "line"),
    [(0, "None of two results hold up"), (1, "One of two results holds up"), (2, "Two of two results hold up")],
)
def test_the_headline_of_an_audit_counts(audit_view: AuditReport, keep: int, line: str) -> None:
    verdicts = ["keep"] * keep + ["regenerate"] * (2 - keep)
    results = [replace(r, audit=r.audit | {"verdict": v}) for r, v in zip(audit_view.results, verdicts, strict=True)]
    assert words.audit_headline(replace(audit_view, results=results)).startswith(line)


def test_the_headline_of_one_audit_says_why(audit_view: AuditReport) -> None:
    one = [replace(audit_view, results=[result], errors=[]) for result in audit_view.results]
    assert words.audit_headline(one[0]) == "It holds up: nothing measured fails against the source."
    assert words.audit_headline(one[1]) == "It shows somebody else."
    edited = replace(one[1], results=[replace(r, audit=r.audit | {"mode": "same-photo"}) for r in one[1].results])
    assert words.audit_headline(edited) == "It does not hold up because of identity."
    assert words.audit_headline(replace(audit_view, results=[])) == "No result could be audited."


def test_files_that_were_not_audited_count_in_the_headline(audit_view: AuditReport) -> None:
    assert words.audit_headline(audit_view) == "One of two results holds up against the source; one file could not be audited."
    two = replace(audit_view, errors=[*audit_view.errors] * 2)
    assert words.audit_headline(two).endswith("; two files could not be audited.")
    assert "could not be audited" not in words.audit_headline(replace(audit_view, errors=[]))


def test_none_that_passes_is_no_refusal_of_what_cannot_be_told(audit_view: AuditReport) -> None:
    failed, unknown = ({"verdict": verdict} for verdict in ("regenerate", "cannot-tell"))

    def headline(*verdicts: dict[str, str]) -> str:
        results = [replace(audit_view.results[0], audit=audit_view.results[0].audit | verdict) for verdict in verdicts]
        return words.audit_headline(replace(audit_view, results=results, errors=[]))

    assert headline(unknown, unknown) == "Whether any of two results holds up cannot be told."
    assert headline(failed, unknown) == "None of two results can be passed."
    assert headline(unknown) == "Whether it holds up cannot be told."


def test_what_does_not_hold_up_is_counted_by_its_verdict(audit_view: AuditReport) -> None:
    keep, stranger = (result.audit for result in audit_view.results)
    crude, refused = keep | {"verdict": "fix-background"}, keep | {"verdict": "regenerate"}
    assert words.tally([keep, keep]) == ""
    assert words.tally([keep, crude, crude, refused, stranger]) == (
        "Two have a background that does not hold up, one should not be used and one shows somebody else."
    )


def test_somebody_elses_picture_cannot_be_made_again(audit_view: AuditReport) -> None:
    refused = audit_view.results[0].audit | {"verdict": "regenerate"}
    assert words.verdict_title(refused, ours=True) == "Make it again"
    assert words.verdict_title(refused, ours=False) == "Do not use"
    assert words.verdict_title(audit_view.results[1].audit, ours=False) == "Somebody else"


def test_of_the_amount_is_told_what_the_findings_bear_out() -> None:
    def told(score: float, *departing: str) -> str:
        halves = {"score": score, "of_shape": 0.2 * score, "of_texture": 0.8 * score}
        return words.amount(
            audit(findings=[finding("identity"), *(finding(name, "fail") for name in departing)]) | {"retouch": halves}
        )

    assert "reshaping: 20 of 100, 16 for smoothing and 4 for reshaping. Of these two alone" in told(20.4, "geometry", "grain")
    assert told(20.4, "texture").startswith("Smoothing: 16 of 100. Of this alone")
    assert told(90.0, "body").startswith("Reshaping: 18 of 100. Of this alone")
    assert told(0.0).startswith("Smoothing and reshaping: 0 of 100. Of these two alone")
    assert told(3.0, "body").startswith("Reshaping: 1 of 100")
    assert told(2.0, "body").startswith("Smoothing and reshaping: 2 of 100. Of these two alone")
    assert told(40.0) == told(40.0, "skin_colour") == "", "no finding bears it out"
    assert words.amount(audit() | {"retouch": None}) == ""


def test_a_gap_says_how_many_it_concerns_and_what_to_do() -> None:
    gap = facts.Gap(["geometry"], "no photo shows the head so", facts.POSE, ["a", "b", "c"])
    assert words.gap_line(gap, "abc", 3) == f"Shape of the face, in all three: no photo shows the head so. {facts.POSE}"
    assert words.gap_line(gap, "abc", 9).startswith("Shape of the face, in 3 of 9:")
    assert words.gap_line(gap, "ab", 9).startswith("Shape of the face, in a and b:")
    never = facts.Gap(["body", "clothing"], facts.ONLY_FROM_THE_SOURCE, "", ["a", "b"])
    told = "Body and clothes, in a and b: these can be told only of a picture made from the source itself."
    assert words.gap_line(never, "ab", 9) == told
    small = facts.Gap(["geometry"], "too few pixels between the eyes", "Give larger files.", ["a"], 60.0)
    assert words.gap_line(small, "a", 3) == "Too few pixels between the eyes in a; 60 are enough for everything. Give larger files."


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_a_file_name_survives_the_shell(name: str) -> None:
    assert shlex.split(words.shell_word(name)) == [name]
