"""Where the faces are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from likeness.perception import quiet
from likeness.schema import backend

SMALLEST = 16  # pixels: a picture that is narrower shows no face, and breaks the graph


@dataclass(frozen=True)
class FaceBox:
    """A found face, in pixels of the picture: its centre, the side of a square around it, how far it is turned in the
    picture's plane (radians, clockwise, from the eyes) and the detector's confidence 0..1."""

    x: float
    y: float
    side: float
    turn: float
    confidence: float


@backend(title="Face finder", package="mediapipe", licence="Apache-2.0")
def face_finder() -> Callable[[NDArray[np.uint8]], list[FaceBox]]:
    """MediaPipe BlazeFace, full range: an 8-bit sRGB picture (H, W, 3) to its faces. Bazarevsky 2019.

    It sees the picture at 192 pixels, so that faces under a tenth of it want a closer view.
    """
    lock = threading.Lock()
    with quiet():
        from mediapipe.python.solutions.face_detection import FaceDetection

        detector = FaceDetection(model_selection=1, min_detection_confidence=0.3)
        detector.process(np.zeros((192, 192, 3), np.uint8))

    def find(picture: NDArray[np.uint8]) -> list[FaceBox]:
        height, width = picture.shape[:2]
        if min(height, width) < SMALLEST:
            return []
        with lock:
            found = detector.process(np.ascontiguousarray(picture)).detections or []
        return [_box(detection, width, height) for detection in found]

    return find


def _box(detection: Any, width: int, height: int) -> FaceBox:
    box, points = detection.location_data.relative_bounding_box, detection.location_data.relative_keypoints
    turn = np.arctan2((points[1].y - points[0].y) * height, (points[1].x - points[0].x) * width)
    x, y = (box.xmin + box.width / 2) * width, (box.ymin + box.height / 2) * height
    return FaceBox(x, y, max(box.width * width, box.height * height), float(turn), float(detection.score[0]))
