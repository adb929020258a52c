"""Studio backdrops, drawn: a surface with a soft pool of light on it and the unevenness of paint."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from likeness.image import Affine, Image, Plane

EXTENT = 16.0  # the painted canvas, units to each side of the origin
OCTAVES = ((3.6, 1.0), (1.7, 0.55), (0.7, 0.22))  # size of the unevenness in units, and its strength
POOL_AT = (0.0, 1.1)  # the middle of the pool of light: behind the shoulders of someone whose eyes are at the origin
POOL_REACH = 5.0  # units from its middle at which the light has fallen by ``pool`` EV


@dataclass(frozen=True)
class Surface:
    """What a backdrop is like: ``colour`` linear RGB in the pool of light; ``pool``, ``mottle``, ``tilt`` in EV (see ``drawn``)."""

    colour: tuple[float, float, float]
    pool: float = 0.0
    mottle: float = 0.0
    tilt: float = 0.0


def drawn(surface: Surface, size: tuple[int, int], to_units: Affine, *, side: float = 0.0, seed: int = 0) -> Image:
    """``surface`` as it looks at ``size`` (width, height), (H, W, 3) linear.

    ``to_units`` maps pixels to units with the origin between the eyes and y down, so that the same backdrop comes at any resolution.
    Light falls off from its pool by ``pool`` EV and downward by ``tilt`` EV at 5 units; across by ``side`` EV per 5 units (brighter
    to the right when positive); the paint varies by ``mottle`` EV.
    """
    width, height = size
    x = to_units[0, 0] * np.arange(width)[None] + to_units[0, 1] * np.arange(height)[:, None] + to_units[0, 2]
    y = to_units[1, 0] * np.arange(width)[None] + to_units[1, 1] * np.arange(height)[:, None] + to_units[1, 2]
    away = np.hypot((x - POOL_AT[0]) / 1.1, y - POOL_AT[1]) / POOL_REACH
    fallen = surface.pool * away**2 / (0.5 + 0.5 * away)  # as an inverse-square lamp: flat in the middle, then almost straight
    light = -fallen + side * np.tanh(x / 5) - surface.tilt * y / 5
    if surface.mottle > 0:
        light = light + surface.mottle * _mottle(size, to_units, seed)
    return np.asarray(np.exp2(light)[..., None] * np.array(surface.colour), np.float32)


def _mottle(size: tuple[int, int], to_units: Affine, seed: int) -> Plane:
    """Smooth unevenness of standard deviation about 1, fixed to the canvas, (H, W)."""
    random = np.random.default_rng(seed)
    total = np.zeros(size[::-1], np.float32)
    for cell, strength in OCTAVES:
        count = int(2 * EXTENT / cell)
        knots = random.standard_normal((count, count)).astype(np.float32)
        fine = cv2.GaussianBlur(cv2.resize(knots, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC), (0, 0), 4)
        step = cell / 8
        to_canvas = np.array([[1 / step, 0, EXTENT / step], [0, 1 / step, EXTENT / step]])
        pixels = np.column_stack([to_canvas[:, :2] @ to_units[:, :2], to_canvas[:, :2] @ to_units[:, 2] + to_canvas[:, 2]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        total += strength / fine.std() * cv2.warpAffine(fine, pixels, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return total / np.float32(np.sqrt(sum(strength**2 for _, strength in OCTAVES)))
