from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.comparison.vignette import Vignette, places_in
from likeness.image.color import linear_from_srgb, srgb_from_linear
from likeness.image.geometry import IDENTITY

WIDE, HIGH = 90, 60


def test_places_run_from_the_middle_to_the_corners() -> None:
    places = places_in((WIDE, HIGH), IDENTITY, (WIDE, HIGH))
    assert np.hypot(*places[0, 0]) == pytest.approx(1, abs=0.02)
    assert np.allclose(places[0, 0], -places[-1, -1])


@given(st.tuples(*[st.floats(-0.8, 0.3)] * 3), st.booleans(), st.floats(0.05, 0.9))
def test_what_was_laid_on_is_taken_off(factors: tuple[float, ...], encoded: bool, level: float) -> None:
    laid = Vignette(np.array(factors), (WIDE, HIGH), encoded)
    gain = np.exp(laid.at(places_in((WIDE, HIGH), IDENTITY, (WIDE, HIGH))))[..., None]
    even = np.full((HIGH, WIDE, 3), level, np.float32)
    shaded = linear_from_srgb(srgb_from_linear(even) * gain) if encoded else even * gain
    assert np.allclose(laid.taken_off(shaded, IDENTITY), even, rtol=0.01)
