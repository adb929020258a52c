"""A new background that is sharper than the subject before it."""

from __future__ import annotations

import numpy as np

from likeness.comparison.ground import Ground, Mask, grounds
from likeness.comparison.pair import Pair
from likeness.image.color import luminance, srgb_from_linear
from likeness.image.defocus import edge_blur, faintest
from likeness.image.geometry import invert, transform
from likeness.limits import Limits
from likeness.regions import region
from likeness.schema import NotAssessed, Reading, measure

LOOKED_AT = 128.0  # pixels between the pupils, at most
STEEP = 0.03  # encoded luma per pixel: weaker edges compete with nobody, and grain makes none
FAINT = 0.012  # those of a background that has no others, as far as it is clean enough to see them
SHARPEST, USUAL = 0.25, 0.5  # quantiles: the sharper edges behind against the usual ones of the subject
SHARPENED = 0.5  # pixels; a subject with sharper edges owes them to a filter, which tells nothing of the depth that was in focus
LEAST_EDGES = 1.0  # IPD of edges below which there is nothing to compare
BEYOND = 8.0  # a background this much softer, or without any edges, is as soft as can be told


@measure(
    title="Depth of the background",
    group="background",
    unit="ratio",
    min_ipd=40,
    min_quality=30,
    limits=Limits((1.25, np.inf), (0.7, np.inf), log=True),
    other_photo=Limits((0.3, np.inf), (0.15, np.inf), log=True),
)
def background_depth(pair: Pair) -> Reading | NotAssessed:
    """How blurred the sharper edges behind are, as a multiple of the blur of the subject's ears, hair, shoulders and clothes.

    Gaussian blur of edges by blurring once more (Zhuo and Sim 2011): lower quartile behind, median on the subject outside the face. What is
    further away than ears and shoulders is no sharper than they are, so a picture put behind in full sharpness comes out at some 0.2 to
    0.9, one out of focus above 1.5; a backdrop without edges has nothing that could be too sharp (8).
    """
    if pair.background == "unseen":
        return NotAssessed("no background is seen in both pictures", "background")
    if pair.background == "kept":
        return Reading(BEYOND, "The background is the source's own, as sharp as the camera saw it.", "background")
    result = grounds(pair, LOOKED_AT)[1]
    luma = srgb_from_linear(np.clip(luminance(result.pixels), 0, 1))
    at, sigma = edge_blur(luma, STEEP)
    if (at & result.behind).sum() < LEAST_EDGES * result.ipd:
        at, sigma = edge_blur(luma, faintest(luma, result.behind, FAINT, STEEP))
    behind = sigma[at & result.behind]
    if len(behind) < LEAST_EDGES * result.ipd:
        return Reading(BEYOND, "Behind the subject there are no edges that could be too sharp.", "background")
    subject = sigma[at & result.person & ~_face(pair, result)]
    if len(subject) < LEAST_EDGES * result.ipd:
        return NotAssessed("the subject shows too few edges beside the face to compare the background's with", "background")
    back, front = float(np.quantile(behind, SHARPEST)), max(float(np.quantile(subject, USUAL)), SHARPENED)
    value = min(back / front, BEYOND)
    reason = f"Edges behind are blurred by {_mm(back, result.ipd):.1f} mm, the subject's own by {_mm(front, result.ipd):.1f} mm."
    return Reading(round(value, 3), reason, "background", "Blur the background: nothing behind is sharper than ears and shoulders.")


def _face(pair: Pair, result: Ground) -> Mask:
    """Where ``result`` shows the face, (H, W): eyes are sharper than ears."""
    height, width = result.behind.shape
    return region(transform(pair.result.landmarks, invert(result.to_whole)), (width, height), "face", grow=0.02 * result.ipd) > 0.5


def _mm(pixels: float, ipd: float) -> float:
    return 63 * pixels / ipd
