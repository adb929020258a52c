"""Photo: the one place where files become pixels and pixels become files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from likeness.errors import LikenessError
from likeness.image import Image, read_only
from likeness.image.color import LINEAR_FROM_8BIT, bytes_from_linear
from likeness.image.geometry import Box, resize


@dataclass(frozen=True)
class Photo:
    """A decoded image file: upright, in sRGB primaries, still encoded (8 or 16 bit) until pixels are asked for.

    ``encoded``: (H, W, 3) uint8 or uint16, sRGB-encoded, read-only. ``metadata``: what the file said of itself.
    """

    path: Path
    data: bytes = field(repr=False)
    encoded: NDArray[Any] = field(repr=False)
    format: str
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def width(self) -> int:
        return int(self.encoded.shape[1])

    @property
    def height(self) -> int:
        return int(self.encoded.shape[0])

    @cached_property
    def sha256(self) -> str:
        """Of the file's bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def preview(self, long_side: int) -> NDArray[np.uint8]:
        """8-bit sRGB, (h, w, 3), at most ``long_side`` pixels long: what a detector wants to see."""
        scale = min(1.0, long_side / max(self.width, self.height))
        size = (max(1, round(self.width * scale)), max(1, round(self.height * scale)))
        return eight_bit(resize(self.encoded, size))

    def pixels(self, box: Box | None = None, size: tuple[int, int] | None = None) -> Image:
        """Linear pixels of ``box`` (the whole when absent), at ``size`` (width, height), averaged in linear light."""
        part = self.encoded if box is None else box.of(self.encoded)
        linear = LINEAR_FROM_8BIT[part]
        return read_only(linear if size is None else resize(linear, size))


def eight_bit(encoded: NDArray[Any]) -> NDArray[np.uint8]:
    """Encoded values of 8 or 16 bit as 8 bit."""
    return encoded if encoded.dtype == np.uint8 else np.asarray(encoded >> 8, np.uint8)


def open_photo(path: str | Path, *, limit_mp: float = 250.0) -> Photo:
    """Decode ``path``. LikenessError for what is no readable image, or has more than ``limit_mp`` megapixels."""
    path = Path(path)
    try:
        data = path.read_bytes()
        picture = PIL.Image.open(io.BytesIO(data))
        kind = picture.format or ""
        upright = PIL.ImageOps.exif_transpose(picture).convert("RGB")
    except OSError as error:
        raise LikenessError(f"cannot be read ({error})", where=path, hint="give a JPEG, PNG, WebP, TIFF, HEIC or AVIF") from error
    return Photo(path, data, read_only(np.asarray(upright)), kind)


def encode(image: Image, format: str, *, quality: int = 92) -> bytes:
    """``image`` (linear) as the bytes of an sRGB file, ``format`` "jpeg" or "png"."""
    out = io.BytesIO()
    PIL.Image.fromarray(bytes_from_linear(image)).save(out, format, quality=quality, subsampling=0)
    return out.getvalue()
