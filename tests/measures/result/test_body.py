from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.bodies import borrowed, pushed_in, slimmed, suited, tight
from calibration.composites import clean
from calibration.edits import Edit
from calibration.handling import same, straightened
from calibration.painted_over import PAINTED_OVER_TEST
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.faces import find_faces
from likeness.image.color import luminance
from likeness.measures.result.body import body
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading

from .conftest import Make, edited


def read(pair: Pair) -> Reading:
    found = body(pair)
    assert isinstance(found, Reading), found
    return found


def status(pair: Pair) -> str:
    return body.limits.status(read(pair).value)


@pytest.fixture(scope="session")
def donor(astronaut: object) -> Portrait:
    photo = open_photo(astronaut)  # type: ignore[arg-type]
    return Portrait.of(photo, find_faces(photo)[0])


def test_saving_again_changes_no_body(saved: Pair) -> None:
    assert read(saved).value < 2


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.floats(-0.8, 0.5), red=st.floats(0.85, 1.15), quality=st.integers(60, 95))
def test_light_and_compression_change_no_body(hopper_portrait: Portrait, stops: float, red: float, quality: int) -> None:
    gains = (np.array([red, 1, 1 / red]) * 2**stops).astype(np.float32)
    assert read(edited(hopper_portrait, lambda s: s.pixels * gains, quality)).value < 6


@pytest.mark.parametrize("make", [straightened, clean("white"), clean("navy")], ids=["straightened", "on white", "on navy"])
def test_a_turned_picture_and_a_new_background_leave_the_body_alone(hopper_portrait: Portrait, make: Make) -> None:
    assert status(edited(hopper_portrait, make)) == "natural"


def test_a_borrowed_torso_is_named(hopper_portrait: Portrait, donor: Portrait) -> None:
    result = Edit("borrowed", 1, "body", borrow=borrowed).result(hopper_portrait, donor)
    assert result is not None
    found = read(Pair(hopper_portrait, result))
    assert body.limits.status(found.value) == "fail"
    assert "not from this photo" in found.reason


def test_painted_clothes_are_not_the_source_s(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, suited)) == "fail"


def test_a_slimmer_torso_is_told_with_its_sign(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, slimmed(percent))) for percent in (3, 6)]
    assert values[0].value < values[1].value
    assert all("narrower" in found.reason for found in values)
    assert [body.limits.status(found.value) for found in values] == ["warn", "fail"]
    assert "wider" in read(edited(hopper_portrait, slimmed(-6))).reason


@pytest.mark.parametrize("percent", [6, 10])
def test_shoulders_pushed_in_are_noticed(hopper_portrait: Portrait, percent: float) -> None:
    assert status(edited(hopper_portrait, pushed_in(percent))) != "natural"


def test_shoulders_that_the_source_does_not_show_are_made_up(hopper_portrait: Portrait) -> None:
    edit = Edit("invented", 1, "body", same, prepare=tight(0.3, 1.3))
    result = edit.result(hopper_portrait)
    assert result is not None
    found = read(Pair(edit.source(hopper_portrait), result))
    assert body.limits.status(found.value) == "fail"
    assert "outside the source's picture" in found.reason


def test_a_picture_that_ends_at_the_chin_shows_no_body(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, tight(0.1, 1.2)))
    assert found.value == 0
    assert "ends at the neck" in found.reason


def test_plain_clothes_cannot_be_told_apart(hopper_portrait: Portrait) -> None:
    def blackened(source: Portrait) -> np.ndarray:
        picture = same(source)
        picture[int(source.landmarks[152, 1] + 0.02 * source.ipd) :] = 12
        return picture

    edit = Edit("saved", 0, "", blackened, prepare=blackened)
    result = edit.result(hopper_portrait)
    assert result is not None
    found = body(Pair(edit.source(hopper_portrait), result))
    assert isinstance(found, NotAssessed)
    assert "too plain" in found.reason


def test_another_photo_may_show_another_posture(hopper_portrait: Portrait, donor: Portrait) -> None:
    found = body(Pair(hopper_portrait, donor))
    assert isinstance(found, NotAssessed)
    assert "not made from this photo" in found.reason


def test_a_black_and_white_result_keeps_its_body(hopper_portrait: Portrait) -> None:
    def grey(source: Portrait) -> np.ndarray:
        return np.asarray(luminance(source.pixels)[..., None].repeat(3, 2), np.float32)

    found = read(edited(hopper_portrait, grey))
    assert found.value < 5
    assert "%" not in found.reason


def test_text_over_the_clothes_is_named_and_the_rest_is_the_own_body(hopper_portrait: Portrait) -> None:
    def marked(source: Portrait) -> np.ndarray:
        picture = same(source).copy()
        at = (int(0.1 * source.width), int(0.93 * source.height))
        cv2.putText(picture, "SAMPLE VENDOR", at, cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255, 255, 255), 3, cv2.LINE_AA)
        return picture

    pair = edited(hopper_portrait, marked)
    found = read(pair)
    assert found.value > 10
    assert "Text or a watermark" in found.reason


def test_a_page_around_the_picture_is_no_body(hopper_portrait: Portrait) -> None:
    found = read(
        edited(hopper_portrait, lambda s: cv2.copyMakeBorder(same(s), 60, 80, 90, 120, cv2.BORDER_CONSTANT, value=(243,) * 3))
    )
    assert found.value < 5
    assert "source" in found.reason


def test_a_piece_taken_from_the_hair_before_a_kept_background_is_told(hopper_portrait: Portrait) -> None:
    brushed = next(edit for edit in PAINTED_OVER_TEST if edit.name == "skin brushed over hair, own background")
    result = brushed.result(hopper_portrait)
    assert result is not None
    found = read(Pair(hopper_portrait, result))
    assert found.value > 10
    assert "painted over or taken away" in found.reason
