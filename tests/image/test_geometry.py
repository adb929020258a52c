"""Boxes, maps and resampling, against what they must give exactly."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

from likeness.image.geometry import (
    IDENTITY,
    Box,
    area_weights,
    compose,
    crop_and_scale,
    invert,
    resize,
    scale_of,
    similarity,
    transform,
    warp,
)

ANGLES = st.floats(-np.pi, np.pi)
SCALES = st.floats(0.05, 20)
SHIFTS = st.floats(-500, 500)


def similar(angle: float, scale: float, x: float, y: float) -> np.ndarray:
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


def ramp(width: int, height: int) -> np.ndarray:
    """A picture whose red is x, green is y and blue a constant."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.dstack([x, y, np.full_like(x, 7)]).astype(np.float32)


@settings(deadline=None)
@given(ANGLES, SCALES, SHIFTS, SHIFTS)
def test_similarity_recovers_the_map_that_moved_the_points(angle: float, scale: float, x: float, y: float) -> None:
    points = np.random.default_rng(5).uniform(0, 100, (12, 2)).astype(np.float32)
    true = similar(angle, scale, x, y)
    found = similarity(points, points.astype(np.float64) @ true[:, :2].T + true[:, 2])  # type: ignore[arg-type]
    assert np.allclose(found, true, atol=1e-4 * max(1, scale))
    assert scale_of(found) == pytest.approx(scale, rel=1e-5)


def test_similarity_is_least_squares_under_noise() -> None:
    rng = np.random.default_rng(6)
    points = rng.uniform(0, 200, (400, 2)).astype(np.float32)
    true = similar(0.3, 1.7, 20, -8)
    moved = (points @ true[:, :2].T + true[:, 2] + rng.normal(0, 1, points.shape)).astype(np.float32)
    found = similarity(points, moved)

    def error(affine: np.ndarray) -> float:
        return float(((transform(points, affine) - moved) ** 2).sum())

    nudges = [similar(a, s, x, y) for a, s, x, y in ((1e-3, 1, 0, 0), (0, 1.001, 0, 0), (0, 1, 0.1, 0), (0, 1, 0, 0.1))]
    assert all(error(compose(nudge, found)) > error(found) for nudge in nudges)


@settings(deadline=None)
@given(ANGLES, SCALES, SHIFTS, SHIFTS)
def test_invert_and_compose_agree(angle: float, scale: float, x: float, y: float) -> None:
    affine = similar(angle, scale, x, y)
    assert np.allclose(compose(invert(affine), affine), IDENTITY, atol=1e-6 * max(1, 1 / scale) * 500)
    points = np.array([[3, 4, 5], [-20, 7, 1]], np.float32)
    both = transform(transform(points, affine), similar(1, 2, 3, 4))
    assert np.allclose(both, transform(points, compose(similar(1, 2, 3, 4), affine)), rtol=1e-4, atol=1e-2)
    assert transform(points, affine)[0, 2] == pytest.approx(5 * scale, rel=1e-4)


@settings(deadline=None)
@given(st.integers(-50, 150), st.integers(-50, 150), st.integers(0, 200), st.integers(0, 200))
def test_a_clipped_box_lies_inside(left: int, top: int, width: int, height: int) -> None:
    box = Box(left, top, left + width, top + height).clipped(100, 80)
    assert 0 <= box.left <= box.right <= 100
    assert 0 <= box.top <= box.bottom <= 80
    assert box.of(ramp(100, 80)).shape[:2] == (box.height, box.width)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.31, 2.0])
def test_crop_and_scale_says_where_its_pixels_come_from(scale: float) -> None:
    box = Box(13, 5, 113, 85)
    back, size = crop_and_scale(box, scale)
    small = resize(box.of(ramp(200, 100)), size)
    assert small.shape[:2] == size[::-1]
    x, y = np.meshgrid(np.arange(3, size[0] - 3), np.arange(3, size[1] - 3))
    where = transform(np.stack([x.ravel(), y.ravel()], 1).astype(np.float32), back).reshape(*x.shape, 2)
    inner = small[3:-3, 3:-3, :2]
    assert np.abs(inner - where).max() < 0.05  # OpenCV's cubic and its area weights are off by that
    corners = transform(np.array([[-0.5, -0.5], [size[0] - 0.5, size[1] - 0.5]], np.float32), back)
    assert np.allclose(corners, [[12.5, 4.5], [112.5, 84.5]], atol=1e-4)


