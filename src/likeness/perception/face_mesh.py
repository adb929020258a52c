"""Where the parts of a face are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.image import Points
from likeness.perception import quiet
from likeness.schema import backend

LEFT_IRIS, RIGHT_IRIS = 473, 468  # the person's left and right
CHIN, FOREHEAD = 152, 10
INPUT = 192  # side of the square picture that the network sees, pixels

# The face mesh alone, without the face detector and the tracking that its ready-made solution wraps around it: we choose
# the square it looks at, and are told how sure it is that a face is there.
GRAPH = """
input_stream: "picture"
input_stream: "square"
input_side_packet: "with_irises"
output_stream: "landmarks"
output_stream: "facelandmarkcpu__face_presence_score"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:picture"
  input_stream: "ROI:square"
  input_side_packet: "WITH_ATTENTION:with_irises"
  output_stream: "LANDMARKS:landmarks"
}
"""


class Mesh(NamedTuple):
    """478 points (x, y, z) in the pixels of the picture, z growing away from the camera in the same scale, and how sure it
    is, 0..1, that there is a face."""

    points: Points
    presence: float


@backend(title="Face mesh", package="mediapipe", licence="Apache-2.0")
def face_mesh() -> Callable[[NDArray[np.uint8]], Mesh]:
    """MediaPipe FaceMesh with irises: an upright 8-bit sRGB square of INPUT pixels to its mesh. Kartynnik 2019, Grishchenko 2020.

    The face is expected to fill two thirds of the square (the box around all points times 1.5).
    """
    lock = threading.Lock()
    with quiet():
        from google.protobuf import text_format  # type: ignore[import-untyped]
        from mediapipe.framework import calculator_pb2
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python.solution_base import SolutionBase

        graph = SolutionBase(
            graph_config=text_format.Parse(GRAPH, calculator_pb2.CalculatorGraphConfig()),
            side_inputs={"with_irises": True},
            calculator_params={"facelandmarkcpu__ThresholdingCalculator.threshold": 0.0},
        )
        whole = rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1, height=1)
        graph.process({"picture": np.zeros((INPUT, INPUT, 3), np.uint8), "square": whole})

    def locate(picture: NDArray[np.uint8]) -> Mesh:
        height, width = picture.shape[:2]
        with lock:
            found = graph.process({"picture": np.ascontiguousarray(picture), "square": whole})
        points = np.array([(p.x, p.y, p.z) for p in found.landmarks.landmark], np.float32)
        points = points * np.array([width, height, width]) - np.array([0.5, 0.5, 0])
        return Mesh(np.asarray(points, np.float32), float(found.facelandmarkcpu__face_presence_score))

    return locate
