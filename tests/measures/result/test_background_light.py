from __future__ import annotations

import numpy as np
import pytest
from calibration.backdrops import other_light, out_of_focus, side_lit_source, wall_lit
from calibration.composites import backdrop, clean, grainy, over
from calibration.edits import Edit
from calibration.scenes import grove, office
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.image.geometry import Box
from likeness.image.warmth import PER_MIRED, warmth_of
from likeness.measures.result.background_light import _falloff, background_light
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = background_light(pair)
    assert isinstance(found, Reading), found
    return found


def status(pair: Pair) -> str:
    return background_light.limits.status(read(pair).value)


def side_lit(source: Portrait, stops: float) -> Pair:
    edit = Edit("lit", stops, "", wall_lit("grey", stops), prepare=side_lit_source)
    result = edit.result(source)
    assert result is not None
    return Pair(edit.source(source), result)


def test_a_kept_background_is_in_the_subjects_light(saved: Pair) -> None:
    assert read(saved).value == 0
    assert "source's own" in read(saved).reason


@pytest.mark.parametrize("name", ["grey", "navy", "sand"])
def test_a_wall_lit_from_the_subjects_side_is_natural_in_any_colour(hopper_portrait: Portrait, name: str) -> None:
    assert status(edited(hopper_portrait, clean(name))) == "natural"


def test_light_from_the_other_side_is_noticed_and_from_the_same_side_not(hopper_portrait: Portrait) -> None:
    wrong = side_lit(hopper_portrait, 1.0)
    assert status(wrong) == "fail"
    assert "in shade" in read(wrong).reason
    assert status(side_lit(hopper_portrait, -1.0)) == "natural"


@pytest.mark.parametrize(("kelvin", "word"), [(-1500.0, "warmer"), (1500.0, "cooler")])
def test_greys_in_other_light_are_noticed_with_the_kelvins(hopper_portrait: Portrait, kelvin: float, word: str) -> None:
    found = edited(hopper_portrait, other_light(office, kelvin))
    assert status(found) != "natural"
    assert word in read(found).reason


def test_the_same_room_in_the_subjects_light_is_natural(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, other_light(office, 0.0))) == "natural"


def test_leaves_say_nothing_of_the_light(hopper_portrait: Portrait) -> None:
    def before_leaves(source: Portrait) -> np.ndarray:
        leaves = out_of_focus(grove)(source) * np.array([0.4, 1.0, 0.2], np.float32)
        return over(source.foreground, source.alpha, leaves)

    assert isinstance(background_light(edited(hopper_portrait, before_leaves)), NotAssessed)


def test_the_whole_composite_in_other_light_is_natural(hopper_portrait: Portrait) -> None:
    def warm(source: Portrait) -> np.ndarray:
        made = over(source.foreground, source.alpha, grainy(out_of_focus(office)(source), source))
        return made * np.array([1.12, 1.0, 0.85], np.float32)

    assert status(edited(hopper_portrait, warm)) == "natural"


def test_a_wall_of_one_warm_colour_may_be_painted_so(hopper_portrait: Portrait) -> None:
    def painted(source: Portrait) -> np.ndarray:
        return over(source.foreground, source.alpha, backdrop("grey", source) * np.array([1.3, 1.0, 0.65], np.float32))

    assert status(edited(hopper_portrait, painted)) == "natural"


@given(st.floats(-60, 60))
@settings(max_examples=20, deadline=None)
def test_the_warmth_of_greys_is_read_in_mired(mired: float) -> None:
    random = np.random.default_rng(1)
    light = random.uniform(0.05, 0.8, 400).astype(np.float32)
    cast = mired * PER_MIRED * np.array([0.383, -0.617])
    dyes = np.where(random.random((400, 1)) < 0.4, random.normal(0, 0.8, (400, 2)), 0)
    found = warmth_of((dyes + cast).astype(np.float32), light, random.random((400, 2)).astype(np.float32))
    assert found.value == pytest.approx(mired * PER_MIRED, abs=0.06)
    assert 0.4 < found.share < 0.9
    assert found.variety > 0.5


@given(st.floats(0.05, 0.5), st.sampled_from([-1, 1]), st.floats(-0.6, 0.2))
@settings(max_examples=20, deadline=None)
def test_the_falloff_of_a_wall_is_read_where_its_bright_part_is_clipped_too(fall: float, side: int, brightest: float) -> None:
    across, down = (plane.ravel() for plane in np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-1, 1, 21)))
    wall = brightest - fall + side * fall * across + 0.05 * down
    found, rest = _falloff(across, down, np.minimum(wall, 0), wall >= 0)
    assert -0.01 < found * side < 1.35 * fall
    assert rest < 0.1
    if (wall < 0).mean() > 0.6:  # of a wall that is white nearly everywhere nobody can tell; it is not taken for more
        assert found * side == pytest.approx(fall, rel=0.35)


def test_without_background_in_sight_nothing_is_said(hopper_portrait: Portrait) -> None:
    (x, y), half = hopper_portrait.landmarks[168, :2], 0.75 * hopper_portrait.ipd
    box = Box(int(x - half), int(y - half), int(x + half), int(y + 1.6 * half))

    def face_alone(source: Portrait) -> np.ndarray:
        return box.of(source.pixels)

    found = background_light(edited(hopper_portrait, face_alone))
    assert isinstance(found, NotAssessed)
    assert "no background" in found.reason
