"""Pixels to bytes of an sRGB file, and bytes to a file that is either whole or not there."""

from __future__ import annotations

import functools
import io
import os
import secrets
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageCms

from likeness.errors import LikenessError, unknown
from likeness.files.metadata import Metadata, exif_bytes
from likeness.image import Image
from likeness.image.color import bytes_from_linear

FORMATS = {"jpeg": "JPEG", "jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
LOWEST_QUALITY = 70  # below it JPEG's blocks and ringing show at 100 %


@functools.cache
def srgb_profile() -> bytes:
    """A small sRGB profile; the same bytes at any time."""
    profile = bytearray(PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes((0x07, 0xE8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))  # littleCMS writes the hour at which it made it
    return bytes(profile)


def encode(
    image: Image,
    format: str,
    *,
    quality: int = 92,
    max_bytes: int | None = None,
    metadata: Metadata | None = None,
    progressive: bool = False,
) -> bytes:
    """``image`` (linear) as the bytes of an sRGB file, its profile embedded.

    Parameters
    ----------
    format : "jpeg" (4:4:4), "png" or "webp".
    quality : of JPEG and WebP, 1..100; with ``max_bytes`` the most, and the highest that fits is taken.
    max_bytes : LikenessError when not even LOWEST_QUALITY fits.
    metadata : of the source; capture time, artist and copyright are kept, place and device never.
    """
    kind = FORMATS.get(format.lower().lstrip("."))
    if kind is None:
        raise unknown("image format", format, ("jpeg", "png", "webp"))
    if not 1 <= quality <= 100:
        raise LikenessError(f"{quality} is out of range", where="quality", hint="allowed: 1 to 100")
    picture = PIL.Image.fromarray(bytes_from_linear(image))
    save = functools.partial(_bytes, picture, kind, exif_bytes(metadata), progressive)
    data = save(quality)
    if max_bytes is None or len(data) <= max_bytes:
        return data
    fitting = None if kind == "PNG" else _highest_that_fits(save, quality, max_bytes)
    if fitting is None:
        size = f"{picture.width} x {picture.height} {kind}"
        hint = "use jpeg or make it smaller" if kind == "PNG" else "make it smaller or allow more"
        raise LikenessError(f"does not fit into {max_bytes} bytes without visible damage", where=size, hint=hint)
    return fitting


def _highest_that_fits(save: Any, quality: int, max_bytes: int) -> bytes | None:
    """The bytes at the highest quality below ``quality`` that fit, by bisection; None when LOWEST_QUALITY doesn't."""
    best, low, high = None, min(LOWEST_QUALITY, quality), quality - 1
    while low <= high:
        middle = (low + high + 1) // 2 if best is not None else low  # the lowest first: it decides whether any does
        data = save(middle)
        if len(data) <= max_bytes:
            best, low = data, middle + 1
        else:
            high = middle - 1
    return best


def _bytes(picture: PIL.Image.Image, kind: str, exif: bytes, progressive: bool, quality: int) -> bytes:
    options: dict[str, Any] = {
        "JPEG": {"quality": quality, "subsampling": 0, "optimize": True, "progressive": progressive},
        "PNG": {"compress_level": 6},
        "WEBP": {"quality": quality, "method": 4},
    }[kind]
    out = io.BytesIO()
    picture.save(out, kind, icc_profile=srgb_profile(), exif=exif, **options)
    return out.getvalue()


def write_atomically(path: str | Path, data: bytes) -> Path:
    """Write ``data`` to ``path`` so that it is there whole or not at all, whatever happens on the way. LikenessError when it can't."""
    path = Path(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        hint = "free some space" if error.errno == 28 else "give a folder that exists and that you may write to"
        raise LikenessError(f"cannot be written ({error.strerror or error})", where=path, hint=hint) from error
    return path


def _sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlive a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
