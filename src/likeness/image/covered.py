"""Where a picture shows something else than another that it was made from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.image.filters import gaussian

FOLLOWS = 0.5  # correlation; what follows the other less shows something else
CLEAR = 0.3  # log; what departs less from the other is noise, relief smoothed away, or light


def covered(before: Plane, after: Plane, sigma: float) -> NDArray[np.bool_]:
    """Where ``after`` has clear forms that ``before`` has not, or lacks them, (H, W).

    Both are one band of log luminance, (H, W), in windows of ``sigma`` pixels. Whatever contrast a curve, light or smoothing leaves to
    the forms, they still follow.
    """
    sums = gaussian(np.dstack([before * after, before * before, after * after]), sigma)
    correlation = sums[..., 0] / np.sqrt(sums[..., 1] * sums[..., 2] + 1e-9)
    unexplained = np.sqrt(np.maximum(1 - np.square(correlation), 0) * sums[..., 2])
    return np.asarray((correlation < FOLLOWS) & (unexplained > CLEAR))
