from __future__ import annotations

import numpy as np
import pytest

from likeness.image.backdrop import Surface, drawn
from likeness.image.color import luminance
from likeness.image.geometry import resize

PAINTED = Surface((0.24, 0.25, 0.26), pool=0.8, mottle=0.1, tilt=0.1)


def at(ipd: float) -> np.ndarray:
    return np.array([[1 / ipd, 0, -4.5], [0, 1 / ipd, -3.5]])


def test_the_same_backdrop_comes_at_any_resolution() -> None:
    small, large = drawn(PAINTED, (180, 180), at(20.0), seed=3), drawn(PAINTED, (720, 720), at(80.0), seed=3)
    assert np.abs(resize(large, (180, 180)) / small - 1).max() < 0.02


def test_light_falls_off_from_the_pool_and_to_the_side_away_from_the_key() -> None:
    plain = Surface((0.2, 0.2, 0.2), pool=0.8)
    y = luminance(drawn(plain, (181, 181), at(20.0)))
    assert y[92, 90] == pytest.approx(0.2, rel=0.02)
    assert y[92, 90] > 1.2 * y[0, 0]
    lit = luminance(drawn(Surface((0.2, 0.2, 0.2)), (181, 181), at(20.0), side=0.5))
    assert lit[90, 170] > 1.3 * lit[90, 10]


def test_paint_is_uneven_by_what_it_says_and_by_its_seed() -> None:
    flat = Surface((0.2, 0.2, 0.2), mottle=0.1)
    first, second = (np.log2(luminance(drawn(flat, (300, 300), at(20.0), seed=seed)) / 0.2) for seed in (1, 2))
    assert 0.03 < first.std() < 0.2
    assert np.abs(first - second).max() > 0.05
    assert np.abs(np.diff(first, axis=1)).max() < 0.02, "it is no texture"
