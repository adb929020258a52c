"""Cut-outs that lost what stands off the person: locks that a mask knew nothing of, and an outline that was cut too tight.

The locks are drawn into the source, before shelves out of focus, so that their result is a cut-out that is faultless but for them. To test
on: one side's outline eroded with Pillow, the hair or the shoulder taken by the new background.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.backdrops import before, out_of_focus
from calibration.composites import Bytes, Maker, backdrop, grainy
from calibration.edits import Edit
from calibration.painted_over import composed, own_mask
from calibration.scenes import office
from likeness.image import Image, Plane
from likeness.image.color import bytes_from_linear
from likeness.image.filters import gaussian
from likeness.portrait import Portrait

THICK = 0.02  # IPD; a lock, not a hair
BELOW = (0.1, 0.35, 0.6)  # IPD under the eyes where locks leave the outline, on either side
FINER = 16  # of a pixel; where lines are drawn
TIGHT = {"white": (236, 236, 236), "navy": (24, 32, 62)}


# -- locks, drawn


def locks(source: Portrait, reach: float) -> Plane:
    """Open loops that stand ``reach`` IPD off the outline beside the face, (H, W) 0..1."""
    mask, middle = np.zeros((source.height, source.width), np.uint8), source.landmarks[168]
    turn = np.linspace(-0.5, 1.0, 24) * np.pi
    for below in BELOW:
        row = round(float(middle[1]) + below * source.ipd)
        inside = np.flatnonzero(source.alpha[min(row, source.height - 1)] > 0.5)
        for side, edge in ((-1, inside[0]), (1, inside[-1])) if len(inside) else ():
            x = edge + side * 0.5 * reach * source.ipd * (1 + np.cos(turn)) - 0.05 * side * source.ipd
            y = row + 0.6 * reach * source.ipd * (np.sin(turn) + 1)
            path = np.rint(np.stack([x, y], axis=1) * FINER).astype(np.int32)
            cv2.polylines(mask, [path], False, 255, max(1, round(THICK * source.ipd)), cv2.LINE_AA, 4)
    return np.asarray(mask, np.float32) / 255


def with_locks(reach: float) -> Maker:
    """The source before shelves out of focus, with locks of its darker hair."""

    def make(source: Portrait) -> Image:
        scene = before(source, grainy(out_of_focus(office)(source), source))
        rim = (source.alpha > 0.9) & (gaussian(source.alpha, 0.05 * source.ipd) < 0.98) & (source.skin < 0.5)
        hair = np.quantile(source.pixels[rim], 0.2, axis=0).astype(np.float32)
        cover = locks(source, reach)[..., None]
        return np.asarray(scene + cover * (hair - scene), np.float32)

    return make


def without_locks(back: Callable[[Portrait], Image]) -> Maker:
    return lambda source: before(source, grainy(back(source), source))


def softer(source: Portrait) -> Image:
    """The shelves blurred once more."""
    return gaussian(out_of_focus(office)(source), 0.1 * source.ipd)


# -- with Pillow


def too_tight(code: tuple[int, ...], reach: float) -> Callable[[Portrait], Bytes]:
    """The mask ends ``reach`` IPD inside the outline on the picture's right."""

    def make(source: Portrait) -> Bytes:
        whole = own_mask(source)
        side = 2 * round(reach * source.ipd / 4) + 1
        tight = whole.filter(PIL.ImageFilter.MinFilter(side)).filter(PIL.ImageFilter.MinFilter(side))
        right = PIL.Image.fromarray(_right_of(source))
        mask = PIL.Image.composite(tight, whole, right)
        return composed(source, PIL.Image.fromarray(bytes_from_linear(source.foreground)), mask, code)

    return make


def _right_of(source: Portrait) -> NDArray[np.uint8]:
    return np.where(np.arange(source.width)[None] > source.landmarks[168, 0], 255, 0).astype(np.uint8).repeat(source.height, 0)


def _lost(name: str, dose: float, make: Maker | Callable[[Portrait], Bytes], prepare: Maker | None = None) -> Edit:
    return Edit(name, dose, "edge_halo", make, prepare=prepare, also=("background_leak", "body"))


LOST_PIECES = (
    *(
        _lost(f"locks lost before {name}", 100 * reach, without_locks(lambda s, name=name: backdrop(name, s)), with_locks(reach))
        for name in ("grey", "white")
        for reach in (0.2, 0.3)
    ),
    *(_lost("locks lost in a blur", 100 * reach, without_locks(softer), with_locks(reach)) for reach in (0.2, 0.3)),
)
LOST_PIECES_TEST = tuple(
    _lost(f"cut too tight on {name}", 100 * r, too_tight(code, r)) for name, code in TIGHT.items() for r in (0.1, 0.15)
)
