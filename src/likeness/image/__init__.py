"""Arrays in, arrays out: the mathematics. Nothing here knows of faces or files.

One image contract: ``float32``, ``(H, W, 3)``, linear RGB with sRGB primaries, unclipped, read-only; alpha apart, ``(H, W)`` in 0..1.
Pixel centres lie at whole coordinates: the picture spans -0.5 .. W-0.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]  # (H, W, 3), linear RGB
Plane = NDArray[np.float32]  # (H, W)
Points = NDArray[np.float32]  # (N, 2) or (N, 3), x y [z], pixels
Affine = NDArray[np.float64]  # (2, 3), maps x y to x y


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """``array`` itself, locked against writing."""
    array.setflags(write=False)
    return array
