"""The step ``frame``."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest

from likeness.errors import LikenessError
from likeness.framing import head_of
from likeness.outcomes import outcome
from likeness.portrait import Portrait
from likeness.steps.frame import _inscribed as inscribed
from likeness.steps.frame import frame


@pytest.mark.parametrize("name", ["linkedin", "cv", "directory"])
def test_the_frame_of_an_outcome_is_cut_from_the_pixels_that_are_there(hopper_portrait: Portrait, name: str) -> None:
    rule = outcome(name).frame
    framed = frame(hopper_portrait, **rule.model_dump())
    assert framed.width / framed.height == pytest.approx(rule.aspect, rel=0.01)
    x, y = (round(v) for v in (framed.to_photo - hopper_portrait.to_photo)[:, 2])
    np.testing.assert_array_equal(framed.pixels, hopper_portrait.pixels[y : y + framed.height, x : x + framed.width])
    eyes = float(framed.landmarks[[468, 473], 1].mean()) / framed.height
    assert abs(eyes - rule.eye_line) <= rule.eye_tolerance + 0.01
    share = head_of(framed).height / framed.height
    assert rule.head_height * 0.8 <= share <= rule.head_height * (1 + rule.head_tolerance) + 0.02


def test_what_does_not_fit_is_refused_with_advice(hopper_portrait: Portrait) -> None:
    with pytest.raises(LikenessError, match="the frame does not fit in the picture; leave more room"):
        frame(hopper_portrait, aspect=2.5, head_height=0.3, head_tolerance=0.0)


def test_facts_travel_with_the_frame(hopper_portrait: Portrait) -> None:
    assert hopper_portrait.person.shape == hopper_portrait.pixels.shape[:2]
    framed = frame(hopper_portrait)
    assert framed.facts["person"].shape == framed.pixels.shape[:2]
    assert framed.ipd == pytest.approx(hopper_portrait.ipd)


def test_straightening_levels_the_head_and_leaves_no_empty_corner(hopper_portrait: Portrait) -> None:
    tilted = _turned(hopper_portrait, 8)
    straight = frame(tilted, straighten=1.0, head_tolerance=1.0)
    half = frame(tilted, straighten=0.5, head_tolerance=1.0)
    assert abs(straight.pose.roll) < 0.3
    assert abs(half.pose.roll - tilted.pose.roll / 2) < 0.3
    assert straight.ipd == pytest.approx(tilted.ipd, rel=0.01)
    assert straight.pixels.max(axis=2).min() > 0.1  # the picture is lit everywhere: black would be a corner from outside


def _turned(portrait: Portrait, degrees: float) -> Portrait:
    """A bright picture of the same size in which the head is tilted."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    centre = np.array([portrait.width / 2, portrait.height / 2])
    turn = np.array([[c, -s], [s, c]])
    turned = portrait.resampled(np.column_stack([turn, centre - turn @ centre]), (portrait.width, portrait.height))
    return turned.with_pixels(np.asarray(0.4 + 0.5 * turned.pixels, np.float32))


@pytest.mark.parametrize(
    ("width", "height", "degrees"), [(400, 300, 10), (300, 400, 25), (500, 500, 45), (1000, 200, 30), (640, 480, 0.5)]
)
def test_the_inscribed_rectangle_touches_no_corner(width: int, height: int, degrees: float) -> None:
    wide, high = (int(v) for v in inscribed(width, height, np.radians(degrees)))
    turned = np.asarray(PIL.Image.new("L", (width, height), 255).rotate(degrees, expand=True))
    y, x = (turned.shape[0] - high) // 2, (turned.shape[1] - wide) // 2
    inside = turned[y + 1 : y + high - 1, x + 1 : x + wide - 1]
    assert inside.min() == 255
    assert wide * high > 0.1 * width * height
