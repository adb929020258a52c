from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from likeness.image.harmonics import Light, angle_between, direction, fit_light, harmonics, mirrored, shading
from likeness.image.harmonics import Normals as Facing

lights = st.lists(st.floats(-1, 1), min_size=9, max_size=9).map(np.array)


def towards(across: float, up: float) -> NDArray[np.float64]:
    """A unit vector ``across`` degrees to the picture's right and ``up`` degrees above the camera."""
    a, u = np.radians(across), np.radians(up)
    return np.array([np.sin(a) * np.cos(u), np.sin(u), np.cos(a) * np.cos(u)])


def face(seed: int = 0) -> Facing:
    """Normals as a face shows them: an ellipsoid seen from the front, with some bumps."""
    rng = np.random.default_rng(seed)
    x, y = (rng.uniform(-0.75, 0.75, 3000) for _ in range(2))
    normals = np.stack([x, 0.7 * y, np.sqrt(1 - x * x * 0.8 - y * y * 0.4)], 1) + rng.normal(0, 0.12, (3000, 3))
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True), np.float32)


def lit(normals: Facing, lamp: NDArray[np.float64], ambient: float, albedo: float, seed: int = 1) -> NDArray[np.float32]:
    """Log brightness of a matte surface under one lamp, its albedo uneven by ``albedo`` (log)."""
    rng = np.random.default_rng(seed)
    bright = ambient + (1 - ambient) * np.maximum(normals @ lamp, 0)
    return np.asarray(np.log(0.3 * bright) + rng.normal(0, albedo, len(normals)), np.float32)


def test_known_lamps_are_found_to_within_15_degrees() -> None:
    """The truth is rendered by Lambert's law, not by the harmonics that are fitted."""
    rng, errors = np.random.default_rng(3), []
    for seed in range(40):
        lamp, normals = towards(rng.uniform(-60, 60), rng.uniform(-20, 60)), face(seed)
        level = lit(normals, lamp, rng.uniform(0.1, 0.5), 0.2, seed)
        errors.append(angle_between(direction(fit_light(normals, level, np.ones(len(level), np.float32))), lamp))
    assert np.median(errors) <= 10
    assert np.quantile(errors, 0.9) <= 20


@settings(max_examples=20, deadline=None)
@given(light=lights, share=st.floats(0.1, 3))
def test_a_weaker_light_is_the_same_numbers_times_a_factor(light: Light, share: float) -> None:
    normals = face()
    level, ones = shading(light, normals).astype(np.float32), np.ones(len(normals), np.float32)
    first, second = (fit_light(normals, one, ones) for one in (level, np.asarray(level * np.float32(share))))
    assert np.allclose(second, share * first, atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(light=lights)
def test_a_mirror_swaps_left_and_right_alone(light: Light) -> None:
    normals = face()
    flipped = normals * np.array([-1, 1, 1], np.float32)
    assert np.allclose(shading(mirrored(light), flipped), shading(light, normals), atol=1e-6)
    assert np.array_equal(mirrored(mirrored(light)), light)
    assert direction(mirrored(light))[0] == pytest.approx(-direction(light)[0])


def test_albedo_that_both_pictures_share_cancels() -> None:
    normals, ones = face(), np.ones(3000, np.float32)
    albedo = np.asarray(0.5 * normals[:, 0] + 0.3 * normals[:, 1] ** 2, np.float32)  # make-up that looks like shading
    before, after = (lit(normals, towards(across, 20), 0.4, 0) for across in (-30, 30))
    alone = fit_light(normals, after, ones) - fit_light(normals, before, ones)
    under = fit_light(normals, after + albedo, ones) - fit_light(normals, before + albedo, ones)
    assert np.allclose(alone, under, atol=1e-4)


def test_angles_and_nothing() -> None:
    assert angle_between(np.array([1.0, 0, 0]), np.array([0, 2.0, 0])) == pytest.approx(90)
    assert angle_between(np.array([1.0, 0, 0]), np.array([-3.0, 0, 0])) == pytest.approx(180)
    assert angle_between(np.zeros(3), np.ones(3)) == 0
    assert angle_between(np.array([1.0, 5.0]), np.array([1.0, -5.0]), np.array([1.0, 0.0])) == pytest.approx(0)
    assert np.array_equal(direction(np.zeros(9)), [0, 0, 1])
    assert harmonics(face()).shape == (3000, 9)
