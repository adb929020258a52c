"""The source's face as the handling of the whole picture would have left it: resized, blurred or sharpened, and compressed as the result was.

What is missing of a fine texture in a compressed picture may have been taken by JPEG, whose dead zone swallows what is faint. Held
against the source treated alike, only what was done to that place alone is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.saved import LUMA, Codes, as_is, looked_at, luma_of, not_followed
from likeness.comparison.view import View, around
from likeness.image import Affine, Image, Plane, Points
from likeness.image.color import LINEAR_FROM_16BIT, srgb_from_linear
from likeness.image.curves import curves_between, under
from likeness.image.filters import gaussian, grown
from likeness.image.flow import Flow, positions
from likeness.image.geometry import compose, invert, resize, scale_of, transform, warp
from likeness.image.sharpness import luma_from_linear, resharpened, tabled
from likeness.image.texture import BANDS, band, level_slope, local_correlation
from likeness.image.tone import brightest
from likeness.portrait import Portrait

OFFSET = 1e-3  # linear, added before the logarithm
WORKING_IPD = 160.0  # pixels; larger ones are halved once they are compressed
COARSE = 5.0 / 5.34 / 63  # IPD; sigma of the longest waves that tell the sharpness, of 5 mm
SNAP = 0.3  # pixels; a result that lies this near on the source's own pixels was not resampled
PREFILTER = 0.35  # of the result's pixel
LIGHT = 0.12  # IPD; coarser than this, the result's light is taken as it is
SAME_PLACE = 0.8  # correlation of the 9-22 mm band: less, and something else is there now
PERSON, EDGE = 0.9, 0.1  # probability, and IPD into the person over which waves of 9-22 mm show what is behind too
NEAR_WHITE, LEAST_NEAR_WHITE = 0.85, 0.005  # linear; share of the skin
EVEN = 0.003  # IPD, over which colours are averaged to find the curves
LEAST_OTHERS = 0.05  # IPD squared of what is no skin, to tell the picture's sharpness from

HALF: Affine = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]], np.float64)
CHROMA = 2.0  # pixels of the result; compression evens colour out within them
FARTHEST = 8  # pixels of the result; a filter's reach beyond the place that is looked at
_LOG = np.log(LINEAR_FROM_16BIT + np.float32(OFFSET)).astype(np.float32)


class Handled(NamedTuple):
    """Log luma (H, W) in the result's own pixels around the face. ``source``: in the result's light, not handled; ``handled``: handled as
    the result was, ``uncut``: if nothing near white was cut off by that; ``result``. ``to_patch``: from the pixels of the pair's faces to these. ``level``: the result's light, log. ``unlike``: the kind of file whose strong
    compression of the result is not in ``handled``."""

    source: Plane
    handled: Plane
    result: Plane
    level: Plane
    to_patch: Affine
    px_per_mm: float
    uncut: Plane
    unlike: str = ""

    def halved(self) -> Handled:
        """The same in half as many pixels across: enough for coarse waves."""
        source, handled, result, level = (_halved(plane) for plane in (self.source, self.handled, self.result, self.level))
        uncut = handled if self.uncut is self.handled else _halved(self.uncut)
        return Handled(source, handled, result, level, compose(HALF, self.to_patch), self.px_per_mm / 2, uncut, self.unlike)

    def there(self, plane: Plane) -> Plane:
        """``plane`` of the pair's faces, in these pixels."""
        height, width = self.result.shape
        return warp(plane, invert(self.to_patch), (width, height))

    def back(self, plane: Plane, size: tuple[int, int]) -> Plane:
        """``plane``, of these pixels or half as many across, in the pixels of the pair's faces, which are of ``size``; NaN where unknown."""
        to_plane = self.to_patch if plane.shape == self.result.shape else compose(HALF, self.to_patch)
        known = np.isfinite(plane).astype(np.float32)
        weight = warp(known, to_plane, size)
        moved = warp(np.where(known > 0, plane, 0).astype(np.float32), to_plane, size)
        return np.where(weight > 0.5, moved / np.maximum(weight, 0.5), np.nan).astype(np.float32)


