"""Standard error stays clean while models load, and nothing that matters is swallowed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from likeness.perception import quiet

LOOK = """
import numpy as np
from likeness.perception.face_finder import face_finder
from likeness.perception.face_mesh import face_mesh
from likeness.perception.person_mask import person_mask
picture = np.random.default_rng(0).integers(0, 255, (192, 192, 3)).astype(np.uint8)
face_finder()(picture); face_mesh()(picture); person_mask()(picture)
"""


def test_models_load_and_look_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    assert done.stdout == ""


def test_chatter_is_dropped_and_errors_pass(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        os.write(
            2, b"W0000 00:00:1.5 17 inference_feedback_manager.cc:114] Feedback manager requires a model with a single signature\n"
        )
        os.write(2, b"E0000 00:00:1.5 17 graph.cc:12] the model is damaged\n")
    os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
    heard = capfd.readouterr().err.splitlines()
    assert [line[:20] for line in heard] == ["E0000 00:00:1.5 17 g", "INFO: Created Tensor"]


def test_an_error_inside_leaves_standard_error_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    def failing() -> None:
        with quiet():
            os.write(2, b"F0000 why\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "F0000 why\nafter\n"
