"""The frame: eye line and head height, from pixels that exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.errors import LikenessError
from likeness.framing import NECK, Head, Rule, _whole, framing, head_of
from likeness.framing import _placed as placed
from likeness.image.geometry import Box
from likeness.portrait import Portrait

SQUARE = Rule(1.0, 0.5, 0.3, 0.4, 0.08, 0.0, False)
HEAD = Head(crown=300, chin=670, left=480, right=730, eye_line=490, centre=605, ipd=100, missing=0)


def test_the_head_is_where_it_is(hopper_portrait: Portrait) -> None:
    """Grace Hopper wears a cap: its top, measured by eye at row 25 of the photo, counts."""
    head = head_of(hopper_portrait)
    top = head.crown + hopper_portrait.to_photo[1, 2]
    assert 5 < top < 60
    assert head.eye_line < head.chin
    assert 3.0 < head.height / head.ipd < 5.0
    assert head.left < head.centre < head.right
    assert head.missing == 0


def test_a_head_that_the_photo_cuts_is_known_to_be_cut(hopper_portrait: Portrait) -> None:
    head = head_of(hopper_portrait)
    cut = hopper_portrait.cropped(Box(0, round(head.crown + 0.5 * head.ipd), hopper_portrait.width, hopper_portrait.height))
    assert 0.15 < head_of(cut).missing / head.ipd < 1.0
    with pytest.raises(LikenessError, match="leave more room above the head"):
        framing(cut, SQUARE)


def test_an_ideal_frame_has_the_eyes_and_the_head_where_the_rule_says() -> None:
    box, problem = placed(HEAD, SQUARE, 1.0, 1210, 1200)
    assert box is not None, problem
    assert HEAD.height / box.height == pytest.approx(0.5, abs=0.005)
    assert (HEAD.eye_line - box.top) / box.height == pytest.approx(0.4, abs=0.005)
    assert (box.left + box.right) / 2 == pytest.approx(HEAD.centre, abs=1)


heads = st.builds(
    lambda x, y, ipd, up, down, wide: Head(y - up * ipd, y + down * ipd, x - wide * ipd, x + wide * ipd, y, x, ipd, 0.0),
    st.floats(200, 1000),
    st.floats(200, 1000),
    st.floats(40, 200),
    st.floats(1.5, 3.0),
    st.floats(1.6, 2.1),
    st.floats(1.0, 2.0),
)
rules = st.builds(
    Rule,
    st.sampled_from((0.75, 1.0, 1.6)),
    st.floats(0.4, 0.65),
    st.floats(0, 0.6),
    st.floats(0.33, 0.45),
    st.floats(0, 0.1),
    st.floats(0, 0.08),
    st.booleans(),
)


@given(heads, rules, st.floats(1, 1.6), st.integers(300, 1400), st.integers(300, 1400))
def test_a_frame_never_leaves_the_picture_nor_the_tolerances(
    head: Head, rule: Rule, tighter: float, width: int, height: int
) -> None:
    head = replace(head, crown=max(head.crown, 0.0))
    box, problem = placed(head, rule, tighter, width, height)
    if box is None:
        assert problem
        return
    assert box == box.clipped(width, height)
    assert box.width / box.height == pytest.approx(rule.aspect, rel=0.02)
    assert box.top <= head.crown + rule.hair_trim * head.height + 2
    assert box.bottom >= head.chin + NECK * head.ipd - 2
    assert abs((head.eye_line - box.top) / box.height - rule.eye_line) <= rule.eye_tolerance + 2.5 / box.height
    if rule.circle:
        radius = min(box.width, box.height) / 2
        assert np.hypot((head.left + head.right - box.left - box.right) / 2, head.chin - (box.top + box.bottom) / 2) < radius + 2


@pytest.mark.parametrize(
    ("head", "width", "height", "advice"),
    [
        (HEAD, 500, 1200, "leave more room beside the head"),
        (replace(HEAD, centre=200, left=75, right=325), 1200, 1200, "beside the head, on both sides"),
        (HEAD, 1200, 690, "photograph the shoulders too"),
        (replace(HEAD, crown=10, eye_line=200, chin=380), 1200, 1200, "leave more room above the head"),
    ],
)
def test_a_refusal_says_what_is_missing(head: Head, width: int, height: int, advice: str) -> None:
    box, problem = placed(head, SQUARE, 1.0, width, height)
    assert box is None
    assert advice in problem


def test_a_tight_frame_comes_with_advice(hopper_portrait: Portrait) -> None:
    wide = Rule(1.0, 0.4, 1.0, 0.4, 0.1, 0.0, False)
    framed = framing(hopper_portrait, wide)
    assert framed.tighter > 1.2
    assert "leave more room" in framed.advice or "shoulders" in framed.advice
    assert framing(hopper_portrait, replace(wide, head_height=0.66)).advice == ""


def test_wide_hair_gets_a_wider_circle() -> None:
    curls = replace(HEAD, left=280, right=930)
    rule = replace(SQUARE, head_height=0.62, circle=True)
    assert placed(curls, rule, 1.0, 2000, 2000)[0] is None
    assert placed(curls, rule, 0.8, 2000, 2000)[0] is not None


@given(st.floats(50, 400), st.sampled_from([1.0, 0.75, 1.5]), st.integers(200, 900), st.integers(200, 900))
def test_a_frame_of_whole_pixels_keeps_its_aspect(high: float, aspect: float, width: int, height: int) -> None:
    box = _whole(10.3, 4.8, min(high, height, width / aspect), aspect, width, height)
    assert 0 <= box.left <= box.right <= width
    assert 0 <= box.top <= box.bottom <= height
    assert abs(box.width - box.height * aspect) <= 0.5
