import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.image import Image
from likeness.image.changed import changed
from likeness.image.remnants import fullest_spot, worst_spot

UNIT = 32.0
EVERYWHERE = np.ones((96, 96), bool)


@pytest.fixture(scope="module")
def cloth() -> Image:
    """Soft colours in which detail is no finer than 2 pixels."""
    noise = np.random.default_rng(1).standard_normal((96, 96, 3)).astype(np.float32)
    return np.asarray(np.clip(0.2 + 0.35 * cv2.GaussianBlur(noise, (0, 0), 2), 0.02, 0.9), np.float32)


def test_nothing_changed(cloth: Image) -> None:
    assert changed(cloth, cloth, EVERYWHERE, UNIT).max() < 1e-3


def test_a_patch_is_as_far_off_as_its_colour(cloth: Image) -> None:
    painted = cloth.copy()
    painted[30:42, 50:62] = (0.6, 0.3, 0.2)
    off = changed(cloth, painted, EVERYWHERE, UNIT)
    assert np.median(off[32:40, 52:60]) > 20
    assert off[:25].max() < 4
    share, (x, y) = fullest_spot(off > 14, UNIT)
    assert share == worst_spot(off > 14, UNIT) > 0.8
    assert 50 <= x < 62
    assert 30 <= y < 42


@given(sigma=st.floats(0.3, 1.2), x=st.floats(-0.8, 0.8), y=st.floats(-0.8, 0.8))
def test_a_blur_and_a_shift_by_less_than_a_pixel_change_nothing(cloth: Image, sigma: float, x: float, y: float) -> None:
    moved = cv2.warpAffine(cloth, np.array([[1, 0, x], [0, 1, y]]), (96, 96), borderMode=cv2.BORDER_REFLECT_101)
    blurred = cv2.GaussianBlur(moved, (0, 0), sigma)
    assert worst_spot(changed(cloth, blurred, EVERYWHERE, UNIT) > 6, UNIT) < 0.1


@given(stops=st.floats(-0.6, 0.6))
def test_light_that_differs_across_the_picture_is_forgiven(cloth: Image, stops: float) -> None:
    ramp = np.exp2(stops * np.linspace(-1, 1, 96))[None, :, None].astype(np.float32)
    assert np.quantile(changed(cloth, cloth * ramp, EVERYWHERE, UNIT)[:, 8:-8], 0.99) < 6


@pytest.mark.parametrize("saturation", [0.0, 0.5, 1.4])
def test_a_saturation_of_the_whole_is_forgiven(cloth: Image, saturation: float) -> None:
    grey = (cloth @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]
    assert np.quantile(changed(cloth, grey + saturation * (cloth - grey), EVERYWHERE, UNIT), 0.99) < 6
