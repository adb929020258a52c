"""Pixels to files: colours, sizes, what may be said of the source, and nothing half-written."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageCms
import pytest

from likeness.errors import LikenessError
from likeness.image.color import bytes_from_linear
from likeness.photo import Metadata, decode_photo, encode, open_photo, write_atomically


@pytest.fixture(scope="module")
def portrait(hopper: Path) -> np.ndarray:
    return open_photo(hopper).pixels(size=(256, 300))


@pytest.mark.parametrize(("format", "tolerance"), [("jpeg", 2.0), ("jpg", 2.0), ("png", 0.0), ("webp", 3.0)])
def test_what_was_encoded_is_what_is_decoded(portrait: np.ndarray, format: str, tolerance: float) -> None:
    data = encode(portrait, format, quality=95)
    photo = decode_photo(data, Path(f"a.{format}"))
    assert np.abs(photo.encoded.astype(float) - bytes_from_linear(portrait)).mean() <= tolerance
    assert photo.metadata.profile_from == "file"
    assert photo.space.is_srgb


def test_the_embedded_profile_is_srgb_small_and_always_the_same(portrait: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    first = encode(portrait, "jpeg")
    with PIL.Image.open(io.BytesIO(first)) as picture:
        profile = picture.info["icc_profile"]
        assert picture.layer[1][1:3] == (1, 1)  # type: ignore[attr-defined]  # 4:4:4
    assert len(profile) < 1000
    assert "sRGB" in PIL.ImageCms.getProfileDescription(PIL.ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    time.sleep(1.1)
    code = "import sys, numpy as np; from likeness.files.encode import srgb_profile; sys.stdout.buffer.write(srgb_profile())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == profile


def test_progressive_is_a_choice(portrait: np.ndarray) -> None:
    for progressive in (False, True):
        with PIL.Image.open(io.BytesIO(encode(portrait, "jpeg", progressive=progressive))) as picture:
            assert bool(picture.info.get("progressive")) == progressive


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_the_highest_quality_that_fits_is_taken(portrait: np.ndarray, format: str) -> None:
    sizes = {quality: len(encode(portrait, format, quality=quality)) for quality in range(70, 97)}
    limit = (sizes[84] + sizes[85]) // 2
    assert len(encode(portrait, format, quality=96, max_bytes=limit)) == sizes[84]
    assert len(encode(portrait, format, quality=96, max_bytes=10**7)) == sizes[96]
    assert len(encode(portrait, format, quality=96, max_bytes=sizes[70])) == sizes[70]
    with pytest.raises(LikenessError, match="does not fit into 900 bytes"):
        encode(portrait, format, max_bytes=900)


def test_a_png_that_is_too_large_says_what_to_do(portrait: np.ndarray) -> None:
    with pytest.raises(LikenessError, match="use jpeg"):
        encode(portrait, "png", max_bytes=1000)


def test_unknown_format_and_quality(portrait: np.ndarray) -> None:
    with pytest.raises(LikenessError, match="did you mean jpeg"):
        encode(portrait, "jpegg")
    with pytest.raises(LikenessError, match="allowed: 1 to 100"):
        encode(portrait, "jpeg", quality=0)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_place_and_device_never_leave_the_source(hopper: Path, tmp_path: Path, format: str) -> None:
    exif = PIL.Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B], exif[0x8298], exif[0x0112] = "MakerX", "ModelX", "Ann Žižek".encode(), "(c) Ann", 6
    exif.get_ifd(0x8769).update({0x9003: "2024:05:17 10:20:30", 0xA431: "SERIAL123", 0xA435: "LENS456", 0xA434: "LensModelX"})
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 7.0), 3: "E", 4: (13.0, 24.0, 9.0)})
    source = tmp_path / "a.jpg"
    with PIL.Image.open(hopper) as picture:
        picture.save(source, exif=exif)
    photo = open_photo(source)
    data = encode(photo.pixels(size=(60, 50)), format, metadata=photo.metadata)
    for secret in (b"SERIAL123", b"LENS456", b"LensModelX", b"MakerX", b"ModelX"):
        assert secret in source.read_bytes()
        assert secret not in data
    with PIL.Image.open(io.BytesIO(data)) as result:
        kept = result.getexif()
        assert kept[0x0112] == 1
        assert kept.get_ifd(0x8825) == {}
    said = decode_photo(data, Path(f"a.{format}")).metadata
    assert (said.taken, said.artist, said.copyright) == ("2024-05-17T10:20:30", "Ann Žižek", "(c) Ann")
    assert (said.make, said.model) == ("", "")


def test_without_metadata_nothing_is_said(portrait: np.ndarray) -> None:
    said = decode_photo(encode(portrait, "jpeg"), Path("a.jpg")).metadata
    assert (said.taken, said.artist, said.copyright, said.orientation) == ("", "", "", 1)
    assert encode(portrait, "jpeg", metadata=Metadata()) == encode(portrait, "jpeg")


# -- writing


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    assert write_atomically(path, b"one") == path
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
    old = os.umask(0o027)
    os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o666 & ~old


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = tmp_path / "a.jpg"
    write_atomically(path, b"before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(LikenessError, match=r"a\.jpg: cannot be written \(No space left on device\); free some space"):
        write_atomically(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_or_no_folder(tmp_path: Path) -> None:
    with pytest.raises(LikenessError, match="give a folder"):
        write_atomically(tmp_path / "none" / "a.jpg", b"")
    (tmp_path / "file").touch()
    with pytest.raises(LikenessError, match="cannot be written"):
        write_atomically(tmp_path / "file" / "a.jpg", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(LikenessError, match="cannot be written"):
        write_atomically(tmp_path / "folder", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"0" * 5_000_000)
    code = f"""
        from likeness.files.encode import write_atomically
        print("ready", flush=True)
        while True:
            for digit in b"123":
                write_atomically({str(path)!r}, bytes([digit]) * 5_000_000)
    """
    for delay in (0.0, 0.013, 0.05):
        with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
        data = path.read_bytes()
        assert len(data) == 5_000_000
        assert len(set(data)) == 1
