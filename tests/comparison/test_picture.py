"""What was done to the picture as a whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from calibration.handling import same as same_picture

from likeness.comparison.pair import Pair
from likeness.comparison.picture import photo_share, same, tones_changed
from likeness.faces import find_faces
from likeness.image.color import bytes_from_linear
from likeness.photo import decode_photo
from likeness.portrait import Portrait

Codes = np.ndarray


def paired(source: Portrait, make: Callable[[Codes], Codes], kind: str = "PNG") -> Pair:
    """``source`` and what ``make`` makes of its codes, as a file of its own, the face found anew."""
    out = io.BytesIO()
    PIL.Image.fromarray(np.asarray(make(same_picture(source).copy()))).save(out, kind, quality=90)
    photo = decode_photo(out.getvalue(), Path(f"x.{kind}"))
    return Pair(source, Portrait.of(photo, find_faces(photo)[0]))


def on_a_screen(codes: Codes) -> Codes:
    return cv2.copyMakeBorder(codes, codes.shape[0] // 2, codes.shape[0] // 2, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))


def through(*curves: Callable[[Codes], Codes]) -> Callable[[Codes], Codes]:
    """A curve for each channel, of values 0..1."""
    return lambda codes: (
        np.stack([255 * curve(codes[..., k] / 255.0) for k, curve in enumerate(curves)], 2).clip(0, 255).astype(np.uint8)
    )


def scaled(by: float) -> Callable[[Codes], Codes]:
    return lambda values: by * values


WARM = through(scaled(1.04), scaled(1.0), scaled(0.85))
DARK = through(*3 * [scaled(0.75)])
FADED = through(*3 * [lambda values: 0.12 + 0.76 * values])


def test_the_source_itself_is_known_by_its_bytes_or_its_pixels(hopper_portrait: Portrait) -> None:
    assert same(Pair(hopper_portrait, hopper_portrait)) == "file"
    assert same(paired(hopper_portrait, lambda codes: codes)) == "pixels"
    assert same(paired(hopper_portrait, lambda codes: codes, "JPEG")) is None
    assert same(paired(hopper_portrait, on_a_screen)) is None


@pytest.mark.parametrize(
    ("make", "share"),
    [
        (on_a_screen, 0.5),
        (lambda codes: cv2.copyMakeBorder(codes[40:-120, 50:-40], 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=(255,) * 3), 0.75),
        (lambda codes: codes, 1.0),
        (lambda codes: codes[10:-60, 30:-20], 1.0),
        (lambda codes: cv2.resize(codes, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA), 1.0),
    ],
)
def test_the_photo_fills_what_it_fills(hopper_portrait: Portrait, make: Callable[[Codes], Codes], share: float) -> None:
    assert photo_share(paired(hopper_portrait, make, "JPEG")) == pytest.approx(share, abs=0.06 if 0.6 < share < 1 else 0.01)


@pytest.mark.parametrize("colour", [0, 255])
def test_a_round_mask_is_no_part_of_the_photo(hopper_portrait: Portrait, colour: int) -> None:
    def masked(codes: Codes) -> Codes:
        x, y = hopper_portrait.landmarks[152, :2]
        rows, columns = np.indices(codes.shape[:2])
        codes[np.hypot(columns - x, rows - y + hopper_portrait.ipd) > 1.9 * hopper_portrait.ipd] = colour
        return codes

    assert photo_share(paired(hopper_portrait, masked, "JPEG")) < 0.9


@pytest.mark.parametrize("stops", [-0.7, 0.7])
def test_another_exposure_is_no_border_and_no_other_contrast(hopper_portrait: Portrait, stops: float) -> None:
    pair = paired(hopper_portrait, lambda _: bytes_from_linear(np.clip(hopper_portrait.pixels * 2**stops, 0, 1)), "JPEG")
    assert photo_share(pair) == 1.0
    assert tones_changed(pair) == ("lighter" if stops > 0 else "darker",)


@pytest.mark.parametrize(
    ("make", "words"), [(WARM, {"warmer"}), (DARK, {"darker"}), (FADED, {"paler"}), (lambda codes: codes, set())]
)
def test_other_tones_of_the_whole_picture_are_named(
    hopper_portrait: Portrait, make: Callable[[Codes], Codes], words: set[str]
) -> None:
    found = set(tones_changed(paired(hopper_portrait, make, "JPEG")))
    assert words <= found
    assert bool(words) == bool(found)


def test_what_changed_the_clothes_alone_is_no_other_tone(hopper_portrait: Portrait) -> None:
    def dyed(codes: Codes) -> Codes:
        chin = int(hopper_portrait.landmarks[152, 1])
        codes[chin + 60 :, :, 2] = np.clip(codes[chin + 60 :, :, 2] + 40.0, 0, 255).astype(np.uint8)
        return codes

    assert tones_changed(paired(hopper_portrait, dyed, "JPEG")) == ()
