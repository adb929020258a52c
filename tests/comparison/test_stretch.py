"""A picture stretched as a whole is told from a face that was reshaped, and put right before anything else is compared."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from calibration.edits import Edit
from calibration.handling import HANDLING, same
from calibration.reshaping import RESHAPING, RESHAPING_TEST
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.comparison.stretch import Stretch
from likeness.image.filters import gaussian
from likeness.measures import result_measures
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

Make = Callable[[Portrait], np.ndarray]


def scaled(wide: float, high: float) -> Make:
    smooth = cv2.INTER_AREA if wide * high < 1 else cv2.INTER_CUBIC
    return lambda source: cv2.resize(same(source), None, fx=wide, fy=high, interpolation=smooth)


def pulled(source: Portrait, to: np.ndarray) -> np.ndarray:
    """The picture with what lies at ``to`` (H, W, 2) drawn at each pixel."""
    return cv2.remap(same(source), *cv2.split(to.astype(np.float32)), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def grid(source: Portrait) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(source.width), np.arange(source.height)), axis=2).astype(np.float32)


def slim_face(by: float) -> Make:
    """The face alone narrower, fading out around it."""

    def make(source: Portrait) -> np.ndarray:
        to, middle = grid(source), source.landmarks[1, :2]
        there = np.clip((1.9 - np.linalg.norm(to - middle, axis=2) / source.ipd) / 0.5, 0, 1)
        to[..., 0] += (to[..., 0] - middle[0]) * (1 / by - 1) * there
        return pulled(source, to)

    return make


def slim_person(by: float) -> Make:
    """The person narrower, the background as it was."""

    def make(source: Portrait) -> np.ndarray:
        to, middle = grid(source), source.landmarks[1, :2]
        to[..., 0] += (to[..., 0] - middle[0]) * (1 / by - 1)
        mask = gaussian((source.person > 0.5).astype(np.float32), 0.03 * source.ipd)
        there = cv2.remap(mask, *cv2.split(to), cv2.INTER_LINEAR)[..., None]
        return (pulled(source, to) * there + same(source) * (1 - there)).astype(np.uint8)

    return make


def wide_angle(amount: float) -> Make:
    """As a lens correction does, which moves what is far from the middle most."""

    def make(source: Portrait) -> np.ndarray:
        to, half = grid(source), np.array([source.width, source.height]) / 2
        away = (to - half) / half[0]
        return pulled(source, half + (to - half) * (1 + amount * np.square(away).sum(2, keepdims=True)))

    return make


def found(source: Portrait, make: Make, quality: int = 90) -> Stretch | None:
    result = Edit("edit", 0, "", make, quality).result(source)
    assert result is not None
    return Pair(source, result).registration.stretch


@settings(max_examples=8, deadline=None)
@given(by=st.floats(0.94, 1.06).filter(lambda by: abs(by - 1) > 0.012), wide=st.booleans())
def test_a_stretch_is_measured(hopper_portrait: Portrait, by: float, wide: bool) -> None:
    stretch = found(hopper_portrait, scaled(by, 1) if wide else scaled(1, by))
    assert stretch is not None
    assert stretch.direction == ("width" if wide == (by > 1) else "height")
    assert stretch.factor == pytest.approx(max(by, 1 / by), abs=0.005)
    assert stretch.seen == "picture"


@pytest.mark.parametrize("edit", [*RESHAPING[::3], *RESHAPING_TEST[3::4], *HANDLING[6:10]], ids=lambda e: f"{e.name} {e.dose}")
def test_reshaping_and_handling_are_no_stretch(hopper_portrait: Portrait, edit: Edit) -> None:
    result = edit.result(hopper_portrait)
    assert result is not None
    assert Pair(hopper_portrait, result).registration.stretch is None


@pytest.mark.parametrize("make", [slim_face(0.94), slim_person(0.94), wide_angle(0.05), wide_angle(-0.05)])
def test_what_leaves_a_part_behind_is_no_stretch(hopper_portrait: Portrait, make: Make) -> None:
    assert found(hopper_portrait, make) is None


def test_it_is_followed_through_a_turn_and_a_crop_and_named_as_the_source_lies(hopper_portrait: Portrait) -> None:
    high = scaled(1, 1.05)
    stretch = found(hopper_portrait, lambda source: np.ascontiguousarray(np.rot90(high(source))[20:-30, 40:]))
    assert stretch is not None
    assert (stretch.direction, stretch.factor) == ("height", pytest.approx(1.05, abs=0.005))
    assert stretch.as_json() == {"direction": "height", "factor": round(stretch.factor, 4), "of": "picture"}


def test_a_person_stretched_before_a_bare_wall_is_called_the_person(hopper_portrait: Portrait) -> None:
    def make(source: Portrait) -> np.ndarray:
        alpha = source.alpha[..., None]
        alone = (same(source) * alpha + np.float32(150) * (1 - alpha)).astype(np.uint8)
        return cv2.resize(alone, None, fx=1, fy=0.95, interpolation=cv2.INTER_AREA)

    stretch = found(hopper_portrait, make)
    assert stretch is not None
    assert (stretch.direction, stretch.seen) == ("width", "person")


@pytest.mark.parametrize("make", [scaled(1, 1.06), scaled(1, 0.95)], ids=["higher", "lower"])
def test_nothing_but_the_shape_is_found(hopper_portrait: Portrait, make: Make) -> None:
    result = Edit("stretched", 0, "", make, 90).result(hopper_portrait)
    assert result is not None
    pair = Pair(hopper_portrait, result)
    assert pair.mode == "same-photo"
    assert pair.background == "kept"
    readings = {name: measure(pair) for name, measure in result_measures().items()}
    statuses = {name: limits_of(name).status(r.value) for name, r in readings.items() if isinstance(r, Reading)}
    assert statuses.pop("geometry") == "fail"
    assert set(statuses.values()) == {"natural"}, statuses