def handled(
    source: Portrait, result: Portrait, faces: tuple[View, View], maps: tuple[Affine, Affine], flow: Flow, *, kept: bool
) -> Handled:
    """``source`` handled as ``result`` was. ``maps``: from the pixels of ``faces`` to theirs; ``flow``: what was reshaped, (H, W, 2).
    ``kept``: the background is the source's, and may tell how the picture was handled."""
    ipd, (to_source, to_result) = faces[0].ipd, maps
    luma, to_luma, saved = looked_at(result, to_result, faces[0].size, ipd)
    size = (luma.shape[1], luma.shape[0])
    unit = scale_of(to_luma) * ipd
    curves, at = _into_white(faces), (compose(to_source, invert(to_luma)), flow, invert(to_luma), to_source, size)
    before = _log(_moved(luma_of, source.srgb, *at, curves))
    after = _log(luma)
    light = gaussian(after, LIGHT * unit)
    told = _tells(faces, to_luma, size, kept=kept)
    detail = before - gaussian(before, LIGHT * unit)
    detail *= _contrast(before, after, light, warp(_compared(faces, kept=kept), invert(to_luma), size) > 0.99, unit)
    plain = _encoded(light + detail)
    enough = told.sum() > LEAST_OTHERS * unit**2
    coded = resharpened(plain, saved, luma, told, COARSE * unit, 0.05 * unit) if enough else saved(plain)
    log_coded = uncut = _log(coded)
    if saved is not as_is and _near_white(faces).any():
        log_coded = _log(_in_range(coded, gaussian(_moved(_beside_luma, source.srgb, *at, curves), CHROMA)))
    unlike = not_followed(result.photo, scale_of(compose(result.to_photo, to_result)) * ipd)
    found = Handled(light + detail, log_coded, after, light, to_luma, unit / 63, uncut, unlike)
    return found.halved() if unit > WORKING_IPD else found


def _compared(faces: tuple[View, View], *, kept: bool) -> Plane:
    """Where both ``faces`` show what they showed, (H, W) 0 or 1: along the outline the contrast is that of another background."""
    seen = faces[0].valid * faces[1].valid
    return seen if kept else np.asarray(seen * ~grown(faces[0].person < PERSON, EDGE * faces[0].ipd), np.float32)


