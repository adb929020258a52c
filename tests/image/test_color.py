"""Transfer functions and colour spaces against colour-science."""

from __future__ import annotations

import colour
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from likeness.image.color import (
    LINEAR_FROM_8BIT,
    bytes_from_linear,
    lab_from_linear,
    linear_from_srgb,
    look_up,
    luminance,
    srgb_from_linear,
    words_from_linear,
)

UNIT = st.floats(0, 1, width=32)


@settings(deadline=None)
@given(st.floats(-2, 8, width=32))
def test_the_transfer_functions_undo_each_other(value: float) -> None:
    back = linear_from_srgb(srgb_from_linear(np.array([value], np.float32)))
    assert back == pytest.approx(value, rel=2e-5, abs=1e-6)


def test_the_transfer_functions_are_those_of_the_standard() -> None:
    codes = np.linspace(0, 1, 1001)
    assert np.allclose(linear_from_srgb(codes), colour.cctf_decoding(codes, function="sRGB"), atol=1e-6)
    assert np.allclose(srgb_from_linear(codes), colour.cctf_encoding(codes, function="sRGB"), atol=1e-6)


def test_every_byte_and_every_word_survives_linear_light() -> None:
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
    assert np.array_equal(bytes_from_linear(LINEAR_FROM_8BIT[codes]), codes)
    words = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, 2)
    assert np.array_equal(words_from_linear(linear_from_srgb(words / np.float32(65535))), words)


@settings(deadline=None)
@given(arrays(np.float32, (7, 5, 3), elements=UNIT))
def test_bytes_are_within_half_a_code(linear: np.ndarray) -> None:
    exact = 255 * colour.cctf_encoding(linear.astype(np.float64), function="sRGB")
    assert np.abs(bytes_from_linear(linear) - exact).max() < 0.56


def test_bytes_saturate_and_take_any_layout() -> None:
    linear = np.array([-3.0, -0.0, 0.0, 1.0, 7.0, 1e9], np.float32)
    assert bytes_from_linear(linear).tolist() == [0, 0, 0, 255, 255, 255]
    image = np.random.default_rng(1).random((40, 60, 3), np.float32)
    assert np.array_equal(bytes_from_linear(image[::2, ::-1]), bytes_from_linear(np.ascontiguousarray(image[::2, ::-1])))
    assert bytes_from_linear(image[:0]).shape == (0, 60, 3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_table_per_channel_is_read_at_each_code(dtype: type) -> None:
    top = np.iinfo(dtype).max
    table = np.linspace(0, 1, 65536)[:, None] ** np.array([1.0, 2.0, 3.0])
    codes = np.random.default_rng(2).integers(0, top + 1, (9, 11, 3)).astype(dtype)
    assert np.allclose(look_up(codes, table.astype(np.float32)), (codes / top) ** np.array([1, 2, 3]), atol=1e-6)
    assert np.allclose(look_up(codes, table[:, 1].astype(np.float32)), (codes / top) ** 2, atol=1e-6)


def test_luminance_and_lab_are_those_of_cie() -> None:
    image = np.random.default_rng(3).random((20, 30, 3), np.float32)
    xyz = colour.RGB_to_XYZ(image.astype(np.float64), "sRGB")
    assert np.allclose(luminance(image), xyz[..., 1], atol=2e-4)
    white = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D65"]
    assert colour.delta_E(lab_from_linear(image), colour.XYZ_to_Lab(xyz, white), method="CIE 2000").max() < 0.2
