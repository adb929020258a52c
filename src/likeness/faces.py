"""Finding the faces in a photo, and the one that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Affine, Points
from likeness.image.geometry import IDENTITY, Box, invert, transform, warp
from likeness.perception.face_finder import FaceBox, face_finder
from likeness.perception.face_mesh import INPUT, LEFT_IRIS, RIGHT_IRIS, Mesh, face_mesh
from likeness.photo import Photo

Picture = NDArray[np.uint8]  # (H, W, 3), 8-bit sRGB

PREVIEW = 2000  # long side, pixels, at most, of what the face finder's views are cut from
SMALL = 0.08  # a face this small a share of the long side may not be the only one: look closer
PRESENCE = 0.5  # how sure the mesh must be that it lies on a face
FILL = 1.5  # side of the square that the mesh looks at over the longer side of the mesh itself (MediaPipe's own choice)
RING = 6  # looks from around the face, whose mean is the mesh: jitter falls from 1.7 to 0.25 % IPD
STEADY = 0.04  # IPD that these looks may disagree by: on faces they do by up to 0.026, in profile 0.05; elsewhere by 0.04 to 0.3


# Where points of an average head lie, millimetres: x to the picture's right in a frontal view, y down, z away from the camera;
# rounded from MediaPipe's canonical face model (Apache-2.0), parts that move with the expression left out.
HEAD = {
    10: (0, -83, -45), 109: (-19, -82, -43), 338: (19, -82, -43), 127: (-77, -24, 20), 356: (77, -24, 20), 234: (-77, -7, 24),
    454: (77, -7, 24), 33: (-44, -27, -32), 263: (44, -27, -32), 133: (-19, -26, -38), 362: (19, -26, -38), 168: (0, -33, -52),
    6: (0, -25, -58), 4: (0, 5, -76), 50: (-48, 7, -35), 280: (48, 7, -35),
}  # fmt: skip
HEAD_DISTANCE = 5.0  # of the camera, in widths of the face (0.75 m): 3 or 12 instead moves the pitch by 1.5 degrees


class Pose(NamedTuple):
    """Where the head points, degrees, all 0 when it looks straight into the camera.

    yaw > 0: toward the picture's right; pitch > 0: up; roll > 0: tilted clockwise in the picture. The head tilts first, then
    nods, then turns.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a photo: mesh points (478, 3) in the photo's pixels, how sure it is and how prominent, both 0..1."""

    landmarks: Points
    confidence: float
    prominence: float

    @property
    def ipd(self) -> float:
        return ipd_of(self.landmarks)

    @property
    def pose(self) -> Pose:
        return pose_of(self.landmarks)

    def enlarged(self, scale: float) -> Face:
        """The same face in a picture that is ``scale`` times as large."""
        shift = (scale - 1) / 2  # pixel centres lie at whole coordinates
        to_large = np.array([[scale, 0, shift], [0, scale, shift]])
        return replace(self, landmarks=transform(self.landmarks, to_large))


def ipd_of(landmarks: Points) -> float:
    """The distance between the iris centres, pixels, 3-D so that a turned head keeps its size."""
    return float(np.linalg.norm(landmarks[LEFT_IRIS] - landmarks[RIGHT_IRIS]))


def eye_midpoint(landmarks: Points) -> Points:
    """Midway between the irises, (2,), pixels."""
    return np.asarray((landmarks[LEFT_IRIS, :2] + landmarks[RIGHT_IRIS, :2]) / 2, np.float32)


