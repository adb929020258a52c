"""Framing."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from likeness.framing import Rule, framing
from likeness.image import Affine
from likeness.params import Param, Text
from likeness.portrait import Portrait
from likeness.schema import step


@step(title="Frame the head", changes=(), needs=("person",))
def frame(
    portrait: Portrait,
    *,
    aspect: Annotated[float, Param("width over height", 0.4, 2.5)] = 1.0,
    head_height: Annotated[float, Param("chin to crown, hair included, of the frame's height", 0.1, 0.9, "share")] = 0.52,
    head_tolerance: Annotated[float, Param("how much larger the head may be where the picture ends", 0, 1, "share")] = 0.7,
    eye_line: Annotated[float, Param("from the top to the eyes, of the frame's height", 0.2, 0.7, "share")] = 0.4,
    eye_tolerance: Annotated[float, Param("how far the eyes may stand higher or lower", 0, 0.3, "share")] = 0.1,
    hair_trim: Annotated[float, Param("how much may be cut off the hair, of the head's height", 0, 0.3, "share")] = 0.05,
    shape: Annotated[
        str, Text("circle: the head stays inside the inscribed circle", "rectangle|circle", ("rectangle", "circle"))
    ] = "rectangle",
    straighten: Annotated[float, Param("how much of the head's tilt to undo", 0, 1, "share", neutral=0)] = 0.0,
) -> Portrait:
    """Cut the picture to a frame by eye line and head height, from pixels that exist.

    A frame that leaves the picture is slid, then tightened, within the tolerances; LikenessError with retake advice when that is not
    enough. Straightening turns the picture and keeps the largest upright rectangle without an empty corner.
    """
    if straighten > 0:
        portrait = _turned(portrait, straighten * portrait.pose.roll)
    rule = Rule(aspect, head_height, head_tolerance, eye_line, eye_tolerance, hair_trim, shape == "circle")
    return portrait.cropped(framing(portrait, rule).box)


def _turned(portrait: Portrait, angle: float) -> Portrait:
    """Turned counter-clockwise by ``angle`` degrees, cut to the largest rectangle inside."""
    if abs(angle) < 0.05:
        return portrait
    radians = np.radians(angle)
    c, s = float(np.cos(radians)), float(np.sin(radians))
    width, height = _inscribed(portrait.width - 1, portrait.height - 1, abs(radians))
    size = (int(width) - 1, int(height) - 1)  # a pixel less all round: nothing is interpolated from outside
    centre = np.array([(portrait.width - 1) / 2, (portrait.height - 1) / 2])
    turn = np.array([[c, -s], [s, c]])
    to_self: Affine = np.column_stack([turn, centre - turn @ ((np.array(size) - 1) / 2)])
    return portrait.resampled(to_self, size)


def _inscribed(width: float, height: float, radians: float) -> tuple[float, float]:
    """Width and height of the largest upright rectangle inside a ``width`` x ``height`` one turned by up to a quarter turn.

    Either two of its corners touch the longer sides, or all four touch a side.
    """
    s, c = float(np.sin(radians)), float(np.cos(radians))
    long, short = max(width, height), min(width, height)
    if short <= 2 * s * c * long or abs(s - c) < 1e-9:
        half = short / 2
        return (half / s, half / c) if width >= height else (half / c, half / s)
    cos2 = c * c - s * s
    return (width * c - height * s) / cos2, (height * c - width * s) / cos2
