from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from likeness.image.webp import quality_of, resaved, strength_in


def picture(seed: int = 1) -> NDArray[np.uint8]:
    """Soft blobs with as much fine detail as photos have, (H, W, 3)."""
    random = np.random.default_rng(seed)
    blobs = sum(cv2.GaussianBlur(random.normal(size=(160, 192, 3)), (0, 0), sigma) * sigma**1.6 for sigma in (1, 2, 4, 8))
    return np.asarray(np.clip(128 + 40 * blobs / np.std(blobs), 0, 255), np.uint8)


def file_of(codes: NDArray[np.uint8], **options: object) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(codes).save(out, "webp", **options)
    return out.getvalue()


def test_the_stronger_the_compression_the_larger_the_index() -> None:
    found = [strength_in(file_of(picture(), quality=quality)) or 0.0 for quality in (10, 30, 50, 70, 80, 90, 97)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 60
    assert found[-1] < 8


@pytest.mark.parametrize("quality", [50, 75, 80, 92])
def test_the_quality_is_found_again_also_in_what_was_saved_once(quality: int) -> None:
    strength = strength_in(file_of(picture(), quality=quality))
    assert strength is not None
    assert quality_of(picture(), strength) == pytest.approx(quality, abs=1)
    assert quality_of(resaved(picture(), quality), strength) == pytest.approx(quality, abs=3)


def test_extended_and_animated_files_are_read_too() -> None:
    plain = strength_in(file_of(picture(), quality=60))
    assert strength_in(file_of(picture(), quality=60, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")) == plain
    clear = np.dstack([picture(), np.full((160, 192), 90, np.uint8)])
    assert strength_in(file_of(clear, quality=60)) is not None
    moving = file_of(picture(), quality=60, save_all=True, append_images=[PIL.Image.fromarray(picture(2))])
    assert b"ANMF" in moving
    assert strength_in(moving) == pytest.approx(plain, abs=3)


def test_lossless_files_and_others_have_none() -> None:
    assert strength_in(file_of(picture(), lossless=True)) is None
    assert strength_in(b"") is None
    assert strength_in(b"RIFF\0\0\0\0WEBP") is None
    assert strength_in(b"\xff\xd8\xff\xe0 no WebP") is None


@given(st.integers(0, 400), st.binary(max_size=40))
def test_damage_raises_nothing(at: int, rubbish: bytes) -> None:
    data = file_of(picture()[:48, :48], quality=40)
    found = strength_in(data[:at] + rubbish)
    assert found is None or 0 <= found <= 127


def test_one_quantiser_for_all_is_read_without_segments() -> None:
    """A header written by hand, by the encoder of RFC 6386, section 7.3, all of whose bits are as likely 0 as 1."""
    bits = "00" + "0" + "0" * 10 + "0" + "00" + f"{37:07b}" + "0" * 16
    frame = b"\x10\0\0" + b"\x9d\x01\x2a" + struct.pack("<HH", 16, 16) + written(bits)
    chunk = b"VP8 " + struct.pack("<I", len(frame)) + frame
    assert strength_in(b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk) == 37


def written(bits: str) -> bytes:
    """``bits`` as the boolean coder writes them: the low end of an interval that every bit takes a part of, in whole numbers."""
    low, wide, shift = 0, 255, 0
    for bit in bits:
        split = 1 + ((wide - 1) * 128 >> 8)
        low, wide = (low + split, wide - split) if bit == "1" else (low, split)
        while wide < 128:
            low, wide, shift = low << 1, wide << 1, shift + 1
    total = 8 + shift
    return (low << -total % 8).to_bytes((total + 7) // 8, "big")
