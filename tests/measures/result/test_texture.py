from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from calibration.people import portrait_of
from calibration.retouching import bilateral, blurred, frequency_separated, grain, with_grain

from likeness.measures.result.texture import texture
from likeness.pair import Pair
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> float:
    found = texture(pair)
    assert isinstance(found, Reading), found
    return found.value


def test_saving_again_keeps_it(saved: Pair) -> None:
    assert read(saved) == pytest.approx(1, abs=0.06)
    found = texture(saved)
    assert isinstance(found, Reading)
    assert "pores are not assessable at 8" in found.reason


def test_more_blur_leaves_less(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, blurred(sigma))) for sigma in (0.006, 0.012, 0.025)]
    assert values == sorted(values, reverse=True)
    assert limits_of("texture").status(values[1]) == "fail"


def test_every_kind_of_smoothing_is_noticed(hopper_portrait: Portrait) -> None:
    for make in (bilateral(1.0), frequency_separated(1.0), with_grain(blurred(0.012))):
        assert limits_of("texture").status(read(edited(hopper_portrait, make))) == "fail"


def test_grain_on_top_reads_as_more_than_all(hopper_portrait: Portrait) -> None:
    assert read(edited(hopper_portrait, grain(0.15))) > 1.15


def test_a_compressed_copy_is_natural(hopper_portrait: Portrait) -> None:
    assert limits_of("texture").status(read(edited(hopper_portrait, lambda s: np.array(s.pixels), quality=80))) == "natural"


def test_exposure_is_no_smoothing(hopper_portrait: Portrait) -> None:
    assert limits_of("texture").status(read(edited(hopper_portrait, lambda s: s.pixels * np.float32(0.6)))) == "natural"


def test_too_small_is_not_assessed(astronaut: Path) -> None:
    portrait = portrait_of(open_photo(astronaut))
    assert portrait is not None
    found = texture(Pair(portrait, portrait))
    assert isinstance(found, NotAssessed)
    assert "needs 56" in found.reason
