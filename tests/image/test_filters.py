from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.filters import across, continued, disc, disc_blur, dot, fill, gaussian, grown, length, low_pass, median


def noise(height: int, width: int, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 3), np.float32)


@given(st.floats(0.3, 30))
def test_a_disc_weighs_one_and_is_as_large_as_it_says(radius: float) -> None:
    kernel = disc(radius)
    assert kernel.sum() == pytest.approx(1, abs=1e-4)
    if radius > 3:
        y, x = np.mgrid[: kernel.shape[0], : kernel.shape[1]] - (np.array(kernel.shape)[:, None, None] - 1) / 2
        assert ((x * x + y * y) * kernel).sum() == pytest.approx(radius**2 / 2, rel=0.1)  # as of a disc of that radius


@pytest.mark.parametrize("radius", [5.0, 16.0, 40.0])
def test_a_large_disc_taken_on_a_smaller_picture_is_that_disc(radius: float) -> None:
    picture = gaussian(noise(220, 260), 1.0)
    direct = scipy.ndimage.convolve(picture[..., 1], disc(radius), mode="mirror")
    assert np.abs(disc_blur(picture, radius)[..., 1] - direct).max() < 0.02


@pytest.mark.parametrize("sigma", [1.0, 6.0, 25.0])
def test_a_large_gaussian_taken_on_a_smaller_picture_is_that_gaussian(sigma: float) -> None:
    plane = noise(160, 240)[..., 0]
    true = scipy.ndimage.gaussian_filter(plane, sigma, mode="mirror")
    assert np.abs(gaussian(plane, sigma) - true).max() < 0.015


def test_no_blur_returns_the_picture_itself() -> None:
    picture = noise(9, 9)
    assert gaussian(picture, 0) is picture
    assert disc_blur(picture, 0.1) is picture


def test_fill_keeps_what_is_seen_and_continues_it_smoothly() -> None:
    y, x = np.mgrid[:120, :160].astype(np.float32) / 160
    ramp = np.stack([x, y, 1 - x], 2)
    seen = np.ones((120, 160), np.float32)
    seen[40:90, 50:110] = 0
    filled = fill(np.where(seen[..., None] > 0, ramp, 9), seen)
    assert np.array_equal(filled[seen > 0], ramp[seen > 0])
    assert np.abs(filled - ramp)[seen == 0].max() < 0.2
    assert filled.max() < 1.01, "the hidden colour came through"


def test_a_dark_curtain_beside_the_hole_goes_on_in_it_and_the_bright_room_beyond_does_not() -> None:
    """A filling that soon takes the mean of all made a lit ghost behind the hair."""
    image = np.full((128, 128, 3), 0.7, np.float32)
    image[:, 24:64] = 0.03
    seen = np.ones((128, 128), np.float32)
    seen[20:108, 44:108] = 0
    filled = continued(image, seen)
    assert filled[64, 44:54].max() < 0.1 < fill(image, seen)[64, 44:54].max()
    assert filled[64, 100:108].min() > 0.6
    assert continued(np.full_like(image, 0.4), seen) == pytest.approx(np.full_like(image, 0.4), abs=1e-5)


@given(st.integers(3, 40), st.integers(3, 40), st.integers(0, 99))
def test_what_is_continued_lies_within_what_is_seen(height: int, width: int, seed: int) -> None:
    image = noise(height, width, seed=seed)
    seen = (np.random.default_rng(seed + 1).random((height, width)) > 0.8).astype(np.float32)
    seen[height // 2, width // 2] = 1
    filled = continued(image, seen)
    assert filled.min() >= image[seen > 0].min() - 1e-4
    assert filled.max() <= image[seen > 0].max() + 1e-4


def test_grown_moves_an_edge_by_the_radius_and_back() -> None:
    mask = np.zeros((60, 60), bool)
    mask[20:40, 20:40] = True
    assert grown(mask, 5)[30].sum() == 30
    assert grown(mask, -5)[30].sum() == 10
    assert grown(mask, 0) is mask


@settings(max_examples=20, deadline=None)
@given(st.integers(9, 21), st.floats(-1.5, 1.5))
def test_a_median_forgets_what_is_narrow_and_keeps_an_edge(width: int, contrast: float) -> None:
    step = np.zeros((64, 64), np.float32)
    step[:, 40:] = 0.5
    y, x = np.mgrid[:64, :64]
    marked = np.where(np.hypot(x - 16, y - 32) < 0.3 * width, contrast, step).astype(np.float32)
    assert np.abs(median(marked, width) - median(step, width)).max() < 0.02
    assert np.abs(median(step, width) - step).max() < 0.02


@pytest.mark.parametrize("channels", [2, 3, 12])
def test_a_plane_counts_alike_in_each_channel(channels: int) -> None:
    image = np.repeat(noise(30, 40)[..., :1], channels, axis=2)
    weight = noise(30, 40, seed=1)[..., 0]
    assert np.array_equal(image * across(weight, image), image * weight[..., None])
    assert np.allclose(low_pass(image, weight, 3)[..., -1], low_pass(image[..., 0], weight, 3), atol=1e-6)


def test_products_and_lengths_of_vectors_are_theirs() -> None:
    a, b = noise(30, 40), noise(30, 40, seed=1)
    assert np.allclose(dot(a, b), (a * b).sum(2))
    assert np.allclose(length(a), np.linalg.norm(a, axis=2))


def test_nothing_is_filled_where_all_is_known() -> None:
    image = noise(30, 40)
    assert np.array_equal(fill(image, np.ones((30, 40), np.float32)), image)
