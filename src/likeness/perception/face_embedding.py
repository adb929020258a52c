"""Whose face it is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from likeness.image import Points
from likeness.schema import backend


@backend(title="Face embedding", package="dlib-bin", licence="Boost; weights CC0")
def face_embedding() -> Callable[[NDArray[np.uint8], Points], NDArray[np.float32]]:
    """dlib's ResNet: an 8-bit sRGB picture and the face's mesh points to a 128-vector; distances near 0 mean the same person. King 2017."""
    import dlib

    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        raise ImportError("No module named 'face_recognition_models'")
    weights = Path(spec.origin).parent / "models"
    corners = dlib.shape_predictor(str(weights / "shape_predictor_5_face_landmarks.dat"))
    network = dlib.face_recognition_model_v1(str(weights / "dlib_face_recognition_resnet_model_v1.dat"))

    def embed(picture: NDArray[np.uint8], points: Points) -> NDArray[np.float32]:
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        face = dlib.rectangle(*(round(float(v)) for v in (*low, *high)))
        picture = np.ascontiguousarray(picture)
        return np.asarray(network.compute_face_descriptor(picture, corners(picture, face)), np.float32)

    return embed
