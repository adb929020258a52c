"""The change of light between two registered pictures: white balance, exposure and contrast, read where nothing else was changed."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, luminance

Along = Literal["channel", "luminance"]

FLOOR = 5e-4  # linear, added before the logarithm
DARK, BRIGHT = 0.012, 0.85  # linear; below it a pixel is noise and rounding, above it is clipped
KNOTS = np.linspace(np.log(0.004), 0.0, 8)  # log levels between which the curve runs straight
GREY = 12.0  # CIELAB chroma at which a pixel counts half: a change of saturation moves colours, and leaves greys
USUAL = 0.05  # log; a residual within it agrees
LEAST, MOST = 60.0, 1600  # pixels of evidence
BEND, TILT, SATURATION = 3.0, 0.02, 0.05  # what holds the curve straight, flat, and the saturation still: as shares of the evidence


@dataclass(frozen=True)
class Tone:
    """log result = log source + ``gains`` (3,) + curve(log level), its values at KNOTS.

    ``along``: a curve bends each channel by its own level, as contrast curves do, or all three by their luminance, as exposure does.
    ``saturation``: what else the evidence shows, so that it is not taken for white balance; ``of`` leaves it out.
    ``misfit``: the evidence's typical residual, log.
    """

    along: Along
    gains: NDArray[np.float64]
    curve: NDArray[np.float64]
    saturation: float
    misfit: float

    def of(self, image: Image) -> Image:
        """``image`` (..., 3), linear, in the light of the result."""
        planes, curved = cv2.split(image.reshape(1, -1, 3)), _curve_at(_levels(image, self.along), self.curve)
        curves = [curved.reshape(1, -1)] * 3 if self.along == "luminance" else cv2.split(curved.reshape(1, -1, 3))
        gains = self.gains.astype(np.float32)
        lit = [plane * np.exp(curve + gain) for plane, curve, gain in zip(planes, curves, gains, strict=True)]
        return np.asarray(cv2.merge(lit), np.float32).reshape(image.shape)

    def residual(self, source: Image, result: Image) -> Plane:
        """How far ``result`` is from ``source`` in the light of the result, log, the worst channel, (...)."""
        return brightest(np.abs(_log(result) - _log(self.of(source))))


def tone_between(source: Image, result: Image, weight: Plane, along: Along) -> Tone | None:
    """The change from ``source`` to ``result``, both (H, W, 3) linear and registered, read where ``weight`` > 0, greys counting most.

    Robust least squares (Tukey's biweight) of three gains, a curve and a saturation. None with too little evidence.
    """
    evidence = (weight * legible(source) * legible(result)).ravel()
    chosen = np.flatnonzero(evidence > 0.05)
    if evidence[chosen].sum() < LEAST:
        return None
    chosen = chosen[:: max(1, len(chosen) // MOST)]
    before, after = source.reshape(-1, 3)[chosen], result.reshape(-1, 3)[chosen]
    chroma = np.hypot(*lab_from_linear(before[None])[0, :, 1:].T)
    w = evidence[chosen] / (1 + (chroma / GREY) ** 2)
    change, design = (_log(after) - _log(before)).astype(np.float64), _design(before, along)
    flat = design.reshape(-1, design.shape[2])
    fit, trust, spread = np.zeros(design.shape[2]), w, 1.0
    fit[:3] = np.median(change, axis=0)
    for _ in range(7):
        misfit = np.abs(change - (flat @ fit).reshape(-1, 3)).max(1)
        spread = max(0.6 * spread, USUAL)
        trust = w * np.square(np.clip(1 - np.square(misfit / (4 * spread)), 0, 1))
        if trust.sum() < 0.1 * w.sum():
            return None
        fit = _solved(design, change, trust)
    typical = float(np.sqrt((trust * misfit**2).sum() / trust.sum()))
    return Tone(along, fit[:3], fit[3:-1], float(fit[-1]), typical)


def _log(image: Image) -> NDArray[np.float32]:
    light = np.maximum(image, np.float32(0))
    light += np.float32(FLOOR)
    return np.asarray(np.log(light, out=light), np.float32)


def legible(image: Image) -> Plane:
    """1 where a pixel (..., 3) is neither near black nor near clipping, (...)."""
    low, high = np.minimum(np.minimum(image[..., 0], image[..., 1]), image[..., 2]), brightest(image)
    light = np.clip(low / DARK - 0.5, 0, 1)
    light *= np.clip((1 - high) / (1 - BRIGHT), 0, 1)
    return np.asarray(light, np.float32)


def brightest(image: Image) -> Plane:
    """The largest channel of each pixel (..., 3), (...): a maximum over a short last axis is slow."""
    return np.asarray(np.maximum(np.maximum(image[..., 0], image[..., 1]), image[..., 2]))


def _levels(image: Image, along: Along) -> NDArray[np.float32]:
    """The log level that the curve looks at, (..., 3) or (..., 1)."""
    return _log(image) if along == "channel" else _log(luminance(image.reshape(1, -1, 3)).reshape(*image.shape[:-1], 1))


def _curve_at(level: NDArray[np.float32], curve: NDArray[np.float64]) -> NDArray[np.float32]:
    """``curve`` at ``level``, same shape: as np.interp, but for knots that lie equally far apart, and in 32 bits."""
    last = len(KNOTS) - 1
    at = np.clip((level.ravel() - np.float32(KNOTS[0])) * np.float32(last / (KNOTS[-1] - KNOTS[0])), 0, last)
    below = at.astype(np.uint8)
    steps = np.diff(curve, append=curve[-1])
    starts = curve - np.arange(last + 1) * steps
    at *= _looked_up(steps, below)
    at += _looked_up(starts, below)
    return at.reshape(level.shape)


def _looked_up(values: NDArray[np.float64], at: NDArray[np.uint8]) -> NDArray[np.float32]:
    table = np.zeros(256, np.float32)
    table[: len(values)] = values
    return np.asarray(cv2.LUT(at, table), np.float32).ravel()


def _design(before: Image, along: Along) -> NDArray[np.float64]:
    """What each parameter does to each channel of each pixel, (N, 3, 3 + knots + 1)."""
    count = len(before)
    gains = np.broadcast_to(np.eye(3), (count, 3, 3))
    level = np.broadcast_to(np.clip(_levels(before, along), KNOTS[0], KNOTS[-1]), (count, 3))
    hats = np.clip(1 - np.abs(level[..., None] - KNOTS) / (KNOTS[1] - KNOTS[0]), 0, 1)
    away = np.clip((before - luminance(before[None])[0][:, None]) / (before + FLOOR), -2, 1)
    return np.concatenate([gains, hats, away[..., None]], axis=2)


def _solved(design: NDArray[np.float64], change: NDArray[np.float64], trust: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted ridge: the curve is held straight where evidence is thin, its mean at 0, its tilt and the saturation near 0."""
    size, total = design.shape[2], trust.sum()
    weighted = (design * trust[:, None, None]).reshape(-1, size)
    normal = weighted.T @ design.reshape(-1, size) + 0.05 * total * _held()
    return np.linalg.solve(normal + 1e-9 * total * np.eye(size), weighted.T @ change.ravel())


@functools.cache
def _held() -> NDArray[np.float64]:
    """What holds the fit, as normal equations, (3 + knots + 1,) squared."""
    knots = len(KNOTS)
    rows = np.zeros((2 * knots - 1, 4 + knots))
    for i in range(knots - 2):
        rows[i, 3 + i : 6 + i] = np.array([1, -2, 1]) * np.sqrt(BEND)
    for i in range(knots - 1):
        rows[knots - 2 + i, 3 + i : 5 + i] = np.array([-1, 1]) * np.sqrt(TILT)
    rows[2 * knots - 3, 3 : 3 + knots] = 1.0
    rows[2 * knots - 2, -1] = np.sqrt(SATURATION)
    return rows.T @ rows
