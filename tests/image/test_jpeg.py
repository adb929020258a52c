from __future__ import annotations

import io

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Plane
from likeness.image.jpeg import recompressed, steps_in, steps_of, usual_steps


def picture(seed: int = 1) -> Plane:
    """Soft blobs, 0..255, with as much fine detail as photos have."""
    random = np.random.default_rng(seed)
    blobs = sum(cv2.GaussianBlur(random.normal(size=(240, 304)), (0, 0), sigma) * sigma**1.6 for sigma in (1, 2, 4, 8))
    return np.asarray(np.clip(128 + 40 * blobs / blobs.std(), 0, 255), np.float32)


@given(st.integers(40, 92), st.integers(1, 4))
@settings(max_examples=12, deadline=None)
def test_the_quality_is_read_off_the_pixels(quality: int, seed: int) -> None:
    found = steps_of(recompressed(picture(seed), usual_steps(quality)))
    assert found is not None
    assert np.abs(found - usual_steps(quality))[:4, :4].max() <= 1


def test_what_was_never_compressed_or_resized_since_has_no_steps() -> None:
    assert steps_of(picture()) is None
    smaller = cv2.resize(recompressed(picture(), usual_steps(75)), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    assert steps_of(np.asarray(smaller, np.float32)) is None


def test_a_flat_picture_tells_nothing() -> None:
    assert steps_of(np.full((80, 80), 90, np.float32)) is None


def test_steps_are_read_from_the_file() -> None:
    out = io.BytesIO()
    PIL.Image.fromarray(picture().astype(np.uint8)).save(out, "jpeg", quality=60)
    written = steps_in(out.getvalue())
    assert written is not None
    assert np.array_equal(written, usual_steps(60))
    assert steps_in(b"no picture") is None


def test_compressing_twice_with_the_same_steps_changes_next_to_nothing() -> None:
    once = recompressed(picture(), usual_steps(70))
    assert np.abs(recompressed(once, usual_steps(70)) - once).mean() < 0.2


@pytest.mark.parametrize("quality", [1, 50, 100])
def test_steps_are_whole_and_positive(quality: int) -> None:
    steps = usual_steps(quality)
    assert steps.shape == (8, 8)
    assert steps.min() >= 1
    assert steps.max() <= 255
    assert quality != 50 or steps[0, 0] == 16
