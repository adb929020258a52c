"""The source as the result would show it, had it been made smaller without a filter."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.comparison.pair import FACE, Pair
from likeness.comparison.view import around
from likeness.image import Plane
from likeness.image.color import LINEAR_FROM_8BIT
from likeness.image.flow import positions
from likeness.image.geometry import Box, compose, invert, warp
from likeness.image.spots import luma_density

FILTERS = (cv2.INTER_CUBIC, cv2.INTER_LINEAR)
ROOM = 8  # pixels; what the filters read around a place


def resampled(pair: Pair, box: Box) -> list[Plane]:
    """The density of the source's luma in ``box`` of the pair's faces, (h, w), read at the result's pixels by each of FILTERS.

    Few programs average all the pixels that fall into one when they make a picture smaller: a thin hair or a spectacle frame then
    comes out darker in one place and paler in another than in the pair's frame, which has pixels of its own.
    """
    shift = np.array([[1, 0, box.left], [0, 1, box.top]], np.float64)
    size = (box.width, box.height)
    to_result = compose(pair.registration.to_result, shift)
    seen = around(positions(to_result, size), ROOM).clipped(pair.result.width, pair.result.height)
    to_seen = to_result - np.array([[0, 0, seen.left], [0, 0, seen.top]])
    to_source = compose(compose(pair.source.frame(pair.ipd, FACE)[0], shift), invert(to_seen))
    if min(seen.width, seen.height) < 1:
        return []
    at = positions(to_source, (seen.width, seen.height))
    near = around(at, ROOM).clipped(pair.source.width, pair.source.height)
    codes, at = near.of(pair.source.srgb), at - np.array([near.left, near.top], np.float32)
    read = (cv2.remap(codes, at, None, interpolation, borderMode=cv2.BORDER_REPLICATE) for interpolation in FILTERS)
    return [luma_density(warp(LINEAR_FROM_8BIT[shown], to_seen, size)) for shown in read]
