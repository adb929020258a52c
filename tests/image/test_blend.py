from __future__ import annotations

import numpy as np
import pytest

from likeness.image.blend import light_wrap, over


@pytest.fixture
def layers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    front, back = random.random((2, 80, 90, 3), np.float32)
    alpha = np.clip((np.arange(90, dtype=np.float32) - 30) / 30, 0, 1)
    return front, np.broadcast_to(alpha, (80, 90)).copy(), back


def test_over_is_exactly_the_front_where_alpha_is_one_and_the_back_where_it_is_zero(layers: tuple[np.ndarray, ...]) -> None:
    front, alpha, back = layers
    result = over(front, alpha, back)
    assert np.array_equal(result[alpha == 1], front[alpha == 1])
    assert np.array_equal(result[alpha == 0], back[alpha == 0])
    share = alpha[..., None]
    assert np.abs(result - (share * front + (1 - share) * back)).max() < 1e-6


def test_light_wraps_around_the_edge_only_and_never_darkens(layers: tuple[np.ndarray, ...]) -> None:
    _, alpha, _ = layers
    dark, bright = np.full((80, 90, 3), 0.1, np.float32), np.full((80, 90, 3), 0.8, np.float32)
    wrapped = light_wrap(dark, alpha, bright, strength=0.15, width=4)
    added = (wrapped - dark)[40, :, 0]
    assert added.min() >= 0
    assert added[30:62].max() > 0.01
    assert added[:28].max() < 1e-4
    assert added[80:].max() < 1e-4
    assert np.array_equal(light_wrap(bright, alpha, dark, strength=0.15, width=4), bright)
    assert light_wrap(dark, alpha, bright, strength=0, width=4) is dark
