"""Which pixels are the person."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.perception import quiet
from likeness.schema import backend


@backend(title="Person mask", package="mediapipe", licence="Apache-2.0")
def person_mask() -> Callable[[NDArray[np.uint8]], Plane]:
    """MediaPipe selfie segmentation, 256 x 256 inside: an 8-bit sRGB picture to the probability of person, (H, W)."""
    lock = threading.Lock()
    with quiet():
        from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation

        model = SelfieSegmentation(model_selection=0)
        model.process(np.zeros((256, 256, 3), np.uint8))

    def segment(picture: NDArray[np.uint8]) -> Plane:
        with lock:
            found = model.process(np.ascontiguousarray(picture))
        return np.asarray(found.segmentation_mask, np.float32)

    return segment
