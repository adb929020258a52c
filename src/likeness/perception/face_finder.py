"""Where the faces are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from likeness.schema import backend


@dataclass(frozen=True)
class FaceBox:
    """A found face: centre and size as shares of the picture's width and height, and the detector's confidence 0..1."""

    x: float
    y: float
    width: float
    height: float
    confidence: float


@backend(title="Face finder", package="mediapipe", licence="Apache-2.0")
def face_finder() -> Callable[[NDArray[np.uint8]], list[FaceBox]]:
    """MediaPipe BlazeFace, full range: an 8-bit sRGB picture (H, W, 3) to its faces. Bazarevsky 2019."""
    from mediapipe.python.solutions.face_detection import FaceDetection

    detector = FaceDetection(model_selection=1, min_detection_confidence=0.4)

    def find(picture: NDArray[np.uint8]) -> list[FaceBox]:
        found = detector.process(np.ascontiguousarray(picture)).detections or []
        boxes = [(d.location_data.relative_bounding_box, d.score[0]) for d in found]
        return [FaceBox(b.xmin + b.width / 2, b.ymin + b.height / 2, b.width, b.height, float(s)) for b, s in boxes]

    return find
