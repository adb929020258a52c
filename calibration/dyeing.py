"""Planted dyes: a piece of the clothes as large as a tie or a scarf, and the hair; all else, folds and locks too, as it was.

Once in CIELAB by the nearness of colours; and, to test on, by layers of one colour in 8 bits within drawn outlines.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.bodies import clothes, from_chin, ramp
from calibration.colouring import lab_moved
from calibration.edits import Edit, Maker
from calibration.handling import same
from likeness.image import Plane
from likeness.image.color import lab_from_linear
from likeness.image.filters import gaussian
from likeness.portrait import Portrait
from likeness.regions import OUTLINES, region

Where = Callable[[Portrait], NDArray[np.float32]]

LEAST_WORN = 0.2  # IPD squared that is shown of tie or scarf
LEAST_HAIR = 0.5  # IPD squared above the brows
SKIN, NEAR = 14.0, 16.0  # CIELAB; hair is that far from the face's skin, and so much like the hair on the head


def tie(source: Portrait) -> NDArray[np.float32]:
    """Of the clothes what a straight tie would cover, be it tie or not, (H, W, 1)."""
    x, below = from_chin(source)
    shape = (np.abs(x) < 0.14 + 0.08 * below) & (below > 0.45) & (below < 1.5)
    return np.asarray((gaussian(shape.astype(np.float32), 0.01 * source.ipd) * clothes(source))[..., None], np.float32)


def scarf(source: Portrait) -> NDArray[np.float32]:
    """Second implementation: a band that hangs over one shoulder, (H, W, 1)."""
    x, below = from_chin(source)
    middle = 0.55 + 0.35 * np.abs(x - 0.2)
    band = ramp(0.2 - np.abs(below - middle), -0.02, 0.02) * ramp(0.75 - np.abs(x - 0.2), -0.02, 0.02)
    return np.asarray((band * clothes(source))[..., None], np.float32)


def hair(source: Portrait) -> NDArray[np.float32]:
    """What of the person above the chin is coloured like the hair on the head, the face apart, (H, W, 1)."""
    lab, crown = lab_from_linear(source.pixels), _crown(source)
    usual = np.median(lab[crown], axis=0) if crown.any() else np.array([20, 3, 5], np.float32)
    off = np.hypot(np.linalg.norm(lab[..., 1:] - usual[1:], axis=2), 0.35 * (lab[..., 0] - usual[0]))
    _, below = from_chin(source)
    mask = np.clip(2 - off / NEAR, 0, 1) * (source.person > 0.5) * _off_face(source) * ramp(-below, 0.0, 0.3) * ~_like_skin(source)
    return np.asarray(gaussian(np.asarray(mask, np.float32), 0.01 * source.ipd)[..., None], np.float32)


def hair_brushed(source: Portrait) -> NDArray[np.float32]:
    """Second implementation: a soft brush over the head but for face and ears, and no farther than the chin, (H, W, 1)."""
    _, below = from_chin(source)
    mask = (source.person > 0.7) * _off_face(source) * (below < 0) * ~_like_skin(source)
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.02 * source.ipd)[..., None], np.float32)


def _crown(source: Portrait) -> NDArray[np.bool_]:
    """The person above the brows that is no skin, (H, W)."""
    brows = source.landmarks[[i for outline in OUTLINES["brows"] for i in outline], 1].min()
    above = np.arange(source.height)[:, None] < brows
    return np.asarray(above & (source.person > 0.9) & (_off_face(source) > 0.5) & ~_like_skin(source))


def _off_face(source: Portrait) -> Plane:
    return np.asarray(1 - region(source.landmarks, (source.width, source.height), "face", grow=0.04 * source.ipd), np.float32)


def _like_skin(source: Portrait) -> NDArray[np.bool_]:
    lab, skin = lab_from_linear(source.pixels), source.skin > 0.5
    usual = np.median(lab[skin], axis=0) if skin.any() else np.array([60, 12, 16], np.float32)
    return np.asarray((np.hypot(lab[..., 1] - usual[1], lab[..., 2] - usual[2]) < SKIN) & (lab[..., 0] > usual[0] - 2 * SKIN))


def layered(colour: tuple[float, float, float], share: float, where: Where) -> Maker:
    """A layer of one sRGB ``colour``, lit as what lies below it, at ``share``."""

    def make(source: Portrait) -> NDArray[np.uint8]:
        rgb = same(source).astype(np.float32) / 255
        layer = (0.1 + 1.6 * rgb.mean(2, keepdims=True)) * np.array(colour, np.float32)
        return np.asarray((255 * np.clip(rgb + share * where(source) * (layer - rgb), 0, 1)).round(), np.uint8)

    return make


def shown(where: Where) -> Callable[[Portrait], bool]:
    """Whether enough of the clothes lies ``where`` the edit is made."""
    return lambda source: bool(where(source).sum() >= LEAST_WORN * source.ipd**2)


def haired(source: Portrait) -> bool:
    return bool(_crown(source).sum() >= LEAST_HAIR * source.ipd**2)


DYEING = (
    Edit("tie dyed", 25, "clothing", lab_moved(5, 13, -20, where=tie), only=shown(tie)),
    Edit("tie dyed", 45, "clothing", lab_moved(9, 23, -37, where=tie), only=shown(tie)),
    Edit("hair dyed", 25, "skin_colour", lab_moved(6, 16, 18, where=hair), only=haired),
)
DYEING_TEST = (
    Edit("scarf dyed", 0.6, "clothing", layered((0.9, 0.25, 0.45), 0.6, scarf), only=shown(scarf)),
    Edit("hair tinted", 0.6, "skin_colour", layered((1.0, 0.45, 0.3), 0.6, hair_brushed), only=haired),
)