def test_resizing_keeps_the_mean() -> None:
    image = np.random.default_rng(7).random((120, 90, 3), np.float32)
    assert np.allclose(resize(image, (37, 41)).mean((0, 1)), image.mean((0, 1)), atol=2e-3)
    assert resize(image, (90, 120)) is image


@pytest.mark.parametrize("shift", [(0, 0), (5, -3), (0.5, 0.5)])
def test_a_shifted_ramp_is_exact(shift: tuple[float, float]) -> None:
    image = ramp(80, 60)
    moved = warp(image, similar(0, 1, *shift), (80, 60))[8:-8, 8:-8]
    assert np.allclose(moved[..., 0], image[8:-8, 8:-8, 0] + shift[0], atol=1e-4)
    assert np.allclose(moved[..., 1], image[8:-8, 8:-8, 1] + shift[1], atol=1e-4)
    assert np.allclose(moved[..., 2], 7, atol=1e-5)


@pytest.mark.parametrize("angle", [0.0, 0.05, 1.2, -2.5])
@pytest.mark.parametrize("scale", [1.0, 0.4, 1.4, 3.1])
def test_a_warped_ramp_shows_where_each_pixel_came_from(angle: float, scale: float) -> None:
    """Within 0.07 px of the origin, times its scale: OpenCV rounds places to 1/32 px, and its cubic is not quite linear."""
    size, image = (30, 20), ramp(240, 240)
    from_target = similar(angle, scale, 120.3, 118.7)
    seen = warp(image, from_target, size)
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    where = transform(np.stack([x.ravel(), y.ravel()], 1).astype(np.float32), from_target).reshape(*x.shape, 2)
    assert np.abs(seen[..., :2] - where).max() < 0.07 * max(1, scale)
    assert np.allclose(seen[..., 2], 7, atol=1e-4)


def test_outside_the_picture_is_nothing() -> None:
    seen = warp(np.ones((10, 10, 3), np.float32), similar(0, 1, -20, 0), (40, 10))
    assert np.allclose(seen[:, :17], 0)
    assert np.allclose(seen[:, 23:27], 1)
    assert np.allclose(seen[:, 33:], 0)


def test_shrinking_does_not_alias() -> None:
    stripes = np.tile(np.array([0, 1], np.float32), (400, 200))[..., None].repeat(3, 2)
    seen = warp(stripes, similar(0.1, 6.3, 100, 60), (30, 30))
    assert np.abs(seen[3:-3, 3:-3] - 0.5).max() < 0.05


@settings(deadline=None)
@given(st.integers(2, 400), st.data())
def test_lines_averaged_one_by_one_are_those_of_the_whole(height: int, data: st.DataObject) -> None:
    small = data.draw(st.integers(1, height - 1))
    picture = np.random.default_rng(height).random((height, 4, 3)).astype(np.float32)
    parts = [area_weights(range(line, line + 1), height / small, height) for line in range(small)]
    found = np.concatenate([np.tensordot(weights, picture[rows], 1) for rows, weights in parts])
    assert np.allclose(found, resize(picture, (4, small)), atol=1e-5)


@settings(deadline=None)
@given(ANGLES, st.floats(1.5, 6), st.floats(-100, 300), st.floats(-100, 300))
def test_shrinking_what_a_warp_sees_is_shrinking_the_whole(angle: float, scale: float, x: float, y: float) -> None:
    picture, to_picture = np.random.default_rng(8).random((200, 190, 3)).astype(np.float32), similar(angle, scale, x, y)
    step = round(scale_of(to_picture))
    assume(step > 1)
    whole = Box(0, 0, 190 // step * step, 200 // step * step)
    back, small = crop_and_scale(whole, 1 / step)
    expected = warp(resize(whole.of(picture), small), compose(invert(back), to_picture), (30, 20))
    assert np.allclose(warp(picture, to_picture, (30, 20)), expected, atol=1e-4)
