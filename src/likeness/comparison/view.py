"""View: one picture of a pair in the frame that both share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.errors import LikenessError
from likeness.image import Affine, Image, Plane, Points, read_only
from likeness.image.color import lab_from_linear, luminance
from likeness.image.filters import fill, gaussian
from likeness.image.flow import Flow, contrast_normalised, positions
from likeness.image.geometry import Box, resize
from likeness.image.texture import BANDS, band, log_luma
from likeness.lazy import lazy
from likeness.portrait import Portrait
from likeness.regions import region

NORMALISE = 0.15  # IPD
SOFT = 0.03  # IPD over which colours are averaged
LEVEL = 2.0  # L* over which a tint is one


@dataclass(frozen=True, eq=False)
class View:
    """A picture in the frame that a pair shares. ``valid``: (H, W), 1 where the picture has pixels, else 0."""

    portrait: Portrait
    valid: Plane
    ipd: float

    @classmethod
    def of(cls, whole: Portrait, to_whole: Affine, size: tuple[int, int], ipd: float) -> View:
        """``whole`` seen through ``to_whole``, the map from the view's pixels to its own."""
        seen = positions(to_whole, size)
        x, y = seen[..., 0], seen[..., 1]
        inside = (x >= 0) & (y >= 0) & (x <= whole.width - 1) & (y <= whole.height - 1)
        near = around(seen, 4).clipped(whole.width, whole.height)
        if min(near.width, near.height) < 1:
            raise LikenessError(
                "shows nothing of the face of the source", where=whole.photo.path, hint="give a picture of the face"
            )
        bare = replace(whole, facts={}).cropped(near)  # facts are found anew: the audit doesn't trust the editor
        to_near = to_whole - np.array([[0, 0, near.left], [0, 0, near.top]])
        return cls(bare.resampled(to_near, size), read_only(inside.astype(np.float32)), ipd)

    @property
    def pixels(self) -> Image:
        return self.portrait.pixels

    @property
    def landmarks(self) -> Points:
        return self.portrait.landmarks

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @lazy
    def log_luma(self) -> Plane:
        return read_only(log_luma(self.pixels))

    @lazy
    def pattern(self) -> NDArray[np.uint8]:
        """What the flow follows: contrast-normalised luma, (H, W)."""
        return read_only(contrast_normalised(np.sqrt(np.maximum(luminance(self.pixels), 0)), NORMALISE * self.ipd))

    def band(self, name: str) -> Plane:
        """Log luma in a band of likeness.image.texture, (H, W)."""
        if name not in self._bands:
            self._bands[name] = read_only(band(self.log_luma, BANDS[name], self.ipd / 63))
        return self._bands[name]

    @lazy
    def _bands(self) -> dict[str, Plane]:
        return {}

    def softened(self, most_ipd: float = np.inf) -> Image:
        """The picture averaged over SOFT IPD, with ``most_ipd`` pixels between the pupils or less, (h, w, 3)."""
        if most_ipd not in self._softened:
            scale = min(1.0, most_ipd / self.ipd)
            size = (round(self.size[0] * scale), round(self.size[1] * scale))
            self._softened[most_ipd] = read_only(gaussian(resize(self.pixels, size), SOFT * self.ipd * scale))
        return self._softened[most_ipd]

    @lazy
    def _softened(self) -> dict[float, Image]:
        return {}

    @lazy
    def unevenness(self) -> Plane:
        """The variance of log luma within SOFT IPD, (H, W)."""
        level, sigma = self.log_luma, SOFT * self.ipd
        return read_only(gaussian(level * level, sigma) - gaussian(level, sigma) ** 2)

    @lazy
    def skin(self) -> Plane:
        """Where facial skin is seen, (H, W) 0..1."""
        return read_only(self.portrait.skin * self.valid)

    @lazy
    def person(self) -> Plane:
        """The probability of the person, (H, W) 0..1. The network is shown no empty corners, which it takes for a part of the scene."""
        if self.valid.min() > 0:
            return self.portrait.person
        whole = replace(self.portrait, pixels=read_only(fill(self.pixels, self.valid)), facts={})
        return read_only(whole.person * self.valid)

    def region(self, name: str, grow: float = 0.0) -> Plane:
        """A part of the face (likeness.regions), grown by ``grow`` IPD, less what lies outside the picture."""
        if (name, grow) not in self._regions:
            self._regions[name, grow] = read_only(region(self.landmarks, self.size, name, grow=grow * self.ipd) * self.valid)
        return self._regions[name, grow]

    @lazy
    def _regions(self) -> dict[tuple[str, float], Plane]:
        return {}

    @lazy
    def lab(self) -> Image:
        """CIELAB, (H, W, 3)."""
        return read_only(lab_from_linear(self.pixels))

    @lazy
    def from_one_tint(self) -> float:
        """How far the colours are from the one tint that the picture has at each lightness, on average, CIELAB."""
        shown = np.flatnonzero(self.valid)
        lightness, *colours = (plane.ravel()[shown] for plane in cv2.split(self.lab))
        level = (lightness / LEVEL).astype(int)
        count = np.maximum(np.bincount(level), 1)
        a, b = (colour - (np.bincount(level, colour) / count)[level] for colour in colours)
        return float(np.sqrt(a * a + b * b).mean())


def around(seen: Flow, margin: int) -> Box:
    """The box around the corners of a picture whose pixels lie at ``seen``, and ``margin`` pixels more."""
    corners = seen[[0, 0, -1, -1], [0, -1, 0, -1]]
    (left, top), (right, bottom) = np.floor(corners.min(0)) - margin, np.ceil(corners.max(0)) + margin + 1
    return Box(int(left), int(top), int(right), int(bottom))
