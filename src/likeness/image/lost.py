"""What another background took from whoever stands before it: colours that no mixing explains, sharp forms of which little is left."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from likeness.image import Image, Plane
from likeness.image.filters import across, dot, gaussian, length

Mask = NDArray[np.bool_]

# All lengths in units, as they are given in pixels per unit.
FORMS = (0.012, 0.06)  # finer and coarser end of what counts as a form: locks, collars, the outline itself
FINE, COARSE = (0.012, 0.03), (0.05, 0.12)  # what a lens out of focus takes, and what it leaves
AROUND = 0.03  # over which forms are gathered
OWN = 0.04  # from within which a form's own colour is taken
THINNEST = 2.0  # times as far from the old background as it looks may a thin form's own colour be
SOFT = 0.02  # over which colours are averaged
CLEAR, PLACE = 12.0, 12.0  # dE76 at which colours are told apart, and that one unit of distance counts
EVERY = 5  # of the known colours each fifth is enough
LEAST, FAINT = 1.0, 1e-3  # squared; what divides is no less


class Forms(NamedTuple):
    """Local contrasts of forms, dE76, (H, W): what there ``was``, what of it ``should`` still be seen, and what ``is``. ``focus``: how
    sharp they were, fine contrast over coarse."""

    was: Plane
    should: Plane
    here: Plane
    focus: Plane


def unexplained(before: Image, after: Image, old: Image, new: Image, unit: float) -> Plane:
    """How far each colour of ``after`` is from whatever ``before`` could have become, CIELAB dE76, (H, W).

    A pixel that was the person's alone stays what it was; one that was mixed has some share of ``new`` in the place of ``old``, the
    backgrounds behind it. Any share is allowed, and any colour from right beside it: so only what was clearly none of ``old`` and is
    clearly something else now is left over. All (H, W, 3), CIELAB, the light matched.
    """
    a, b = (gaussian(lab, SOFT * unit) for lab in (before, after))
    change = new - old
    share = np.clip(dot(b - a, change) / np.maximum(dot(change, change), LEAST), 0, 1)
    change *= across(share, change)
    beside = np.ones((3, 3), np.uint8)
    low, high = (a_near + change for a_near in (cv2.erode(a, beside), cv2.dilate(a, beside)))
    return length(np.maximum(np.maximum(low - b, b - high), 0))


def unlike(lab: Image, where: Mask, others: Mask, unit: float) -> Mask:
    """Where of ``where`` (H, W) a colour of ``lab`` (H, W, 3) is clearly none that ``others`` have near by; distance counts as colour does."""
    found = np.zeros_like(where)
    if where.any() and others.any():
        y, x = np.mgrid[: lab.shape[0], : lab.shape[1]].astype(np.float32) * np.float32(PLACE / unit)
        placed = np.dstack([lab, x, y])
        found[where] = cKDTree(placed[others][::EVERY]).query(placed[where])[0] > CLEAR
    return found


def forms(before: Image, after: Image, old: Image, new: Image, unit: float, *, same: bool) -> Forms:
    """The forms of ``before`` beside those of ``after``, all (H, W, 3) as for ``unexplained``.

    Before another background a form shows as much as its own colour, the one near by that is least like ``old``, differs from ``new``, and
    no more than it did. ``same``: the background's colours are the same, so that forms must lie as they did; else any form counts.
    """
    had, has = (_band(lab, FORMS, unit) for lab in (before, after))
    if same:
        common, own = (gaussian(band, AROUND * unit) for band in (had * has, had * had))
        was, here = dot(own, np.ones_like(own)), dot(common, common / np.maximum(own, FAINT))
    else:
        was, here = (gaussian(dot(band, band), AROUND * unit) for band in (had, has))
    light = np.ascontiguousarray(before[..., 0])
    fine, coarse = (
        gaussian(np.square(_band(light, ends, unit)), reach * unit) for ends, reach in ((FINE, AROUND), (COARSE, COARSE[0]))
    )
    was, here, focus = (np.sqrt(power) for power in (was, here, fine / np.maximum(coarse, LEAST)))
    return Forms(was, was * _shown(before, old, new, unit), here, focus)


def _band(image: NDArray[np.float32], ends: tuple[float, float], unit: float) -> NDArray[np.float32]:
    return gaussian(image, ends[0] * unit) - gaussian(image, ends[1] * unit)


def _shown(before: Image, old: Image, new: Image, unit: float) -> Plane:
    """How much of its contrast a form has before ``new``, 0..1, (H, W): the least that fits, for nobody knows how much of it is mixed."""
    soft = gaussian(before, SOFT * unit)
    weight = np.square(dot(soft - old, soft - old)) + FAINT
    own = gaussian(soft * across(weight, soft), OWN * unit) / across(gaussian(weight, OWN * unit), soft)
    away = own - old
    length = np.maximum(dot(away, away), LEAST)
    times = np.clip(dot(new - old, away) / length, 1, THINNEST)  # a thin form's own colour lies farther from the old background's
    shows = old + across(times, away) * away - new
    return np.asarray(np.sqrt(np.minimum(dot(shows, shows) / (times * times * length), 1)), np.float32)
