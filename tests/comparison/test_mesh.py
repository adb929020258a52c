from __future__ import annotations

import numpy as np
import pytest

from likeness.comparison.mesh import SURFACE, normals
from likeness.image import Points
from likeness.portrait import Portrait


def dome(radius: float = 60.0, centre: float = 70.0) -> Points:
    """Mesh points on a half sphere that bulges toward the camera (z grows away from it)."""
    k = np.arange(SURFACE)
    away, turn = 0.9 * radius * np.sqrt((k + 0.5) / SURFACE), k * np.pi * (3 - np.sqrt(5))
    x, y = away * np.cos(turn), away * np.sin(turn)
    z = -np.sqrt(radius**2 - x * x - y * y)
    return np.asarray(np.stack([x + centre, y + centre, z], 1), np.float32)


def test_a_dome_faces_outward_everywhere() -> None:
    found = normals(dome(), (141, 141), 1.0)
    y, x = np.mgrid[:141, :141] - 70
    inside = np.hypot(x, y) < 48
    truth = np.stack([x, -y, np.sqrt(np.maximum(3600 - x * x - y * y, 0))], -1) / 60
    angle = np.degrees(np.arccos(np.clip((found * truth).sum(2), -1, 1)))[inside]
    assert np.median(angle) < 4
    assert angle.max() < 15
    assert not found[0, 0].any()


def test_a_face_looks_at_the_camera_its_cheeks_aside_and_its_nose_up_and_down(hopper_portrait: Portrait) -> None:
    found = normals(hopper_portrait.landmarks, (hopper_portrait.width, hopper_portrait.height), 0.03 * hopper_portrait.ipd)
    assert np.allclose(np.linalg.norm(found, axis=2)[found[..., 2] > 0], 1, atol=1e-3)

    def at(*points: int) -> np.ndarray:
        places = hopper_portrait.landmarks[list(points), :2].round().astype(int)
        return np.asarray(found[places[:, 1], places[:, 0]].mean(0))

    assert at(280, 352)[0] > 0.3 > -0.3 > at(50, 123)[0]  # the person's left cheek is the picture's right
    assert at(2)[1] < at(195)[1]  # under the nose looks down, its ridge up
    assert at(151)[2] == pytest.approx(1, abs=0.25)