def _halved(plane: Plane) -> Plane:
    height, width = (n // 2 for n in plane.shape)
    return np.asarray(resize(plane[: height * 2, : width * 2], (width, height)), np.float32)


def _corners(size: tuple[int, int]) -> Points:
    return np.array([(0, 0), (size[0], 0), (0, size[1]), size], np.float32)


def _beside_luma(codes: Codes | Image) -> Image:
    """What red, green and blue have beyond the luma, (H, W, 3), in its unit."""
    luma = luma_of(codes)
    scale = np.float32(257) if codes.dtype == np.uint16 else np.float32(1)
    return np.asarray(codes.astype(np.float32) / scale - luma[..., None], np.float32)


def _in_range(luma: Plane, colour: Image) -> Plane:
    """``luma`` of a compressed picture, (H, W), once it was opened: with the even ``colour`` that compression leaves, (H, W, 3) beyond
    the luma, a channel near white goes up and down as the luma does, and is cut off at white."""
    over = np.maximum(luma[..., None] + colour - np.float32(255), 0)
    return np.asarray(luma - cv2.transform(over, LUMA), np.float32)


def _log(luma: Plane) -> Plane:
    """Log linear light of ``luma`` 0..255, (H, W)."""
    return tabled(_LOG, luma, 257)


def _encoded(light: Plane) -> Plane:
    """Luma 0..255 of log light, (H, W)."""
    return luma_from_linear(np.exp(np.minimum(light, 0)) - np.float32(OFFSET))


def _near_white(faces: tuple[View, View]) -> NDArray[np.bool_]:
    """Where the result's skin is near white, (H, W); nowhere where only specks are."""
    source, result = faces
    skin = (source.skin > 0.5) & (result.valid > 0)
    near = skin & (brightest(result.softened()) > NEAR_WHITE)
    return np.asarray(near & (near.sum() >= LEAST_NEAR_WHITE * skin.sum()))


def _into_white(faces: tuple[View, View]) -> NDArray[np.float32] | None:
    """The curves (3, 256) of the channels from source to result, where skin was brought near white: one channel clips before the
    other, and takes its part of the texture away. None elsewhere, where a slope by brightness tells all."""
    source, result = faces
    before, after = (brightest(view.softened()) for view in faces)
    skin = (source.skin > 0.5) & (result.valid > 0)
    if (_near_white(faces) & (after > 1.02 * before)).sum() < LEAST_NEAR_WHITE * skin.sum():
        return None
    seen = (source.region("face", 0.1) > 0.5) & (result.valid > 0)
    a, b = (255 * srgb_from_linear(np.clip(gaussian(view.pixels, EVEN * view.ipd), 0, 1)) for view in faces)
    return curves_between(a, b, seen)


def _moved(
    shows: Callable[[Codes | Image], Plane],
    codes: Codes,
    to_source: Affine,
    flow: Flow,
    to_faces: Affine,
    faces_to_source: Affine,
    size: tuple[int, int],
    curves: NDArray[np.float32] | None,
) -> Plane:
    """What ``shows`` makes of the source's ``codes``, under ``curves`` if any, where the result has it, at ``size``: under
    ``to_source``, less ``flow``, in the faces' pixels."""
    back = cv2.transform(warp(flow, to_faces, size), faces_to_source[:, :2])
    whole = np.array([[1, 0, round(to_source[0, 2])], [0, 1, round(to_source[1, 2])]], np.float64)
    if np.abs(transform(_corners(size), to_source) - transform(_corners(size), whole)).max() < SNAP:
        to_source = whole
        back[(np.abs(back[..., 0]) < SNAP) & (np.abs(back[..., 1]) < SNAP)] = 0
    at, step = positions(to_source, size), scale_of(to_source)
    at -= back
    near = around(at, round(FARTHEST * step + max(back.max(), -back.min()))).clipped(codes.shape[1], codes.shape[0])
    shown = near.of(codes)
    plane = shows(shown if curves is None else under(curves, shown))
    fine = gaussian(plane, PREFILTER * float(np.sqrt(step * step - 1))) if step > 1.02 else plane
    at -= np.array([near.left, near.top], np.float32)
    return np.asarray(cv2.remap(fine, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _contrast(before: Plane, after: Plane, light: Plane, seen: NDArray[np.bool_], unit: float) -> Plane:
    """The slope of the tone curve, by the result's light: how steeply waves of 9-22 mm follow those of the source, (H, W)."""
    a, b = (band(_halved(plane), BANDS["E"], unit / 126) for plane in (before, after))
    same = (local_correlation(a, b, 0.05 * unit) > SAME_PLACE) & (_halved(seen.astype(np.float32)) > 0.99)
    slope = level_slope(a, b, _halved(light), same)
    return np.asarray(cv2.resize(slope, before.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _tells(faces: tuple[View, View], to_patch: Affine, size: tuple[int, int], *, kept: bool) -> NDArray[np.bool_]:
    """Where the result tells how all of the picture was handled: what it shows of the source, and is no skin."""
    source, result = faces
    same = local_correlation(source.band("E"), result.band("E"), 0.1 * source.ipd) > SAME_PLACE
    others = same & (source.skin < 0.1) & (source.valid * result.valid > 0)
    if not kept:
        others &= source.region("face", 0.15) > 0.5
    others = cv2.erode(others.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    return np.asarray(warp(others, invert(to_patch), size) > 0.99)
