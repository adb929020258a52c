from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Plane
from likeness.image.flow import (
    contrast_normalised,
    dense_flow,
    flow_of,
    positions,
    round_trip_error,
    trimmed_affine,
    trimmed_similarity,
)
from likeness.image.geometry import IDENTITY, transform


def texture(seed: int = 3) -> Plane:
    noise = np.random.default_rng(seed).normal(size=(240, 260)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 3) * 4 + 0.5, np.float32)


@settings(max_examples=15, deadline=None)
@given(gain=st.floats(0.5, 2.0), offset=st.floats(-0.5, 0.5))
def test_contrast_and_brightness_cancel(gain: float, offset: float) -> None:
    plane = texture()
    before, after = (contrast_normalised(p, 20, floor=0.0).astype(int) for p in (plane, plane * gain + offset))
    assert np.abs(before - after).max() <= 1


def test_flow_finds_nine_tenths_of_a_bump() -> None:
    plane = texture()
    y, x = np.mgrid[:240, :260].astype(np.float32)
    bump = np.exp(-((x - 130) ** 2 + (y - 120) ** 2) / (2 * 30**2)).astype(np.float32)
    moved = cv2.remap(plane, x - 3 * bump, y + bump, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    flow = dense_flow(contrast_normalised(plane, 20), contrast_normalised(moved, 20))
    assert np.median(flow[115:126, 125:136, 0]) == pytest.approx(2.85, abs=0.3)
    assert np.median(flow[115:126, 125:136, 1]) == pytest.approx(-1, abs=0.15)
    assert np.abs(flow[20:60, 20:60]).mean() < 0.1


def test_round_trip_error_is_small_where_flow_is_right_and_large_where_the_picture_changed() -> None:
    first, second = texture(), np.roll(texture(), 4, axis=1)
    second[60:140, 60:140] = texture(seed=9)[60:140, 60:140]
    a, b = (contrast_normalised(p, 20) for p in (first, second))
    error = round_trip_error(dense_flow(a, b), dense_flow(b, a))
    assert np.median(error[180:220, 30:230]) < 0.2
    assert np.median(error[80:120, 80:120]) > 1


def test_trimmed_similarity_leaves_out_what_was_reshaped() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 200, (400, 2)).astype(np.float32)
    truth = np.array([[1.02, -0.03, 4.0], [0.03, 1.02, -7.0]])
    moved = transform(points, truth)
    moved[points[:, 0] < 60] += (9, 2)  # some 30 %
    assert np.abs(trimmed_similarity(points, moved) - truth).max() < 1e-3


def test_trimmed_affine_finds_a_stretch_that_no_similarity_fits() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 200, (400, 2)).astype(np.float32)
    truth = np.array([[1.06, -0.03, 4.0], [0.01, 0.98, -7.0]])
    moved = transform(points, truth)
    moved[::4] += (9, 2)
    assert np.abs(trimmed_affine(points, moved) - truth).max() < 1e-3
    assert np.abs(transform(points, trimmed_similarity(points, moved)) - moved).max() > 3


def test_too_few_points_make_no_map() -> None:
    points = np.zeros((3, 2), np.float32)
    assert np.array_equal(trimmed_similarity(points, points), IDENTITY)
    assert np.array_equal(trimmed_affine(points, points), IDENTITY)


def test_positions_and_flow_of_an_affine() -> None:
    shift = np.array([[1, 0, 2.5], [0, 1, -1.0]])
    assert positions(shift, (5, 4))[3, 4].tolist() == [6.5, 2.0]
    assert np.allclose(flow_of(shift, (5, 4)), (2.5, -1.0))
