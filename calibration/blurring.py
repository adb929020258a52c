"""Backgrounds put out of focus by a mask that does not end at the person: hair and shoulders blurred along, the person's colours run into the
blur, a rim, or the old background left sharp.

Before shelves of books: on a plain wall nobody sees where a blur ends. Source and result are both composed of the photo's own layers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import PIL.Image
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.composites import Bytes, Maker, masked, over
from calibration.edits import Edit
from calibration.scenes import office
from likeness.image import Image
from likeness.image.color import bytes_from_linear, linear_from_srgb, srgb_from_linear
from likeness.image.edges import signed_distance
from likeness.image.filters import gaussian
from likeness.portrait import Portrait

SIGMA = 0.15  # IPD
EDGE = 0.02  # IPD over which the mask runs out
RIM = 0.05  # IPD
DEPTH = 0.008  # IPD; the shelves stand a little behind the person


def bookshelves(source: Portrait) -> Image:
    return gaussian(office(source), DEPTH * source.ipd)


def before_shelves(source: Portrait) -> Image:
    return over(source.foreground, source.alpha, bookshelves(source))


def blurred_up_to(reach: float) -> Maker:
    """All beyond ``reach`` IPD from the outline is blurred, the person's colours running out; negative: inside the person."""

    def make(source: Portrait) -> Image:
        sharp = gaussian((signed_distance(source.alpha, source.ipd) < reach).astype(np.float32), EDGE * source.ipd)
        picture = before_shelves(source)
        return over(picture, sharp, gaussian(picture if reach < 0 else bookshelves(source), SIGMA * source.ipd))

    return make


def pasted_on_itself(grow: float, blur: Callable[[float], PIL.ImageFilter.Filter]) -> Callable[[Portrait], Bytes]:
    """The photo in 8 bits over itself blurred by Pillow, under the network's mask ``grow`` IPD wider (negative: narrower)."""

    def make(source: Portrait) -> Bytes:
        picture = PIL.Image.fromarray(bytes_from_linear(before_shelves(source)))
        mask: NDArray[np.bool_] = masked(round(grow * source.ipd))(source)
        paste = PIL.Image.fromarray(mask.astype(np.uint8) * 255).filter(PIL.ImageFilter.GaussianBlur(2))
        return np.asarray(PIL.Image.composite(picture, picture.filter(blur(SIGMA * source.ipd)), paste))

    return make


def rimmed(strength: float) -> Maker:
    """A rim 0.05 IPD wide outside the outline, lighter or darker than the photo's own background by so much of what is encoded."""

    def make(source: Portrait) -> Image:
        away = signed_distance(source.alpha, source.ipd)
        rim = gaussian(((away > 0) & (away < RIM)).astype(np.float32), EDGE / 2 * source.ipd)[..., None]
        return linear_from_srgb(np.clip(srgb_from_linear(source.pixels) + np.float32(strength) * rim, 0, 1))

    return make


def run_into(source: Portrait) -> Bytes:
    """The photo in 8 bits, blurred as a whole by Pillow, and the person laid over it: their colours shine into the background."""
    picture = PIL.Image.fromarray(bytes_from_linear(source.pixels))
    paste = PIL.Image.fromarray(np.round(255 * source.alpha).astype(np.uint8))
    return np.asarray(PIL.Image.composite(picture, picture.filter(PIL.ImageFilter.GaussianBlur(SIGMA * source.ipd)), paste))


def properly(source: Portrait) -> Image:
    return over(source.foreground, source.alpha, gaussian(bookshelves(source), SIGMA * source.ipd))


def shelves(name: str, dose: float, measure: str, make: Callable[[Portrait], Image | Bytes], also: tuple[str, ...] = ()) -> Edit:
    return Edit(name, dose, measure, make, prepare=before_shelves, also=also)


PROPER_BLUR = (shelves("shelves out of focus", 0, "", properly),)
BLURRING = (
    *(shelves("blurred into hair", 100 * reach, "edge_halo", blurred_up_to(-reach)) for reach in (0.06, 0.1)),
    *(shelves("left sharp around the person", 100 * reach, "background_leak", blurred_up_to(reach)) for reach in (0.1, 0.2)),
    *(Edit("rim before the own background", 100 * strength, "edge_halo", rimmed(strength)) for strength in (-0.2, 0.2)),
)
BLURRING_TEST = (
    shelves("blurred into hair, pasted", 10, "edge_halo", pasted_on_itself(-0.1, PIL.ImageFilter.GaussianBlur)),
    Edit("run into the blur, pasted", 0, "edge_halo", run_into),
    shelves("left sharp, pasted", 15, "background_leak", pasted_on_itself(0.15, PIL.ImageFilter.BoxBlur)),
)
