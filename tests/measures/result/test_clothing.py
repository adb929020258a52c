from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.bodies import dyed, recoloured, suited, tight
from calibration.colouring import greyed, lab_moved
from calibration.composites import clean, over
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.measures.result.clothing import clothing
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading

from .conftest import Make, darkened_corners, edited


def read(pair: Pair) -> Reading:
    found = clothing(pair)
    assert isinstance(found, Reading), found
    return found


def status(pair: Pair) -> str:
    return clothing.limits.status(read(pair).value)


def test_saving_again_changes_no_clothes(saved: Pair) -> None:
    assert read(saved).value < 1


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.floats(-0.8, 0.3), red=st.floats(0.88, 1.1), blue=st.floats(0.85, 1.15))
def test_the_light_of_the_whole_scene_cancels(hopper_portrait: Portrait, stops: float, red: float, blue: float) -> None:
    gains = (np.array([red, 1, blue]) * 2**stops).astype(np.float32)
    assert read(edited(hopper_portrait, lambda s: s.pixels * gains)).value < 4


@pytest.mark.parametrize("name", ["navy", "white"])
def test_a_new_background_recolours_no_clothes(hopper_portrait: Portrait, name: str) -> None:
    assert status(edited(hopper_portrait, clean(name))) == "natural"


@pytest.mark.parametrize("make", [recoloured(10), recoloured(20), dyed(20), suited], ids=["10", "20", "dyed", "suit"])
def test_other_colours_are_noticed(hopper_portrait: Portrait, make: Make) -> None:
    assert status(edited(hopper_portrait, make)) != "natural"


def scarf(across: float) -> Make:
    """A square of the clothes, ``across`` IPD wide, moved in CIELAB as ``lab_moved`` does, its folds kept."""

    def where(source: Portrait) -> np.ndarray:
        x, y = source.landmarks[152, :2]
        mask = np.zeros((source.height, source.width), np.float32)
        corner = np.array([x - across / 2 * source.ipd, y + 0.75 * source.ipd])
        (left, top), (right, bottom) = corner.round().astype(int), (corner + across * source.ipd).round().astype(int)
        mask[top:bottom, left:right] = 1
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1)[..., None], np.float32)

    return lab_moved(8, 20, -35, where=where)


def test_a_piece_as_small_as_a_tie_is_noticed_and_called_a_part(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, scarf(0.5)))
    assert clothing.limits.status(found.value) == "fail"
    assert "a part of the clothes" in found.reason


def test_a_button_is_left_alone(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, scarf(0.15))) == "natural"


def test_clothes_recoloured_over_a_new_background_are_not_taken_for_other_light(hopper_portrait: Portrait) -> None:
    def make(source: Portrait) -> np.ndarray:
        blue = source.with_pixels(np.asarray(recoloured(25)(source), np.float32))
        return over(np.asarray(blue.pixels, np.float32), source.alpha, np.full_like(source.pixels, 0.5))

    assert status(edited(hopper_portrait, make)) != "natural"


def test_more_colour_reads_as_more(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, recoloured(dose))).value for dose in (5, 15, 35)]
    assert values == sorted(values)
    assert clothing.limits.status(values[-1]) == "fail"


def test_lightened_skin_is_not_another_shirt(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, lab_moved(6))) == "natural"


@pytest.mark.parametrize("stops", [-1.0, 0.4])
def test_a_vignette_is_no_other_shirt(hopper_portrait: Portrait, stops: float) -> None:
    assert read(edited(hopper_portrait, darkened_corners(stops))).value < 2


def test_a_picture_that_ends_at_the_chin_shows_no_clothes(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, tight(0.1, 1.2)))
    assert found.value == 0
    assert "Hardly any clothes" in found.reason


def test_another_photo_may_show_other_clothes(hopper_portrait: Portrait, saved: Pair) -> None:
    mirrored = Pair(hopper_portrait, saved.result)
    mirrored.__dict__["mode"] = "other-photo"
    found = clothing(mirrored)
    assert isinstance(found, NotAssessed)
    assert "other clothes are natural" in found.reason


def test_of_a_source_without_colour_the_clothes_colours_are_not_known(hopper_portrait: Portrait, saved: Pair) -> None:
    grey = hopper_portrait.with_pixels(greyed(hopper_portrait))
    coloured = clothing(Pair(grey, saved.result))
    assert isinstance(coloured, NotAssessed)
    assert "the source is black and white" in coloured.reason
    assert status(edited(grey, lambda source: np.array(source.pixels))) == "natural"
