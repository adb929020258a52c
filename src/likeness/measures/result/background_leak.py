"""The old background's colour left around the person."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear
from likeness.image.filters import fill, grown
from likeness.image.remnants import remnants, worst_spot
from likeness.limits import Limits
from likeness.pair import Pair
from likeness.schema import NotAssessed, Reading, measure

MIXED = (0.1, 0.9)  # alpha between which a pixel tells what is mixed in it
LEAST_BAND = 60  # pixels
WINDOW = 0.12  # IPD; along the edge, so that one place where alpha was solved wrongly does not speak for all
ALIKE = 8.0  # CIELAB; an old background nearer to the new one than this does not show


@measure(
    title="Old background at the edge", group="background", unit="share", min_ipd=30, limits=Limits((-0.05, 0.05), (-0.10, 0.10))
)
def background_leak(pair: Pair) -> Reading | NotAssessed:
    """How much of the old background shows where the person's edge and hair mix with the new one, as a share.

    With alpha, foreground F and old background B0 solved from the source, and the new background B1 seen in the result itself,
    lambda = <R, D> / <D, D> in the mixed pixels: D = (1 - alpha) (B0 - B1), R = result - (alpha F + (1 - alpha) B1), both without
    what another alpha would do (their part along F - B1); median over windows along the edge. 0: composited cleanly; a picture
    cut out with its old background in the hair gives some 0.1 to 0.4; less than 0: more was taken out than there was.

    Alpha may itself take a piece of the background for the person. So, from the colours alone, also the share of the fullest spot (0.17
    IPD across) around the person that still shows the old background; the larger of the two is the value.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; its old background is not known")
    if not pair.tones:
        return NotAssessed("too little beside the skin is seen in both pictures to know the change of light")
    source, result = pair.scenes
    tone = pair.tones[0]
    seen = (source.valid * result.valid) > 0
    if pair.background == "unseen":
        return Reading(0.0, "No background is seen around the person.", "edge")
    if pair.background != "replaced":
        return Reading(0.0, "The background is the source's own.", "edge")
    alpha, front, old = pair.source_layers
    empty = (alpha < 0.02) & ~grown(alpha > 0.05, 0.04 * source.ipd) & seen
    new = fill(result.pixels, empty.astype(np.float32))
    band = (alpha > MIXED[0]) & (alpha < MIXED[1]) & seen & ~(source.region("face", 0.02) > 0.5)
    if not empty.any() or band.sum() < LEAST_BAND:
        return NotAssessed("no edge is seen between the person and the new background")
    front, old = tone.of(front), tone.of(old)
    if _distance(old[band], new[band]) < ALIKE:
        return Reading(0.0, "The new background is so like the old one that nothing of it could show.", "edge")
    pieces = remnants(
        lab_from_linear(tone.of(source.pixels)), lab_from_linear(result.pixels), source.portrait.person, seen, source.ipd
    )
    spot = 0.0 if pieces is None else round(worst_spot(pieces, source.ipd), 3)
    value = round(_leak(alpha, front, old, new, result.pixels, band, WINDOW * source.ipd), 3) + 0.0
    if spot > abs(value):
        reason = f"Beside the person a piece of the old background was left: it fills {100 * spot:.0f} % of the worst spot."
        return Reading(spot, reason, "edge", "Keep or blur the photo's own background.")
    shows = f"{100 * abs(value):.0f} % of the old background's colour"
    reason = f"In hair and edges {shows} {'shows over the new one' if value >= 0 else 'too much was taken out'}."
    return Reading(value, reason, "edge", "Keep or blur the photo's own background, or use one nearer to it in colour.")


def _distance(old: Image, new: Image) -> float:
    """The median CIELAB distance between rows of colours, (N, 3) each."""
    a, b = (lab_from_linear(colours[None])[0] for colours in (old, new))
    return float(np.median(np.linalg.norm(a - b, axis=1)))


def _leak(alpha: Plane, front: Image, old: Image, new: Image, result: Image, band: NDArray[np.bool_], sigma: float) -> float:
    """lambda in windows of ``sigma`` pixels, its median over the ``band``, weighted by how much a leak would show there."""
    a = alpha[band][:, None]
    rest = result[band] - (a * front[band] + (1 - a) * new[band])
    ghost = (1 - a) * (old[band] - new[band])
    along = front[band] - new[band]
    along = along / np.sqrt((along**2).sum(1, keepdims=True) + 1e-4)
    rest, ghost = (v - (v * along).sum(1, keepdims=True) * along for v in (rest, ghost))
    shown, full = np.zeros(alpha.shape, np.float32), np.zeros(alpha.shape, np.float32)
    shown[band], full[band] = (rest * ghost).sum(1), (ghost * ghost).sum(1)
    local = cv2.GaussianBlur(shown, (0, 0), sigma)[band] / (cv2.GaussianBlur(full, (0, 0), sigma)[band] + 1e-9)
    order = np.argsort(local)
    weight = np.cumsum(full[band][order] + 1e-12)
    return float(local[order][np.searchsorted(weight, weight[-1] / 2)])
