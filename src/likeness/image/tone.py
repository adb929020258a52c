"""The change of light between two pictures of one scene: white balance, exposure and contrast, as read from what is not skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, luminance

FLOOR = 0.004  # linear; below it a pixel is noise and rounding
GREY = (
    12.0  # CIELAB chroma at which a pixel says half as much about white balance as a grey one: a change of saturation moves colours
)
USUAL = 0.06  # log; a residual within it agrees


@dataclass(frozen=True)
class Tone:
    """log result = log source + ``gains`` (3,) + ``slope`` * (log Y - ``pivot``). ``agrees``: (H, W), 1 where the picture obeys it."""

    gains: NDArray[np.float64]
    slope: float
    pivot: float
    evidence: float  # pixels' worth
    agrees: Plane

    def of(self, image: Image) -> Image:
        """``image`` (linear) in the light of the result."""
        return np.asarray(image * np.exp(self._shift(image)), np.float32)

    def _shift(self, image: Image) -> NDArray[np.float64]:
        level = np.log(np.maximum(luminance(image), 0) + FLOOR) - self.pivot
        return np.asarray(self.gains + (self.slope * level)[..., None])


def tone_between(source: Image, result: Image, weight: Plane, pivot: float) -> Tone | None:
    """The change from ``source`` to ``result``, both (H, W, 3) linear and registered, read where ``weight`` > 0.

    Robust fit (Tukey's biweight) of three gains and a common slope in log light, greys counting most. ``pivot``: the log luminance
    that matters, where the gains hold exactly. None with fewer than 40 pixels' worth of evidence.
    """
    lit = (source.min(2) > FLOOR / 2) & (source.max(2) < 0.9) & (result.min(2) > FLOOR / 2) & (result.max(2) < 0.95)
    chroma = np.hypot(*lab_from_linear(source)[..., 1:].transpose(2, 0, 1))
    weight = weight * lit / (1 + (chroma / GREY) ** 2)
    if weight.sum() < 40:
        return None
    change = np.log(np.maximum(result, 0) + FLOOR) - np.log(np.maximum(source, 0) + FLOOR)
    level = np.log(np.maximum(luminance(source), 0) + FLOOR) - pivot
    chosen = weight > 0.01
    c, u, w = change[chosen].astype(np.float64), level[chosen].astype(np.float64), weight[chosen].astype(np.float64)
    gains, slope, trust, spread = np.median(c, axis=0), 0.0, w, 0.5
    for _ in range(12):
        misfit = np.abs(c - gains - (slope * u)[:, None]).max(1)
        spread = max(0.7 * spread, USUAL)
        trust = w * np.clip(1 - (misfit / (4 * spread)) ** 2, 0, 1) ** 2
        if trust.sum() < 40:
            return None
        gains, slope = _weighted_fit(c, u, trust)
    tone = Tone(gains, slope, pivot, float(trust.sum()), weight)
    rest = np.abs(change - tone._shift(source)).max(2)
    return Tone(gains, slope, pivot, float(trust.sum()), np.asarray(lit * np.clip(2 - rest / USUAL, 0, 1), np.float32))


def _weighted_fit(c: NDArray[np.float64], u: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Gains and slope by weighted least squares; the slope is held towards 0 where the levels hardly differ."""
    mean_u, mean_c = float(w @ u / w.sum()), w @ c / w.sum()
    du = u - mean_u
    slope = float(w @ (du * (c - mean_c).mean(1)) / (w @ du**2 + 0.02 * w.sum()))
    return mean_c - slope * mean_u, slope
