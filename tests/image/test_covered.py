from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Plane
from likeness.image.covered import covered
from likeness.image.texture import band

SIZE = 96


def forms(seed: int) -> Plane:
    found = band(np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE)).astype(np.float32), (10, 44), 1)
    return np.asarray(0.5 * found / found.std(), np.float32)


@settings(max_examples=20)
@given(st.floats(0, 3), st.floats(0, 0.1))
def test_another_contrast_and_grain_are_no_cover(contrast: float, grain: float) -> None:
    noise = grain * np.random.default_rng(2).normal(0, 1, (SIZE, SIZE)).astype(np.float32)
    assert not covered(forms(1), np.asarray(contrast * forms(1) + noise, np.float32), 8).any()


def test_other_forms_are_found_where_they_are() -> None:
    other = forms(1)
    other[30:70, 30:70] = 1.5 * forms(3)[30:70, 30:70]
    found = covered(forms(1), other, 8)
    assert found[38:62, 38:62].mean() > 0.6
    assert found[:16].sum() == 0
