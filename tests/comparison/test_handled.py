"""The source handled as the result was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.comparison.handled import _in_range
from likeness.image import Image, Plane


def skin(luma: float, red: float) -> tuple[Plane, Image]:
    """An even luma, and a colour with so much ``red`` beyond it, and as little green and blue as leaves the luma what it is."""
    rest = -0.299 * red / 0.701
    return np.full((4, 4), luma, np.float32), np.broadcast_to(np.array([red, rest, rest], np.float32), (4, 4, 3))


@given(st.floats(0, 200), st.floats(0, 50))
def test_colours_within_range_are_left_alone(luma: float, red: float) -> None:
    assert (_in_range(*skin(luma, red)) == np.float32(luma)).all()


@given(st.floats(210, 250), st.floats(50, 80))
def test_red_beyond_white_is_cut_off(luma: float, red: float) -> None:
    assert _in_range(*skin(luma, red)) == pytest.approx(luma - 0.299 * max(0.0, luma + red - 255), abs=0.01)


def test_beyond_white_the_texture_is_weaker_by_what_red_gave_it() -> None:
    even, colour = skin(230, 60)
    waves = np.asarray(even + np.array([[-4, 4, -4, 4]]), np.float32)
    assert np.ptp(_in_range(waves, colour)) == pytest.approx(8 * 0.701, abs=0.01)
