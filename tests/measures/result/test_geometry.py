from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.reshaping import bumps, reshaped, splines

from likeness.measures.result.geometry import geometry
from likeness.pair import Pair
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = geometry(pair)
    assert isinstance(found, Reading), found
    return found


def test_saving_again_moves_nothing(saved: Pair) -> None:
    assert read(saved).value < 0.15


@pytest.mark.parametrize(("part", "region"), [("nose", "nose"), ("jaw", "jaw"), ("eyes", "eyes"), ("mouth", "mouth")])
def test_a_planted_reshape_is_recovered_and_named(hopper_portrait: Portrait, part: str, region: str) -> None:
    found = read(edited(hopper_portrait, reshaped(part, 3.0, bumps)))
    assert 0.6 * 3 < found.value < 1.1 * 3
    assert found.region == region
    assert limits_of("geometry").status(found.value) == "fail"


def test_more_reshaping_reads_as_more_and_one_percent_is_noticed(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, reshaped("nose", dose, splines))).value for dose in (1.0, 2.0, 4.0)]
    assert values == sorted(values)
    assert limits_of("geometry").status(values[0]) == "warn"


def test_crop_scale_turn_and_light_are_no_reshaping(hopper_portrait: Portrait) -> None:
    def moved(source: Portrait) -> np.ndarray:
        turn = cv2.getRotationMatrix2D((source.width / 2, source.height / 2), 4, 0.8)
        turned = cv2.warpAffine(np.array(source.pixels), turn, (source.width, source.height), flags=cv2.INTER_AREA)
        return np.asarray(turned[60:-40, 50:-50] ** 1.2 * 0.8, np.float32)

    assert limits_of("geometry").status(read(edited(hopper_portrait, moved)).value) == "natural"
