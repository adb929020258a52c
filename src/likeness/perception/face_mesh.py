"""Where the parts of a face are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from likeness.image import Points
from likeness.schema import backend

LEFT_IRIS, RIGHT_IRIS = 473, 468  # the person's left and right
CHIN, FOREHEAD = 152, 10


@backend(title="Face mesh", package="mediapipe", licence="Apache-2.0")
def face_mesh() -> Callable[[NDArray[np.uint8]], Points | None]:
    """MediaPipe FaceMesh with irises: an 8-bit sRGB crop around one face to 478 points (x, y, z) in its pixels. Kartynnik 2019."""
    from mediapipe.python.solutions.face_mesh import FaceMesh

    mesh = FaceMesh(static_image_mode=True, refine_landmarks=True, max_num_faces=1, min_detection_confidence=0.3)

    def locate(picture: NDArray[np.uint8]) -> Points | None:
        found = mesh.process(np.ascontiguousarray(picture)).multi_face_landmarks
        if not found:
            return None
        height, width = picture.shape[:2]
        points = np.array([(p.x, p.y, p.z) for p in found[0].landmark], np.float32)
        return np.asarray(points * (width, height, width) - (0.5, 0.5, 0), np.float32)

    return locate
