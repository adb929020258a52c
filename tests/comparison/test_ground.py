"""Where a picture surely shows the person and what is behind: laid on the picture as it is registered, be it stretched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.edits import Edit
from calibration.handling import same

from likeness.comparison.ground import grounds
from likeness.comparison.pair import Pair
from likeness.portrait import Portrait


def stretched(source: Portrait, wide: float, high: float) -> Pair:
    result = Edit("stretched", 0, "", lambda s: cv2.resize(same(s), None, fx=wide, fy=high, interpolation=cv2.INTER_CUBIC)).result(
        source
    )
    assert result is not None
    return Pair(source, result)


@pytest.mark.parametrize(("wide", "high"), [(1.0, 1.0), (1.06, 1.0), (1.0, 1.05)])
def test_the_same_pixels_are_person_and_background_in_a_stretched_picture(
    wide: float, high: float, hopper_portrait: Portrait
) -> None:
    pair = stretched(hopper_portrait, wide, high)
    assert (pair.registration.stretch is None) == (wide == high)
    source, result = grounds(pair)
    for name in ("person", "behind"):
        there = on_whole(getattr(source, name), source.to_whole, pair.source)
        here = on_whole(getattr(result, name), result.to_whole, pair.result)
        here = cv2.resize(here, (pair.source.width, pair.source.height))
        assert there.sum() > 1000
        assert (np.abs(there - here) > 0.5).sum() < 0.01 * there.sum(), name


def on_whole(mask: np.ndarray, to_whole: np.ndarray, whole: Portrait) -> np.ndarray:
    """``mask`` in the picture's own pixels."""
    return cv2.warpAffine(mask.astype(np.float32), to_whole, (whole.width, whole.height))
