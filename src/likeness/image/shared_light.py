"""The change of light that all parts of two registered pictures share, and how far each part left it.

One linear Gaussian model of the log ratio of result and source: three gains, a tone curve, a saturation, and an offset per part.
A part that should only have been lit otherwise has hardly any offset, one that may have been edited as much as it likes: it then
tells the slope of the curve at its own level and nothing of its height. Curves are taken as likely as ordinary tone curves are
(exposure with a shoulder, gamma, contrast, lifted blacks), so that levels nobody shows are bridged as such curves would.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from likeness.image import Image
from likeness.image.color import REC709_LUMA, linear_from_srgb, srgb_from_linear
from likeness.image.tone import FLOOR, Along

Floats = NDArray[np.float64]
KNOTS = np.log(np.linspace(0.15, 1.0, 10) ** 3)  # log levels, evenly apart to the eye; straight between
CURVES = 400  # sampled to learn what tone curves do
ROUGH = 0.01  # log; how far a curve may leave all those
GAIN, SATURATION = 0.3, 0.1  # log, sd expected of white balance and of saturation
NOISE = 0.05  # log; what a pixel scatters by
CAST_OUT = 4.0  # in NOISE: a pixel farther off tells nothing
WORTH, LEAST = 100.0, 25  # independent pixels that a part counts for at most; pixels that it needs
MOST = 250  # pixels of a part that are looked at
PASSES = 6


class Part(NamedTuple):
    """Pixels of one part in both pictures, (N, 3) linear, their ``weight`` (N,), and its ``slack``: the offset, log, that it may have.

    ``or_else``: the slack that it is given instead when its offset turns out to be no accident.
    """

    before: Image
    after: Image
    weight: NDArray[np.float32]
    slack: float
    or_else: float | None = None


@dataclass(frozen=True)
class SharedLight:
    """log result = log source + ``gains`` + curve(log level) + ``saturation`` * (1 - luminance / channel).

    ``along``: see Tone. ``offsets``: what else became of each part, log, (3,). ``misfit``: typical residual, log.
    """

    along: Along
    gains: Floats
    curve: Floats
    saturation: float
    offsets: Mapping[str, Floats]
    misfit: float

    def of(self, image: Image, *, saturated: bool = False) -> Image:
        """``image`` (..., 3), linear, in the light of the result; ``saturated``: and with its saturation."""
        pixels = np.maximum(image.reshape(-1, 3).astype(np.float64), 0)
        level, away = _terms(pixels, self.along)
        change = self.gains + np.interp(level, KNOTS, self.curve) + (self.saturation * away if saturated else 0)
        return np.asarray((pixels + FLOOR) * np.exp(change) - FLOOR, np.float32).reshape(image.shape)


def shared_light(parts: Mapping[str, Part], along: Along) -> SharedLight | None:
    """The likeliest change, by least squares in which what left it counts no more (Tukey's biweight). None without a part to go by."""
    used = {name: _thinned(part) for name, part in parts.items() if len(part.weight) >= LEAST}
    if not used:
        return None
    before, after = (np.concatenate([part[i] for part in used.values()]).astype(np.float64) for i in (0, 1))
    change = _log(after) - _log(before)
    design = _design(before, along, np.concatenate([np.full(len(part.weight), i) for i, part in enumerate(used.values())]))
    worth = np.concatenate([_worth(part) for part in used.values()]) / NOISE**2
    slack = {name: part.slack if part.or_else is None else part.or_else for name, part in used.items()}
    trust = np.ones(len(before))
    for i in range(PASSES):
        fit, covariance = _solved(design, change, worth * trust, list(slack.values()))
        off = np.abs(change - (design.reshape(-1, design.shape[2]) @ fit).reshape(-1, 3)).max(1)
        trust = np.maximum(np.square(np.clip(1 - np.square(off / (CAST_OUT * NOISE)), 0, 1)), 1e-4)
        if i == PASSES // 2 - 1:
            slack = {
                name: _settled(part, fit, covariance, at) for (name, part), at in zip(used.items(), _places(used), strict=True)
            }
    misfit = float(np.sqrt((worth * trust * off**2).sum() / (worth * trust).sum()))
    offsets = {name: fit[at] for name, at in zip(used, _places(used), strict=True)}
    return SharedLight(along, fit[:3], fit[3 : 3 + len(KNOTS)], float(fit[3 + len(KNOTS)]), offsets, misfit)


def _log(image: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(image, 0) + FLOOR))


