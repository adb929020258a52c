"""What was drawn over a picture: text, a watermark; thin strokes of one colour, with the picture unchanged between them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.filters import grown

Mask = NDArray[np.bool_]

CHANGED, UNCHANGED = 8.0, 5.5  # CIELAB; what was drawn over, and by how much the rest may differ
THIN = 0.25  # IPD; strokes are narrower
OF_THIN = 0.75  # of what changed
CORE = 0.6  # quantile of the change from which on a pixel shows little but the stroke
ONE_COLOUR = 12.0  # CIELAB, the mean distance of those from their middle
SHARE = (0.005, 0.3)  # of the area; letters cover more than specks and leave most of it free
NEAR = 2  # pixels; colours that the picture shows so near by may have come from there
PLAIN = 20.0  # CIELAB; the range of colours around half of what was drawn over: on patterns a shift looks like strokes
MARGIN = 0.03  # IPD around strokes, where they are mixed with what they lie on


def strokes(source: View, result: View, before: Image, where: Mask) -> Mask:
    """Where ``result`` has strokes drawn over the area ``where``, (H, W), their margins included; nowhere, if anything else was changed too.

    ``before``: the source in the light of the result, (H, W, 3) linear.
    """
    none, count = np.zeros_like(where), int(where.sum())
    lab = result.lab
    was = lab_from_linear(np.clip(before, 0, 1))
    change = _new(was, lab)
    drawn = where & (change > CHANGED)
    if not SHARE[0] * count < drawn.sum() < SHARE[1] * count:
        return none
    if np.median(_range(was)[drawn]) > PLAIN:
        return none
    across = round(THIN * source.ipd) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    thick = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
    if (drawn & thick).sum() > (1 - OF_THIN) * drawn.sum():
        return none
    core = drawn & (change >= np.quantile(change[drawn], CORE))
    if np.linalg.norm(lab[core] - np.median(lab[core], axis=0), axis=1).mean() > ONE_COLOUR:
        return none
    covered = grown(drawn, MARGIN * source.ipd)
    rest = change[where & ~covered]
    return covered if len(rest) and np.quantile(rest, 0.9) < UNCHANGED else none


def _range(image: Image) -> Plane:
    """From the least to the greatest around each pixel, CIELAB, (H, W)."""
    around = np.ones((2 * NEAR + 1,) * 2, np.uint8)
    return np.asarray(np.linalg.norm(cv2.dilate(image, around) - cv2.erode(image, around), axis=2))


def _new(before: Image, after: Image) -> Plane:
    """How far ``after`` leaves the range of colours that ``before`` shows around each pixel, CIELAB, (H, W)."""
    around = np.ones((2 * NEAR + 1,) * 2, np.uint8)
    beyond = np.maximum(cv2.erode(before, around) - after, after - cv2.dilate(before, around))
    return np.asarray(np.linalg.norm(np.maximum(beyond, 0), axis=2))
