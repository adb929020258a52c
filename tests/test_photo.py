"""Photo: what comes out of files of every kind, and what is said of those that give nothing."""

from __future__ import annotations

import io
import os
import struct
import threading
import time
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.TiffImagePlugin
import pillow_heif
import pytest

import likeness.photo
from likeness.errors import LikenessError
from likeness.files import pillow as pillow_files
from likeness.files.profiles import SRGB
from likeness.files.request import Decoded
from likeness.image.color import linear_from_srgb
from likeness.image.geometry import Box, resize
from likeness.photo import Metadata, Photo, decode_photo, eight_bit, listed, open_photo, photos_in

EXIF_IFD = 0x8769


def smooth(width: int = 60, height: int = 40, top: int = 255, dtype: type = np.uint8) -> np.ndarray:
    """A picture that every corner of tells apart: (H, W, 3)."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return np.round(np.dstack([x, y, (x + 1 - y) / 2]) * top).astype(dtype)


def saved(path: Path, array: np.ndarray, **options: Any) -> Path:
    PIL.Image.fromarray(array).save(path, **options)
    return path


def error_of(path: Path, **options: Any) -> str:
    """The one line that is said of ``path``."""
    with pytest.raises(LikenessError) as caught:
        open_photo(path, **options)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    assert caught.value.hint
    return line


# -- formats


@pytest.mark.parametrize(
    ("suffix", "options", "tolerance"),
    [
        (".png", {}, 0),
        (".bmp", {}, 0),
        (".tif", {"compression": "tiff_lzw"}, 0),
        (".webp", {"lossless": True}, 0),
        (".jp2", {"irreversible": False}, 0),
        (".ppm", {}, 0),
        (".tga", {}, 0),
        (".jpg", {"quality": 98, "subsampling": 0}, 4),
        (".avif", {"quality": 98, "subsampling": "4:4:4"}, 5),
    ],
)
def test_pixels_come_back_from_every_format(tmp_path: Path, suffix: str, options: dict[str, Any], tolerance: int) -> None:
    photo = open_photo(saved(tmp_path / f"a{suffix}", smooth(), **options))
    assert (photo.width, photo.height) == (60, 40)
    assert np.abs(photo.encoded.astype(int) - smooth()).max() <= tolerance
    assert np.allclose(photo.pixels(), linear_from_srgb(photo.encoded / np.float32(255)), atol=1e-6)
    assert not photo.encoded.flags.writeable
    assert not photo.pixels().flags.writeable
    assert photo.metadata.profile_from == "assumed"


def heif(array: np.ndarray, mode: str, **options: Any) -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_bytes(mode, array.shape[1::-1], array.tobytes())
    file.save(out, quality=-1, chroma=444, matrix_coefficients=0, **options)
    return out.getvalue()


def test_heif_keeps_its_bits(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(heif(smooth(), "RGB"))
    photo = open_photo(tmp_path / "a.heic")
    assert np.abs(photo.encoded.astype(int) - smooth()).max() <= 1
    assert (photo.format, photo.metadata.bit_depth) == ("HEIF", 8)
    deep = smooth(256, 8, 65535, np.uint16)
    (tmp_path / "b.heic").write_bytes(heif(deep, "RGB;16"))
    photo = open_photo(tmp_path / "b.heic")
    assert photo.metadata.bit_depth == 10
    assert photo.encoded.dtype == np.uint16
    assert np.abs(photo.encoded.astype(int) - deep).max() <= 65535 / 1023
    assert photo.encoded.max() == 65535


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("alpha", [False, True])
def test_sixteen_bit_colour_keeps_its_bits(tmp_path: Path, suffix: str, alpha: bool) -> None:
    import cv2

    deep = smooth(300, 20, 65535, np.uint16)
    stored = np.dstack([deep[..., ::-1], np.full(deep.shape[:2], 65535, np.uint16)]) if alpha else deep[..., ::-1]
    path = tmp_path / f"a{suffix}"
    assert cv2.imwrite(str(path), stored)
    photo = open_photo(path)
    assert np.array_equal(photo.encoded, deep)
    assert photo.metadata.bit_depth == 16
    assert np.allclose(photo.pixels(), linear_from_srgb(deep / np.float32(65535)), atol=1e-6)
    assert np.abs(photo.preview(300).astype(int) - deep / 257).max() <= 1


def test_sixteen_bits_are_given_up_where_the_decoders_disagree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(smooth(30, 20, 65535, np.uint16)))
    assert open_photo(path).metadata.bit_depth == 16
    monkeypatch.setattr(pillow_files, "_sixteen_bit_colour", lambda data, premultiplied: np.zeros((20, 30, 3), np.uint16))
    photo = open_photo(path)
    assert photo.metadata.bit_depth == 8
    assert "8 bit" in photo.metadata.notes[0]
    assert np.abs(photo.encoded.astype(int) - smooth(30, 20, 65535, np.uint16) // 257).max() <= 1


def png(deep: np.ndarray) -> bytes:
    """A 16-bit RGB PNG of (H, W, 3) uint16, written by hand."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    header = struct.pack(">IIBBBBB", deep.shape[1], deep.shape[0], 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"])
