"""What the mesh tells of a face's shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.comparison.shape import INNER, LEFT, MIDLINE, PARTNER, RIGHT, asymmetry, at_points, fitted, movement
from likeness.image.flow import settled, structure
from likeness.portrait import Portrait


def test_every_point_has_its_partner(hopper_portrait: Portrait) -> None:
    assert len(RIGHT) == len(LEFT) == 220
    assert np.array_equal(PARTNER[PARTNER], np.arange(468))
    assert (PARTNER[list(MIDLINE)] == MIDLINE).all()
    points = hopper_portrait.landmarks
    middle = points[168, 0]
    aside = np.abs(points[list(LEFT), 0] - middle) > 0.1 * hopper_portrait.ipd
    assert (points[list(LEFT), 0] > middle)[aside].all()


def spun(points: np.ndarray, yaw: float, pitch: float) -> np.ndarray:
    c, s, k, t = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    turn = np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) @ np.array([[1, 0, 0], [0, k, t], [0, -t, k]])
    return np.asarray((points - points.mean(0)) @ turn, np.float32)


@settings(max_examples=15, deadline=None)
@given(yaw=st.floats(-0.5, 0.5), pitch=st.floats(-0.3, 0.3), scale=st.floats(0.5, 2))
def test_a_symmetric_face_is_symmetric_however_it_is_held(
    hopper_portrait: Portrait, yaw: float, pitch: float, scale: float
) -> None:
    points = hopper_portrait.landmarks.astype(np.float64)
    even = points[:468].copy()
    even[:, 0] = (points[:468, 0] - points[PARTNER, 0]) / 2
    even[:, 1:] = (points[:468, 1:] + points[PARTNER, 1:]) / 2
    assert np.abs(asymmetry(spun(even, yaw, pitch) * np.float32(scale))[INNER]).max() < 1e-3 * hopper_portrait.ipd


def test_half_the_asymmetry_taken_away_leaves_none(hopper_portrait: Portrait) -> None:
    points = hopper_portrait.landmarks[:468]
    crooked = asymmetry(points)
    assert np.sqrt(np.square(crooked[INNER, :2]).sum(1).mean()) > 0.005 * hopper_portrait.ipd
    left = asymmetry((points - crooked / 2).astype(np.float32))
    assert np.square(left[INNER]).sum() < 0.02 * np.square(crooked[INNER]).sum()


@settings(max_examples=15, deadline=None)
@given(yaw=st.floats(-0.3, 0.3), pitch=st.floats(-0.2, 0.2), nearer=st.floats(-0.15, 0.15))
def test_pose_and_distance_of_the_camera_are_no_difference(
    hopper_portrait: Portrait, yaw: float, pitch: float, nearer: float
) -> None:
    onto, ipd = hopper_portrait.landmarks, hopper_portrait.ipd
    points = onto.copy()
    depth = (onto[:, 2] - onto[:, 2].mean()) / ipd
    points[:, :2] = onto[168, :2] + (onto[:, :2] - onto[168, :2]) * (1 + nearer * depth[:, None])
    apart = fitted(spun(points, yaw, pitch), onto, ipd) - onto[:468]
    assert np.median(np.linalg.norm(apart[:, :2], axis=1)) < 0.015 * ipd


def test_flow_on_bare_ground_goes_with_what_is_around_it() -> None:
    flow = np.zeros((60, 60, 2), np.float32)
    flow[..., 0] = 2
    flow[25:35, 25:35] = 40
    certainty = np.ones((60, 60), np.float32)
    certainty[25:35, 25:35] = 0
    by, sure = settled(flow, certainty, 4)
    assert by[30, 30, 0] == pytest.approx(2, abs=0.3)
    assert sure[30, 30] < 0.5 < sure[10, 10]


def test_structure_is_the_slope() -> None:
    ramp = np.tile(np.arange(0, 180, 3, dtype=np.uint8), (60, 1))
    assert structure(ramp, 3)[30, 30] == pytest.approx(3, abs=0.1)
    assert structure(np.full((60, 60), 7, np.uint8), 3).max() == 0


def test_points_are_read_between_pixels() -> None:
    plane = np.tile(np.arange(10, dtype=np.float32), (10, 1))
    assert at_points(plane, np.array([[2.5, 4.0], [-3.0, 4.0]], np.float32)) == pytest.approx([2.5, 0], abs=0.04)


def test_the_face_is_followed_and_its_surroundings_are_not(hopper_portrait: Portrait) -> None:
    movement = Pair(hopper_portrait, hopper_portrait).movement
    assert movement.known.mean() > 0.2
    assert not movement.known[:5].any()
    assert np.nanmax(movement.length) < 0.05
    assert np.isnan(movement.length[~movement.known]).all()


def test_a_flow_that_arrives_at_another_pattern_is_not_believed(hopper_portrait: Portrait) -> None:
    source, result = Pair(hopper_portrait, hopper_portrait).faces
    nose = source.region("nose", 0.1) > 0.5
    flow = np.zeros((*nose.shape, 2), np.float32)
    flow[nose] = 3.0
    there = movement(source, result, flow, np.zeros(nose.shape, np.float32)).length[nose]
    assert np.isnan(there).any()
    assert np.nanquantile(there, 0.9) < 0.2 * 3 * 100 / source.ipd


def test_a_new_background_does_not_move_the_outline(hopper_portrait: Portrait) -> None:
    person = hopper_portrait.alpha[..., None]
    white = np.asarray(hopper_portrait.pixels * person + (1 - person), np.float32)
    pair = Pair(hopper_portrait, hopper_portrait.with_pixels(white))
    jaw = (pair.faces[0].region("jaw", 0.04) > 0.5) & pair.movement.known
    assert np.quantile(pair.movement.length[jaw], 0.9) < 0.03
