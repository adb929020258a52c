from __future__ import annotations

import cv2
import numpy as np
import pytest

from likeness.image import Plane
from likeness.image.texture import BANDS, band, level_slope, local_correlation, log_luma, resolved, transfer

PX_PER_MM = 2.0
EVERYWHERE = np.ones((200, 220), bool)


def waves(millimetres: float) -> Plane:
    x = np.arange(220, dtype=np.float32)
    return np.asarray(np.tile(np.sin(2 * np.pi * x / (millimetres * PX_PER_MM)), (200, 1)), np.float32)


def noise(seed: int) -> Plane:
    return np.asarray(cv2.GaussianBlur(np.random.default_rng(seed).normal(size=(200, 220)), (0, 0), 1.5), np.float32)


def test_a_band_passes_its_own_waves_best() -> None:
    strength = {mm: float(band(waves(mm), BANDS["C"], PX_PER_MM)[50:150, 50:150].std()) for mm in (1.2, 3.5, 4.5, 20.0)}
    assert min(strength[3.5], strength[4.5]) > 3 * max(strength[1.2], strength[20.0])


def test_a_band_is_resolved_from_a_stated_eye_distance_on() -> None:
    assert [name for name in BANDS if resolved(name, 120 / 63)] == ["B", "C", "D", "E"]
    assert not resolved("C", 55 / 63)
    assert resolved("A", 232 / 63)


def test_log_luma_turns_exposure_into_a_shift() -> None:
    image = np.random.default_rng(1).uniform(0.2, 0.9, (8, 9, 3)).astype(np.float32)
    assert np.allclose(log_luma(image * 2) - log_luma(image), np.log(2), atol=4e-3)


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.3])
def test_texture_made_weaker_or_stronger(factor: float) -> None:
    found = transfer(noise(1), noise(1) * factor, EVERYWHERE, 10)
    assert np.allclose(found.kept, factor**2, rtol=1e-3)
    assert np.allclose(found.total, factor**2, rtol=1e-3)


def test_other_grain_of_equal_energy_is_not_the_same_texture() -> None:
    found = transfer(noise(1), noise(2), EVERYWHERE, 15)
    assert np.median(found.total) == pytest.approx(1, abs=0.15)
    assert np.median(found.kept) < 0.1


def test_grain_on_top_is_added() -> None:
    found = transfer(noise(1), noise(1) + noise(2), EVERYWHERE, 15)
    assert np.median(found.kept) == pytest.approx(1, abs=0.2)
    assert np.median(found.total - found.kept) == pytest.approx(1, abs=0.25)


def test_only_what_is_masked_is_seen() -> None:
    mask = np.zeros_like(EVERYWHERE)
    mask[:, :100] = True
    found = transfer(noise(1), np.where(mask, noise(1), 50 * noise(2)), mask, 10)
    assert np.allclose(found.total[mask], 1, rtol=1e-3)
    assert np.isnan(found.kept[~mask]).all()


def test_the_slope_of_a_curve_is_found_by_brightness_whatever_was_changed_in_places() -> None:
    level = np.asarray(np.tile(np.linspace(-2, 0, 220), (200, 1)), np.float32)
    curve = 1.2 - 0.4 * level  # steeper in the dark
    result = noise(4) * curve
    result[:20] = 0
    found = level_slope(noise(4), result, level, EVERYWHERE)
    assert np.median(np.abs(found / curve - 1)) < 0.03
    assert (level_slope(noise(4), result, level, np.zeros_like(EVERYWHERE)) == 1).all()


def test_local_correlation_tells_same_from_other() -> None:
    assert local_correlation(noise(1), noise(1) * 3, 8).min() > 0.99
    assert abs(float(np.median(local_correlation(noise(1), noise(2), 12)))) < 0.2
