"""Portraits over another background: cut out properly, and in the ways that leave the old background in hair and edges."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from calibration.edits import Edit
from likeness.image import Image, Plane
from likeness.image.filters import gaussian
from likeness.portrait import Portrait

BACKDROPS = {"grey": (0.25, 0.25, 0.25), "white": (0.85, 0.85, 0.85), "navy": (0.02, 0.035, 0.09), "sand": (0.5, 0.4, 0.28)}
Maker = Callable[[Portrait], Image]


def backdrop(name: str, source: Portrait) -> Image:
    """A lit wall: one colour with a soft falloff to one side."""
    x = np.linspace(1.15, 0.8, source.width, dtype=np.float32)[None, :, None]
    y = np.linspace(1.05, 0.9, source.height, dtype=np.float32)[:, None, None]
    return np.asarray(x * y * np.array(BACKDROPS[name], np.float32), np.float32)


def over(front: Image, alpha: Plane, back: Image) -> Image:
    return np.asarray(alpha[..., None] * front + (1 - alpha[..., None]) * back, np.float32)


def clean(name: str) -> Maker:
    """alpha F + (1 - alpha) B."""
    return lambda s: over(s.foreground, s.alpha, backdrop(name, s))


def clean_soft(name: str) -> Maker:
    """A clean composite with another, slightly softer and tighter alpha than the audit's."""

    def make(source: Portrait) -> Image:
        soft = np.clip(cv2.GaussianBlur(source.alpha, (0, 0), 0.006 * source.ipd) * 1.04 - 0.04, 0, 1)
        return over(source.foreground, soft, backdrop(name, source))

    return make


def cut_out(name: str) -> Maker:
    """The picture itself under its alpha: every hair carries the old background's colour."""
    return lambda s: over(s.pixels, s.alpha, backdrop(name, s))


def scissors(name: str) -> Maker:
    """The picture itself under a binary mask."""
    return lambda s: over(s.pixels, (s.alpha > 0.5).astype(np.float32), backdrop(name, s))


def feathered(name: str) -> Maker:
    """The picture itself under the network's mask, feathered: what most quick tools do."""
    return lambda s: over(s.pixels, gaussian(s.person, 0.03 * s.ipd), backdrop(name, s))


PROPER = (
    *(Edit(f"clean on {name}", 0, "", clean(name)) for name in BACKDROPS),
    Edit("clean, other alpha, on grey", 0, "", clean_soft("grey")),
    Edit("clean, other alpha, on navy", 0, "", clean_soft("navy")),
)
LEAKS = tuple(
    Edit(f"{kind.__name__} on {name}", 1, "background_leak", kind(name))
    for kind in (cut_out, scissors, feathered)
    for name in BACKDROPS
)
