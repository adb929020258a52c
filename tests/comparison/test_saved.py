"""What saving did to a result is done to the source, in the file's own pixels or seen from afar; what cannot be known is not judged."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pytest

from likeness.audits import audit
from likeness.comparison.saved import _saved_afar, as_is, not_followed
from likeness.files.profiles import SRGB
from likeness.image import Plane
from likeness.image.color import bytes_from_linear
from likeness.image.filters import gaussian
from likeness.photo import Photo, decode_photo
from likeness.portrait import Portrait

TIMES = 5  # as many pixels across as the test portrait has


def blobs(size: int, seed: int = 3) -> Plane:
    """Blobs of all sizes, 0..255, (size, size)."""
    random = np.random.default_rng(seed)
    sizes = (1, 2, 4, 8, 16)
    found = sum(gaussian(random.normal(size=(size, size)).astype(np.float32), sigma) * sigma**1.7 for sigma in sizes)
    return np.asarray(np.clip(128 + 25 * found / np.std(found), 0, 255), np.float32)


def photo_of(luma: Plane, kind: str, **options: Any) -> Photo:
    out = io.BytesIO()
    PIL.Image.fromarray(luma.astype(np.uint8)).convert("RGB").save(out, kind, **options)
    return decode_photo(out.getvalue(), Path(f"result.{kind}"))


def averaged(luma: Plane, size: int) -> Plane:
    return np.asarray(cv2.resize(luma, (size, size), interpolation=cv2.INTER_AREA), np.float32)


@pytest.mark.parametrize("quality", [70, 50, 20])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_how_much_compression_does_to_larger_pixels_is_foretold_from_their_means(kind: str, quality: int) -> None:
    large = blobs(512)
    photo = photo_of(large, kind, quality=quality)
    before, after = averaged(large, 192), averaged(np.asarray(photo.codes[..., 0], np.float32), 192)
    step = 512 / 192
    to_file = np.array([[step, 0, step / 2 - 0.5], [0, step, step / 2 - 0.5]])
    found = _saved_afar(photo, to_file, before.shape, 16)(before)
    inner = slice(8, -8)
    assert np.std((found - before)[inner, inner]) == pytest.approx(np.std((after - before)[inner, inner]), rel=0.35)


def test_fine_steps_are_not_seen_from_afar() -> None:
    for kind, quality in (("JPEG", 92), ("PNG", None), ("WEBP", 96)):
        photo = photo_of(blobs(128), kind, **({} if quality is None else {"quality": quality}))
        assert _saved_afar(photo, np.array([[2, 0, 0.5], [0, 2, 0.5]]), (64, 64), 16) is as_is


def test_of_a_strong_compression_that_is_not_followed_the_kind_is_named() -> None:
    def heic(data: bytes) -> Photo:
        return Photo(Path("x.heic"), data, np.zeros((100, 100, 3), np.uint8), "HEIF", space=SRGB)

    few, many = heic(b"0" * 1250), heic(b"0" * 2500)  # 1 and 2 bits per pixel
    assert not_followed(few, 200) == "HEIC"
    assert not_followed(many, 200) == ""
    assert not_followed(few, 400) == ""  # ten of its pixels make one that is compared


@pytest.fixture(scope="module")
def large(hopper_portrait: Portrait, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test portrait with its eyes some 400 pixels apart, and skin that has detail at that size."""
    pixels = bytes_from_linear(hopper_portrait.pixels)
    picture = cv2.resize(pixels, None, fx=TIMES, fy=TIMES, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    random = np.random.default_rng(0)
    for sigma in (1.0, 2.0, 4.0, 8.0):
        waves = gaussian(random.normal(size=picture.shape[:2]).astype(np.float32), sigma)
        picture *= 1 + 0.02 * (waves / waves.std())[..., None]
    return saved(np.clip(picture, 0, 255).astype(np.uint8), tmp_path_factory.mktemp("large") / "me.png")


def saved(picture: np.ndarray, file: Path, **options: Any) -> Path:
    PIL.Image.fromarray(picture).save(file, **options)
    return file


@pytest.mark.parametrize(("kind", "quality"), [("jpg", 40), ("webp", 60)])
def test_a_large_picture_saved_strongly_is_not_accused_and_smoothing_in_it_is_seen(
    large: Path, tmp_path: Path, kind: str, quality: int
) -> None:
    picture = np.asarray(PIL.Image.open(large))
    again = audit(large, saved(picture, tmp_path / f"again.{kind}", quality=quality))
    assert again.ipd < 300
    assert {again[name].status for name in ("texture", "grain")} == {"natural"}
    smooth = audit(large, saved(cv2.bilateralFilter(picture, 31, 60, 12), tmp_path / f"smooth.{kind}", quality=quality))
    assert smooth["texture"].status == "fail"


def test_what_is_compressed_too_strongly_cannot_be_told(hopper: Path, tmp_path: Path) -> None:
    found = audit(hopper, saved(np.asarray(PIL.Image.open(hopper).convert("RGB")), tmp_path / "strong.jpg", quality=15))
    assert found.verdict == "cannot-tell"
    assert any("JPEG quality 15, where it takes 30" in reason for reason in found.missing)
    assert found["skin_colour"].status == "not-assessed"
    assert found["identity"].status == "natural"
