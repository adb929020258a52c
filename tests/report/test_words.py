"""What the report says."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.report import AuditReport, MakeReport, words

Make = Callable[..., MakeReport]


def test_the_headline_says_which_version_and_why(make_view: Make) -> None:
    report = make_view()
    assert words.headline(report) == "Kept, with its own background: the only one of three versions that passed every check."
    assert words.reasons(report) == "Nothing fails against your photo; shape of the face is borderline."
    natural = [f for f in report.shown.audit["findings"] if f["status"] == "natural"]
    versions = [replace(v, audit=v.audit | {"verdict": "keep", "findings": natural}) for v in report.versions]
    assert words.headline(make_view(versions=versions)).endswith("the most believable of three versions.")
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
    one = [replace(audit_view, results=[result]) for result in audit_view.results]
    assert words.audit_headline(one[0]) == "It holds up: nothing measured fails against the source."
    assert words.audit_headline(one[1]) == "It does not hold up because of identity."
    assert words.audit_headline(replace(audit_view, results=[])) == "No result could be audited."


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0321, "share", "3.21 %"),
        (0.14, "IPD", "0.14 eye distances (8.8 mm)"),
        (0.5, "EV", "+0.5 EV"),
        (-1.25, "EV", "-1.2 EV"),
        (1.0, "ratio", "1 ×"),
        (2.345, "dE00", "2.35 ΔE00"),
        (0.0567, "% IPD", "0.0567 % of the eye distance"),
        (27.04, "degrees", "27°"),
        (140.3, "px", "140 px"),
        (12345.0, "furlongs", "12345 furlongs"),
        (None, "px", "not measured"),
        (0.0, "", "0"),
    ],
)
def test_numbers_come_with_their_units(value: float | None, unit: str, text: str) -> None:
    assert words.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("natural", "unit", "text"),
    [
        ([None, None], "px", ""),
        ([0.0, 3.0], "dE00", "at most 3 ΔE00"),
        ([None, 2.0], "", "at most 2"),
        ([140, None], "px", "at least 140 px"),
        ([-0.05, 0.05], "share", "-5 to 5 %"),
        ([0.85, 1.15], "ratio", "0.85 to 1.15 ×"),
    ],
)
def test_natural_ranges_are_told_in_words(natural: list[float | None], unit: str, text: str) -> None:
    assert words.natural_range({"natural": natural, "unit": unit}) == text


edges = st.none() | st.floats(-1e4, 1e4)


@given(value=st.none() | st.floats(-1e6, 1e6), low=edges, high=edges)
def test_a_gauge_stays_on_its_bar_and_agrees_with_the_range(value: float | None, low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        low, high = high, low
    finding = {"value": value, "natural": [low, high], "unit": "px"}
    gauge = words.gauge(finding)
    words.natural_range(finding), words.quantity(value, "share")
    if gauge is None:
        assert value is None or (low is None and high is None)
        return
    assert 0 <= gauge.low < gauge.high <= 100
    assert 2 <= gauge.at <= 98
    inside = (low is None or value >= low) and (high is None or value <= high)
    if inside:
        assert gauge.low - 0.11 <= gauge.at <= gauge.high + 0.11
    elif not (low == 0 and value < 0):
        assert gauge.at <= gauge.low + 0.11 or gauge.at >= gauge.high - 0.11


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_a_file_name_survives_the_shell(name: str) -> None:
    assert shlex.split(words.shell_word(name)) == [name]


def test_every_step_and_parameter_is_told(make_view: Make) -> None:
    steps = words.recipe_text(make_view().versions[0].recipe)
    assert [step.title for step in steps] == ["Background", "Frame the head", "Gone since"]
    told: dict[str, Any] = {setting.does: setting for setting in steps[0].settings}
    assert len(told) == 4
    assert [setting.value for setting in steps[0].settings] == ["studio", "0.14 eye distances (8.8 mm)", "0 %", "+0.35 EV"]
    assert [setting.idle for setting in steps[0].settings] == [False, False, True, False]