def test_every_mode_becomes_three_channels(tmp_path: Path, mode: str) -> None:
    grey = PIL.Image.fromarray(np.tile(np.linspace(0, 255, 64).astype(np.uint8), (32, 1)))
    if mode in ("I;16", "I"):
        picture = PIL.Image.fromarray((np.asarray(grey).astype(np.uint16) * 257).astype(np.uint16 if mode == "I;16" else np.int32))
    elif mode == "F":
        picture = PIL.Image.fromarray(np.asarray(grey).astype(np.float32) / 255)
    elif mode == "LAB":
        to_lab = PIL.ImageCms.buildTransform(PIL.ImageCms.createProfile("sRGB"), PIL.ImageCms.createProfile("LAB"), "RGB", "LAB")
        picture = PIL.ImageCms.applyTransform(grey.convert("RGB"), to_lab)
    else:
        picture = grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else grey.convert(mode)
    path = tmp_path / "a.tif"
    picture.save(path)
    photo = open_photo(path)
    assert photo.codes.shape == (32, 64, 3)
    error = np.abs(photo.preview(64).astype(int) - np.asarray(grey)[..., None])
    assert error.max() <= (255 if mode == "1" else 3)
    assert photo.metadata.grey == (mode in ("1", "L", "LA", "I;16", "I", "F"))
    assert photo.monochrome or mode in ("CMYK", "YCbCr", "LAB")


def test_numbers_that_are_no_picture(tmp_path: Path) -> None:
    PIL.Image.fromarray(np.full((4, 4), 3000, np.float32)).save(tmp_path / "a.tif")
    assert "not a picture" in error_of(tmp_path / "a.tif")
    PIL.Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(tmp_path / "b.tif")
    assert "not a picture" in error_of(tmp_path / "b.tif")


def test_transparency_is_laid_over_white(tmp_path: Path) -> None:
    rgba = np.zeros((10, 30, 4), np.uint8)
    rgba[:, :10], rgba[:, 10:20], rgba[:, 20:] = (200, 0, 0, 255), (200, 0, 0, 0), (200, 0, 0, 128)
    photo = open_photo(saved(tmp_path / "a.png", rgba))
    assert photo.metadata.alpha_flattened
    assert photo.encoded[0, 0].tolist() == [200, 0, 0]
    assert photo.encoded[0, 15].tolist() == [255, 255, 255]
    assert np.abs(photo.encoded[0, 25].astype(int) - [227, 127, 127]).max() <= 1
    rgba[..., 3] = 255
    assert not open_photo(saved(tmp_path / "b.png", rgba)).metadata.alpha_flattened


