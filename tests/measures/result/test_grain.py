from __future__ import annotations

import numpy as np
import pytest
from calibration.handling import messenger, sharpened
from calibration.retouching import bilateral, blurred, borrowed_pores, mirrored_pores, noisy, with_grain
from calibration.retouching import grain as pasted

from likeness.comparison.pair import Pair
from likeness.measures.result.grain import grain
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading

from .conftest import Make, edited, saved_as

HIGH = grain.limits.natural[1]


def read(pair: Pair) -> Reading:
    found = grain(pair)
    assert isinstance(found, Reading), found
    return found


def test_saving_again_adds_none(saved: Pair) -> None:
    assert read(saved).value < 1
    assert read(saved).reason == "The fine texture on the skin is the photo's own."


def test_more_grain_is_more(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, pasted(sd))).value for sd in (0.02, 0.05, 0.1)]
    assert HIGH < values[1] < values[2]
    assert values[0] < values[1]


@pytest.mark.parametrize("make", [with_grain(blurred(0.012)), noisy(20), borrowed_pores(0.3), mirrored_pores])
def test_texture_that_is_not_the_persons_own_is_noticed(hopper_portrait: Portrait, make: Make) -> None:
    found = read(edited(hopper_portrait, make))
    assert found.value > HIGH
    assert "not from the photo" in found.reason


@pytest.mark.parametrize("make", [sharpened(0.5, 0.8), blurred(0.012), bilateral(0.6)])
@pytest.mark.parametrize("quality", [60, 88])
def test_neither_handling_nor_smoothing_is_grain(hopper_portrait: Portrait, make: Make, quality: int) -> None:
    assert read(edited(hopper_portrait, make, quality)).value < HIGH


def test_sent_by_messenger_is_no_grain(hopper_portrait: Portrait) -> None:
    assert read(edited(hopper_portrait, messenger, 78)).value < HIGH


def test_noise_all_over_the_picture_is_told_too(hopper_portrait: Portrait) -> None:
    """It is not from the photo, whoever put it there."""
    noise = np.random.default_rng(3).normal(0, 0.06, hopper_portrait.pixels.shape[:2])[..., None]
    assert read(edited(hopper_portrait, lambda s: s.pixels * (1 + noise).astype(np.float32))).value > HIGH


def test_the_map_shows_where(hopper_portrait: Portrait) -> None:
    def one_side(source: Portrait) -> object:
        made = np.array(source.pixels)
        middle = int(source.landmarks[168, 0])
        made[:, :middle] = np.asarray(pasted(0.1)(source))[:, :middle]
        return made

    pair = edited(hopper_portrait, one_side)
    heat, middle = read(pair).heat, int(pair.faces[0].landmarks[168, 0])
    assert heat is not None
    assert np.nanmedian(heat[:, : middle - 12]) > 30
    assert np.nanmedian(heat[:, middle + 12 :]) < HIGH


def test_another_photo_is_not_assessed(saved: Pair) -> None:
    other = Pair(saved.source, saved.result)
    other.__dict__["mode"] = "other-photo"
    assert isinstance(grain(other), NotAssessed)


@pytest.mark.parametrize("quality", [60, 80])
def test_what_webp_adds_is_no_grain_and_grain_shows_through(hopper_portrait: Portrait, quality: int) -> None:
    assert read(saved_as(hopper_portrait, lambda s: s.pixels, "webp", quality=quality)).value < HIGH
    assert read(saved_as(hopper_portrait, pasted(0.1), "webp", quality=quality)).value > HIGH


def test_what_strong_avif_added_is_not_called_grain(hopper_portrait: Portrait) -> None:
    found = grain(saved_as(hopper_portrait, lambda s: s.pixels, "avif", quality=40))
    assert isinstance(found, NotAssessed)
    assert "AVIF" in found.reason
