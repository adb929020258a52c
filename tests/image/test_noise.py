from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.color import linear_from_srgb, luminance, srgb_from_linear
from likeness.image.noise import BINS, COLOUR, completed, noise_colour, noise_levels, with_noise


def grey(encoded: np.ndarray) -> np.ndarray:
    return linear_from_srgb(np.repeat(encoded[..., None], 3, 2).astype(np.float32))


@pytest.mark.parametrize("sigma", [0.004, 0.012, 0.03])
def test_the_noise_of_an_even_grey_is_what_was_put_there(sigma: float) -> None:
    random = np.random.default_rng(2)
    levels = noise_levels(grey(0.53 + sigma * random.standard_normal((320, 320))))
    assert levels[8] == pytest.approx(sigma, rel=0.15)


def test_gradients_and_edges_are_not_noise() -> None:
    y, x = np.mgrid[:400, :400] / 400
    scene = 0.3 + 0.3 * x + 0.1 * y + 0.2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.04)
    random = np.random.default_rng(3)
    levels = noise_levels(grey(scene + 0.008 * random.standard_normal(scene.shape)))
    assert np.nanmedian(levels) == pytest.approx(0.008, rel=0.25)


def test_only_the_masked_part_counts_and_few_blocks_say_nothing() -> None:
    random = np.random.default_rng(4)
    encoded = np.full((256, 256), 0.5)
    encoded[:, 128:] += 0.05 * random.standard_normal((256, 128))
    encoded[:, :128] += 0.005 * random.standard_normal((256, 128))
    where = np.zeros((256, 256), bool)
    where[:, :128] = True
    assert np.nanmean(noise_levels(grey(encoded), where)) == pytest.approx(0.005, rel=0.2)
    where[16:] = False
    assert np.isnan(noise_levels(grey(encoded), where)).all()
    assert np.isfinite(noise_levels(grey(encoded), where, least=True)).any()


@settings(max_examples=12, deadline=None)
@given(sigma=st.floats(0.003, 0.03), luma=st.floats(0.15, 0.85), seed=st.integers(0, 99))
def test_added_noise_measures_as_asked_at_any_brightness(sigma: float, luma: float, seed: int) -> None:
    flat = grey(np.full((264, 264), luma))
    noisy = with_noise(flat, np.full(BINS, sigma, np.float32), seed=seed)
    assert abs(np.log2(np.nanmean(noise_levels(noisy)) / sigma)) < 0.35
    assert srgb_from_linear(luminance(noisy)).std() == pytest.approx(sigma, rel=0.15)


def test_the_seed_decides_and_the_strength_follows_the_brightness() -> None:
    flat = grey(np.concatenate([np.full((128, 256), 0.2), np.full((128, 256), 0.8)]))
    levels = np.linspace(0.02, 0.002, BINS).astype(np.float32)
    first = with_noise(flat, levels, seed=1)
    assert np.array_equal(first, with_noise(flat, levels, seed=1))
    assert not np.array_equal(first, with_noise(flat, levels, seed=2))
    measured = noise_levels(first)
    assert np.nanmax(measured[:5]) > 3 * np.nanmin(measured[11:])


def test_bins_that_say_nothing_take_their_neighbours() -> None:
    levels = np.full(BINS, np.nan, np.float32)
    levels[4], levels[8] = 0.01, 0.02
    whole = completed(levels, least=0.002)
    assert whole[0] == pytest.approx(0.01)
    assert whole[6] == pytest.approx(0.015)
    assert whole[15] == pytest.approx(0.02)
    assert completed(np.full(BINS, np.nan, np.float32), least=0.002) == pytest.approx(np.full(BINS, 0.002))


@pytest.mark.parametrize("colour", [0.0, 0.06, 0.12, 0.5])
def test_grey_grain_is_told_from_coloured_noise(colour: float) -> None:
    """Coloured noise behind somebody whose photo has the grey grain of film was seen at once."""
    flat = grey(np.full((264, 264), 0.5))
    noisy = with_noise(flat, np.full(BINS, 0.012, np.float32), seed=3, colour=colour)
    assert noise_colour(noisy, np.ones((264, 264), bool)) == pytest.approx(min(colour, COLOUR), abs=0.025)
    assert noise_colour(noisy, np.zeros((264, 264), bool)) == COLOUR