def _thinned(part: Part) -> Part:
    if len(part.weight) <= MOST:
        return part
    some = np.linspace(0, len(part.weight) - 1, MOST).astype(int)
    return part._replace(before=part.before[some], after=part.after[some], weight=part.weight[some])


def _worth(part: Part) -> Floats:
    """What each pixel counts for: neighbours say the same thing again."""
    total = float(part.weight.sum())
    return np.asarray(part.weight / max(total, 1e-6) * min(WORTH, total / 2), np.float64)


def _terms(pixels: Floats, along: Along) -> tuple[Floats, Floats]:
    """The log levels that the curve looks at, and what saturation does, (N, 3) each."""
    grey = pixels @ REC709_LUMA[:, None].astype(np.float64)
    level = _log(pixels) if along == "channel" else np.repeat(_log(grey), 3, axis=1)
    return np.clip(level, KNOTS[0], KNOTS[-1]), np.clip((pixels - grey) / (pixels + FLOOR), -2, 1)


def _design(before: Floats, along: Along, part: NDArray[np.intp]) -> Floats:
    """What each parameter does to each channel of each pixel, (N, 3, 3 + knots + 1 + 3 parts)."""
    knots, count = len(KNOTS), len(before)
    level, away = _terms(before, along)
    design = np.zeros((count, 3, 4 + knots + 3 * (int(part.max()) + 1)))
    design[:, :, :3] = np.eye(3)
    below = np.clip(np.searchsorted(KNOTS, level) - 1, 0, knots - 2)
    share = (level - KNOTS[below]) / (KNOTS[below + 1] - KNOTS[below])
    np.put_along_axis(design, 3 + below[..., None], 1 - share[..., None], axis=2)
    np.put_along_axis(design, 4 + below[..., None], share[..., None], axis=2)
    design[:, :, 3 + knots] = away
    for channel in range(3):
        design[np.arange(count), channel, 4 + knots + 3 * part + channel] = 1
    return design


def _places(parts: Mapping[str, Part]) -> list[slice]:
    """Where each part's offset is among the parameters."""
    first = 4 + len(KNOTS)
    return [slice(first + 3 * i, first + 3 * i + 3) for i in range(len(parts))]


def _solved(design: Floats, change: Floats, worth: Floats, slack: list[float]) -> tuple[Floats, Floats]:
    """Mean and covariance of the parameters."""
    knots, flat = len(KNOTS), design.reshape(-1, design.shape[2])
    precision = np.diag(np.concatenate([np.full(3, GAIN), np.ones(knots), [SATURATION], np.repeat(slack, 3)]) ** -2.0)
    precision[3 : 3 + knots, 3 : 3 + knots] = usual_curves()
    weighted = flat * np.repeat(worth, 3)[:, None]
    covariance = np.linalg.inv(weighted.T @ flat + precision)
    return covariance @ (weighted.T @ change.ravel()), covariance


def _settled(part: Part, fit: Floats, covariance: Floats, at: slice) -> float:
    """The slack of a part that had the larger one so far: the small one, unless its offset is no accident (3 sd)."""
    if part.or_else is None:
        return part.slack
    unsure = covariance[at, at] + part.slack**2 * np.eye(3)
    return part.slack if fit[at] @ np.linalg.solve(unsure, fit[at]) < 9 else part.or_else


@functools.cache
def usual_curves() -> Floats:
    """The precision (knots, knots) of ordinary tone curves, log out over in at KNOTS.

    Sampled: exposure of 0.5 EV sd with a shoulder from 0.5 to 0.95 on, gamma and contrast of 15 % sd, blacks lifted by 1 % sd.
    """
    rng = np.random.default_rng(1)
    level, column = np.exp(KNOTS), (CURVES, 1)
    light = level * 2.0 ** rng.normal(0, 0.5, column)
    knee = rng.uniform(0.5, 0.95, column)
    light = np.where(light > knee, knee + (1 - knee) * np.tanh((light - knee) / (1 - knee)), light)
    code = srgb_from_linear(np.asarray(light, np.float32)) ** np.exp(rng.normal(0, 0.15, column))
    code = np.clip(code + rng.normal(0, 0.15, column) * (code - rng.uniform(0.35, 0.65, column)) * 4 * code * (1 - code), 0, 1)
    black = rng.normal(0, 0.01, column)
    light = linear_from_srgb(np.asarray(np.clip(code * (1 - black) + black, 1e-3, 1), np.float32))
    curves = np.log(light + FLOOR) - np.log(level + FLOOR)
    return np.asarray(np.linalg.inv(curves.T @ curves / CURVES + ROUGH**2 * np.eye(len(KNOTS))), np.float64)
