from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Image
from likeness.image.color import luminance
from likeness.image.tone import Along, tone_between

ALL = np.ones((40, 50), np.float32)


def scene() -> Image:
    """Greys of all levels, and some clothes."""
    rng = np.random.default_rng(2)
    grey = np.exp(rng.uniform(np.log(0.02), np.log(0.4), (40, 50, 1)))
    tint = np.where(rng.random((40, 50, 1)) < 0.3, rng.uniform(0.6, 1.5, (40, 50, 3)), 1.0)
    return np.asarray(grey * tint, np.float32)


@pytest.mark.parametrize("along", ["channel", "luminance"])
@settings(max_examples=10, deadline=None)
@given(red=st.floats(0.8, 1.25), blue=st.floats(0.75, 1.3), stops=st.floats(-1, 0.9))
def test_white_balance_and_exposure_are_found(along: Along, red: float, blue: float, stops: float) -> None:
    source = scene()
    result = np.asarray(source * np.array([red, 1, blue]) * 2**stops, np.float32)
    tone = tone_between(source, result, ALL, along)
    assert tone is not None
    skin = np.array([[[0.4, 0.22, 0.15]]], np.float32)
    assert np.allclose(tone.of(skin), skin * np.array([red, 1, blue]) * 2**stops, rtol=0.03)


def test_a_contrast_curve_is_found() -> None:
    source = scene()
    tone = tone_between(source, np.asarray(0.8 * source**1.2, np.float32), ALL, "channel")
    assert tone is not None
    assert np.allclose(tone.of(np.full((1, 1, 3), 0.1, np.float32)), 0.8 * 0.1**1.2, rtol=0.02)


def test_saturation_is_seen_and_left_out() -> None:
    source = scene()
    grey = luminance(source)[..., None]
    tone = tone_between(source, grey + np.float32(1.3) * (source - grey), ALL, "luminance")
    assert tone is not None
    assert tone.saturation > 0.15
    skin = np.array([[[0.4, 0.22, 0.15]]], np.float32)
    assert np.allclose(tone.of(skin), skin, rtol=0.02)


def test_what_was_replaced_does_not_count() -> None:
    source = scene()
    result = source * np.float32(1.4)
    result[:12] = (0.1, 0.2, 0.3)
    tone = tone_between(source, result, ALL, "luminance")
    assert tone is not None
    assert np.allclose(tone.of(source[20:]), result[20:], rtol=0.02)
    assert float(np.median(tone.residual(source, result)[:12])) > 0.2


def test_too_little_evidence_is_none() -> None:
    assert tone_between(scene(), scene(), np.zeros_like(ALL), "channel") is None
    assert tone_between(np.zeros((40, 50, 3), np.float32), scene(), ALL, "channel") is None
