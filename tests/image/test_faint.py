from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from likeness.image.color import linear_from_srgb
from likeness.image.faint import faint_alpha

SIZE, EDGE = 96, 56
REACH, THIN = 9.0, 3.5
UNEVEN = 0.004  # standard deviation of the layers, encoded
HAIR = np.ones((SIZE, SIZE), np.float32)


def scene(wall: float, hair: float, unevenness: float = UNEVEN, strand: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Hair to the left of column EDGE before a wall, encoded values; a strand of that much hair at row 30. The picture and its true alpha."""
    random = np.random.default_rng(1)
    alpha = np.zeros((SIZE, SIZE), np.float32)
    alpha[:, :EDGE] = 1
    alpha[30, EDGE : EDGE + 14] = strand
    front, back = (value + unevenness * random.standard_normal((SIZE, SIZE, 1)) for value in (hair, wall))
    front, back = (linear_from_srgb(np.repeat(layer, 3, 2).clip(0, 1).astype(np.float32)) for layer in (front, back))
    return np.asarray(alpha[..., None] * front + (1 - alpha[..., None]) * back, np.float32), alpha


def veiled(alpha: np.ndarray, veil: float) -> np.ndarray:
    """What the matting equation leaves: a veil over the band, ending in a step."""
    band = np.zeros_like(alpha)
    band[:, EDGE : EDGE + 16] = veil
    return np.maximum(alpha, band)


@settings(max_examples=20, deadline=None)
@given(wall=st.floats(0.1, 0.95), hair=st.floats(0.1, 0.95), veil=st.floats(0.03, 0.2))
@example(wall=0.375, hair=0.125, veil=0.03125)
def test_a_veil_before_an_even_wall_is_gone(wall: float, hair: float, veil: float) -> None:
    if abs(wall - hair) < 0.25:
        return
    image, alpha = scene(wall, hair)
    held = faint_alpha(image, veiled(alpha, veil), HAIR, REACH, THIN)
    noise = UNEVEN / abs(wall - hair)  # of alpha, as a wall that is no more even than this tells it
    assert held[:, EDGE + 3 : EDGE + 13].mean() < max(0.25 * veil, 0.8 * noise)
    assert np.array_equal(held[:, : EDGE - 1], alpha[:, : EDGE - 1])


def test_neither_a_shelf_beside_the_arm_nor_a_wide_stain_becomes_the_person() -> None:
    image, alpha = scene(0.2, 0.7, strand=0.5)
    before = veiled(np.where(alpha < 1, 0, 1).astype(np.float32), 0.08)
    assert faint_alpha(image, before, 0 * HAIR, REACH, THIN)[30, EDGE + 2 : EDGE + 12].max() < 0.09
    image[50:70, EDGE : EDGE + 16] = 0.7 * image[50:70, EDGE : EDGE + 16] + 0.3 * image[50:70, :16]
    held = faint_alpha(image, before, HAIR, REACH, THIN)
    assert held[53:67, EDGE + 4 : EDGE + 12].max() < 0.12
    assert held[30, EDGE + 2 : EDGE + 12].mean() > 0.4


@pytest.mark.parametrize("strand", [0.15, 0.3, 0.6])
def test_a_strand_that_was_nearly_missed_comes_back(strand: float) -> None:
    image, alpha = scene(0.2, 0.7, strand=strand)
    held = faint_alpha(image, veiled(np.where(alpha < 1, 0, 1).astype(np.float32), 0.08), HAIR, REACH, THIN)
    assert held[30, EDGE + 2 : EDGE + 12].mean() == pytest.approx(strand, abs=0.06)
    assert held[40:50, EDGE + 2 : EDGE + 12].mean() < 0.03


def test_before_an_uneven_wall_alpha_ends_in_no_step_and_keeps_what_it_said_within() -> None:
    image, alpha = scene(0.5, 0.5, unevenness=0.12)
    before = veiled(alpha, 0.15)
    held = faint_alpha(image, before, HAIR, REACH, THIN)
    assert held[:, EDGE + 15].max() < 0.4 * 0.15
    assert np.abs(np.diff(held[:, EDGE + 6 : EDGE + 20], axis=1)).max() < 0.4 * 0.15
    assert held[:, EDGE + 2 : EDGE + 8].mean() == pytest.approx(0.15, rel=0.15)


def test_what_is_not_faint_is_left_and_nothing_faint_is_no_error() -> None:
    image, alpha = scene(0.2, 0.7)
    assert np.array_equal(faint_alpha(image, alpha, HAIR, REACH, THIN), alpha)
    half = veiled(alpha, 0.6)
    assert np.array_equal(faint_alpha(image, half, HAIR, REACH, THIN), half)
    empty = np.zeros_like(alpha)
    assert np.array_equal(faint_alpha(image, empty, HAIR, REACH, THIN), empty)
    assert np.isfinite(faint_alpha(image, empty + np.float32(0.1), HAIR, REACH, THIN)).all()
