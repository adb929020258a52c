from __future__ import annotations

import numpy as np
import pytest

from likeness.image.dyed import dyed
from likeness.image.filters import gaussian

UNIT = 32.0
TIE = (slice(40, 72), slice(40, 60))


def picture(texture: float) -> np.ndarray:
    """A red area on white, with a weave."""
    image = np.full((96, 96, 3), 0.7, np.float32)
    image[TIE] = (0.5, 0.02, 0.03)
    noise = gaussian(np.random.default_rng(3).normal(0, 1, (96, 96)).astype(np.float32), 1.0)
    return np.asarray(gaussian(np.clip(image * np.exp(texture * noise)[..., None], 0, 1), 0.8), np.float32)


def spots() -> np.ndarray:
    mask = np.zeros((96, 96), bool)
    mask[TIE] = True
    return mask


@pytest.mark.parametrize("texture", [0.0, 0.5])
def test_an_area_of_another_colour_is_dyed(texture: float) -> None:
    red = picture(texture)
    blue = np.where(spots()[..., None], red[..., ::-1] * np.float32(1.3), red)
    assert (dyed(red, blue, spots(), UNIT) == spots()).all()


def test_an_area_that_became_its_surroundings_is_not() -> None:
    red = picture(0.5)
    over = np.where(spots()[..., None], np.float32(0.7), red)
    assert not dyed(red, over, spots(), UNIT).any()


def test_a_piece_of_another_outline_is_not() -> None:
    red = picture(0.0)
    mask = np.zeros_like(spots())
    mask[30:50, 30:50] = True
    over = np.where(mask[..., None], np.float32([0.5, 0.02, 0.03]), red)
    changed = mask & ~spots()
    assert not dyed(red, over, changed, UNIT).any()


def test_each_area_is_judged_by_itself() -> None:
    red = np.concatenate([picture(0.5), picture(0.5)], axis=1)
    mask = np.concatenate([spots(), spots()], axis=1)
    after = red.copy()
    after[:, :96][spots()] = red[:, :96][spots()][:, ::-1]
    after[:, 96:][spots()] = 0.7
    found = dyed(red, after, mask, UNIT)
    assert found[:, :96].any()
    assert not found[:, 96:].any()
