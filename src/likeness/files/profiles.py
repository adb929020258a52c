"""Colour spaces that files come in, and the way from each to linear light with sRGB primaries.

A matrix profile (sRGB, Display P3, Adobe RGB, ProPhoto, grey...) is three curves and a matrix: its pixels are kept as the file
has them and made linear where they are asked for, unclipped. Any other profile (CMYK, tables) goes through littleCMS at once.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms as Cms
from numpy.typing import NDArray

from likeness.image import Image
from likeness.image.color import LINEAR_FROM_16BIT, look_up, srgb_from_linear

Floats = NDArray[np.float64]

# Columns: red, green, blue of sRGB in XYZ relative to D50, the white of profiles (IEC 61966-2-1, Bradford-adapted; ICC).
SRGB_D50 = np.array([[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]])
CODES = np.linspace(0, 1, 65536)

# CICP code points (ITU-T H.273): xy of red, green, blue and white, where they are not sRGB's.
PRIMARIES = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), (0.3127, 0.3290)),  # Rec. 2020
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.3127, 0.3290)),  # Display P3
}
SRGB_XY = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), (0.3127, 0.3290))


class UnreadableProfile(ValueError):
    """An embedded profile that says nothing usable; the reason is its message."""


@dataclass(frozen=True, eq=False)
class Space:
    """A colour space: ``table`` (65536,) or (65536, 3), linear light of the codes; ``matrix`` (3, 3), linear to linear sRGB."""

    name: str
    table: NDArray[np.float32] = field(repr=False)
    matrix: NDArray[np.float32] | None = field(default=None, repr=False)

    @cached_property
    def is_srgb(self) -> bool:
        """Whether no eye can tell it from sRGB: by its curves and primaries, not by its name."""
        if self.matrix is not None and np.abs(self.matrix - np.eye(3)).max() > 0.003:
            return False
        codes = CODES[:, None] if self.table.ndim == 2 else CODES
        return bool(np.abs(srgb_from_linear(self.table) - codes).max() < 0.75 / 255)

    def linear(self, codes: NDArray[Any]) -> Image:
        """(H, W, 3) codes of 8 or 16 bit as linear RGB with sRGB primaries, unclipped."""
        return self.to_srgb(look_up(codes, self.table))

    def to_srgb(self, linear: Image) -> Image:
        """Linear light of this space as that of sRGB's primaries."""
        return linear if self.matrix is None else np.asarray(cv2.transform(linear, self.matrix), np.float32)


SRGB = Space("sRGB", LINEAR_FROM_16BIT)


def opened(profile: bytes) -> Any:
    """The profile as littleCMS reads it; UnreadableProfile when it can't."""
    try:
        return Cms.ImageCmsProfile(io.BytesIO(profile))
    except Exception as error:  # littleCMS is handed what a stranger wrote: whatever it says, the profile is unusable
        raise UnreadableProfile(f"cannot be parsed ({error})") from error


def name_of(profile: Any) -> str:
    """The description inside an opened profile, in one line."""
    text = str(profile.profile.profile_description or "")
    return " ".join(text.replace("\0", " ").split()) or "unnamed"


def colour_model(profile: bytes) -> str:
    """What the profile's colours are made of: "RGB", "GRAY", "CMYK", "Lab"... UnreadableProfile when it is none."""
    return str(opened(profile).profile.xcolor_space).strip()


@lru_cache(maxsize=16)
def matrix_space(profile: bytes) -> Space | None:
    """The space of a matrix or grey profile; None for one made of tables. UnreadableProfile for one that is broken."""
    cms = opened(profile)
    tags = _tags(profile)
    if any(tag.startswith(("A2B", "D2B")) for tag in tags) or cms.profile.xcolor_space.strip() not in ("RGB", "GRAY"):
        return None  # tables take precedence over a matrix (ICC.1)
    try:
        return _grey_space(name_of(cms), tags) if "kTRC" in tags else _rgb_space(name_of(cms), tags)
    except (KeyError, struct.error, ValueError, ArithmeticError) as error:
        raise UnreadableProfile(f"lacks or garbles {error}") from error


def _tags(profile: bytes) -> dict[str, bytes]:
    """The profile's tagged elements (ICC.1:2022, 7.3)."""
    (count,) = struct.unpack_from(">I", profile, 128)
    entries = (struct.unpack_from(">4sII", profile, 132 + 12 * i) for i in range(min(count, 100)))
    return {name.decode("latin-1"): profile[start : start + size] for name, start, size in entries}


def _grey_space(name: str, tags: Mapping[str, bytes]) -> Space:
    """A grey curve gives Y of the profile's white; as a colour that is a neutral."""
    return _space(name, curve(tags["kTRC"])[:, None], None)


def _rgb_space(name: str, tags: Mapping[str, bytes]) -> Space:
    colorants = np.column_stack([_xyz(tags[f"{c}XYZ"]) for c in "rgb"])
    table = np.column_stack([curve(tags[f"{c}TRC"]) for c in "rgb"])
    return _space(name, table, np.linalg.inv(SRGB_D50) @ colorants)


