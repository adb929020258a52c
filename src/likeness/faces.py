"""Finding the faces in a photo, and the one that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from likeness.image import Points
from likeness.image.geometry import Box, crop_and_scale, resize, transform
from likeness.perception.face_finder import FaceBox, face_finder
from likeness.perception.face_mesh import CHIN, FOREHEAD, LEFT_IRIS, RIGHT_IRIS, face_mesh
from likeness.photo import Photo, eight_bit

PREVIEW = 1280  # long side, pixels, of what the face finder sees
MESH_CROP = 384  # side, pixels, of what the mesh sees: its own input is 192, irises 64 of it


class Pose(NamedTuple):
    """Where the head points, degrees. yaw > 0: toward the picture's right; pitch > 0: up; roll > 0: clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a photo: mesh points (478, 3) in the photo's pixels, and how prominent it is, 0..1."""

    landmarks: Points
    confidence: float
    prominence: float

    @property
    def ipd(self) -> float:
        return ipd_of(self.landmarks)

    @property
    def pose(self) -> Pose:
        return pose_of(self.landmarks)


def ipd_of(landmarks: Points) -> float:
    """The distance between the iris centres, pixels, 3-D so that a turned head keeps its size."""
    return float(np.linalg.norm(landmarks[LEFT_IRIS] - landmarks[RIGHT_IRIS]))


def eye_midpoint(landmarks: Points) -> Points:
    """Midway between the irises, (2,), pixels."""
    return np.asarray((landmarks[LEFT_IRIS, :2] + landmarks[RIGHT_IRIS, :2]) / 2, np.float32)


def pose_of(landmarks: Points) -> Pose:
    """Head pose from the mesh's own depth: the axis through the temples and the one from forehead to chin."""
    across = (landmarks[454] - landmarks[234]).astype(np.float64)
    down = (landmarks[CHIN] - landmarks[FOREHEAD]).astype(np.float64)
    yaw = np.arctan2(across[2], np.hypot(across[0], across[1]))
    pitch = np.arctan2(down[2], np.hypot(down[0], down[1]))
    roll = np.arctan2(across[1], across[0])
    return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def find_faces(photo: Photo) -> list[Face]:
    """The faces of ``photo``, the most prominent (large, central) first."""
    preview = photo.preview(PREVIEW)
    found = [(box, _mesh(photo, box)) for box in face_finder()(preview)]
    faces = [Face(mesh, box.confidence, _prominence(box)) for box, mesh in found if mesh is not None]
    return sorted(faces, key=lambda face: -face.prominence)


def _mesh(photo: Photo, box: FaceBox) -> Points | None:
    """The mesh of the face in ``box``, seen in a square crop 1.8 boxes wide, in the photo's pixels."""
    half = 0.9 * max(box.width * photo.width, box.height * photo.height)
    x, y = box.x * photo.width, box.y * photo.height
    crop = Box(round(x - half), round(y - half), round(x + half), round(y + half)).clipped(photo.width, photo.height)
    if min(crop.width, crop.height) < 8:
        return None
    back, size = crop_and_scale(crop, min(1.0, MESH_CROP / max(crop.width, crop.height)))
    points = face_mesh()(eight_bit(resize(crop.of(photo.encoded), size)))
    return None if points is None else transform(points, back)


def _prominence(box: FaceBox) -> float:
    """Share of the picture's area that the face takes, less the farther it is from the centre."""
    distance = np.hypot(box.x - 0.5, box.y - 0.5)
    return float(np.sqrt(box.width * box.height) * (1 - min(distance, 0.7)))
