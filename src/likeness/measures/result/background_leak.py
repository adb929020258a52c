"""The old background's colour left around the person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.filters import fill, gaussian, grown
from likeness.pair import KEPT, Pair
from likeness.schema import NotAssessed, Reading, measure

DARK = 0.004  # linear, added before the logarithm
LEAST_BAND = 60  # pixels
LEAST_CONTRAST = 0.04  # of the person's brightness: old and new background closer than this leave nothing to see


@measure(title="Old background at the edge", group="background", unit="share", min_ipd=30)
def background_leak(pair: Pair) -> Reading | NotAssessed:
    """How much of the old background shows where the person's edge and hair mix with the new one, as a share.

    With alpha, foreground F and old background B0 solved from the source, and the new background B1 seen in the result itself,
    lambda = <R, D> / <D, D> in the mixed pixels: D = (1 - alpha) (B0 - B1), R = result - (alpha F + (1 - alpha) B1), both less
    what a slightly different alpha would do (their part along F - B1). 0: composited cleanly; 1: the old background is all there.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; its old background is not known")
    source, result = pair.scenes
    if not pair.tones:
        return NotAssessed("too little beside the skin is seen in both pictures to know the change of light")
    tone = pair.tones[0]
    seen = (source.valid * result.valid) > 0
    behind = ~grown(source.portrait.person > 0.05, 0.15 * source.ipd) & seen
    if behind.sum() < LEAST_BAND:
        return NotAssessed("no background is seen around the person")
    if _is_kept(tone.of(source.pixels), result.pixels, behind, 0.1 * source.ipd):
        return Reading(0.0, "The background is the source's own.", "edge")
    alpha = source.portrait.alpha
    front, old = (tone.of(layer) for layer in source.portrait.layers)
    new = fill(result.pixels, ((alpha < 0.02) & ~grown(alpha > 0.05, 0.04 * source.ipd) & seen).astype(np.float32))
    band = (alpha > 0.05) & (alpha < 0.95) & seen & ~(source.region("face", 0.02) > 0.5)
    leak = _leak(alpha[band][:, None], front[band], old[band], new[band], result.pixels[band])
    if leak is None:
        return NotAssessed("the new background is too like the old one to tell them apart at the edge")
    value = round(leak, 3)
    reason = f"{100 * value:.0f} % of the old background's colour shows in hair and edges over the new one."
    return Reading(value, reason, "edge", "Take the old background's colour out of hair and edges, or use a softer background.")


def _is_kept(source: Image, result: Image, behind: NDArray[np.bool_], sigma: float) -> bool:
    """Whether the background, its detail apart, is the source's."""
    a, b = (np.log(np.maximum(gaussian(image, sigma), 0) + DARK)[behind] for image in (source, result))
    return bool(np.median(np.abs(a - b).max(1)) < KEPT)


def _leak(alpha: Plane, front: Image, old: Image, new: Image, result: Image) -> float | None:
    """lambda in the pixels given as rows, (N, 3) each and alpha (N, 1); None where old and new look alike."""
    rest = result - (alpha * front + (1 - alpha) * new)
    ghost = (1 - alpha) * (old - new)
    along = front - new
    along = along / np.sqrt((along**2).sum(1, keepdims=True) + 1e-4)
    rest, ghost = (v - 0.9 * (v * along).sum(1, keepdims=True) * along for v in (rest, ghost))
    if len(rest) < LEAST_BAND or np.sqrt((ghost**2).mean()) < LEAST_CONTRAST * 0.1:
        return None
    return float((rest * ghost).sum() / (ghost**2).sum())
