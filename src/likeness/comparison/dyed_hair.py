"""Hair that was dyed on the head, as far as it hangs over shoulders and clothes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Image
from likeness.image.color import lab_from_linear
from likeness.image.filters import grown

Mask = NDArray[np.bool_]

CHANGED = 5.0  # dE76 of the head's hair, and of what hangs of it
ASTRAY, SHARE = 5.0, 0.4  # CIELAB; and of the change: what left the way that the head's hair went by no more went with it
MOST = 2.0  # times the head's change: a part of it may be lighter, and take the dye more
NEAR = 0.06  # IPD between locks


def dyed_hair(source: View, head: Mask, lit: Image, after: Image) -> Mask:
    """What of the person changed as the hair on the ``head`` did and is connected with it, (H, W); nothing, where that did not change.

    ``head``: see likeness.comparison.zones.head_hair; ``lit``: the source in the light of the result, ``after``: the result; linear
    (H, W, 3), softened.
    """
    none = np.zeros(lit.shape[:2], np.bool_)
    if not head.any():
        return none
    way = np.median(_change(lit[head][None], after[head][None])[0], axis=0)
    length = float(np.linalg.norm(way))
    if length < CHANGED:
        return none
    change = _change(lit, after)
    size = np.linalg.norm(change, axis=2)
    times = np.clip(change @ (way / length**2), 0, MOST)
    beside = np.linalg.norm(change - times[..., None] * way, axis=2)
    along = (size > CHANGED) & (beside < np.maximum(ASTRAY, SHARE * size)) & (source.person > 0.5)
    _, areas = cv2.connectedComponents(grown(along | head, NEAR / 2 * source.ipd).astype(np.uint8))
    return np.asarray(along & np.isin(areas, np.unique(areas[head])))


def _change(lit: Image, after: Image) -> Image:
    return np.asarray(lab_from_linear(after) - lab_from_linear(lit), np.float32)
