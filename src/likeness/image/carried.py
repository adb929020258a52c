"""Whether the pixels of an edge carry the old background along: the two ways of making them, each by how well it explains what is seen.

Clean: a F + (1 - a) B1. Untreated: m S + (1 - m) B1 with the source's own pixel S = alpha F + (1 - alpha) B0. Nobody knows another's a or m, so each
takes its likeliest value. What an edge tells lies in how far from ``alpha`` that has to be, and in the colours that no a reaches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.image.color import srgb_from_linear
from likeness.image.edges import Band, Values, whitened

Mixtures = NDArray[np.float32]

SHARES = np.linspace(0, 1, 17, dtype=np.float32)  # of the person in a pixel that are tried
ALPHA_ERROR = 0.06  # of another's alpha
PAPER = 0.08  # how far a pixel that was cut with scissors may be from all or nothing
SURPRISE = 25.0  # squared errors beyond which a pixel counts no more: what is there is neither
NOTHING = 1.0  # squared errors that both ways leave unexplained anyway
TELLING = 30.0  # squared errors; a pixel in which the two ways differ by more counts no more for it


def carried(band: Band, sigma: float) -> tuple[Values, Values]:
    """By how much untreated explains each pixel's surroundings better than clean, -1 .. 1, 0 where both explain alike; and weights: (N,) each.

    (clean - untreated) / (clean + untreated + 1), the squared errors averaged in windows of ``sigma`` units. Clean is mixed in linear light or in
    sRGB, whichever fits the picture; untreated as fits the place, by an alpha near ``band.alpha`` or by scissors. A pixel weighs as much as the
    old background would change it beyond what another alpha does: where hair is coloured like the old background, the two ways are one.
    """
    alpha = band.alpha[:, None]
    source = band.old + alpha * (band.front - band.old)
    near = np.square((SHARES - alpha) / ALPHA_ERROR)
    paper = np.broadcast_to(np.square(np.minimum(SHARES, 1 - SHARES) / PAPER), near.shape)
    seen = _encoded(band.seen)
    variance = band.variance
    clean = [_misfit(seen, way, near, variance) for way in _mixtures(band.front, band.new)]
    untreated = [_misfit(seen, way, unlikely, variance) for way in _mixtures(source, band.new) for unlikely in (near, paper)]
    *errors, count = band.windows(sigma, *clean, *untreated, np.ones_like(band.alpha))
    proper = min(errors[:2], key=lambda error: float((error / count).mean()))
    kept = np.minimum.reduce(errors[2:])
    front, old, new = (_encoded(colours) for colours in (band.front, band.old, band.new))
    ghost = (1 - alpha) * (old - new)
    differs = (whitened(ghost, front - new, variance) * ghost).sum(1)
    return (proper - kept) / (proper + kept + NOTHING * count), np.minimum(differs, np.float32(TELLING))


def _mixtures(front: Values, back: Values) -> tuple[Mixtures, Mixtures]:
    """``front`` over ``back`` at all SHARES, (N, 17, 3) as encoded: mixed in linear light, and in sRGB."""
    a, b = (_encoded(colour)[:, None] for colour in (front, back))
    share = SHARES[:, None]
    return _encoded(back[:, None] + share * (front - back)[:, None]), np.asarray(b + share * (a - b), np.float32)


def _misfit(seen: Values, mixtures: Mixtures, unlikely: Values, variance: Values) -> Values:
    """The least squared error of each pixel over the SHARES, that of the share itself (N, 17) counted in; (N,)."""
    missed = np.square(seen[:, None] - mixtures).sum(2) / variance
    return np.asarray(np.minimum((missed + unlikely).min(1), SURPRISE), np.float32)


def _encoded(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(srgb_from_linear(np.clip(colours, 0, 1)), np.float32)
