"""Every format that Pillow reads, with what Pillow alone would lose: the second byte of 16-bit colour."""

from __future__ import annotations

import io
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.TiffImagePlugin

from likeness.errors import LikenessError
from likeness.files.codes import Codes, Settled, eight_bit, opaque, settle, settle_inks, turned
from likeness.files.metadata import exif_of, jpeg_quality, metadata_of
from likeness.files.quiet import without_stderr
from likeness.files.raw import decode_raw
from likeness.files.request import Decoded, Request
from likeness.image.color import chunks

JPEGS = ("JPEG", "MPO")
GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N", "F")
ORIENTATION = 0x0112
DNG_VERSION = 0xC612  # the TIFF tag that makes a TIFF a DNG


def decode_with_pillow(request: Request) -> Decoded:
    """The picture in ``request``, by Pillow; of several the first."""
    with PIL.Image.open(io.BytesIO(request.data)) as picture:
        kind = picture.format or ""
        if kind == "EPS":  # a program, not a picture: Pillow would have it run
            raise PIL.UnidentifiedImageError("EPS")
        full_size = picture.size
        request.check_size(*full_size)
        # Pillow turns a TIFF itself, and any other format not at all.
        tags = picture.tag_v2 if isinstance(picture, PIL.TiffImagePlugin.TiffImageFile) else {}
        lies = tags.get(ORIENTATION, 1)
        if DNG_VERSION in tags:
            return decode_raw(request)
        quality = jpeg_quality(picture) if kind in JPEGS else None
        if kind in JPEGS and request.at_least:
            _draft(picture, request.at_least)
        packing = str(picture.tile[0].args) if picture.tile else ""
        with without_stderr if kind == "TIFF" else nullcontext():
            picture.load()
        mode, profile = picture.mode, picture.info.get("icc_profile")
        exif, note = exif_of(picture)
        settled, flattened = _settled(picture, profile if isinstance(profile, bytes) else None, request, packing, lies)
    orientation = exif.orientation if kind != "TIFF" else 1
    width, height = full_size
    metadata = metadata_of(
        exif,
        mode=mode,
        bit_depth=8 * settled.codes.dtype.itemsize,
        orientation=orientation if kind != "TIFF" else lies,
        profile=settled.profile,
        profile_from=settled.profile_from,
        grey=mode in GREY_MODES,
        alpha_flattened=flattened,
        jpeg_quality=quality,
        notes=settled.notes + ((note,) if note else ()),
    )
    return Decoded(
        turned(settled.codes, orientation), settled.space, kind, metadata, (height, width) if orientation >= 5 else (width, height)
    )


def _draft(picture: PIL.Image.Image, at_least: int) -> None:
    """Let the JPEG decoder scale by 1/2, 1/4 or 1/8, the long side staying at or over ``at_least``."""
    factor = max(1, max(picture.size) // at_least)
    picture.draft(picture.mode, (max(1, picture.width // factor), max(1, picture.height // factor)))


def _settled(picture: PIL.Image.Image, profile: bytes | None, request: Request, packing: str, lies: int) -> tuple[Settled, bool]:
    """The codes of a loaded ``picture`` and their space; and whether transparency was laid over white."""
    if picture.mode in ("CMYK", "LAB"):
        return settle_inks(picture, profile), False
    codes, flattened = opaque(_array(picture, request))
    if "16" in packing and picture.mode in ("RGB", "RGBA", "RGBX"):
        deep = _sixteen_bit_colour(request.data, premultiplied="RGBa" in packing)
        deep = None if deep is None else turned(deep, lies)
        if deep is not None and deep.shape == codes.shape and int(cv2.norm(eight_bit(deep), codes, cv2.NORM_INF)) <= 2:
            codes = deep
        else:
            lost = "16-bit colours were rounded to 8 bit: this layout is not read at full depth"
            settled = settle(codes, profile, grey=False)
            return replace(settled, notes=(*settled.notes, lost)), flattened
    return settle(codes, profile, grey=picture.mode in GREY_MODES), flattened


def _array(picture: PIL.Image.Image, request: Request) -> Codes:
    """A loaded ``picture`` as (H, W), (H, W, 3) or (H, W, 4) codes."""
    mode = picture.mode
    if mode == "F":
        return _from_float(np.asarray(picture), request)
    if mode == "I" or mode.startswith("I;16"):
        return np.asarray(np.clip(np.asarray(picture), 0, 65535), np.uint16)
    if mode == "1":
        return np.asarray(picture.convert("L"))
    if mode in ("LA", "La", "PA", "RGBa", "RGBA") or "transparency" in picture.info:
        return _copied(picture.convert("RGBA"))
    return _copied(picture if mode in ("L", "RGB") else picture.convert("RGB"))


def _copied(picture: PIL.Image.Image) -> Codes:
    """The pixels of ``picture``, some rows at a time: three times as fast as at once, and without a third copy in memory."""
    first = np.asarray(picture.crop((0, 0, picture.width, 1)))
    codes = np.empty((picture.height, *first.shape[1:]), np.uint8)
    for rows in chunks(codes):
        codes[rows] = np.asarray(picture.crop((0, rows.start, picture.width, rows.stop)))
    return codes


def _from_float(values: np.ndarray[Any, Any], request: Request) -> Codes:
    """Grey values in 0..1, or else in 0..255, as 16-bit codes. LikenessError for what is no picture."""
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)) or low < 0 or high > 255:
        what = f"holds numbers from {low:g} to {high:g}, not a picture"
        raise LikenessError(what, where=request.path, hint="export it as 8- or 16-bit TIFF")
    return np.asarray(np.round(values / (1 if high <= 1 else 255) * 65535), np.uint16)


def _sixteen_bit_colour(data: bytes, *, premultiplied: bool) -> Codes | None:
    """The whole depth of a PNG, TIFF or PPM, by OpenCV, as it lies in the file: (H, W, 3) uint16. None where OpenCV can't."""
    level = cv2.getLogLevel()
    cv2.setLogLevel(0)  # OpenCV would write to stderr about what Pillow has read without complaint
    try:
        codes = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    finally:
        cv2.setLogLevel(level)
    if codes is None or codes.dtype != np.uint16 or codes.ndim != 3:
        return None
    order = [2, 1, 0, 3][: codes.shape[2]]
    return opaque(np.ascontiguousarray(codes[..., order]), premultiplied=premultiplied)[0]
