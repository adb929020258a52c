from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.carried import carried
from likeness.image.color import linear_from_srgb, srgb_from_linear
from likeness.image.edges import Band, weighted_quantile

SIZE, UNIT, WINDOW = 160, 50.0, 0.12
GREY_WALL, WHITE, HAIR = (np.full(3, c, np.float32) for c in (0.2, 0.85, 0.01))
GREEN, SAND = (np.array(c, np.float32) for c in ([0.1, 0.4, 0.15], [0.5, 0.4, 0.28]))


def value(make: Any, front: Any = HAIR, old: Any = GREEN, new: Any = SAND) -> float:
    """Over a disc with a soft edge: ``make(alpha, source, front, new)`` gives the picture, with a camera's noise."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    away = (np.hypot(x - SIZE / 2, y - SIZE / 2) - 50) / UNIT
    alpha = np.clip(0.5 - away / 0.1, 0, 1).astype(np.float32)
    planes = [np.broadcast_to(c, (SIZE, SIZE, 3)).astype(np.float32) for c in (front, old, new)]
    a = alpha[..., None]
    seen = make(a, a * planes[0] + (1 - a) * planes[1], planes[0], planes[2])
    noise = 0.005 * np.random.default_rng(0).standard_normal(seen.shape)
    seen = linear_from_srgb(np.asarray(srgb_from_linear(np.clip(seen, 0, 1)) + noise, np.float32))
    found, weight = carried(Band.of((alpha > 0.1) & (alpha < 0.97), alpha, *planes, seen, UNIT), WINDOW)
    return weighted_quantile(found, weight, 0.5)


def over(front: Any, alpha: Any, new: Any) -> np.ndarray:
    return np.asarray(alpha * front + (1 - alpha) * new, np.float32)


def clean(a: Any, _: Any, front: Any, new: Any) -> np.ndarray:
    return over(front, a, new)


def cut_out(a: Any, source: Any, _: Any, new: Any) -> np.ndarray:
    return over(source, a, new)


def scissors(a: Any, source: Any, _: Any, new: Any) -> np.ndarray:
    return over(source, (a > 0.5).astype(np.float32), new)


@pytest.mark.parametrize("make", [cut_out, scissors])
def test_what_carries_the_old_background_is_explained_by_it(make: Any) -> None:
    assert value(make) > 0.3


def test_a_clean_edge_is_not() -> None:
    assert value(clean) < -0.3


@given(st.floats(-0.07, 0.07))
@settings(max_examples=10, deadline=None)
def test_a_clean_edge_by_another_alpha_is_not(error: float) -> None:
    assert value(lambda a, _, f, new: over(f, np.clip(a + error * 4 * a * (1 - a), 0, 1), new)) < -0.1


def test_a_clean_edge_mixed_in_srgb_is_not() -> None:
    def mixed(a: Any, _: Any, front: Any, new: Any) -> np.ndarray:
        return linear_from_srgb(over(srgb_from_linear(front), a, srgb_from_linear(new)))

    assert value(mixed, new=WHITE) < -0.1


def test_greys_on_one_line_are_told_apart_when_cut_with_scissors() -> None:
    """Dark hair, a grey wall, then a white one: no colour gives it away, the alpha that it would take does."""
    greys = {"front": HAIR, "old": GREY_WALL, "new": WHITE}
    assert value(scissors, **greys) > value(clean, **greys) + 0.3


def test_backgrounds_alike_weigh_nothing() -> None:
    planes = [np.broadcast_to(c, (9, 9, 3)).astype(np.float32) for c in (HAIR, SAND, SAND)]
    alpha = np.full((9, 9), 0.5, np.float32)
    found, weight = carried(Band.of(alpha > 0, alpha, *planes, over(planes[0], 0.5, planes[2]), UNIT), WINDOW)
    assert weight.max() == 0
    assert np.abs(found).max() < 0.01


def test_hair_coloured_like_the_old_background_tells_less() -> None:
    """There another alpha explains all that the old background does."""
    x = np.broadcast_to(np.arange(SIZE, dtype=np.float32), (SIZE, SIZE))
    alpha = np.clip((x - 40) / 40, 0, 1).astype(np.float32)
    front, old, new = (np.broadcast_to(c, (SIZE, SIZE, 3)).astype(np.float32) for c in (HAIR, HAIR + 0.01, SAND))
    upper = np.arange(SIZE)[:, None, None] < SIZE / 2
    old = np.where(upper, old, GREEN).astype(np.float32)
    band = Band.of((alpha > 0.1) & (alpha < 0.97), alpha, front, old, new, over(front, alpha[..., None], new), UNIT)
    _, weight = carried(band, WINDOW)
    alike = band.rows < SIZE / 2
    assert weight[alike].mean() < 0.3 * weight[~alike].mean()
