"""Faces are found where they are, however they lie, and nowhere else; the mesh is steady; the pose has the signs that it says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.faces import HEAD, Face, Square, eye_midpoint, find_faces, ipd_of, pose_of
from likeness.image import Points
from likeness.image.geometry import invert, transform
from likeness.photo import Photo, open_photo

CORNERS = [33, 133, 362, 263, 61, 291, 1]  # eyes, mouth, tip of the nose


def photo_of(codes: np.ndarray) -> Photo:
    return Photo(Path("made.png"), b"made", np.ascontiguousarray(codes), "PNG")


def turned(codes: np.ndarray, points: Points, degrees: float) -> tuple[Photo, Points]:
    """The picture turned counter-clockwise about its middle, and the points with it."""
    height, width = codes.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return photo_of(cv2.warpAffine(codes, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)), transform(points, matrix)


def apart(face: Face, points: Points) -> float:
    """Mean distance of the corners, IPD."""
    away = np.linalg.norm(face.landmarks[CORNERS, :2] - points[CORNERS, :2], axis=1)
    return float(away.mean() / ipd_of(points))


@pytest.fixture(scope="module")
def codes(hopper: Path) -> np.ndarray:
    return open_photo(hopper).codes


@pytest.fixture(scope="module")
def face(codes: np.ndarray) -> Face:
    (found,) = find_faces(photo_of(codes))
    return found


def test_the_two_portraits(face: Face, astronaut: Path) -> None:
    assert face.ipd == pytest.approx(84, abs=2)
    assert np.allclose(eye_midpoint(face.landmarks), (263, 189), atol=4)
    (collins,) = find_faces(open_photo(astronaut))
    assert collins.ipd == pytest.approx(43, abs=2)


@pytest.mark.parametrize("degrees", [-40, -20, 20, 40, 90, 180, 270])
def test_tilted_and_sideways(codes: np.ndarray, face: Face, degrees: float) -> None:
    photo, points = turned(codes, face.landmarks, degrees)
    found = find_faces(photo)
    assert len(found) == 1
    assert apart(found[0], points) < 0.06
    roll = (found[0].pose.roll - face.pose.roll + degrees + 180) % 360 - 180
    assert abs(roll) < 3


def grey(codes: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(cv2.cvtColor(codes, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def deep(codes: np.ndarray) -> np.ndarray:
    return codes.astype(np.uint16) * 257


def dark(codes: np.ndarray) -> np.ndarray:
    return (codes * 0.4).astype(np.uint8)


@pytest.mark.parametrize("change", [grey, deep, dark])
def test_colour_depth_and_light_do_not_matter(codes: np.ndarray, face: Face, change: Callable[[np.ndarray], np.ndarray]) -> None:
    (found,) = find_faces(photo_of(change(codes)))
    assert apart(found, face.landmarks) < 0.05


@pytest.mark.parametrize("scale", [0.3, 0.6, 4.0])
def test_size_does_not_matter(codes: np.ndarray, face: Face, scale: float) -> None:
    (found,) = find_faces(photo_of(cv2.resize(codes, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)))
    assert apart(found, face.landmarks * scale) < 0.06
    assert found.ipd == pytest.approx(face.ipd * scale, rel=0.03)


def test_a_face_that_fills_the_frame(codes: np.ndarray, face: Face) -> None:
    left, top = np.floor(face.landmarks[:, :2].min(0)).astype(int)
    right, bottom = np.ceil(face.landmarks[:, :2].max(0)).astype(int)
    (found,) = find_faces(photo_of(codes[top:bottom, left:right]))
    assert apart(found, face.landmarks - np.float32([left, top, 0])) < 0.06


def scene(*people: tuple[np.ndarray, int, int], size: tuple[int, int] = (1600, 1200)) -> Photo:
    canvas = np.full((size[1], size[0], 3), 118, np.uint8)
    for codes, left, top in people:
        canvas[top : top + codes.shape[0], left : left + codes.shape[1]] = codes
    return photo_of(canvas)


def test_a_small_face_in_a_large_photo(codes: np.ndarray) -> None:
    small = cv2.resize(codes, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    (found,) = find_faces(scene((small, 2700, 1900), size=(4000, 3000)))
    assert found.ipd == pytest.approx(25, abs=2)
    assert np.allclose(eye_midpoint(found.landmarks), (2700 + 263 * 0.3, 1900 + 189 * 0.3), atol=5)


def test_the_largest_and_most_central_comes_first(codes: np.ndarray, astronaut: Path) -> None:
    collins = open_photo(astronaut).codes
    large = cv2.resize(codes, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    faces = find_faces(scene((collins, 60, 300), (large, 700, 200)))
    assert [round(face.ipd / 10) for face in faces] == [13, 4]
    assert faces[0].prominence > faces[1].prominence
    twins = find_faces(scene((codes, 30, 300), (codes, 700, 300)))
    assert len(twins) == 2
    assert eye_midpoint(twins[0].landmarks)[0] > 600


def test_nothing_where_no_face_is(codes: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    clouds = cv2.resize((rng.random((30, 40, 3)) * 120 + 60).astype(np.uint8), (1200, 900), interpolation=cv2.INTER_CUBIC)
    assert find_faces(photo_of(clouds)) == []
    assert find_faces(photo_of(np.zeros((64, 64, 3), np.uint8))) == []
    for size in ((1, 1), (5, 3000), (3000, 2)):
        assert find_faces(photo_of(np.zeros((*size, 3), np.uint8))) == []
    assert find_faces(photo_of(codes[430:])) == []


def test_the_mesh_is_steady(codes: np.ndarray, face: Face) -> None:
    """Compression, resizing and a small turn move it by less than 0.8 % IPD, root mean square."""
    done, data = cv2.imencode(".jpg", codes, [cv2.IMWRITE_JPEG_QUALITY, 60])
    assert done
    photo, points = turned(codes, face.landmarks, 4)
    small = cv2.resize(codes, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    moved = [
        (find_faces(photo_of(cv2.imdecode(data, cv2.IMREAD_COLOR)))[0].landmarks, face.landmarks),
        (find_faces(photo)[0].landmarks, points),
        (find_faces(photo_of(small))[0].landmarks / 0.8, face.landmarks),
    ]
    for got, wanted in moved:
        assert np.sqrt(((got - wanted)[:, :2] ** 2).sum(1).mean()) < 0.008 * face.ipd


# -- pose


def seen(yaw: float, pitch: float, roll: float) -> Points:
    """The average head, tilted, nodded and turned by degrees, in a perspective picture."""
    y, p, r = np.radians((yaw, pitch, roll))
    turn = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    nod = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    tilt = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    head = np.array(list(HEAD.values())) @ (turn @ nod @ tilt).T
    distance = 850
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = (head[:, :2] / (head[:, 2:] + distance) * distance).mean(0) + 300
    points[list(HEAD), :2] = head[:, :2] / (head[:, 2:] + distance) * distance + 300
    return points


@settings(max_examples=40, deadline=None)
@given(st.floats(-45, 45), st.floats(-30, 30), st.floats(-40, 40))
def test_pose_of_a_known_head(yaw: float, pitch: float, roll: float) -> None:
    assert np.allclose(pose_of(seen(yaw, pitch, roll)), (yaw, pitch, roll), atol=4)


def test_signs_of_the_pose() -> None:
    assert seen(30, 0, 0)[4, 0] > seen(0, 0, 0)[4, 0]  # yaw > 0: the nose moves to the picture's right
    assert seen(0, 20, 0)[4, 1] < seen(0, 0, 0)[4, 1]  # pitch > 0: it moves up
    assert seen(0, 0, 20)[263, 1] > seen(0, 0, 0)[263, 1]  # roll > 0: the eye at the picture's right comes down


def test_a_mirrored_photo_mirrors_the_pose(codes: np.ndarray, face: Face) -> None:
    (mirrored,) = find_faces(photo_of(codes[:, ::-1]))
    assert mirrored.pose.yaw == pytest.approx(-face.pose.yaw, abs=2.5)
    assert mirrored.pose.pitch == pytest.approx(face.pose.pitch, abs=2.5)
    assert mirrored.pose.roll == pytest.approx(-face.pose.roll, abs=1.5)


# -- squares


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(1, 900), st.floats(-3, 3), st.integers(8, 400))
def test_a_square_and_its_picture_share_their_middle(x: float, y: float, side: float, turn: float, pixels: int) -> None:
    square = Square(x, y, side, turn)
    middle = np.float32([[(pixels - 1) / 2] * 2])
    assert np.allclose(transform(middle, square.to_picture(pixels)), [[x, y]], atol=1e-2)
    there = transform(np.float32([[x, y]]), invert(square.shifted(30, 40, 2).to_picture(pixels)))
    assert np.isfinite(there).all()
    assert square.shifted(30, 40, 2).shifted(0, 0, 0.5).x == pytest.approx(x - 30, abs=1e-6)


# -- many people


def test_one_face_in_each_of_the_shared_photos(shared_photos: Path) -> None:
    rows = list(csv.DictReader((shared_photos / "manifest.csv").open()))[::16]
    counts = {row["file"]: len(find_faces(open_photo(shared_photos / row["file"], at_least=1280))) for row in rows}
    assert {file: count for file, count in counts.items() if count != 1} == {}
