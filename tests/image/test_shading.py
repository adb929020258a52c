from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Plane
from likeness.image.filters import gaussian, low_pass
from likeness.image.shading import contrast, correlation, even_terms, level_of, local_slope, tone_curves, toned, vignette

SIZE = (90, 80)
ALL = np.ones(SIZE, np.float32)
EVERYWHERE = ALL > 0


def noise(sigma: float, seed: int) -> Plane:
    """Smooth noise of standard deviation 1."""
    plane = gaussian(np.random.default_rng(seed).normal(size=SIZE).astype(np.float32), sigma)
    return np.asarray((plane - plane.mean()) / plane.std(), np.float32)


def levels() -> Plane:
    """Log levels with details and with light and shade, between about 0.01 and 0.6."""
    return np.asarray(np.clip(-2 + 0.6 * noise(1.2, 1) + 0.5 * noise(12, 2), -4.5, -0.5), np.float32)


def same_tone(told: tuple[Plane, ...], result: Plane) -> Plane | None:
    curves = tone_curves(told, result, EVERYWHERE, ALL, 5)
    return None if curves is None else toned(told, curves)


def bent(level: Plane, slope: float, knee: float) -> Plane:
    """A tone curve: a contrast, and a shoulder from ``knee`` on."""
    return np.asarray(slope * level - 0.3 * np.maximum(level - knee, 0) + 0.2, np.float32)


@settings(max_examples=12, deadline=None)
@given(slope=st.floats(0.75, 1.3), knee=st.floats(-2.5, -0.8))
def test_a_tone_curve_is_read_off_details(slope: float, knee: float) -> None:
    source = levels()
    result = bent(source, slope, knee)
    bent_alike = same_tone((source,), result)
    assert bent_alike is not None
    assert contrast(low_pass(bent_alike, ALL, 6), ALL) == pytest.approx(contrast(low_pass(result, ALL, 6), ALL), rel=0.03)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("slope", [0.8, 1.0, 1.25])
def test_a_change_of_light_is_not_taken_for_a_tone_curve(share: float, slope: float) -> None:
    source = levels()
    shade = low_pass(source, ALL, 6)
    result = bent(np.asarray(source - share * (shade - shade.mean()), np.float32), slope, 0)
    bent_alike = same_tone((source,), result)
    assert bent_alike is not None
    left = contrast(low_pass(result, ALL, 6), ALL) / contrast(low_pass(bent_alike, ALL, 6), ALL)
    assert left == pytest.approx(1 - share, abs=0.1)


def test_a_curve_of_another_level_is_found_too() -> None:
    source, hue = levels(), np.asarray(0.3 * noise(2, 9) + 0.2 * noise(10, 10), np.float32)
    peak = np.asarray(source + 0.4 + hue, np.float32)
    result = np.asarray(source + bent(peak, 1, -1.6) - peak, np.float32)
    alone, both = (same_tone(told, result) for told in ((source,), (source, peak)))
    assert alone is not None
    assert both is not None
    assert np.std(both - result) < 0.5 * np.std(alone - result)


def test_a_retouched_place_does_not_speak_for_the_curve() -> None:
    source = levels()
    result = bent(source, 1.2, 0)
    result[20:45, 20:50] = gaussian(result, 4)[20:45, 20:50]
    bent_alike = same_tone((source,), result)
    assert bent_alike is not None
    assert np.abs(bent_alike - bent(source, 1.2, 0))[60:].mean() - abs((bent_alike - bent(source, 1.2, 0))[60:].mean()) < 0.03


def test_without_details_there_is_no_curve() -> None:
    flat = np.asarray(-2 + 0.5 * noise(25, 2), np.float32)
    assert tone_curves((flat,), flat, EVERYWHERE, ALL, 3) is None
    assert tone_curves((levels(),), levels(), np.zeros(SIZE, bool), ALL, 5) is None


def test_what_lies_outside_does_not_bleed_in() -> None:
    plane, weight = np.full(SIZE, 3, np.float32), ALL.copy()
    plane[:, :30], weight[:, :30] = 100, 0
    assert np.allclose(low_pass(plane, weight, 5)[:, 35:], 3, atol=1e-4)


def test_the_slope_is_local() -> None:
    source = noise(6, 5)
    result = source.copy()
    result[:, :40] *= 0.4
    slope = local_slope(source, result, ALL, 5, 0.01)
    assert np.median(slope[:, :20]) == pytest.approx(0.4, abs=0.05)
    assert np.median(slope[:, 60:]) == pytest.approx(1, abs=0.05)
    assert np.allclose(local_slope(0 * source, 0 * source, ALL, 5, 0.01), 1)


def test_levels_are_logarithms_held_up_in_the_blacks() -> None:
    assert np.allclose(level_of(np.full((12, 12), 0.2, np.float32)), np.log(0.202), atol=1e-3)
    assert np.isfinite(level_of(np.full((12, 12), -0.01, np.float32))).all()


def test_correlation_is_of_what_counts() -> None:
    plane, half = noise(5, 7), ALL.copy()
    half[:, 40:] = 0
    other = np.where(half > 0, 3 - 2 * plane, plane).astype(np.float32)
    assert correlation(plane, other, half) == pytest.approx(-1, abs=1e-3)
    assert correlation(plane, noise(5, 8), ALL) == pytest.approx(
        float(np.corrcoef(plane.ravel(), noise(5, 8).ravel())[0, 1]), abs=1e-3
    )
    assert correlation(plane, 0 * plane, ALL) == 1


@given(st.tuples(*[st.floats(-0.6, 0.6)] * 3), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_a_vignette_is_found_beside_what_changed_otherwise(factors: tuple[float, ...], seed: int) -> None:
    random = np.random.default_rng(seed)
    places = random.uniform(-0.7, 0.7, (1500, 2))
    change = 0.2 + even_terms(places) @ factors + random.normal(0, 0.01, 1500)
    change[:150] += 0.8
    found = vignette(change.astype(np.float32), places, np.ones(1500))
    off = found[0] + even_terms(places) @ found[1:] - (0.2 + even_terms(places) @ factors)
    assert np.abs(off).mean() < 0.03


def test_a_vignette_is_none_where_nothing_changed() -> None:
    places = np.random.default_rng(1).uniform(-0.7, 0.7, (400, 2))
    assert vignette(np.zeros(400, np.float32), places, np.ones(400)) == pytest.approx(0, abs=1e-6)
