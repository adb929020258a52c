"""Figure and ground: where a picture of a pair surely shows the person and where what is behind, in the picture's own pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.image import Affine, Image, Plane
from likeness.image.filters import gaussian, grown
from likeness.image.flow import positions
from likeness.image.geometry import compose, crop_and_scale, invert, resize, similarity, warp
from likeness.pair import Pair
from likeness.portrait import Portrait
from likeness.view import View, around

Mask = NDArray[np.bool_]
APART = 0.15  # IPD: a background nearer than this to the person may be mixed with hair
WITHIN = 0.06  # IPD: the person's own edge is left out
FINE = 0.04  # IPD; detail is what is finer, so that the person, APART, has no part in it
LEAST_SEEN = 60  # pixels
LEAST_DETAIL = 0.02  # log; a wall has less
ALIKE = 0.7  # correlation of a background's detail with the source's, beyond which it is the same


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


def shows_own(pair: Pair) -> bool:
    """Whether what is behind in the result is surely the source's own, in focus as there: kept, or its detail in its place under other tones."""
    if pair.background != "replaced":
        return pair.background in ("unseen", "kept")
    inside = grown(pair.scenes[0].valid * pair.scenes[1].valid > 0, -4 * FINE * pair.scenes[0].ipd)
    a, b = (_detail(view)[pair.behind & inside] for view in pair.scenes)
    if len(a) < LEAST_SEEN:
        return False
    a, b = a - a.mean(), b - b.mean()
    return bool(a.std() > LEAST_DETAIL and (a * b).sum() > ALIKE * np.sqrt((a * a).sum() * (b * b).sum()))


def _detail(view: View) -> Plane:
    return np.asarray(view.log_luma - gaussian(view.log_luma, FINE * view.ipd), np.float32)


def _ground(whole: Portrait, scene: View, told_by: View, most_ipd: float) -> Ground:
    """``whole`` where ``scene`` shows it; the person as the mask of ``told_by`` says."""
    key = ("ground", round(min(most_ipd, whole.ipd)), told_by is scene)
    if key not in whole.views:
        to_whole = similarity(scene.landmarks, whole.landmarks)
        box = around(positions(to_whole, scene.size), 0).clipped(whole.width, whole.height)
        scale = min(1.0, most_ipd / whole.ipd)
        back, size = crop_and_scale(box, scale)
        to_scene = compose(invert(to_whole), back)
        person, valid = told_by.portrait.person, scene.valid * told_by.valid
        behind = ~grown(person > 0.05, APART * scene.ipd)
        sure = ~grown(person < 0.95, WITHIN * scene.ipd)
        seen = (_seen(sure * valid, to_scene, size), _seen(behind * valid, to_scene, size))
        whole.views[key] = Ground(resize(box.of(whole.pixels), size), *seen, back, whole.ipd * scale)
    ground: Ground = whole.views[key]
    return ground


def _seen(mask: Plane, to_scene: Affine, size: tuple[int, int]) -> Mask:
    return np.asarray(warp(mask.astype(np.float32), to_scene, size) > 0.99)
