"""What sees: one file per backend, each loaded on first use, once per process."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator

# What MediaPipe and its libraries tell on standard error while a healthy graph starts: nothing that a user can act on.
CHATTER = re.compile(
    r"INFO: Created TensorFlow Lite XNNPACK delegate"
    r"|WARNING: All log messages before absl::InitializeLog"
    r"|W\d{4} .*inference_feedback_manager\.cc:\d+\] Feedback manager requires a model with a single signature"
    r"|W\d{4} .*landmark_projection_calculator\.cc:\d+\] Using NORM_RECT without IMAGE_DIMENSIONS"
    r"|[IW]\d{4} .*gl_context(_egl)?\.cc:\d+\]"
    r"|.*SymbolDatabase\.GetPrototype\(\) is deprecated"
)
_lock = threading.RLock()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep start-up chatter off standard error; every other line still gets there, when the block ends.

    The libraries write to the file descriptor, so it is that which is turned aside. To be put around the loading of a
    backend *and* its first inference, where most of it comes from.
    """
    with _lock, tempfile.TemporaryFile() as heard:
        try:
            sys.stderr.flush()
            door = os.dup(2)
        except (OSError, AttributeError):  # no standard error to keep clean
            yield
            return
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(door, 2)
            os.close(door)
            heard.seek(0)
            kept = [line for line in heard if not CHATTER.match(line.decode(errors="replace"))]
            if kept:
                os.write(2, b"".join(kept))
