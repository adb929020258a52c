"""A vignette that a result has beyond its source, and how it is taken off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Affine, Image, Plane
from likeness.image.color import linear_from_srgb, srgb_from_linear
from likeness.image.flow import Flow, positions
from likeness.image.shading import even_terms


class Vignette(NamedTuple):
    """``factors`` (3,) of ``even_terms``, log; ``whole``: width and height of the result, from whose centre it runs. ``encoded``: it
    was laid on sRGB codes, as simple programs do, instead of linear light, and darkens shadows less."""

    factors: NDArray[np.float64]
    whole: tuple[int, int]
    encoded: bool = False

    def at(self, places: Flow) -> Plane:
        """Its logarithm at ``places_in`` the result, (H, W)."""
        return np.asarray(even_terms(places) @ self.factors, np.float32)

    def taken_off(self, image: Image, to_result: Affine) -> Image:
        """``image`` of the result, (H, W, 3) linear, without it; ``to_result``: from the image's pixels to the result's."""
        gain = np.exp(-self.at(places_in(self.whole, to_result, (image.shape[1], image.shape[0]))))[..., None]
        if not self.encoded:
            return np.asarray(image * gain, np.float32)
        return linear_from_srgb(np.asarray(srgb_from_linear(np.maximum(image, 0)) * gain, np.float32))

    def off(self, view: View, to_result: Affine) -> View:
        """``view`` of the result without it; ``to_result``: from the view's pixels to the result's."""
        return View(view.portrait.with_pixels(self.taken_off(view.pixels, to_result)), view.valid, view.ipd)


def places_in(whole: tuple[int, int], to_whole: Affine, size: tuple[int, int]) -> Flow:
    """Where the pixels of a frame lie in a picture as large as ``whole``, (H, W, 2): from its centre, half its diagonal is 1."""
    centre = (np.array(whole, np.float32) - 1) / 2
    return np.asarray((positions(to_whole, size) - centre) / np.float32(np.hypot(*whole) / 2), np.float32)
