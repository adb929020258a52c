"""Pictures that show no colours of their own: black and white ones, and such as are toned in one colour."""

from __future__ import annotations

import numpy as np

from likeness.comparison.pair import Pair
from likeness.comparison.view import View
from likeness.portrait import Portrait

ONE_TINT = 2.0  # CIELAB; mean distance from the one tint of colours that are none
GREY_FACE = 3.0  # chroma that 95 % of a black-and-white photo's face stay below


def is_monochrome(view: View) -> bool:
    """Whether all of the picture has one tint, as black-and-white has, or one at each lightness, as sepia; counted once for a view.

    Of 58 photos in colour all are over 3 from one tint, also when they are handled; strongly toned ones are under 1.7.
    """
    return view.from_one_tint < ONE_TINT


def colourless(view: View) -> str:
    """How the face is shown without colours of its own, "black and white" or "toned in one colour"; "" where it has them."""
    face = view.lab[(view.region("face") > 0.5) & (view.valid > 0)]
    if len(face) and np.percentile(np.hypot(face[:, 1], face[:, 2]), 95) < GREY_FACE:
        return "black and white"
    return "toned in one colour" if is_monochrome(view) else ""


def in_colour(pair: Pair) -> list[Portrait]:
    """The person's photos, all of them when the ``source`` shows colours, else the ``others`` without it."""
    return [*([] if colourless(pair.scenes[0]) else [pair.source]), *pair.others]
