"""How a result was saved, done to other luma of the same place: compressed as its file was, on the blocks of its file."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Affine, Image, Plane, Points, webp
from likeness.image.geometry import Box, compose, scale_of, transform, warp
from likeness.image.jpeg import recompressed, steps_in, steps_of
from likeness.image.sharpness import Saved
from likeness.photo import Photo
from likeness.portrait import Portrait

LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)  # of encoded values, as JPEG weighs them
MOST_IPD = 320.0  # pixels; larger pictures are looked at from afar, as the portrait has them
COMPARED_IPD = 128.0  # pixels; what is seen from afar has waves that are whole at this
JPEG_BLOCK = 8  # pixels
FINE_STEPS, FINE_STRENGTH = 6, 6.0  # of JPEG's nine lowest frequencies, and of WebP: of finer ones nothing is seen from afar
SURROUNDINGS = 16 * webp.BLOCK  # pixels
NOT_FOLLOWED = {"AVIF": "AVIF", "HEIF": "HEIC", "JPEG2000": "JPEG 2000"}
LEAST_BITS = 1.5  # per pixel; AVIF and HEIC with fewer swallow skin, or put in what is not the photo's
Codes = NDArray[np.uint8] | NDArray[np.uint16]  # encoded RGB, (H, W, 3)


def luma_of(codes: Codes | Image) -> Plane:
    """Luma of encoded RGB, of 16 bits or 0..255, (H, W), 0..255."""
    luma = cv2.transform(codes.astype(np.float32), LUMA)
    return np.asarray(luma / np.float32(257) if codes.dtype == np.uint16 else luma, np.float32)


def as_is(luma: Plane) -> Plane:
    """What saving without loss leaves."""
    return luma


def looked_at(result: Portrait, to_result: Affine, size: tuple[int, int], ipd: float) -> tuple[Plane, Affine, Saved]:
    """The result's luma (H, W), 0..255, around what a picture of ``size`` shows, the map from its pixels to those, and how it was saved.

    ``to_result``: from the pixels of that picture, the eyes ``ipd`` of them apart, to the result's. The luma is in the file's own pixels,
    its blocks whole, or, where those are far too many, in the portrait's.
    """
    photo, to_photo = result.photo, compose(result.to_photo, to_result)
    near = scale_of(to_photo) * ipd <= MOST_IPD
    codes, to_codes = (photo.encoded, to_photo) if near else (result.srgb, to_result)
    side = JPEG_BLOCK if webp.strength_in(photo.data) is None else webp.BLOCK
    box = _blocks(size, to_codes, side).clipped(codes.shape[1], codes.shape[0])
    luma, shift = luma_of(box.of(codes)), np.array([[0, 0, box.left], [0, 0, box.top]])
    if near:
        return luma, to_codes - shift, _saved(photo, box)
    to_file = compose(result.to_photo, np.array([[1, 0, box.left], [0, 1, box.top]], np.float64))
    return luma, to_codes - shift, _saved_afar(photo, to_file, luma.shape, side)


def not_followed(photo: Photo, ipd: float) -> str:
    """The kind of the file, where its compression is lossy, not followed here and strong; else "". ``ipd``: pixels between the eyes in it."""
    bits = 8 * len(photo.data) / (photo.width * photo.height * photo.scale**2)
    if ipd > MOST_IPD:  # many of its pixels make one that is compared
        bits *= (ipd / COMPARED_IPD) ** 2
    return NOT_FOLLOWED.get(photo.format, "") if bits < LEAST_BITS else ""


def _blocks(size: tuple[int, int], to_codes: Affine, side: int, margin: int = 0) -> Box:
    """The box, from whole blocks of ``side`` pixels on, of what a picture of ``size`` shows, and ``margin`` more."""
    corners = transform(_corners(size), to_codes)
    (left, top), (right, bottom) = np.floor(corners.min(0)).astype(int) // side * side, np.ceil(corners.max(0)).astype(int)
    return Box(int(left) - margin, int(top) - margin, int(right) + margin, int(bottom) + margin)


def _corners(size: tuple[int, int]) -> Points:
    return np.array([(0, 0), (size[0], 0), (0, size[1]), size], np.float32)


def _saved(photo: Photo, box: Box) -> Saved:
    """To save luma of ``box`` of the file's own pixels as the file was."""
    strength = webp.strength_in(photo.data)
    if strength is not None:
        return _as_webp(photo, box, strength)
    steps = steps_in(photo.data) if photo.scale == 1 else None
    if steps is None:
        steps = steps_of(luma_of(photo.seen(box)))
    return as_is if steps is None else partial(recompressed, steps=steps)


def _saved_afar(photo: Photo, to_file: Affine, shape: tuple[int, ...], side: int) -> Saved:
    """To save luma of ``shape`` in pixels larger than the file's, mapped ``to_file``: with what compression changes in the file's pixels,
    as far as their means show it. Detail that the means lack makes little difference: JPEG quantises each frequency by itself."""
    if _fine(photo):
        return as_is
    size = (shape[1], shape[0])
    box = _blocks(size, to_file, side, margin=side).clipped(photo.width, photo.height)
    own, to_own = _saved(photo, box), to_file - np.array([[0, 0, box.left], [0, 0, box.top]])
    if own is as_is:
        return as_is

    def saved(plain: Plane) -> Plane:
        enlarged = cv2.warpAffine(plain, to_own, (box.width, box.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(plain + warp(own(enlarged) - enlarged, to_own, size), np.float32)

    return saved


def _fine(photo: Photo) -> bool:
    strength, steps = webp.strength_in(photo.data), steps_in(photo.data)
    if strength is not None:
        return strength <= FINE_STRENGTH
    return steps is not None and bool(steps[:3, :3].max() <= FINE_STEPS)


def _as_webp(photo: Photo, box: Box, strength: float) -> Saved:
    """To save luma of ``box`` as WebP quantised with ``strength``: in the colours and amid the surroundings that the result has there, as
    the encoder foretells every block from its neighbours and shares its bits out by what else there is."""
    left, top = max(0, box.left - SURROUNDINGS), max(0, box.top - SURROUNDINGS)
    around = Box(left, top, box.right + SURROUNDINGS, box.bottom + SURROUNDINGS).clipped(photo.width, photo.height)
    inside = Box(box.left - left, box.top - top, box.right - left, box.bottom - top)
    whole = np.array(photo.seen(around))
    shown = inside.of(whole).astype(np.float32)
    luma, quality = luma_of(inside.of(whole)), webp.quality_of(whole, strength)

    def saved(plain: Plane) -> Plane:
        inside.of(whole)[:] = np.clip(shown + (plain - luma)[..., None] + np.float32(0.5), 0, 255)
        return luma_of(inside.of(webp.resaved(whole, quality)))

    return saved