def _space(name: str, table: Floats, matrix: Floats | None) -> Space:
    """The space, in its least form: one curve where three are equal, SRGB's own curve and no matrix where it is that space."""
    if np.ptp(table, axis=1).max() < 1e-6:
        table = table[:, 0]
    space = Space(name, np.ascontiguousarray(table, np.float32), None if matrix is None else matrix.astype(np.float32))
    return Space(name, SRGB.table) if space.is_srgb else space


def _xyz(element: bytes) -> Floats:
    if element[:4] != b"XYZ ":
        raise ValueError("a colorant")
    return np.array(struct.unpack_from(">3i", element, 8)) / 65536


def curve(element: bytes) -> Floats:
    """A ``curv`` or ``para`` element (ICC.1:2022, 10.6 and 10.18) at 65536 even steps, (65536,)."""
    if element[:4] == b"curv":
        (count,) = struct.unpack_from(">I", element, 8)
        if count == 0:
            return CODES
        points = np.array(struct.unpack_from(f">{count}H", element, 12))
        return CODES ** (points[0] / 256) if count == 1 else np.interp(CODES, np.linspace(0, 1, count), points / 65535)
    if element[:4] == b"para":
        (kind,) = struct.unpack_from(">H", element, 8)
        if kind > 4:
            raise ValueError("a parametric curve")
        return _parametric(kind, [n / 65536 for n in struct.unpack_from(f">{(1, 3, 4, 5, 7)[kind]}i", element, 12)])
    raise ValueError("a curve")


def _parametric(kind: int, p: list[float]) -> Floats:
    """Y = (aX + b)^g + e where X >= d, else cX + f; the lesser kinds leave parameters out."""
    g, a, b, c, d, e, f = p[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if kind >= 1:
        a, b = p[1], p[2]
        d = -b / a
    if kind == 2:
        e = f = p[3]
    if kind >= 3:
        c, d = p[3], p[4]
    if kind == 4:
        e, f = p[5], p[6]
    return np.where(d <= CODES, np.maximum(a * CODES + b, 0) ** g + e, c * CODES + f)


def cicp_space(primaries: int, transfer: int) -> Space:
    """The space of H.273 code points, as HEIF has them: sRGB, P3 or Rec. 2020 primaries; SDR, PQ or HLG curve.

    SDR video curves are shown like sRGB. PQ and HLG are relative to 203 cd/m2, the white of a page (ITU-R BT.2408).
    """
    table = {8: CODES, 16: _pq(CODES), 18: _hlg(CODES)}.get(transfer)
    xy = PRIMARIES.get(primaries)
    if table is None and xy is None:
        return SRGB
    matrix = None if xy is None else np.linalg.inv(_xyz_from_rgb(SRGB_XY)) @ _xyz_from_rgb(xy)
    name = {9: "Rec2020", 12: "Display P3"}.get(primaries, "sRGB") + {16: " PQ", 18: " HLG", 8: " linear"}.get(transfer, "")
    return _space(name, (SRGB.table.astype(np.float64) if table is None else table)[:, None], matrix)


def _xyz_from_rgb(xy: tuple[tuple[float, float], ...]) -> Floats:
    """Columns: XYZ of the primaries that sum to the white. (SMPTE RP 177.)"""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in xy]).T
    amounts = np.linalg.solve(columns[:, :3], columns[:, 3])
    return np.asarray(columns[:, :3] * amounts, np.float64)


PROPHOTO_XY = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), (0.34567, 0.35850))  # ROMM RGB, white D50 (ISO 22028-2)


def prophoto_linear() -> Space:
    """Linear light with ProPhoto primaries: wide enough for what a camera's sensor saw."""
    return _space("ProPhoto linear", CODES[:, None], np.linalg.inv(SRGB_D50) @ _xyz_from_rgb(PROPHOTO_XY))


def _pq(codes: Floats) -> Floats:
    """SMPTE ST 2084, as multiples of 203 cd/m2."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = codes ** (1 / m2)
    return np.asarray((np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) * 10000 / 203)


def _hlg(codes: Floats) -> Floats:
    """ITU-R BT.2100 HLG seen on a 1000 cd/m2 display (system gamma 1.2 per channel), as multiples of 203 cd/m2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)
    return np.asarray(scene**1.2 * 1000 / 203)


def converted(picture: PIL.Image.Image, profile: bytes) -> PIL.Image.Image:
    """``picture`` in 8-bit sRGB, by littleCMS: relative colorimetric, black point compensated."""
    try:
        result = Cms.profileToProfile(
            picture,
            opened(profile),
            Cms.createProfile("sRGB"),
            renderingIntent=Cms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=Cms.Flags.BLACKPOINTCOMPENSATION,
        )
    except Cms.PyCMSError as error:
        raise UnreadableProfile(f"does not fit the picture ({error})") from error
    if result is None:
        raise UnreadableProfile("gave no picture")
    return result
