from __future__ import annotations

from functools import partial

import numpy as np
from calibration.backdrops import grain_on, noisy_source
from calibration.composites import backdrop, clean
from calibration.edits import Edit

from likeness.comparison.pair import Pair
from likeness.measures.result.background_grain import background_grain
from likeness.portrait import FACE_FIELD, Portrait
from likeness.schema import NotAssessed, Reading

from .conftest import edited

SIGMA = 3.5


def grey(source: Portrait) -> np.ndarray:
    return backdrop("grey", source)


def composed(source: Portrait, *, matched: bool, quality: int = 93) -> Pair:
    edit = Edit("grain", SIGMA, "", grain_on(grey, SIGMA, matched=matched), quality, prepare=noisy_source(SIGMA))
    result = edit.result(source)
    assert result is not None
    return Pair(edit.source(source), result)


def read(pair: Pair) -> Reading:
    found = background_grain(pair)
    assert isinstance(found, Reading), found
    return found


status = background_grain.limits.status


def test_a_kept_background_has_its_own_grain(saved: Pair) -> None:
    assert read(saved).value == 0
    assert "source's own" in read(saved).reason


def test_a_background_without_grain_is_noticed_and_a_matched_one_not(hopper_portrait: Portrait) -> None:
    bare, matched = (read(composed(hopper_portrait, matched=m)) for m in (False, True))
    assert status(bare.value) == "fail"
    assert "in the photo's own it would be" in bare.reason
    assert abs(matched.value) < 0.5


def test_grain_that_jpeg_took_is_not_missed(hopper_portrait: Portrait) -> None:
    assert status(read(composed(hopper_portrait, matched=True, quality=60)).value) == "natural"
    assert status(read(composed(hopper_portrait, matched=False, quality=35)).value) == "natural"


def test_a_composite_in_the_sources_own_faint_grain_is_natural(hopper_portrait: Portrait) -> None:
    assert status(read(edited(hopper_portrait, clean("sand"))).value) == "natural"


def test_grain_that_the_photo_does_not_have_is_too_much(hopper_portrait: Portrait) -> None:
    noisy = edited(hopper_portrait, partial(_noisy_behind, sigma=12.0))
    assert status(read(noisy).value) != "natural"
    assert read(noisy).value > 0


def _noisy_behind(source: Portrait, sigma: float) -> np.ndarray:
    front, alpha = source.foreground, source.alpha[..., None]
    noise = np.random.default_rng(3).normal(0, sigma / 255, source.alpha.shape).astype(np.float32)[..., None]
    return alpha * front + (1 - alpha) * (grey(source) + noise * 0.5)


def test_more_grain_never_reads_as_less(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, partial(_noisy_behind, sigma=s))).value for s in (0.0, 4.0, 12.0)]
    assert values == sorted(values)


def test_a_tiny_picture_is_not_assessed(hopper_portrait: Portrait) -> None:
    small = hopper_portrait.aligned(40.0, FACE_FIELD)
    assert isinstance(background_grain(Pair(small, small)), NotAssessed)
