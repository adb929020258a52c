"""What a decoder hands over, made one thing: (H, W, 3) codes of 8 or 16 bit, opaque, upright, in a known colour space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms
from numpy.typing import NDArray

from likeness.files.profiles import SRGB, Space, UnreadableProfile, colour_model, converted, matrix_space, name_of, opened
from likeness.image.color import chunks

Codes = NDArray[Any]  # uint8 or uint16, 0 is black, 255 or 65535 white


@dataclass(frozen=True)
class Settled:
    """Codes and the space they are in; the profile that says so, and whether it was the file's (see Metadata)."""

    codes: Codes
    space: Space
    profile: str
    profile_from: str
    notes: tuple[str, ...] = ()


def settle(codes: Codes, profile: bytes | None, *, grey: bool, otherwise: Space = SRGB) -> Settled:
    """Say which space (H, W, 3) ``codes`` are in: the embedded ``profile``'s, or ``otherwise`` where there is none that serves."""
    if not profile:
        return Settled(codes, otherwise, otherwise.name, "assumed" if otherwise is SRGB else "file")
    try:
        model = colour_model(profile)
        if model not in (("GRAY", "RGB") if grey else ("RGB",)):
            raise UnreadableProfile(f"is one for {model} pictures")
        space = matrix_space(profile)
        if space is not None:
            return Settled(codes, space, space.name, "file")
        lost = ("16-bit colours were rounded to 8 bit by the profile's tables",) if codes.dtype == np.uint16 else ()
        picture = converted(PIL.Image.fromarray(eight_bit(codes)), profile)
        return Settled(np.asarray(picture), SRGB, name_of(opened(profile)), "file", lost)
    except UnreadableProfile as error:
        return Settled(codes, SRGB, SRGB.name, "unreadable", (f"the embedded colour profile {error}: sRGB was assumed",))


def settle_inks(picture: PIL.Image.Image, profile: bytes | None) -> Settled:
    """A CMYK or Lab ``picture`` in 8-bit sRGB: through its ``profile``, or by plain arithmetic where there is none that serves."""
    notes: tuple[str, ...] = ()
    if picture.mode == "LAB" and not profile:
        profile = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("LAB")).tobytes()
    if profile:
        try:
            return Settled(np.asarray(converted(picture, profile)), SRGB, name_of(opened(profile)), "file")
        except UnreadableProfile as error:
            notes = (f"the embedded colour profile {error}",)
    notes += ("CMYK without a profile that serves: colours are approximate",)
    return Settled(np.asarray(picture.convert("RGB")), SRGB, SRGB.name, "unreadable" if profile else "assumed", notes)


def eight_bit(codes: Codes) -> NDArray[np.uint8]:
    """Codes of 8 or 16 bit as 8 bit, rounded."""
    return codes if codes.dtype == np.uint8 else np.asarray(cv2.convertScaleAbs(codes, alpha=255 / 65535), np.uint8)


def sixteen_bit(codes: Codes, depth: int) -> NDArray[np.uint16]:
    """Codes of ``depth`` bits, 0..2**depth - 1, as 16 bit, white at 65535."""
    return np.asarray(cv2.multiply(codes, np.full(4, 65535 / (2**depth - 1)), dtype=cv2.CV_16U), np.uint16)


def opaque(codes: Codes, *, premultiplied: bool = False) -> tuple[Codes, bool]:
    """(H, W) or (H, W, 1..4) codes as (H, W, 3), laid over white where alpha says so, as a browser would; and whether any was.

    Two channels are grey and alpha, four are colour and alpha.
    """
    if codes.ndim == 2:
        return np.asarray(cv2.cvtColor(codes, cv2.COLOR_GRAY2RGB)), False
    channels = codes.shape[2]
    if channels in (1, 2):
        colour = cv2.cvtColor(np.ascontiguousarray(codes[..., 0]), cv2.COLOR_GRAY2RGB)
        codes = colour if channels == 1 else np.dstack([colour, codes[..., 1]])
    if codes.shape[2] == 3:
        return codes, False
    white = np.iinfo(codes.dtype).max
    if codes[..., 3].min() == white:
        return np.ascontiguousarray(codes[..., :3]), False
    out = np.empty((*codes.shape[:2], 3), codes.dtype)
    for rows in chunks(codes):
        part = codes[rows].astype(np.float32)
        alpha = part[..., 3:] / white
        colour = part[..., :3] if premultiplied else part[..., :3] * alpha
        out[rows] = np.clip(colour + white * (1 - alpha) + 0.5, 0, white).astype(codes.dtype)
    return out, True


def turned(codes: Codes, orientation: int) -> Codes:
    """``codes`` upright, given the EXIF orientation (1..8) in which they lie."""
    if orientation in (5, 7):
        codes = cv2.transpose(codes)
    turn = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 7: cv2.ROTATE_180, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}.get(orientation)
    if turn is not None:
        return np.asarray(cv2.rotate(codes, turn))
    mirror = {2: 1, 4: 0}.get(orientation)
    return np.asarray(codes if mirror is None else cv2.flip(codes, mirror))
