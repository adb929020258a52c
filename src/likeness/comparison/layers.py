"""A picture taken apart, in the frame of a pair: alpha, the person's own colours, and the background's."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from likeness.comparison.view import View, around
from likeness.image import Affine, Image, Plane, read_only
from likeness.image.flow import positions
from likeness.image.geometry import compose, crop_and_scale, invert, warp
from likeness.portrait import Portrait


class Layers(NamedTuple):
    """A picture as alpha * front + (1 - alpha) * back; (H, W) and (H, W, 3) twice, linear."""

    alpha: Plane
    front: Image
    back: Image


class Near(NamedTuple):
    """A picture around its scene, in a frame of its own, because the scene's has corners that no picture fills; and the map from there."""

    portrait: Portrait
    to_scene: Affine

    @classmethod
    def of(cls, whole: Portrait, to_whole: Affine, scene: View) -> Near:
        near = around(positions(to_whole, scene.size), 0).clipped(whole.width, whole.height)
        to_near, size = crop_and_scale(near, scene.ipd / whole.ipd)
        return cls(replace(whole, facts={}).resampled(to_near, size), compose(invert(to_near), to_whole))

    def alpha(self, size: tuple[int, int]) -> Plane:
        return read_only(np.clip(warp(self.portrait.alpha, self.to_scene, size), 0, 1))

    def colours(self, size: tuple[int, int]) -> tuple[Image, Image]:
        """The person's own and the background's."""
        front, back = (read_only(warp(plane, self.to_scene, size)) for plane in (self.portrait.foreground, self.portrait.plate))
        return front, back
