"""The texture of the skin: what the result has of the source's, and what handling alone would have left of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.handled import Handled
from likeness.comparison.saved import LUMA
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.filters import gaussian
from likeness.image.texture import BANDS, Transfer, band, level_slope, log_luma, transfer
from likeness.portrait import FACE_FIELD, Portrait
from likeness.regions import region
from likeness.schema import NotAssessed

WINDOW = 0.10  # IPD
LEAST_SKIN = 0.2  # IPD squared: about a cheek
LEAST_PART = 0.08  # IPD squared
NOSE_BRIDGE = [168, 6, 197, 195]
WHITE = 0.96  # linear; a lighter channel has lost its texture
MOST_LOST = 0.5  # of the luma, in channels that are white
FLAT = 0.4  # of the source's contrast; less is left near white and in what was pushed to black


class SkinBand(NamedTuple):
    """What became of a band of the skin's texture: in the ``result``, and under ``handled``, what was done to all of the picture; ``uncut``:
    the same if nothing near white was cut off."""

    result: Transfer
    handled: Transfer
    uncut: Transfer


class SkinTexture(NamedTuple):
    """``bands`` by name: C in the pixels of ``planes``, D in half as many across. B lies at the pixels' own size even where the eyes
    are 128 apart, so that resizing and JPEG leave nothing of it to trust. ``area``: skin that tells, IPD squared; ``blown``: share of the skin too light to."""

    planes: Handled
    bands: dict[str, SkinBand]
    area: float
    blown: float


def skin_texture(faces: tuple[View, View], planes: Handled) -> SkinTexture:
    """The skin of ``faces`` as ``planes`` show it."""
    source, result = faces
    skin = cv2.erode((source.skin > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) * result.valid
    half = planes.halved()
    seen = half.there(skin.astype(np.float32)) > 0.99
    white = half.there(gaussian(_at_the_top(result.pixels), 0.02 * source.ipd)) > MOST_LOST
    shown = (half.source, half.handled, half.result, *(() if half.uncut is half.handled else (half.uncut,)))
    waves = [band(plane, BANDS["E"], half.px_per_mm) for plane in shown]
    slopes = np.dstack([level_slope(waves[0], other, half.level, seen) for other in waves[1:]])
    mask = seen & ~white & (slopes[..., 1] > FLAT)
    slopes = np.maximum(slopes, FLAT)
    bands = {"C": _band(planes, _doubled(slopes, planes), _doubled(mask, planes) > 0.5, "C"), "D": _band(half, slopes, mask, "D")}
    area = float(mask.sum()) / (half.px_per_mm * 63) ** 2
    return SkinTexture(planes, bands, area, 1 - float(mask.sum()) / max(1.0, float(seen.sum())))


def _at_the_top(image: Image) -> Plane:
    """The share of the luma of each pixel that the channels give which are clipped, (H, W)."""
    return np.asarray(cv2.transform((image > WHITE).astype(np.float32), LUMA), np.float32)


def _doubled(plane: NDArray[Any], planes: Handled) -> NDArray[np.float32]:
    """``plane`` (h, w[, C]) in the pixels of ``planes``, which are twice as many across."""
    return np.asarray(cv2.resize(plane.astype(np.float32), planes.result.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _band(planes: Handled, slopes: NDArray[np.float32], mask: NDArray[np.bool_], name: str) -> SkinBand:
    """Band ``name`` on the skin, the contrast that the tone curve gave it taken out: ``slopes``, (H, W, 2), handled and result."""
    before, handled, after = (
        band(plane, BANDS[name], planes.px_per_mm) for plane in (planes.source, planes.handled, planes.result)
    )
    sigma = WINDOW * planes.px_per_mm * 63
    found, usual = (transfer(before, wave / slopes[..., k], mask, sigma) for wave, k in ((after, 1), (handled, 0)))
    if planes.uncut is planes.handled or name != "C":
        return SkinBand(found, usual, usual)
    uncut = band(planes.uncut, BANDS[name], planes.px_per_mm)
    return SkinBand(found, usual, transfer(before, uncut / slopes[..., 2], mask, sigma))


def refusal(skin: SkinTexture, alike: str) -> NotAssessed | None:
    """Why texture on this ``skin`` cannot be judged, if so. ``alike``: what compression that is not followed looks like."""
    if skin.area < LEAST_SKIN:
        lost = "too much of the skin is white or black for its texture to be seen"
        return NotAssessed(lost if skin.blown > 0.5 else "too little skin is seen to judge its texture", "skin")
    if skin.planes.unlike:
        said = f"the result was saved as {skin.planes.unlike} so strongly that what that does to skin cannot be told from {alike}"
        return NotAssessed(said, "skin")
    return None


def skin_share(portrait: Portrait, ipd: float) -> float | None:
    """Energy of the skin's texture of 2.5-5 mm over that of eyes, brows and lips, the eyes ``ipd`` pixels apart; None with little skin.

    The strongest 5 % are left out of either: lashes and glints. Focus and compression of a whole picture cancel.
    """
    face = replace(portrait, facts={}).aligned(min(ipd, portrait.ipd), FACE_FIELD)
    energy = np.square(band(log_luma(face.pixels), BANDS["C"], face.ipd / 63))
    size = (face.width, face.height)
    skin = cv2.erode((face.skin > 0.5).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    features = (
        np.max([region(face.landmarks, size, name, grow=0.02 * face.ipd) for name in ("eyes", "brows", "lips")], axis=0) > 0.5
    )
    if skin.sum() < LEAST_PART * face.ipd**2:
        return None
    inside, beside = (np.sort(energy[mask])[: int(0.95 * mask.sum())].mean() for mask in (skin, features))
    return float(inside / max(beside, 1e-12))


def by_part(heat: Plane, face: View) -> dict[str, float]:
    """The median of ``heat`` (H, W) in the parts of the ``face`` where enough skin tells: forehead, cheeks, jaw; not the nose, which shines."""
    across = np.broadcast_to(np.arange(face.size[0]), heat.shape)
    own_left = across > float(face.landmarks[NOSE_BRIDGE, 0].mean())
    masks = {name: face.region(name, 0.05) > 0.5 for name in ("forehead", "cheeks", "jaw")}
    cheeks = masks.pop("cheeks")
    masks |= {"left cheek": cheeks & own_left, "right cheek": cheeks & ~own_left}
    told = {name: mask & np.isfinite(heat) for name, mask in masks.items()}
    return {name: float(np.median(heat[mask])) for name, mask in told.items() if mask.sum() > LEAST_PART * face.ipd**2}
