"""Findings to verdict and believability."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.errors import LikenessError
from likeness.faces import find_faces
from likeness.findings import Finding
from likeness.limits import Limits
from likeness.measures import result_measures
from likeness.measures.result.marks import marks
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import (
    ALL_THERE,
    DECIDING,
    SMOOTHED,
    Audit,
    agreeing,
    audit_pair,
    believability_of,
    calibration,
    limits_of,
    verdict_of,
)


@pytest.fixture
def astronaut_portrait(astronaut: Path) -> Portrait:
    photo = open_photo(astronaut)
    return Portrait.of(photo, find_faces(photo)[0])


LIMITS = Limits((0.0, 1.0), (0.0, 3.0))


def finding(measure: str, value: float | None) -> Finding:
    reading = NotAssessed("too small") if value is None else Reading(value, "so it is")
    return Finding.of(result_measures()[measure], reading, LIMITS)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"texture": 0.5, "background_leak": 0.0}, "keep"),
        ({"texture": 2.0, "background_leak": 0.0}, "keep"),  # a warning is no failure
        ({"texture": 0.5, "background_leak": 3.0}, "fix-background"),
        ({"texture": 3.5, "background_leak": 3.5}, "regenerate"),
        ({"texture": 3.5, "background_leak": 0.0}, "regenerate"),
        ({"texture": None, "background_leak": 0.0}, "cannot-tell"),
        ({"texture": None, "background_leak": 9.0}, "fix-background"),
        ({}, "cannot-tell"),
    ],
)
def test_verdict(values: dict[str, float | None], verdict: str) -> None:
    assert verdict_of([finding(name, value) for name, value in values.items()]) == verdict


# One measure of each group that decides, and what could be taken for it and is none.
KEEP = ("texture", "flatness", "geometry", "identity", "skin_colour", "expression", "body", "background_leak")


@pytest.mark.parametrize(
    ("missing", "neighbour"), [("texture", "marks"), ("texture", "grain"), ("geometry", "symmetry"), ("skin_colour", "saturation")]
)
def test_a_neighbour_does_not_stand_in_for_what_a_keep_needs(missing: str, neighbour: str) -> None:
    """Skin that was smoothed and made light was kept because moles could be looked at."""
    known = [finding(name, 0.5) for name in KEEP if name != missing]
    assert verdict_of([*known, finding(missing, 0.5), finding(neighbour, None)]) == "keep"
    findings = (*known, finding(missing, None), finding(neighbour, 0.5))
    assert verdict_of(findings) == "cannot-tell"
    assert Audit("me", "x", "same-photo", "cannot-tell", 100.0, findings, ipd=90).missing == ("too small",)


@pytest.mark.parametrize(
    ("missing", "other"), [("flatness", "light_direction"), ("body", "clothing"), ("background_leak", "edge_halo")]
)
def test_of_some_groups_either_will_do(missing: str, other: str) -> None:
    known = [finding(name, 0.5) for name in KEEP if name != missing]
    assert verdict_of([*known, finding(missing, None), finding(other, 0.5)]) == "keep"
    assert verdict_of([*known, finding(missing, None), finding(other, None)]) == "cannot-tell"


def test_what_decides_are_measures_of_that_group() -> None:
    known = result_measures()
    for groups in DECIDING.values():
        for group, names in groups.items():
            assert {known[name].group for name in names} == {group}


@given(st.lists(st.floats(0, 10), min_size=1, max_size=4))
def test_what_is_not_assessed_is_never_a_pass(values: list[float]) -> None:
    findings = [finding("texture", value) for value in values]
    assert verdict_of([*findings, finding("identity", None)]) != "keep"


@pytest.mark.parametrize(("value", "expected"), [(0.0, 100), (1.0, 100), (2.0, 70.7), (3.0, 50), (5.0, 25)])
def test_believability_is_100_while_natural_and_50_at_the_fail_limit(value: float, expected: float) -> None:
    assert believability_of([finding("texture", 0.0), finding("geometry", value)]) == expected


def test_believability_of_nothing_is_unknown() -> None:
    assert believability_of([finding("texture", None)]) is None


def test_what_lacks_pixels_is_said_once_with_what_would_do() -> None:
    """Texture needs 56 px and grain 56, identity 30: with 56 all that decides is known."""
    small = [Finding.of(m, NotAssessed("small", needs_ipd=m.min_ipd), LIMITS) for m in result_measures().values()]
    said = Audit("me", "thumb", "same-photo", "cannot-tell", None, tuple(small), ipd=20.4).missing
    assert said == ("the eyes are only 20 pixels apart in the result, and it takes 56: give a larger result",)


def test_another_reason_is_said_as_it_is() -> None:
    findings = (finding("texture", None), finding("grain", None), finding("identity", 0.5))
    assert Audit("me", "x", "same-photo", "cannot-tell", 100.0, findings, ipd=90).missing == ("too small",)
    assert Audit("me", "x", "same-photo", "regenerate", 10.0, findings, ipd=90).missing == ()


def test_of_another_photo_nothing_lacks_but_what_it_can_show() -> None:
    """Another pose has another asymmetry: that it could not be compared is no reason."""
    known = [finding(name, 0.5) for name in ("texture", "identity", "skin_colour")]
    symmetry = Finding.of(result_measures()["symmetry"], NotAssessed("another asymmetry"), LIMITS)
    audit = Audit("me", "x", "other-photo", "cannot-tell", 100.0, (*known, finding("geometry", None), symmetry), ipd=90)
    assert audit.missing == ("too small",)


def test_printed_it_tells_what_departs_the_worst_first() -> None:
    findings = (finding("grain", None), finding("texture", 0.5), finding("marks", 2.0), finding("geometry", 3.5))
    told = str(Audit("me.jpg", "x.jpg", "same-photo", "regenerate", 41.6, findings)).splitlines()
    assert told[0] == "x.jpg: regenerate, believability 42 of 100"
    assert [line.split(": ")[:2] for line in told[1:]] == [["  fail", "geometry"], ["  warn", "marks"], ["  not-assessed", "grain"]]
    assert str(Audit("me.jpg", "x.jpg", "same-photo", "cannot-tell", 100.0, ())) == "x.jpg: cannot-tell"


def test_over_smoothed_skin_no_freckles_are_said_to_be_there() -> None:
    there = Finding.of(result_measures()["marks"], Reading(0.0, f"The source's {ALL_THERE} More."), LIMITS)
    ratio = Limits((0.85, 1.15), (0.7, 1.4), log=True)
    for value, smoothed in ((0.5, True), (0.8, True), (1.0, False), (1.6, False)):
        texture = Finding.of(result_measures()["texture"], Reading(value, "so it is"), ratio)
        _, told = agreeing((texture, there))
        assert told.reason == f"The source's {SMOOTHED if smoothed else ALL_THERE} More."
        assert (told.value, told.status) == (there.value, there.status)


def test_the_sentence_on_marks_is_the_one_that_is_corrected(hopper_portrait: Portrait) -> None:
    found = marks(Pair(hopper_portrait, hopper_portrait))
    assert isinstance(found, Reading)
    assert ALL_THERE in found.reason


def test_an_audit_knows_its_source_again(hopper_portrait: Portrait, astronaut_portrait: Portrait) -> None:
    told = audit_pair(Pair(hopper_portrait, hopper_portrait), source="me.jpg", result="me.jpg").as_json()
    assert (told["same"], told["photo_share"], told["tones"]) == ("file", 1.0, [])
    told = audit_pair(Pair(hopper_portrait, astronaut_portrait), source="me.jpg", result="x.jpg").as_json()
    assert (told["same"], told["photo_share"], told["tones"]) == (None, None, [])


def test_every_measure_of_a_result_has_limits() -> None:
    assert set(result_measures()) == set(calibration()["measures"])
    for name in result_measures():
        assert limits_of(name).natural[0] < limits_of(name).natural[1]


def test_a_measure_without_limits_cannot_judge() -> None:
    with pytest.raises(LikenessError, match="beauty"):
        limits_of("beauty")
