"""The mathematics of light: gains, casts and the tone curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.image.color import REC709_LUMA
from likeness.image.light import Evidence, angle_of, balanced, chroma_of, estimate_cast, exposed, gains_against, tone

GAINS = st.floats(0.25, 4)
KNEES = st.floats(0.2, 0.95)
LEVELS = np.linspace(0, 1, 2001, dtype=np.float32)


@given(GAINS, KNEES)
def test_the_tone_curve_rises_keeps_white_and_clips_nothing(gain: float, knee: float) -> None:
    out = tone(LEVELS, gain, knee)
    assert np.all(np.diff(out) > 0)
    assert out[0] == 0
    assert out[-1] == pytest.approx(1, abs=2e-5)
    assert out.max() <= 1 + 2e-5


@given(st.floats(1, 4), KNEES)
def test_mid_tones_stay_proportional(gain: float, knee: float) -> None:
    below = knee / gain >= LEVELS
    np.testing.assert_allclose(tone(LEVELS, gain, knee)[below], gain * LEVELS[below], rtol=1e-5)


@given(st.floats(1.05, 4), KNEES)
def test_the_curve_has_no_corner_at_the_knee(gain: float, knee: float) -> None:
    at, step = knee / gain, 1e-3
    around = tone(np.array([at - step, at, at + step], np.float64), gain, knee).astype(np.float64)
    before, after = (around[1] - around[0]) / step, (around[2] - around[1]) / step
    assert after == pytest.approx(before, rel=0.02 + 8 * step * gain / (1 - knee))


@given(st.floats(1, 4), KNEES)
def test_darkening_undoes_brightening(gain: float, knee: float) -> None:
    np.testing.assert_allclose(tone(tone(LEVELS, gain, knee), 1 / gain, knee), LEVELS, atol=3e-5)


@given(GAINS)
def test_exposing_keeps_the_ratios_of_the_channels(gain: float) -> None:
    image = np.random.default_rng(1).uniform(0.01, 1, (8, 9, 3)).astype(np.float32)
    out = exposed(image, gain)
    np.testing.assert_allclose(out / out.max(2, keepdims=True), image / image.max(2, keepdims=True), rtol=1e-4)
    assert out.max() <= 1 + 1e-5


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_gains_make_grey_of_a_cast_and_keep_its_luminance(red: float, blue: float) -> None:
    shown = np.array([2.0**red, 1, 2.0**blue]) * 0.2
    grey = shown * gains_against(np.array([red, blue]))
    np.testing.assert_allclose(grey, grey[0], rtol=1e-5)
    assert grey @ REC709_LUMA == pytest.approx(shown @ REC709_LUMA, rel=1e-5)


def test_clipped_white_stays_white() -> None:
    image = np.array([[[1, 1, 1], [0.5, 0.5, 0.5], [1, 0.2, 0.1]]], np.float32)
    white, grey, red = balanced(image, np.array([0.8, 1.0, 1.3], np.float32))[0]
    np.testing.assert_allclose(white, white[0], rtol=1e-5)
    np.testing.assert_allclose(grey, [0.4, 0.5, 0.65], rtol=1e-5)
    np.testing.assert_allclose(red, [0.8, 0.2, 0.13], rtol=1e-5)


def evidence(chroma: tuple[float, float], spread: float, count: int = 500, trust: float = 1.0) -> Evidence:
    scatter = np.random.default_rng(2).normal(0, spread, (count, 2))
    return Evidence((np.array(chroma) + scatter).astype(np.float32), np.ones(count, np.float32), trust)


def test_without_evidence_there_is_no_cast() -> None:
    assert angle_of(estimate_cast([])) < 1e-6


def test_surfaces_that_agree_reveal_the_cast() -> None:
    warm = np.array([0.2, -0.2])
    found = estimate_cast([evidence((0.2, -0.2), 0.03, trust=1.5), evidence((0.2, -0.2), 0.04)])
    assert angle_of(warm - found) < 0.4 * angle_of(warm)


def test_a_coloured_backdrop_alone_moves_little() -> None:
    assert angle_of(estimate_cast([evidence((-0.6, 0.5), 0.05)])) < 2.0  # of 17 degrees


def test_a_neutral_shirt_outweighs_a_tinted_wall() -> None:
    found = estimate_cast([evidence((0.0, 0.0), 0.03, trust=1.5), evidence((-0.2, 0.2), 0.03)])
    assert angle_of(found) < 1.0


def test_chroma_is_blind_to_brightness() -> None:
    image = np.full((1, 2, 3), 0.4, np.float32) * np.array([[[1], [0.5]]], np.float32) * np.array([1.5, 1, 0.7], np.float32)
    np.testing.assert_allclose(chroma_of(image)[0, 0], chroma_of(image)[0, 1], atol=0.02)
