"""Foreground colours are the person's own, whatever alpha says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from likeness.image import Image, Plane
from likeness.image.own_colours import own_colours

HAIR, LEAVES, SKIN = (np.array(c, np.float32) for c in ((0.05, 0.03, 0.02), (0.2, 0.5, 0.1), (0.7, 0.45, 0.35)))


def scene(true: float, said: float) -> tuple[Image, Plane, Image]:
    """Hair, an edge of ``true`` alpha, leaves: the picture, the alpha that is ``said`` of the edge, and the colours that follow from it."""
    image, alpha = np.empty((60, 120, 3), np.float32), np.ones((60, 120), np.float32)
    image[:, :50], image[:, 50:70], image[:, 70:] = HAIR, true * HAIR + (1 - true) * LEAVES, LEAVES
    alpha[:, 50:70], alpha[:, 70:] = said, 0
    front = image.copy()
    front[:, 50:70] = np.maximum((image[:, 50:70] - (1 - said) * LEAVES) / said, 0)
    return image, alpha, front


def test_what_is_right_is_left_alone() -> None:
    image, alpha, front = scene(0.5, 0.5)
    np.testing.assert_allclose(own_colours(front, image, alpha, 15.0)[:, 50:70], front[:, 50:70], atol=1e-4)


def test_an_overshoot_into_the_complementary_colour_is_taken_back() -> None:
    """Hair that alpha takes for half as dense turns magenta before leaves: red and blue are left when too much green is taken away."""
    image, alpha, front = scene(0.2, 0.12)
    front[:, 50:70] = (0.4, 0.0, 0.4)
    magenta = front[:, 50:70] - image[:, 50:70]
    held = own_colours(front, image, alpha, 15.0)[:, 50:70] - image[:, 50:70]
    assert np.abs(held).max() < 0.75 * np.abs(magenta).max()


@given(true=st.floats(0, 1), said=st.floats(0.05, 0.95), seed=st.integers(0, 99))
def test_each_colour_lies_between_the_estimate_and_the_picture(true: float, said: float, seed: int) -> None:
    image, alpha, front = scene(true, said)
    front = np.abs(front + np.random.default_rng(seed).normal(0, 0.2, front.shape)).astype(np.float32)
    held = own_colours(front, image, alpha, 15.0)
    assert (held >= np.minimum(front, image) - 1e-5).all()
    assert (held <= np.maximum(front, image) + 1e-5).all()
    np.testing.assert_array_equal(held[alpha == 1], front[alpha == 1])


def test_clothes_of_which_nothing_is_sure_keep_the_colour_that_they_have() -> None:
    """A blue jacket of which alpha is nowhere above 0.7 was once painted with the white of the shirt beside it."""
    image, alpha = np.full((80, 120, 3), 0.9, np.float32), np.ones((80, 120), np.float32)
    image[:, 50:], alpha[:, 50:] = (0.01, 0.05, 0.25), 0.65
    held = own_colours(image.copy(), image, alpha, 15.0)
    np.testing.assert_allclose(held[:, 50:], image[:, 50:], atol=1e-4)


def test_a_strip_of_dark_hair_before_light_skin_keeps_its_colour() -> None:
    """Hair of which alpha is nowhere quite 1 was once painted with blocks of the skin beside it, the only sure colour near."""
    image, alpha = np.broadcast_to(SKIN, (120, 120, 3)).copy(), np.ones((120, 120), np.float32)
    image[:, 60:70], alpha[:, 60:70] = 0.9 * np.float32(0.02) + 0.1 * np.float32(0.3), 0.9
    image[:, 70:], alpha[:, 70:] = 0.3, 0.0
    front = np.where(alpha[..., None] > 0, image, 0).astype(np.float32)
    front[:, 60:70] = 0.02
    assert own_colours(front, image, alpha, 15.0)[:, 61:69].max() < 0.06


def test_neighbours_do_not_fall_apart_into_blocks() -> None:
    """What holds a colour changes smoothly from place to place: an estimate that is smooth stays so."""
    rng = np.random.default_rng(3)
    image, alpha, front = scene(0.5, 0.5)
    image[:, :50] = HAIR + (SKIN - HAIR) * rng.random((60, 1, 1)).astype(np.float32)
    y, x = np.mgrid[:60, :120].astype(np.float32)
    wave = 0.3 + 0.2 * np.sin(y / 9 + x / 11)
    front[:, 50:70] = np.dstack([wave, 0.1 * wave, wave])[:, 50:70]
    held = np.sqrt(own_colours(front, image, alpha, 15.0)[:, 51:69])
    assert np.abs(np.diff(held, axis=0)).max() < 0.05
