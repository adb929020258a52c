from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.image.filters import gaussian
from likeness.image.photometric import PATCH, blur_by_patch, contrast_and_structure, patch_centres


def texture(seed: int = 1, size: int = 96) -> np.ndarray:
    noise = gaussian(np.random.default_rng(seed).random((size, size), np.float32), 1.0)
    return np.clip((noise - noise.mean()) * 3 + 0.5, 0, 1).astype(np.float32)


def test_a_picture_is_like_itself_and_as_sharp() -> None:
    picture = texture()
    assert contrast_and_structure(picture, picture, 4.0) == pytest.approx(1.0, abs=1e-4)
    assert blur_by_patch(picture, picture) == pytest.approx(0.0, abs=1e-5)


def test_brightness_alone_does_not_count() -> None:
    picture = texture()
    assert contrast_and_structure(picture, picture + np.float32(0.2), 4.0).min() > 0.99


def test_other_texture_of_the_same_strength_has_other_structure() -> None:
    assert contrast_and_structure(texture(1), texture(2), 4.0).mean() < 0.5


@given(st.floats(0.5, 2.0), st.floats(0.3, 1.0))
def test_more_blur_is_more(sigma: float, more: float) -> None:
    picture = texture()
    once, twice = (blur_by_patch(picture, gaussian(picture, s)).mean() for s in (sigma, sigma + more))
    assert 0 < once < twice


def test_sharpening_is_below_nothing() -> None:
    picture = texture()
    assert blur_by_patch(picture, picture + (picture - gaussian(picture, 1.5))).mean() < 0


def test_a_centre_for_each_patch() -> None:
    rows, columns = patch_centres((70, 50))
    assert blur_by_patch(texture(size=70)[:50], texture(size=70)[:50]).shape == (len(rows), len(columns))
    assert rows[-1] + PATCH // 2 <= 50
    assert columns[-1] + PATCH // 2 <= 70
