"""A photo without colour can't show that the skin's colour was kept."""

from __future__ import annotations

import numpy as np
import pytest

from likeness.image.color import luminance
from likeness.measures.source.colourfulness import colourfulness
from likeness.portrait import Portrait
from likeness.ranking import assess
from likeness.schema import Reading


@pytest.mark.parametrize("tint", [(1, 1, 1), (1.04, 1, 0.95)], ids=["grey", "toned"])
def test_a_grey_photo_is_no_source(hopper_portrait: Portrait, tint: tuple[float, float, float]) -> None:
    grey = hopper_portrait.with_pixels((luminance(hopper_portrait.pixels)[..., None] * np.array(tint)).astype(np.float32))
    reading = colourfulness(grey)
    assert isinstance(reading, Reading)
    assert reading.value < 3
    assert not assess(grey).usable


def test_skin_has_colour(hopper_portrait: Portrait) -> None:
    reading = colourfulness(hopper_portrait)
    assert isinstance(reading, Reading)
    assert reading.value > 10
