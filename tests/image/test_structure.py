from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.filters import gaussian
from likeness.image.structure import agreement, pushed, widening

SIZE = (96, 128)


def cloth(seed: int) -> np.ndarray:
    """Folds and a pattern, CIELAB."""
    noise = np.random.default_rng(seed).normal(0, 60, (*SIZE, 3)).astype(np.float32)
    return gaussian(noise, 2.0) + 50


def alike(first: np.ndarray, second: np.ndarray) -> float:
    everywhere = np.ones(SIZE, np.bool_)
    found = agreement(first, second, everywhere, 1.0, 6.0, 6.0)
    return float((found.alike * found.weight).sum() / found.weight.sum())


def test_the_same_cloth_agrees_and_another_does_not() -> None:
    assert alike(cloth(1), cloth(1)) == pytest.approx(1.0, abs=1e-3)
    assert abs(alike(cloth(1), cloth(2))) < 0.25


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(0.6, 1.6), lift=st.floats(-20, 20))
def test_light_does_not_change_what_agrees(gain: float, lift: float) -> None:
    assert alike(cloth(3), np.asarray(gain * cloth(3) + lift, np.float32)) > 0.97


def test_a_plain_cloth_weighs_nothing() -> None:
    plain = np.full((*SIZE, 3), 20, np.float32)
    assert agreement(plain, plain, np.ones(SIZE, np.bool_), 1.0, 6.0, 6.0).weight.max() < 1e-3


@settings(max_examples=10, deadline=None)
@given(share=st.floats(-0.1, 0.1), shift=st.floats(-3, 3), lean=st.floats(-0.05, 0.05))
def test_a_width_is_told_from_a_shift_and_a_lean_under_noise(share: float, shift: float, lean: float) -> None:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    flow = np.zeros((*SIZE, 2), np.float32)
    flow[..., 0] = share * (columns - 64) + shift + lean * (rows - 48)
    flow[:20, :30, 0] += 25
    assert widening(flow, np.ones(SIZE, np.float32), 64.0, 48.0) == pytest.approx(share, abs=0.004)


def test_a_push_of_one_side_is_told_from_a_shift_of_all() -> None:
    everywhere, weight = np.ones(SIZE, np.bool_), np.ones(SIZE, np.float32)
    flow = np.full((*SIZE, 2), 3, np.float32)
    assert pushed(flow, weight, everywhere, 4.0) == 0
    flow[40:, 90:, 0] += 2
    assert pushed(flow, weight, everywhere, 4.0) == pytest.approx(2 / 1.03, abs=0.1)
    assert pushed(flow, 0.03 * weight, everywhere, 4.0) == pytest.approx(1.0, abs=0.1)
