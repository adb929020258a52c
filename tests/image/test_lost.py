"""What another background may do to a picture leaves nothing over; what it took does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.image import Image
from likeness.image.lost import forms, unexplained, unlike

UNIT = 56.0
SIZE = 80


def plain(colour: tuple[float, float, float]) -> Image:
    return np.full((SIZE, SIZE, 3), colour, np.float32)


def lined(colour: tuple[float, float, float], line: tuple[float, float, float], alpha: float = 1.0) -> Image:
    picture = plain(colour)
    picture[38:41] += alpha * (np.array(line, np.float32) - picture[38:41])
    return picture


colours = st.tuples(st.floats(5, 95), st.floats(-40, 40), st.floats(-40, 40))


@given(colours, colours, colours, st.floats(0, 1))
def test_any_mixture_is_explained(
    front: tuple[float, float, float], old: tuple[float, float, float], new: tuple[float, float, float], alpha: float
) -> None:
    person, there, here = (plain(colour)[:12, :12] for colour in (front, old, new))
    before, after = (np.asarray(alpha * person + (1 - alpha) * back, np.float32) for back in (there, here))
    assert unexplained(before, after, there, here, UNIT).max() < 1


def test_a_piece_that_became_background_is_not_explained() -> None:
    old, new, cloth = (60.0, 0.0, 20.0), (50.0, 0.0, 0.0), (25.0, 5.0, -40.0)
    before = plain(old)
    before[30:50, 30:50] = cloth
    left = unexplained(before, plain(new), plain(old), plain(new), UNIT)
    assert left[40, 40] > 40
    assert left[10, 10] < 0.1


@pytest.mark.parametrize("same", [False, True])
def test_a_line_that_was_kept_is_seen_and_one_that_was_not_is_gone(same: bool) -> None:
    old, new = (80.0, 0.0, 0.0), (80.0, 0.0, 0.0) if same else (50.0, 0.0, 0.0)
    before, line = lined(old, (10.0, 0.0, 0.0)), 39
    kept, gone, half = (
        forms(before, lined(new, (10.0, 0.0, 0.0), alpha), plain(old), plain(new), UNIT, same=same) for alpha in (1, 0, 0.5)
    )
    assert 0.95 < kept.here[line, 40] / kept.should[line, 40] < 1.4  # no more is asked for than there would be
    assert gone.here[line, 40] < 0.02 * gone.should[line, 40]
    assert half.here[line, 40] == pytest.approx(0.5 * kept.here[line, 40], rel=0.05)


def test_a_form_coloured_like_the_new_background_need_not_be_seen() -> None:
    shown = forms(lined((80, 0, 0), (10, 0, 0)), plain((12, 0, 0)), plain((80, 0, 0)), plain((12, 0, 0)), UNIT, same=False)
    assert shown.should[39, 40] < 0.35 * shown.was[39, 40]


def test_what_is_out_of_focus_is_told_from_what_is_sharp() -> None:
    x = np.arange(SIZE, dtype=np.float32)
    planes = (90 / (1 + np.exp(np.minimum(-(x - 40) / width, 50))) for width in (0.3, 6.0))
    steps = (np.ascontiguousarray(np.stack([np.tile(p, (SIZE, 1)), *(np.zeros((SIZE, SIZE), np.float32),) * 2], 2)) for p in planes)
    sharp, soft = (forms(step, step, plain((0, 0, 0)), plain((0, 0, 0)), UNIT, same=True).focus[40, 40] for step in steps)
    assert sharp > 3 * soft


def test_a_colour_that_the_background_has_near_by_is_no_piece_of_the_person() -> None:
    picture, where, others = plain((50, 0, 0)), np.zeros((SIZE, SIZE), bool), np.ones((SIZE, SIZE), bool)
    picture[:, :10], picture[40:44, 20:24] = (90, 0, 0), (90, 0, 0)
    where[40:44, 20:24] = True
    others[38:46, 18:26] = False
    assert not unlike(picture, where, others, UNIT).any()
    assert unlike(picture, where, others & (np.arange(SIZE) > 10), UNIT)[where].all()
    assert not unlike(picture, where, np.zeros_like(where), UNIT).any()