def pose_of(landmarks: Points) -> Pose:
    """Head pose: how an average head must be held to be seen like this. Perspective-n-point: Terzakis and Lourakis 2020."""
    seen = landmarks[list(HEAD), :2].astype(np.float64)
    x, y = landmarks[:, :2].mean(0)
    focal = HEAD_DISTANCE * np.ptp(landmarks[:, :2], axis=0).max()
    camera = np.array([[focal, 0, x], [0, focal, y], [0, 0, 1]], np.float64)
    _, turn, _ = cv2.solvePnP(np.array(list(HEAD.values()), np.float64), seen, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    matrix, _ = cv2.Rodrigues(turn)
    yaw = np.arctan2(-matrix[0, 2], matrix[2, 2])
    pitch = np.arcsin(np.clip(matrix[1, 2], -1, 1))
    roll = np.arctan2(matrix[1, 0], matrix[1, 1])
    return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def find_faces(photo: Photo) -> list[Face]:
    """The faces of ``photo``, the most prominent (large, central) first; empty when there is none.

    The finder looks at the whole photo, then, as long as it finds none, from farther away, turned, and ever closer. What it finds
    counts when a face mesh fits there and stays where it is when seen from around.
    """
    preview = photo.preview(PREVIEW)
    scale = photo.width / preview.shape[1]
    long_side = max(photo.width, photo.height)
    faces: list[Face] = []
    for views, enough in ((_whole, SMALL), (_from_afar, SMALL), (_turned, SMALL), (_halves, 0.0), (_quarters, 0.0)):
        for view, to_preview in views(preview):
            for box in face_finder()(view):
                square = Square.of(box, to_preview).shifted(0, 0, 1 / scale)
                if not any(square.is_of(face) for face in faces):
                    faces += _face(photo, preview, square, box)
        if faces and max(2 * face.ipd for face in faces) >= enough * long_side:
            break
    return sorted(_distinct(faces), key=lambda face: -face.prominence)


# -- where the finder looks: pictures, and the map from each to the preview


def _whole(preview: Picture) -> Iterator[tuple[Picture, Affine]]:
    yield preview, IDENTITY


def _from_afar(preview: Picture) -> Iterator[tuple[Picture, Affine]]:
    """With a margin around it, for a face that fills the frame."""
    margin = round(0.3 * max(preview.shape))
    yield cv2.copyMakeBorder(preview, margin, margin, margin, margin, cv2.BORDER_CONSTANT), _shift(-margin, -margin)


def _turned(preview: Picture) -> Iterator[tuple[Picture, Affine]]:
    """On either side and upside down, for a photo that does not say which way is up."""
    right, bottom = preview.shape[1] - 1, preview.shape[0] - 1
    yield cv2.rotate(preview, cv2.ROTATE_90_COUNTERCLOCKWISE), np.array([[0, -1, right], [1, 0, 0]], np.float64)
    yield cv2.rotate(preview, cv2.ROTATE_90_CLOCKWISE), np.array([[0, 1, 0], [-1, 0, bottom]], np.float64)
    yield cv2.rotate(preview, cv2.ROTATE_180), np.array([[-1, 0, right], [0, -1, bottom]], np.float64)


def _halves(preview: Picture) -> Iterator[tuple[Picture, Affine]]:
    return _tiles(preview, max(preview.shape) // 2)


def _quarters(preview: Picture) -> Iterator[tuple[Picture, Affine]]:
    return _tiles(preview, max(preview.shape) // 4)


def _tiles(preview: Picture, side: int) -> Iterator[tuple[Picture, Affine]]:
    """Squares of ``side`` pixels that overlap by half."""
    height, width = preview.shape[:2]
    for top in range(0, max(1, height - side // 2), max(1, side // 2)):
        for left in range(0, max(1, width - side // 2), max(1, side // 2)):
            yield preview[top : top + side, left : left + side], _shift(left, top)


def _shift(left: int, top: int) -> Affine:
    return np.array([[1, 0, left], [0, 1, top]], np.float64)


# -- what the mesh makes of it


@dataclass(frozen=True)
class Square:
    """A square of a picture, turned with the head: centre, side (pixels) and turn (radians, clockwise)."""

    x: float
    y: float
    side: float
    turn: float

    @classmethod
    def of(cls, box: FaceBox, to_picture: Affine) -> Square:
        """The square in which a mesh may see the face in ``box``, which a finder saw in a view of the picture."""
        x, y = to_picture @ (box.x, box.y, 1)
        return cls(float(x), float(y), FILL * box.side, box.turn + float(np.arctan2(to_picture[1, 0], to_picture[0, 0])))

    @classmethod
    def around(cls, points: Points) -> Square:
        """The square in which a mesh sees the face with these points best."""
        along = points[263, :2] - points[33, :2]  # from the person's right outer eye corner to the left
        turn = float(np.arctan2(along[1], along[0]))
        axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        upright = points[:, :2] @ axes.T
        low, high = upright.min(0), upright.max(0)
        x, y = (low + high) / 2 @ axes
        return cls(float(x), float(y), FILL * float((high - low).max()), turn)

    def moved(self, right: float, down: float, grow: float, turn: float) -> Square:
        """Shifted by shares of its side, grown by a share, turned by radians."""
        return Square(self.x + right * self.side, self.y + down * self.side, self.side * (1 + grow), self.turn + turn)

    def shifted(self, left: float, top: float, shrink: float = 1.0) -> Square:
        """The same in a picture that begins at ``left``, ``top`` and is ``shrink`` times smaller."""
        x, y = (self.x - left + 0.5) / shrink - 0.5, (self.y - top + 0.5) / shrink - 0.5
        return Square(x, y, self.side / shrink, self.turn)

    @property
    def box(self) -> Box:
        """What holds it however it is turned, and a little more."""
        reach = 0.75 * self.side + 2
        return Box(*(round(v) for v in (self.x - reach, self.y - reach, self.x + reach, self.y + reach)))

    def to_picture(self, pixels: int) -> Affine:
        """The map from a picture of this square, ``pixels`` wide, to the picture that it lies in."""
        step = self.side / pixels
        turned = step * np.array([[np.cos(self.turn), -np.sin(self.turn)], [np.sin(self.turn), np.cos(self.turn)]])
        shift = np.array([self.x, self.y]) - turned @ np.full(2, (pixels - 1) / 2)
        return np.column_stack([turned, shift])

    def is_of(self, face: Face) -> bool:
        """Whether it looks at that face."""
        middle = face.landmarks[:, :2].mean(0)
        return float(np.hypot(middle[0] - self.x, middle[1] - self.y)) < face.ipd


def _face(photo: Photo, preview: Picture, square: Square, box: FaceBox) -> list[Face]:
    """The face in ``square``, or none when no mesh fits there.

    A first look places the square; then the mean of looks from around it, all at one well-sampled picture of it, is the mesh.
    """
    first = transform(face_mesh()(_seen(photo, preview, square, INPUT)).points, square.to_picture(INPUT))
    wide = Square.around(first).moved(0, 0, 1 / 2, 0)
    picture, back = _seen(photo, preview, wide, 2 * INPUT), wide.to_picture(2 * INPUT)
    placed = _look(picture, Square.around(transform(first, invert(back))))
    placed = _look(picture, Square.around(placed.points))
    if placed.presence < PRESENCE:
        return []
    looks = np.stack([_look(picture, look).points for look in _ring(Square.around(placed.points))])
    points = np.asarray(looks.mean(0), np.float32)
    allowed = STEADY * (1 + np.sin(np.radians(pose_of(points).yaw)) ** 2)
    if np.sqrt(((looks - points)[..., :2] ** 2).sum(-1).mean()) > allowed * ipd_of(points):
        return []
    landmarks = transform(points, back)
    return [Face(landmarks, min(box.confidence, placed.presence), _prominence(landmarks, photo.width, photo.height))]


def _look(picture: Picture, square: Square) -> Mesh:
    """What the mesh sees in ``square``, in the picture's pixels."""
    mesh = face_mesh()(_upright(picture, square, INPUT))
    return Mesh(transform(mesh.points, square.to_picture(INPUT)), mesh.presence)


def _ring(square: Square) -> Iterator[Square]:
    """Squares around ``square``, each also a little larger or smaller and turned."""
    for k in range(RING):
        angle = 2 * np.pi * k / RING
        grow, turn = 0.05 * (-1) ** k, 0.04 * (k % 3 - 1)
        yield square.moved(0.05 * float(np.cos(angle)), 0.05 * float(np.sin(angle)), grow, turn)


def _seen(photo: Photo, preview: Picture, square: Square, pixels: int) -> Picture:
    """``square`` of the photo, ``pixels`` wide, upright; from its preview where that has pixels enough."""
    scale = photo.width / preview.shape[1]
    if square.side >= pixels * scale:
        return _upright(preview, square.shifted(0, 0, scale), pixels)
    box = square.box.clipped(photo.width, photo.height)
    if box.width == 0 or box.height == 0:
        return np.zeros((pixels, pixels, 3), np.uint8)
    return _upright(photo.seen(box), square.shifted(box.left, box.top), pixels)


def _upright(picture: Picture, square: Square, pixels: int) -> Picture:
    """``square`` of a picture, ``pixels`` wide, upright; where it leaves the picture, the border's pixels repeat."""
    height, width = picture.shape[:2]
    box = square.box
    inside = box.clipped(width, height)
    part = inside.of(picture)
    if not part.size:
        return np.zeros((pixels, pixels, 3), np.uint8)
    outside = (inside.top - box.top, box.bottom - inside.bottom, inside.left - box.left, box.right - inside.right)
    if max(outside) > 0:
        part = np.asarray(cv2.copyMakeBorder(part, *outside, cv2.BORDER_REPLICATE), np.uint8)
    return np.asarray(warp(part, square.shifted(box.left, box.top).to_picture(pixels), (pixels, pixels)), np.uint8)


def _prominence(landmarks: Points, width: int, height: int) -> float:
    """The face's size as a share of the photo's, less the farther it is from the middle, most of all to the side."""
    low, high = landmarks[:, :2].min(0), landmarks[:, :2].max(0)
    share = min(1.0, float(np.sqrt(np.prod(high - low) / (width * height))))
    x, y = (low + high) / 2 / (width, height) - 0.5
    return share * (1 - min(float(np.hypot(x, y / 2)), 0.7))


def _distinct(faces: list[Face]) -> list[Face]:
    """Without those that are seen a second time."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.confidence):
        middle = eye_midpoint(face.landmarks)
        if all(np.linalg.norm(eye_midpoint(other.landmarks) - middle) > 0.7 * max(other.ipd, face.ipd) for other in kept):
            kept.append(face)
    return kept
