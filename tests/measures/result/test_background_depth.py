from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.backdrops import focused
from calibration.composites import clean, over
from calibration.scenes import grove, office
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.image.defocus import edge_blur
from likeness.image.filters import gaussian
from likeness.measures.result.background_depth import BEYOND, background_depth
from likeness.portrait import Portrait
from likeness.schema import Reading

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = background_depth(pair)
    assert isinstance(found, Reading), found
    return found


def test_a_kept_background_is_as_sharp_as_the_camera_saw_it(saved: Pair) -> None:
    assert read(saved).value == BEYOND


def test_the_own_background_in_other_tones_is_still_its_own(hopper_portrait: Portrait) -> None:
    def bright_behind(source: Portrait) -> np.ndarray:
        return source.pixels * np.where(source.person > 0.5, 1.0, 1.6).astype(np.float32)[..., None]

    assert "source's own" in read(edited(hopper_portrait, bright_behind)).reason


def test_a_plain_backdrop_has_nothing_too_sharp(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, clean("sand")))
    assert found.value == BEYOND
    assert "no edges" in found.reason


@pytest.mark.parametrize("scene", [office, grove])
def test_a_sharp_picture_behind_is_noticed_and_a_blurred_one_not(hopper_portrait: Portrait, scene: object) -> None:
    sharp, soft = (read(edited(hopper_portrait, focused(scene, r))).value for r in (0.0, 0.14))  # type: ignore[arg-type]
    limits = background_depth.limits
    assert limits.status(sharp) != "natural"
    assert limits.status(soft) == "natural"
    assert sharp < 0.5 * soft


def test_a_sharpened_subject_does_not_excuse_a_sharp_background(hopper_portrait: Portrait) -> None:
    """Sharpening makes the subject's edges steeper than any lens; the depth of field is still that of a portrait."""

    def sharpened(source: Portrait) -> np.ndarray:
        front = source.foreground + 1.5 * (source.foreground - gaussian(source.foreground, 1.0))
        return over(np.clip(front, 0, 1).astype(np.float32), source.alpha, office(source))

    found = read(edited(hopper_portrait, sharpened))
    assert background_depth.limits.status(found.value) == "fail"


def test_faint_edges_are_seen_where_there_are_no_others_and_no_noise_hides_them(hopper_portrait: Portrait) -> None:
    def tiles(contrast: float, noise: float) -> object:
        def make(source: Portrait) -> np.ndarray:
            rows, columns = (np.arange(n) // round(0.4 * source.ipd) % 2 for n in (source.height, source.width))
            wall = 0.2 * (1 + contrast * (rows[:, None] ^ columns)) + np.random.default_rng(2).normal(0, noise, source.alpha.shape)
            return over(source.foreground, source.alpha, np.repeat(wall[..., None], 3, axis=2).astype(np.float32))

        return make

    assert background_depth.limits.status(read(edited(hopper_portrait, tiles(0.25, 0.0))).value) != "natural"  # type: ignore[arg-type]
    assert read(edited(hopper_portrait, tiles(0.0, 0.02))).value == BEYOND  # type: ignore[arg-type]


def test_jpeg_blocks_are_no_edges(hopper_portrait: Portrait) -> None:
    assert read(edited(hopper_portrait, clean("grey"), 50)).value == BEYOND


@given(st.floats(0.6, 3.0), st.floats(0.2, 0.8))
@settings(max_examples=15, deadline=None)
def test_the_blur_of_an_edge_is_read_off_at_any_contrast(sigma: float, contrast: float) -> None:
    step = np.zeros((60, 80), np.float32)
    step[:, 40:] = contrast
    at, found = edge_blur(cv2.GaussianBlur(step, (0, 0), sigma), 0.01)
    assert np.median(found[10:50, 35:45][at[10:50, 35:45]]) == pytest.approx(sigma, abs=0.2)
