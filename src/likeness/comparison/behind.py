"""What became of the background between two versions of one photo."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import gaussian, grown, low_pass

Mask = NDArray[np.bool_]
SMOOTH = 0.1  # IPD; what is finer is detail, what is coarser the wall's own light and shade
NEAR = 0.2  # IPD over which detail is compared
TOLD, ALIKE = 0.01, 0.7  # log, correlation: detail that can be compared, and detail that is the same
NEW, OF_DETAIL = 0.025, 0.5  # log, and share of the detail it had: a wall with more detail of which it had nothing is another
SHARE = 0.25  # of the background, whose detail must be the same: hairs astray go along on any background
FAINT = 0.02  # log; detail weaker than this is not missed
DETAIL = 0.7  # share of the detail; with less left the background was blurred
EVEN, OF_SPREAD = 0.03, 0.4  # log, and share of the wall's own light and shade: the most that handling makes of their shape
DARK = 0.004  # linear, added before the logarithm
LEAST = 60  # pixels
FEW = 0.3  # IPD squared; of less background detail and shape say little: its pixels are compared
SOFT = 0.02  # IPD over which they are averaged
FORMS = (0.15, 0.4)  # IPD; what a strong blur leaves of shelves
BUSY, FOLLOWS = 0.1, 0.75  # log, correlation: forms that can be told and are the same; those of another background stay under 0.5
AGREE, DEPART = 0.05, 0.15  # log; the most by which the same pixels differ, and the least by which another background does


def what_became(
    scenes: tuple[View, View], before: Image, behind: Mask, *, exchanged: bool
) -> Literal["unseen", "kept", "blurred", "replaced"]:
    """``scenes``: source and result in one frame; ``before``: the source in the result's tones, (H, W, 3); ``behind``: the background, (H, W).

    It is the source's own where its detail lies where it did, over a part of the background that no stray hair fills; or where the coarse
    forms of a busy one do, since a strong blur leaves nothing finer; or else where its light and shade have the shape that they had: another
    wall, however alike its colour, falls off in its own way.
    ``exchanged``: its colour left the subject's light, so that shape alone is no proof. Of the little that a tight crop leaves the pixels must
    agree, or clearly depart; else nothing is said of it.
    """
    source, result = scenes
    few = behind.sum() < FEW * source.ipd**2
    apart = _apart(before, result.pixels, behind, SOFT * source.ipd) if few else np.inf
    if apart < AGREE:
        return "kept"
    away = behind & ~grown(source.valid * result.valid == 0, SMOOTH * source.ipd)
    inside = away if away.sum() >= LEAST else behind
    had, has = (_detail(view, inside) for view in scenes)
    same_detail, nothing_new = _compared(had, has, inside, NEAR * source.ipd)
    same_detail = same_detail or (not few and _same_forms(scenes, inside))
    told_by_shape = not exchanged and nothing_new
    if not same_detail and not (told_by_shape and _same_shape(before, result.pixels, inside, SMOOTH * source.ipd)):
        return "replaced" if apart > DEPART else "unseen"
    x, y = had[inside], has[inside]
    faint = FAINT**2 * len(x)  # a plain wall has nothing to lose
    return "kept" if (x @ y + faint) / (x @ x + faint) > DETAIL else "blurred"


def _detail(view: View, where: Mask) -> Plane:
    """Log luma less its mean over SMOOTH, 0 outside ``where``, (H, W): the person's outline is no detail of the background."""
    return np.asarray((view.log_luma - low_pass(view.log_luma, where.astype(np.float32), SMOOTH * view.ipd)) * where, np.float32)


def _compared(had: Plane, has: Plane, where: Mask, sigma: float) -> tuple[bool, bool]:
    """Whether enough of the area ``where`` shows the detail it had, and whether it commonly shows none of which it had nothing."""
    shown = gaussian(where.astype(np.float32), sigma)[where]
    xx, yy, xy = (gaussian(product, sigma)[where] / shown for product in (had * had, has * has, had * has))
    same = (xx > TOLD**2) & (xy > ALIKE * np.sqrt(xx * yy))
    new = np.median(np.maximum(yy - xy**2 / np.maximum(xx, 1e-9), 0))
    return bool(same.mean() > SHARE), bool(new < max(NEW**2, OF_DETAIL**2 * np.median(xx)))


def _same_forms(scenes: tuple[View, View], where: Mask) -> bool:
    """Whether the coarse forms of a busy background lie where they did, whatever is left of what is finer."""
    forms, shown = [], where.astype(np.float32)
    for view in scenes:
        fine, coarse = (size * view.ipd for size in FORMS)
        light = np.log(np.maximum(low_pass(luminance(view.pixels), shown, fine), 0) + DARK).astype(np.float32)
        form = (light - low_pass(light, shown, coarse))[where]
        forms.append(form - form.mean())
    a, b = forms
    return bool(a.std() > BUSY and a @ b > FOLLOWS * np.sqrt((a @ a) * (b @ b)))


def _apart(before: Image, after: Image, where: Mask, sigma: float) -> float:
    """By how much the light of the one differs from the other's, log, by the median over the area ``where``."""
    a, b = (np.log(np.maximum(gaussian(image, sigma)[where], 0) + DARK).mean(1) for image in (before, after))
    return float(np.median(np.abs(b - a)))


def _same_shape(before: Image, after: Image, where: Mask, sigma: float) -> bool:
    """Whether one and the same gain makes the one background of the other, but for what tone curves do: median deviations of logs."""
    shown = where.astype(np.float32)
    a, b = (np.log(np.maximum(low_pass(image, shown, sigma)[where], 0) + DARK).mean(1) for image in (before, after))
    return bool(_spread(b - a) < max(EVEN, OF_SPREAD * _spread(a)))


def _spread(values: NDArray[np.float32]) -> float:
    return float(np.median(np.abs(values - np.median(values))))
