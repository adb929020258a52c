"""Figure and ground: where a picture of a pair surely shows the person and where what is behind, in the picture's own pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.view import View, around
from likeness.image import Affine, Image, Plane
from likeness.image.filters import grown
from likeness.image.flow import positions, trimmed_affine
from likeness.image.geometry import compose, crop_and_scale, invert, resize, warp
from likeness.portrait import Portrait

Mask = NDArray[np.bool_]
APART = 0.15  # IPD: a background nearer than this to the person may be mixed with hair
WITHIN = 0.06  # IPD: the person's own edge is left out


class Ground(NamedTuple):
    """Head and shoulders of a picture: ``pixels`` (H, W, 3) linear; ``person`` and ``behind``, (H, W), where it surely shows either.

    ``to_whole`` maps these pixels to the picture's; ``ipd``: pixels between the pupils.
    """

    pixels: Image
    person: Mask
    behind: Mask
    to_whole: Affine
    ipd: float


def grounds(pair: Pair, most_ipd: float = np.inf) -> tuple[Ground, Ground]:
    """Source and result, each with its eyes at most ``most_ipd`` pixels apart.

    In same-photo mode the source's mask tells the person in both: the audit does not ask a new background who stands before it.
    """
    source, result = pair.scenes
    own = result if pair.mode == "other-photo" else source
    return _ground(pair.source, source, source, most_ipd), _ground(pair.result, result, own, most_ipd)


def _ground(whole: Portrait, scene: View, told_by: View, most_ipd: float) -> Ground:
    """``whole`` where ``scene`` shows it; the person as the mask of ``told_by`` says."""
    key = ("ground", round(min(most_ipd, whole.ipd)), told_by is scene)
    if key not in whole.views:
        to_whole = trimmed_affine(scene.landmarks[:, :2], whole.landmarks[:, :2])  # as registered, stretch and all
        box = around(positions(to_whole, scene.size), 0).clipped(whole.width, whole.height)
        scale = min(1.0, most_ipd / whole.ipd)
        back, size = crop_and_scale(box, scale)
        to_scene = compose(invert(to_whole), back)
        person, valid = told_by.person, scene.valid * told_by.valid
        behind = ~grown(person > 0.05, APART * scene.ipd)
        sure = ~grown(person < 0.95, WITHIN * scene.ipd)
        seen = (_seen(sure * valid, to_scene, size), _seen(behind * valid, to_scene, size))
        whole.views[key] = Ground(resize(box.of(whole.pixels), size), *seen, back, whole.ipd * scale)
    ground: Ground = whole.views[key]
    return ground


def _seen(mask: Plane, to_scene: Affine, size: tuple[int, int]) -> Mask:
    return np.asarray(warp(mask.astype(np.float32), to_scene, size) > 0.99)
