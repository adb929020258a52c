"""A colour profile that was dropped: the source's codes are in a wide space, the result has the same codes and calls them sRGB."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from likeness.comparison.recolouring import Recolouring, recolourings
from likeness.comparison.view import View
from likeness.files.profiles import Space
from likeness.image.color import srgb_from_linear
from likeness.image.shared_light import SharedLight

MOVED, LEFT = (
    0.03,
    0.5,
)  # saturation of the whole picture that makes one ask; share of it that may be left when read as the source is
Views = tuple[View, View]


class Coloured(NamedTuple):
    """Scenes and faces as their colours are to be compared. ``profile``: the source's, where the result was saved without it, and is
    read in it here."""

    scenes: Views
    faces: Views
    recolourings: tuple[Recolouring, ...]
    profile: str = ""


def coloured(spaces: tuple[Space, Space], background: str, seen: Coloured) -> Coloured:
    """``seen`` as it is, or the result's codes read in the source's space where it has none of its own and that explains its colours
    better than any light. ``spaces``: of the source's file and of the result's."""
    of_source, of_result = spaces
    if of_source.is_srgb or not of_result.is_srgb or not seen.recolourings:
        return seen
    was = _likeliest(seen.recolourings)
    if abs(was.saturation) < MOVED:
        return seen
    (scene, there), (face, near) = seen.scenes, seen.faces
    scenes, faces = (scene, _in(of_source, there)), (face, _in(of_source, near))
    again = recolourings(scenes, faces, background)
    if not again:
        return seen
    now = _likeliest(again)
    dropped = now.misfit < was.misfit and abs(now.saturation) < LEFT * abs(was.saturation)
    return Coloured(scenes, faces, again, of_source.name) if dropped else seen


def _likeliest(found: tuple[Recolouring, ...]) -> SharedLight:
    return min((one.grading for one in found), key=lambda light: light.misfit)


def _in(space: Space, view: View) -> View:
    """``view`` with its sRGB codes read in ``space``."""
    codes = (np.clip(srgb_from_linear(np.maximum(view.pixels, 0)), 0, 1) * 65535).round().astype(np.uint16)
    return View(view.portrait.with_pixels(space.linear(codes)), view.valid, view.ipd)
