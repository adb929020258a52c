from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.edges import Band, cut_short, old_share, rims, signed_distance, weighted_quantile

SIZE, UNIT = 160, 50.0
OLD, NEW, FRONT = (np.array(c, np.float32) for c in ([0.1, 0.5, 0.2], [0.5, 0.4, 0.3], [0.05, 0.04, 0.04]))


def band(make: object = None, noise: float = 0.0) -> Band:
    """A disc with a soft edge of 0.1 units before a plain background; ``make(alpha)`` gives the picture, else a proper composite."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    away = (np.hypot(x - SIZE / 2, y - SIZE / 2) - 50) / UNIT
    alpha = np.clip(0.5 - away / 0.1, 0, 1).astype(np.float32)
    planes = [np.broadcast_to(c, (SIZE, SIZE, 3)).astype(np.float32) for c in (FRONT, OLD, NEW)]
    a = alpha[..., None]
    seen = a * planes[0] + (1 - a) * planes[2] if make is None else make(a, *planes)  # type: ignore[operator]
    seen = seen + noise * np.random.default_rng(0).standard_normal(seen.shape)
    return Band.of(np.abs(away) < 0.15, alpha, *planes, seen.astype(np.float32), UNIT)


def leaking(share: float) -> Band:
    return band(lambda a, f, old, new: a * f + (1 - a) * (new + share * (old - new)))


def part(edge: Band) -> Band:
    return edge.part((edge.alpha > 0.3) & (edge.alpha < 0.97))


@given(st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_the_share_of_the_old_background_is_found(share: float) -> None:
    found = old_share(part(leaking(share)), 0.12)
    assert weighted_quantile(found.share, found.information, 0.5) == pytest.approx(share, abs=0.06)


@given(st.floats(-0.2, 0.2))
@settings(max_examples=15, deadline=None)
def test_an_error_of_alpha_is_no_leak(error: float) -> None:
    made = band(lambda a, f, old, new: new + np.clip(a + error * 4 * a * (1 - a), 0, 1) * (f - new))
    found = old_share(part(made), 0.12)
    assert abs(weighted_quantile(found.share, found.information, 0.5)) < 0.1


def test_a_mix_in_srgb_fits_as_encoded() -> None:
    proper = band()
    encoded = Band(**{**vars(proper), "seen": proper.mixed(True)})
    ways = [old_share(part(encoded), 0.12, encoded=way) for way in (False, True)]
    assert ways[1].misfit < ways[0].misfit
    assert weighted_quantile(ways[1].share, ways[1].information, 0.5) == pytest.approx(0, abs=1e-3)


def test_lights_behind_hair_that_nobody_foresees_harden_no_edge() -> None:
    """Where the background was foreseen wrongly a soft edge seems hard; the rest of the edge tells."""
    proper = band()
    soft = cut_short(part(proper), 0.12)
    light = np.hypot(proper.rows - SIZE / 2, proper.columns - SIZE / 2 - 50) < 55
    seen = np.where(light[:, None], proper.alpha[:, None] * proper.front + (1 - proper.alpha[:, None]) * 0.03, proper.seen)
    new = np.where(light[:, None], np.float32(0.8), proper.new)
    known, doubted = (
        Band(**{**vars(proper), "seen": seen, "new": new, "doubt": np.where(light, np.float32(doubt), 0)}) for doubt in (0, 0.3)
    )
    values = [weighted_quantile(*found, 0.65) for found in (soft, cut_short(part(doubted), 0.12), cut_short(part(known), 0.12))]
    assert values[1] == pytest.approx(values[0], abs=0.03)
    assert values[2] > values[1] + 0.1


def test_scissors_leave_nothing_soft() -> None:
    paper = band(lambda a, f, old, new: np.where(a > 0.5, f, new))
    soft, hard = (weighted_quantile(*cut_short(part(edge), 0.12), 0.5) for edge in (band(), paper))
    assert soft == pytest.approx(0, abs=0.02)
    assert hard > 0.8


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rim_is_found_with_its_side(sign: int) -> None:
    made = band(lambda a, f, old, new: np.clip(a * f + (1 - a) * new + sign * 1.5 * a * (1 - a), 0, 1), noise=0.002)
    found = rims(made, 0.15, made.mixed(False))
    assert found is not None
    assert sign * weighted_quantile(found.overshoot, found.length, 0.5) > 0.02


def test_a_proper_composite_has_no_rim() -> None:
    made = band(noise=0.002)
    found = rims(made, 0.15, made.mixed(False))
    assert found is not None
    assert np.abs(found.overshoot).max() < 0.02


def test_what_the_proper_composite_has_too_is_no_rim() -> None:
    made = band(lambda a, f, old, new: a * f + (1 - a) * new + 1.5 * a * (1 - a))
    found = rims(made, 0.15, made.seen)
    blind = rims(made, 0.15, None)
    assert found is not None
    assert blind is not None
    assert np.abs(found.overshoot).max() == 0
    assert np.median(blind.overshoot) > 0.05


def test_too_short_an_edge_tells_nothing() -> None:
    made = band()
    assert rims(made.part(made.rows < made.rows.min() + 4), 0.15, None) is None


def test_distance_is_negative_inside_and_in_units() -> None:
    alpha = np.zeros((9, 40), np.float32)
    alpha[:, :20] = 1
    distance = signed_distance(alpha, 10.0)
    assert distance[4, 0] == pytest.approx(-1.95, abs=0.05)
    assert distance[4, 39] == pytest.approx(1.95, abs=0.05)
