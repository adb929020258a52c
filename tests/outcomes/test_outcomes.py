"""The outcomes and their loader."""

from __future__ import annotations

import pytest

from likeness.errors import LikenessError, NoUsableSource
from likeness.outcomes import Outcome, all_outcomes, outcome, outcome_names, read_outcome
from likeness.params import Param
from likeness.steps import all_steps

PLAIN = """
title = "Plain"
description = "A square."
polish = 0.3
backdrops = ["keep"]
[frame]
aspect = 1.0
shape = "rectangle"
head_height = 0.5
head_tolerance = 0.2
eye_line = 0.4
eye_tolerance = 0.05
hair_trim = 0.0
[[exports]]
name = "plain"
format = "jpeg"
width = 1000
height = 1000
min_width = 400
min_height = 400
max_bytes = 1000000
quality = 90
"""


def test_the_five_uses_are_there() -> None:
    assert outcome_names() == ["avatar", "cv", "directory", "linkedin", "speaker"]


def test_an_unknown_outcome_is_refused_with_the_closest_names() -> None:
    with pytest.raises(LikenessError, match="unknown outcome 'linkdin'; did you mean linkedin"):
        outcome("linkdin")


@pytest.mark.parametrize("known", all_outcomes().values(), ids=lambda o: o.name)
def test_every_outcome_is_consistent(known: Outcome) -> None:
    """Its frame is what the step takes, its demands are in order, and the picture it asks for holds the frame."""
    rule, field = known.frame, known.field
    assert all_steps()["frame"].complete(rule.model_dump())
    assert 0 < known.min_ipd < known.max_ipd
    assert field.up + field.down >= known.height_ipd
    assert field.left + field.right >= known.height_ipd * rule.aspect
    assert field.up >= 2.3  # IPD: the crown with hair
    assert rule.eye_line - rule.head_height / 2 > 0  # some air above a typical head, whose eyes are halfway up
    for export in known.exports:
        assert export.size(export.width, export.height) == (export.width, export.height)


def test_the_frame_step_can_take_every_legal_frame() -> None:
    params = all_steps()["frame"].params
    assert {"aspect", "shape", "head_height", "eye_line"} <= set(params)
    assert isinstance(params["head_tolerance"].rule, Param)


def test_an_export_is_never_enlarged() -> None:
    export = read_outcome("plain", PLAIN).exports[0]
    assert export.size(700, 700) == (700, 700)
    assert export.size(3000, 3000) == (1000, 1000)


def test_a_frame_below_the_least_size_is_no_source() -> None:
    export = read_outcome("plain", PLAIN).exports[0]
    with pytest.raises(NoUsableSource, match="399 x 399 pixels, 'plain' needs 400 x 400; photograph from closer"):
        export.size(399, 399)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title =", "titel =", "unknown key 'titel'; did you mean title"),
        ("eye_line =", "eyeline =", "unknown key 'eyeline'; did you mean eye_line"),
        ("max_bytes =", "max_byte =", "unknown key 'max_byte'; did you mean max_bytes"),
        ('title = "Plain"', "", "lacks the key 'title'"),
        ("head_height = 0.5", "head_height = 1.5", "'frame.head_height'"),
        ("head_height = 0.5", "head_height = nan", "'frame.head_height'"),
        ("width = 1000", 'width = "wide"', "'exports.0.width'"),
        ("min_width = 400", "min_width = 4000", "least size is larger"),
        ("aspect = 1.0", "aspect = 0.75", "another aspect"),
        ("polish = 0.3", "polish = ", "is not TOML"),
        ('format = "jpeg"', 'format = "gif"', "'exports.0.format'"),
    ],
)
def test_a_faulty_file_is_refused_by_name(old: str, new: str, said: str) -> None:
    with pytest.raises(LikenessError) as caught:
        read_outcome("plain", PLAIN.replace(old, new, 1))
    assert said in str(caught.value)
    assert str(caught.value).startswith("plain.toml: ")
    assert "\n" not in str(caught.value)


def test_sizes_follow_from_the_frame() -> None:
    plain = read_outcome("plain", PLAIN)
    assert plain.max_ipd / plain.min_ipd == pytest.approx(1000 / 400)
    assert plain.height_ipd * plain.max_ipd == pytest.approx(1000)
