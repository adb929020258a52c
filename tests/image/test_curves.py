from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.curves import curves_between, under

ALL = np.ones((60, 80), bool)


def picture(seed: int, lightest: float = 240) -> np.ndarray:
    return np.random.default_rng(seed).uniform(10, lightest, (60, 80, 3)).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.6, 1.8), st.floats(0.6, 1.6))
def test_a_brightened_picture_comes_out_as_it_is_white_included(factor: float, power: float) -> None:
    source = picture(1)
    result = np.clip(255 * (source / 255) ** power * factor, 0, 255).astype(np.float32)
    curves = curves_between(source, result, ALL)
    assert curves is not None
    assert np.abs(under(curves, source) - result).mean() < 3
    assert (np.diff(curves, axis=1) >= -1e-3).all()


def test_each_channel_has_its_own() -> None:
    source = picture(2)
    result = np.clip(source * np.array([1.5, 1.0, 0.7], np.float32), 0, 255)
    curves = curves_between(source, result, ALL)
    assert curves is not None
    assert curves[:, 120] == pytest.approx([180, 120, 84], abs=3)
    assert curves[0, 200] == pytest.approx(255, abs=2)


def test_noise_does_not_bend_it() -> None:
    source = picture(3)
    noise = np.random.default_rng(4).normal(0, 6, source.shape).astype(np.float32)
    curves = curves_between(source, source + noise, ALL)
    assert curves is not None
    assert np.abs(curves - np.arange(256))[:, 20:230].max() < 6


def test_codes_between_two_lie_between() -> None:
    curves = np.tile(np.arange(256, dtype=np.float32) * 0.5, (3, 1))
    assert under(curves, np.full((2, 2, 3), 100.5, np.float32)) == pytest.approx(50.25)


def test_too_little_says_nothing() -> None:
    few = np.zeros((60, 80), bool)
    few[:5, :5] = True
    assert curves_between(picture(5), picture(6), few) is None