def test_of_an_animation_the_first_frame(tmp_path: Path) -> None:
    frames = [PIL.Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    for suffix in (".gif", ".webp", ".png", ".tif", ".mpo"):
        path = tmp_path / f"a{suffix}"
        frames[0].save(path, save_all=True, append_images=frames[1:])
        assert open_photo(path).encoded[5, 5, 0] > 200, suffix


def test_monochrome_is_the_absence_of_colour_in_the_picture_itself(hopper: Path, tmp_path: Path) -> None:
    assert not open_photo(hopper).monochrome
    grey = np.asarray(PIL.Image.open(hopper).convert("L").convert("RGB"))
    photo = open_photo(saved(tmp_path / "a.jpg", grey))
    assert photo.monochrome
    assert not photo.metadata.grey
    sepia = (grey * [1.0, 0.9, 0.75]).astype(np.uint8)
    assert not open_photo(saved(tmp_path / "b.jpg", sepia)).monochrome


# -- orientation


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_undone(tmp_path: Path, suffix: str, orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # EXIF orientation -> PIL.Image.Transpose that lays the upright picture so
    lying = PIL.Image.fromarray(smooth())
    if orientation > 1:
        lying = lying.transpose(PIL.Image.Transpose(undo[orientation]))
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    lying.save(tmp_path / f"a{suffix}", exif=exif, quality=95)
    photo = open_photo(tmp_path / f"a{suffix}")
    assert (photo.width, photo.height) == (60, 40)
    assert photo.full_size == (60, 40)
    assert np.abs(photo.encoded.astype(int) - smooth()).max() <= 12
    assert photo.metadata.orientation == orientation


def test_heif_is_turned_once(tmp_path: Path) -> None:
    for orientation in (1, 3, 6, 8):
        exif = PIL.Image.Exif()
        exif[0x0112] = orientation
        undo = {3: 3, 6: 2, 8: 4}
        lying = PIL.Image.fromarray(smooth())
        lying = lying if orientation == 1 else lying.transpose(PIL.Image.Transpose(undo[orientation]))
        path = tmp_path / f"{orientation}.heic"
        pillow_heif.from_pillow(lying).save(path, quality=-1, exif=exif.tobytes(), chroma=444)
        photo = open_photo(path)
        assert (photo.width, photo.height) == (60, 40)
        assert np.abs(photo.encoded.astype(int) - smooth()).max() <= 4


@pytest.mark.parametrize(
    "block",
    [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0"],
)
def test_a_broken_exif_spoils_nothing(tmp_path: Path, block: bytes) -> None:
    photo = open_photo(saved(tmp_path / "a.jpg", smooth(), exif=block, quality=95))
    assert (photo.width, photo.height) == (60, 40)
    assert photo.metadata.orientation == 1


# -- what the file says


def test_metadata_is_read(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B], exif[0x8298] = "Canon\0", "EOS  R5", "Ann Žižek".encode(), "(c) 2024"
    exif.get_ifd(EXIF_IFD).update({0x9003: "2024:05:17 10:20:30", 0xA405: 85})
    photo = open_photo(saved(tmp_path / "a.jpg", smooth(), exif=exif, quality=83))
    said = photo.metadata
    assert (said.make, said.model, said.artist, said.copyright) == ("Canon", "EOS R5", "Ann Žižek", "(c) 2024")
    assert (said.taken, said.focal_35mm, said.jpeg_quality) == ("2024-05-17T10:20:30", 85, 83)
    assert said.as_json()["mode"] == "RGB"


def test_metadata_of_a_phone_with_nonsense_in_it(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0132] = "0000:00:00 00:00:00"
    exif.get_ifd(EXIF_IFD)[0xA405] = 0
    said = open_photo(saved(tmp_path / "a.jpg", smooth(), exif=exif)).metadata
    assert (said.taken, said.focal_35mm) == ("", None)


# -- what can't be read


def test_missing_empty_folder_and_no_image(tmp_path: Path) -> None:
    assert "does not exist" in error_of(tmp_path / "none.jpg")
    (tmp_path / "empty.jpg").touch()
    assert "is empty" in error_of(tmp_path / "empty.jpg")
    assert "is a folder" in error_of(tmp_path)
    (tmp_path / "text.jpg").write_text("hello")
    assert "not an image" in error_of(tmp_path / "text.jpg")
    (tmp_path / "a.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")
    assert "not an image" in error_of(tmp_path / "a.eps")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "not a file" in error_of(tmp_path / "pipe.jpg")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.png", smooth())

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "Permission denied" in error_of(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".heic", ".avif", ".gif", ".bmp", ".jp2"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_truncated_file_is_an_error(tmp_path: Path, suffix: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3)).astype(np.uint8)
    whole = tmp_path / f"whole{suffix}"
    if suffix == ".heic":
        pillow_heif.from_pillow(PIL.Image.fromarray(noise)).save(whole, quality=80)
    else:
        PIL.Image.fromarray(noise).save(whole)
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: max(1, int(len(data) * share))])
    assert any(words in error_of(cut) for words in ("cut short or damaged", "not an image"))


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    """20,000 x 20,000 pixels claimed by a few bytes: nothing is decoded, and the limit is the caller's."""
    path = tmp_path / "bomb.png"
    path.write_bytes(png(np.zeros((1, 1, 3), np.uint16)).replace(struct.pack(">II", 1, 1), struct.pack(">II", 20000, 20000)))
    data = bytearray(path.read_bytes())
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    path.write_bytes(data)
    start = time.perf_counter()
    assert "400 megapixels" in error_of(path)
    assert time.perf_counter() - start < 2
    assert "limit of 300" in error_of(path, limit_mp=300)
    small = saved(tmp_path / "small.png", smooth(200, 100))
    assert "limit of 0.01" in error_of(small, limit_mp=0.01)
    assert open_photo(small, limit_mp=0.02).width == 200


def test_below_the_limit_pillow_does_not_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.png", smooth(200, 100))
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_photo(path).width == 200
    assert PIL.Image.MAX_IMAGE_PIXELS == 100


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    assert "200 MB" in error_of(path, limit_mp=10)


def test_nothing_but_the_exception_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path / "a.tif", smooth(), compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    data[8:400] = b"\xaa" * 392
    path.write_bytes(data)
    error_of(path)
    assert capfd.readouterr().err == ""


def test_a_decoder_that_fails_in_its_own_way_is_still_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.png", smooth())
    for failure in (KeyError("x"), struct.error("short"), RecursionError("deep"), MemoryError()):

        def fail(request: object, failure: Exception = failure) -> None:
            raise failure

        monkeypatch.setattr("likeness.files.decode.decode_with_pillow", fail)
        error_of(path)


def test_threads_leave_the_settings_of_the_process_as_they_were(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", smooth(400, 300))
    filters, pixels = list(warnings.filters), PIL.Image.MAX_IMAGE_PIXELS
    threads = [threading.Thread(target=lambda: [open_photo(path) for _ in range(5)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == filters
    assert pixels == PIL.Image.MAX_IMAGE_PIXELS


# -- RAW


def dng(path: Path, width: int = 64, height: int = 48) -> Path:
    """A DNG whose sensor saw one grey under a filter of red, green, green, blue."""
    tifffile = pytest.importorskip("tifffile")
    sensor = np.full((height, width), 16000, np.uint16)
    identity = [1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    extra = [
        (50706, "B", 4, b"\x01\x04\0\0", True),
        (50708, "s", 0, "Test", True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, b"\0\x01\x01\x02", True),
        (50721, "2i", 9, tuple(identity), True),
        (50728, "2I", 3, (1, 1, 1, 1, 1, 1), True),
        (50717, "I", 1, 65535, True),
        (50778, "H", 1, 21, True),
    ]
    tifffile.imwrite(path, sensor, photometric=32803, extratags=extra)
    return path


def test_raw_is_developed_when_the_extra_is_there(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    path = dng(tmp_path / "a.dng")
    photo = open_photo(path)
    assert photo.format == "RAW"
    assert photo.metadata.bit_depth == 16
    assert photo.encoded.dtype == np.uint16
    middle = photo.pixels()[10:-10, 10:-10]
    assert np.ptp(middle.mean((0, 1))) < 0.2
    assert middle.mean() > 0.05
    half = open_photo(path, at_least=24)
    assert (half.width, half.scale) == (photo.width // 2, 2)
    with pytest.raises(LikenessError, match="megapixels"):
        open_photo(path, limit_mp=0.001)


def test_a_dng_by_another_name_is_not_taken_for_its_thumbnail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = PIL.TiffImagePlugin.ImageFileDirectory_v2()
    tags[50706], tags.tagtype[50706] = b"\x01\x04\0\0", 1
    path = saved(tmp_path / "a.tif", smooth(), tiffinfo=tags)
    developed = []
    monkeypatch.setattr(
        pillow_files,
        "decode_raw",
        lambda request: developed.append(request) or Decoded(smooth(), SRGB, "RAW", Metadata(), (60, 40)),
    )
    open_photo(path)
    assert [request.path for request in developed] == [path]


def test_raw_without_the_extra_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rawpy", None)
    (tmp_path / "a.CR2").write_bytes(b"II*\0 and so on")
    assert "pip install 'likeness[raw]'" in error_of(tmp_path / "a.CR2")


def test_a_raw_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    (tmp_path / "a.nef").write_bytes(b"no camera wrote this" * 100)
    assert "camera RAW" in error_of(tmp_path / "a.nef")


# -- pixels


def test_a_box_at_a_size_is_the_mean_of_the_light(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    photo = open_photo(saved(tmp_path / "a.png", rng.integers(0, 256, (90, 130, 3)).astype(np.uint8)))
    box = Box(10, 20, 110, 80)
    assert np.array_equal(photo.pixels(box), photo.pixels()[20:80, 10:110])
    assert np.allclose(photo.pixels(box, (50, 30)), photo.pixels(box).reshape(30, 2, 50, 2, 3).mean((1, 3)), atol=1e-6)
    assert np.allclose(photo.pixels(box, (37, 23)), resize(photo.pixels(box), (37, 23)), atol=2e-4)
    assert photo.pixels(box, (200, 120)).shape == (120, 200, 3)
    assert photo.seen(box, (20, 12)).shape == (12, 20, 3)


def test_the_preview_is_the_picture_made_small(hopper: Path) -> None:
    photo = open_photo(hopper)
    assert photo.preview(4000).shape == (600, 512, 3)
    small = photo.preview(100)
    assert small.shape == (100, 85, 3)
    whole = resize(photo.encoded, (85, 100))
    assert np.abs(small.astype(int) - whole).mean() < 3  # a preview is halved first, which is a little softer
    assert np.allclose(small.mean((0, 1)), whole.mean((0, 1)), atol=0.5)


def test_a_first_look_decodes_less(tmp_path: Path) -> None:
    big = np.asarray(PIL.Image.fromarray(smooth()).resize((1600, 1200)))
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path / "a.jpg", big, exif=exif)
    whole = open_photo(path)
    assert (whole.width, whole.height, whole.scale) == (1200, 1600, 1)
    for least, side in ((200, 200), (300, 400), (401, 800), (1600, 1600), (9000, 1600)):
        photo = open_photo(path, at_least=least)
        assert (max(photo.width, photo.height), photo.full_size) == (side, (1200, 1600))
        assert photo.scale == pytest.approx(1600 / side)
        assert np.abs(photo.preview(150).astype(int) - whole.preview(150)).max() <= 4
    assert photo.sha256 == whole.sha256


def test_a_photo_can_be_made_of_an_array_and_of_bytes(hopper: Path) -> None:
    photo = Photo(Path("a.png"), b"x", np.zeros((4, 5, 3), np.uint8), "PNG")
    assert (photo.width, photo.height, photo.scale) == (5, 4, 1)
    assert np.array_equal(decode_photo(hopper.read_bytes(), hopper).codes, open_photo(hopper).codes)


def test_eight_bit_rounds() -> None:
    codes = np.array([[[0, 128, 129], [257, 65406, 65535]]], np.uint16)
    assert eight_bit(codes).tolist() == [[[0, 0, 1], [1, 254, 255]]]


# -- photos_in


def test_photos_are_found_in_files_and_folders(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.heic", ".hidden.jpg", "notes.txt", "c.nef", "sub/d.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in photos_in([tmp_path])] == ["a.heic", "b.JPG", "c.nef"]
    assert [path.name for path in photos_in([tmp_path / "notes.txt", tmp_path / "b.JPG", tmp_path])] == [
        "a.heic",
        "b.JPG",
        "c.nef",
        "notes.txt",
    ]


def test_files_keep_their_order_and_folders_give_way_to_their_photos(tmp_path: Path) -> None:
    folder, empty = tmp_path / "folder", tmp_path / "empty"
    folder.mkdir()
    empty.mkdir()
    for name in ("b.JPG", "a.heic", ".hidden.jpg", "notes.txt"):
        (folder / name).touch()
    files = [tmp_path / "z.jpg", folder, tmp_path / "none.jpg"]
    assert listed(files) == [files[0], folder / "a.heic", folder / "b.JPG", files[2]]
    with pytest.raises(LikenessError, match="no photos"):
        listed([empty])


def test_a_folder_without_photos_and_a_missing_path(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(LikenessError, match="no photos"):
        photos_in([tmp_path])
    with pytest.raises(LikenessError, match="does not exist"):
        photos_in([tmp_path / "none"])


def test_the_module_is_the_only_door() -> None:
    assert set(likeness.photo.__all__) >= {"open_photo", "encode", "write_atomically", "photos_in"}
