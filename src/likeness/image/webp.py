"""WebP's trace: how strongly a file was quantised, and what saving as strongly does to other pixels.

The header of a VP8 frame is read as RFC 6386 (sections 7, 9.2-9.6, 19.2) lays it out; the encoder itself is Pillow's.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import numpy as np
import PIL.Image
from numpy.typing import NDArray

BLOCK = 16  # pixels, of luma
QUALITIES = (0, 100)
FRAME_HEADER = 16  # bytes of an animation's frame before its own chunks
KEY_FRAME = b"\x9d\x01\x2a"
ENOUGH = 3_000_000  # pixels that a quality is told from
COARSEST = 127  # the largest index of a quantiser


def strength_in(data: bytes) -> float | None:
    """The mean index of the luma quantiser, 0 (finest) to 127, in a lossy WebP file's ``data``; None when it is none."""
    frame = next((payload for name, payload in _chunks(data) if name == b"VP8 "), b"")
    return _strength(frame[10:]) if frame[3:6] == KEY_FRAME and not frame[0] & 1 else None


def resaved(codes: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """``codes`` (H, W, 3) after WebP of ``quality`` 0..100."""
    with PIL.Image.open(io.BytesIO(_saved(codes, quality))) as picture:
        return np.asarray(picture.convert("RGB"))


def quality_of(codes: NDArray[np.uint8], strength: float) -> int:
    """The quality at which ``codes`` (H, W, 3) are quantised most nearly with ``strength``: the index falls as quality rises."""
    low, high = QUALITIES
    off: dict[int, float] = {}
    rows = max(BLOCK, min(len(codes), ENOUGH // codes.shape[1]))
    codes = codes[(len(codes) - rows) // 2 :][:rows]
    while low <= high:
        quality = (low + high) // 2
        found = strength_in(_saved(codes, quality, method=0))
        off[quality] = (COARSEST if found is None else found) - strength
        low, high = (quality + 1, high) if off[quality] > 0 else (low, quality - 1)
    return min(off, key=lambda quality: abs(off[quality]))


def _saved(codes: NDArray[np.uint8], quality: int, method: int = 4) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(codes).save(out, "webp", quality=quality, method=method)
    return out.getvalue()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, payload) of the chunks in a WebP file, those in an animation's frames too."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        yield from _listed(data, 12)


def _listed(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= len(data):
        name, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        payload = data[at + 8 : at + 8 + size]
        yield name, payload
        if name == b"ANMF":
            yield from _listed(payload, FRAME_HEADER)
        at += 8 + size + size % 2


class _Bits:
    """The boolean decoder of RFC 6386, section 7.3, over the whole of ``data``, bits beyond its end being 0."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.value, self.range, self.left = data, 2, int.from_bytes(data[:2].ljust(2, b"\0"), "big"), 255, 8

    def bit(self) -> int:
        """One that is as likely 0 as 1."""
        split = 1 + ((self.range - 1) * 128 >> 8)
        found = int(self.value >= split << 8)
        self.value -= found * (split << 8)
        self.range = self.range - split if found else split
        while self.range < 128:
            self.value, self.range, self.left = self.value << 1, self.range << 1, self.left - 1
            if not self.left:
                self.value |= self.data[self.at] if self.at < len(self.data) else 0
                self.at, self.left = self.at + 1, 8
        return found

    def number(self, bits: int) -> int:
        """Of so many ``bits``, the highest first."""
        found = 0
        for _ in range(bits):
            found = 2 * found + self.bit()
        return found

    def optional(self, bits: int) -> int:
        """A number with a sign after it, or 0 where a flag says that there is none."""
        if not self.bit():
            return 0
        size = self.number(bits)
        return -size if self.bit() else size


def _strength(header: bytes) -> float:
    """The mean index of the quantiser, each segment's weighted by how much of the picture is said to be in it."""
    bits = _Bits(header)
    bits.number(2)  # colour space, clamping
    indices, shares, absolute = [0, 0, 0, 0], np.array([1.0, 0, 0, 0]), False
    if bits.bit():
        mapped, updated = bits.bit(), bits.bit()
        if updated:
            absolute = bool(bits.bit())
            indices = [bits.optional(7) for _ in range(4)]
            for _ in range(4):  # levels of the loop filter
                bits.optional(6)
        if mapped:
            either, first, second = ((bits.number(8) if bits.bit() else 255) / 255 for _ in range(3))
            shares = np.array([either * first, either * (1 - first), (1 - either) * second, (1 - either) * (1 - second)])
    bits.number(10)  # kind, level and sharpness of the loop filter
    if bits.bit() and bits.bit():
        for _ in range(8):  # its changes by kind of block
            bits.optional(6)
    bits.number(2)  # partitions
    base = 0 if absolute else bits.number(7)
    return float(np.clip(np.array(indices) + base, 0, COARSEST) @ shares)
