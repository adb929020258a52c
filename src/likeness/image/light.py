"""Light: the colour of the illuminant, gains, and a tone curve with a shoulder. Linear RGB in, linear RGB out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import REC709_LUMA

Cast = NDArray[np.float64]  # (2,): log2 of red over green and of blue over green that a grey surface shows

GRID = 97  # cells along each side of the plane of casts
REACH = 1.2  # the plane goes from -REACH to REACH on each side
KERNEL = 0.07  # how far in that plane a grey thing may lie from grey: dyes, mixed light, noise
FLOOR = 0.03  # share of a set's colours that say nothing either way
# Cameras balance most photos well, some badly: two normal laws, each along warm-cool and along green-magenta.
USUAL, WELL, BADLY = 0.6, (0.08, 0.04), (0.35, 0.12)


@dataclass(frozen=True)
class Evidence:
    """Surfaces that may be grey. ``chroma``: (N, 2) log2 ratios; ``weights``: (N,); ``trust``: how much the set counts."""

    chroma: NDArray[np.float32]
    weights: NDArray[np.float32]
    trust: float


def chroma_of(image: Image, floor: float = 0.003) -> NDArray[np.float32]:
    """log2 of red over green and of blue over green, (..., 2); ``floor`` holds down what noise does in the blacks."""
    lit = np.maximum(image, 0) + np.float32(floor)
    return np.asarray(np.log2(lit[..., [0, 2]] / lit[..., 1:2]), np.float32)


def estimate_cast(sets: Sequence[Evidence]) -> Cast:
    """The mean cast given the evidence: near 0 unless surfaces agree that the light is coloured.

    Bayesian, as in colour by correlation (Finlayson, Hordley, Hubel 2001): a cast is likely where many of a set's colours would be
    grey under it. Each set is reduced to a density, so a large backdrop counts no more than a shirt; sets that disagree leave
    the posterior wide and its mean near the prior's.
    """
    axis = np.linspace(-REACH, REACH, GRID)
    casts = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1)
    log_p = _log_prior(casts)
    for evidence in sets:
        log_p = log_p + evidence.trust * np.log(FLOOR + _share_grey(evidence))
    p = np.exp(log_p - log_p.max())
    return np.asarray((casts * p[..., None]).sum((0, 1)) / p.sum(), np.float64)


def _log_prior(casts: NDArray[np.float64]) -> NDArray[np.float64]:
    warm, magenta = (casts[..., 0] - casts[..., 1]) / np.sqrt(2), (casts[..., 0] + casts[..., 1]) / np.sqrt(2)
    total = np.zeros(casts.shape[:2])
    for share, (along, across) in ((USUAL, WELL), (1 - USUAL, BADLY)):
        total += share / (along * across) * np.exp(-0.5 * ((warm / along) ** 2 + (magenta / across) ** 2))
    return np.asarray(np.log(total + 1e-12), np.float64)


def _share_grey(evidence: Evidence) -> NDArray[np.float32]:
    """For each cast of the plane, the share of the set that would be grey under it, (GRID, GRID)."""
    cells = np.round((evidence.chroma + REACH) / (2 * REACH) * (GRID - 1)).astype(np.int64)
    inside = ((cells >= 0) & (cells < GRID)).all(-1)
    counts = np.bincount(cells[inside] @ np.array([GRID, 1]), evidence.weights[inside], GRID * GRID)
    plane = (counts.reshape(GRID, GRID) / max(float(evidence.weights.sum()), 1e-9)).astype(np.float32)
    sigma = KERNEL * (GRID - 1) / (2 * REACH)
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma) * (2 * np.pi * sigma**2), np.float32)


def gains_against(cast: Cast) -> NDArray[np.float32]:
    """The factors of red, green and blue that turn a surface of that ``cast`` grey and keep its luminance, (3,)."""
    shown = np.array([2.0 ** cast[0], 1.0, 2.0 ** cast[1]])
    return (float(shown @ REC709_LUMA) / shown).astype(np.float32)


def angle_of(cast: Cast) -> float:
    """The angle between a grey surface under ``cast`` and grey, degrees: the usual error of an illuminant."""
    shown = np.array([2.0 ** cast[0], 1.0, 2.0 ** cast[1]])
    return float(np.degrees(np.arccos(min(1.0, shown.sum() / (np.linalg.norm(shown) * np.sqrt(3))))))


def balanced(image: Image, gains: NDArray[np.float32], clipped_from: float = 0.94) -> Image:
    """``image`` times ``gains``, (H, W, 3); what was clipped white stays white.

    A channel at the top of its range is at least as bright as it says: after the gains it is lifted to the brightest other one.
    """
    sources = cv2.split(image)
    planes = [source * gain for source, gain in zip(sources, gains, strict=True)]
    brightest = cv2.max(cv2.max(*planes[:2]), planes[2])
    for source, plane in zip(sources, planes, strict=True):
        high = source > clipped_from
        if high.any():
            sure = np.minimum((source[high] - clipped_from) / (0.995 - clipped_from), 1)
            plane[high] += sure * (brightest[high] - plane[high])
    return np.asarray(cv2.merge(planes), np.float32)


def tone(level: Plane, gain: float, knee: float) -> Plane:
    """A tone curve, same shape: ``gain`` times ``level`` in the mid-tones, white kept white, nothing in between bent sharply.

    A gain above 1 ends in a shoulder: proportional until the output reaches ``knee``, then k + (1 - k) s u / (1 + (s - 1) u), where u
    goes from 0 at the knee to 1 at white. Increasing, of one slope with the line below it (C1), at most 1 for levels up to 1.
    A gain below 1 is undone by its reciprocal: the inverse curve.
    """
    strong = max(gain, 1 / gain)
    start = knee / strong
    slope = strong * (1 - start) / (1 - knee)  # of the curve at u = 0: so both slopes at the knee are ``strong``
    out = np.asarray(level * np.float32(gain), np.float32)
    above = level > (start if gain >= 1 else knee)
    high = level[above]
    if gain >= 1:
        u = (high - start) / (1 - start)
        out[above] = knee + (1 - knee) * slope * u / (1 + (slope - 1) * u)
    else:
        v = (high - knee) / (1 - knee)
        out[above] = start + (1 - start) * v / np.maximum(slope - (slope - 1) * v, 1.0)
    return out


def exposed(image: Image, gain: float, knee: float = 0.6) -> Image:
    """``image`` made ``gain`` times as bright by ``tone``, (H, W, 3): all channels by the one factor that the brightest of them gets.

    So ratios, and with them hue and saturation, stay, and nothing new is clipped.
    """
    peak = np.maximum(peak_of(image), 1e-6)
    factor = tone(peak, gain, knee) / peak
    return np.asarray(cv2.multiply(image, cv2.merge([factor] * 3)), np.float32)


def peak_of(image: Image) -> Plane:
    """The brightest channel of each pixel, (H, W)."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)
