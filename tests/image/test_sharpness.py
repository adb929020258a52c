from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Plane
from likeness.image.jpeg import recompressed, usual_steps
from likeness.image.sharpness import linear_from_luma, luma_from_linear, resharpened

SIZE = 160
EVERYWHERE = np.ones((SIZE, SIZE), bool)
LEFT = np.arange(SIZE)[None, :].repeat(SIZE, 0) < SIZE // 2
FEW = settings(max_examples=12, deadline=None)


def picture(seed: int = 1) -> Plane:
    """Edges and texture of many sizes, 0..255."""
    random = np.random.default_rng(seed)
    shapes = (cv2.GaussianBlur(random.normal(size=(SIZE, SIZE)), (0, 0), 6) > 0).astype(np.float32)
    fine = cv2.GaussianBlur(random.normal(size=(SIZE, SIZE)), (0, 0), 1.2)
    return np.asarray(60 + 110 * cv2.GaussianBlur(shapes, (0, 0), 0.8) + 12 * fine / fine.std(), np.float32)


def as_is(luma: Plane) -> Plane:
    return luma


def lacks(plain: Plane, luma: Plane, where: np.ndarray = EVERYWHERE, saved: object = as_is) -> float:
    """What the filtered picture lacks, over what the plain one does."""
    found = resharpened(plain, saved, luma, where, 1.9, 6.0)  # type: ignore[arg-type]
    inside = (slice(8, -8), slice(8, -8))
    return float(np.std((luma - found)[inside]) / np.std((luma - plain)[inside]))


@FEW
@given(st.floats(0.5, 1.5))
def test_a_blur_of_encoded_values_is_found(sigma: float) -> None:
    assert lacks(picture(), cv2.GaussianBlur(picture(), (0, 0), sigma)) < 0.12


@FEW
@given(st.floats(0.5, 1.5))
def test_a_blur_of_light_is_found(sigma: float) -> None:
    blurred = cv2.GaussianBlur(linear_from_luma(picture()), (0, 0), sigma)
    assert lacks(picture(), luma_from_linear(blurred)) < 0.12


@FEW
@given(st.floats(0.2, 1.0), st.floats(0.6, 2.0))
def test_a_sharpening_is_found(amount: float, sigma: float) -> None:
    sharp = picture() + amount * (picture() - cv2.GaussianBlur(picture(), (0, 0), sigma))
    assert lacks(picture(), np.asarray(sharp, np.float32)) < 0.2


def test_what_is_told_from_a_part_is_done_to_all() -> None:
    blurred = cv2.GaussianBlur(picture(), (0, 0), 1.0)
    luma = np.where(LEFT, blurred, picture()).astype(np.float32)
    found = resharpened(picture(), as_is, luma, LEFT, 1.9, 6.0)
    there = (slice(8, -8), slice(SIZE // 2 + 8, -8))
    assert np.std((found - blurred)[there]) < 0.12 * np.std((picture() - blurred)[there])


@pytest.mark.parametrize("quality", [50, 60, 75, 90])
def test_compression_alone_is_no_filter(quality: int) -> None:
    saved = partial(recompressed, steps=usual_steps(quality))
    luma = saved(picture())
    assert np.array_equal(resharpened(picture(), saved, luma, EVERYWHERE, 1.9, 6.0), luma)


@pytest.mark.parametrize("sigma", [0.7, 1.0])
def test_what_compression_swallows_of_a_blurred_picture_is_no_blur(sigma: float) -> None:
    """The faint waves that are left after the blur keep their energy, and no more is taken of them."""
    saved = partial(recompressed, steps=usual_steps(85))
    faint = np.asarray(128 + 0.35 * (picture() - 128), np.float32)
    luma = saved(cv2.GaussianBlur(faint, (0, 0), sigma))
    found = resharpened(faint, saved, luma, EVERYWHERE, 1.9, 6.0)
    fine, true = (plane - cv2.GaussianBlur(plane, (0, 0), 1.9) for plane in (found, luma))
    assert np.var(fine) == pytest.approx(np.var(true), rel=0.1)
