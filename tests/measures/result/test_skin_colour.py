from __future__ import annotations

import numpy as np
import pytest
from calibration.colouring import all_skin, lab_moved, saturated, saturated_hsv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from likeness.measures.result.skin_colour import skin_colour
from likeness.pair import Pair
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> float:
    found = skin_colour(pair)
    assert isinstance(found, Reading), found
    return found.value


def test_saving_again_changes_no_colour(saved: Pair) -> None:
    assert read(saved) < 0.5


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.floats(-0.8, 0.3), red=st.floats(0.88, 1.1), blue=st.floats(0.85, 1.15))
def test_exposure_and_white_balance_of_the_whole_scene_cancel(
    hopper_portrait: Portrait, stops: float, red: float, blue: float
) -> None:
    gains = (np.array([red, 1, blue]) * 2**stops).astype(np.float32)
    assert read(edited(hopper_portrait, lambda s: s.pixels * gains)) < 2


@pytest.mark.parametrize(
    "make", [saturated(1.25), saturated_hsv(1.3), lab_moved(6), lab_moved(8, where=all_skin), lab_moved(0, 4, 10)]
)
def test_saturation_lightening_and_tanning_are_noticed(hopper_portrait: Portrait, make: object) -> None:
    assert limits_of("skin_colour").status(read(edited(hopper_portrait, make))) != "natural"  # type: ignore[arg-type]


def test_more_lightening_reads_as_more(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, lab_moved(dose))) for dose in (3, 6, 12)]
    assert values == sorted(values)
    assert limits_of("skin_colour").status(values[-1]) == "fail"


def test_black_and_white_has_no_chroma_to_lose(hopper_portrait: Portrait) -> None:
    grey = hopper_portrait.with_pixels(np.repeat(hopper_portrait.pixels.mean(2, keepdims=True), 3, axis=2))
    assert read(edited(grey, lambda s: np.array(s.pixels), quality=60)) < 2
