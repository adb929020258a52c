"""The change of light that all parts of two registered pictures share, and how far each part left it.

A Gaussian model of the log ratio of result and source: three gains, a tone curve, a saturation, and an offset per part. All but the
saturation are linear in it; that goes round the grey axis in one of the ways programs do it, and is found in steps.
A part that should only have been lit otherwise has hardly any offset, one that may have been edited as much as it likes: it then
tells the slope of the curve at its own level and nothing of its height. Curves are taken as likely as ordinary tone curves are
(exposure with a shoulder, gamma, contrast, lifted blacks), so that levels nobody shows are bridged as such curves would.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

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
STEP = 0.2  # the most that a saturation goes in one pass: beyond its gamut the slope is none to follow
MOST_AWAY = 5.0  # from grey, as a share of a channel; what is farther is noise
NO_LESS = 0.02  # of a channel; what a saturation takes away leaves this
SATURATED = 0.03  # a saturation worth the question in which way it was done


class Way(NamedTuple):
    """How a saturation is done: channels to the power 1 / ``power`` go away from, or nearer to, their ``grey``."""

    power: float
    grey: Literal["luma", "largest"]


LINEAR, ENCODED, HSV = Way(1.0, "luma"), Way(2.2, "luma"), Way(2.2, "largest")


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
    """log result = log source + ``gains`` + curve(log level) + power * log(1 + ``saturation`` * (1 - grey / channel)).

    ``along``: see Tone. ``way``: which grey and power. ``offsets``: what else became of each part, log, (3,). ``misfit``: typical
    residual, log.
    """

    along: Along
    way: Way
    gains: Floats
    curve: Floats
    saturation: float
    offsets: Mapping[str, Floats]
    misfit: float

    def of(self, image: Image, *, saturated: bool = False) -> Image:
        """``image`` (..., 3), linear, in the light of the result; ``saturated``: and with its saturation."""
        pixels = np.maximum(image.reshape(-1, 3).astype(np.float64), 0)
        change = self.gains + np.interp(_level(pixels, self.along), KNOTS, self.curve)
        if saturated:
            change = change + _saturated(self.saturation, _away(pixels, self.way), self.way)
        return np.asarray((pixels + FLOOR) * np.exp(change) - FLOOR, np.float32).reshape(image.shape)


def shared_light(parts: Mapping[str, Part], along: Along) -> SharedLight | None:
    """The likeliest change, by least squares in which what left it counts no more (Tukey's biweight). None without a part to go by.

    A saturation is taken to be in linear light, unless another way of doing it explains more.
    """
    used = {name: _thinned(part) for name, part in parts.items() if len(part.weight) >= LEAST}
    if not used:
        return None
    found = _fitted(used, along, LINEAR)
    if abs(found.saturation) < SATURATED:
        return found
    return min((found, *(_fitted(used, along, way) for way in (ENCODED, HSV))), key=lambda light: light.misfit)


def _fitted(used: Mapping[str, Part], along: Along, way: Way) -> SharedLight:
    before, after = (np.concatenate([part[i] for part in used.values()]).astype(np.float64) for i in (0, 1))
    change, away, design = _log(after) - _log(before), _away(before, way), _design(before, along)
    part = np.repeat(np.arange(len(used)), [len(part.weight) for part in used.values()])
    worth = np.concatenate([_worth(part) for part in used.values()]) / NOISE**2
    slack = [part.slack if part.or_else is None else part.or_else for part in used.values()]
    trust, saturation = np.ones(len(before)), 0.0
    for i in range(PASSES):
        design[:, :, -1] = _slope(saturation, away, way)
        rest = change - _saturated(saturation, away, way) + saturation * design[:, :, -1]
        fit, offsets, covariance = _solved(design, part, rest, worth * trust, slack)
        saturation = float(np.clip(fit[-1], max(saturation - STEP, -1.0), saturation + STEP))
        off = np.abs(rest - (design.reshape(-1, len(fit)) @ fit).reshape(-1, 3) - offsets[part]).max(1)
        trust = np.maximum(np.square(np.clip(1 - np.square(off / (CAST_OUT * NOISE)), 0, 1)), 1e-4)
        if i == PASSES // 2 - 1:
            slack = [_settled(*of) for of in zip(used.values(), offsets, covariance, strict=True)]
    misfit = float(np.sqrt((worth * trust * off**2).sum() / (worth * trust).sum()))
    return SharedLight(along, way, fit[:3], fit[3:-1], saturation, dict(zip(used, offsets, strict=True)), misfit)


def _slope(saturation: float, away: Floats, way: Way) -> Floats:
    """What more of a ``saturation`` does, log, (N, 3): nothing to a channel that has nothing left."""
    left = 1 + saturation * away
    return np.asarray(np.where(left > NO_LESS, way.power * away / np.maximum(left, NO_LESS), 0))


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


def _level(pixels: Floats, along: Along) -> Floats:
    """The log levels that the curve looks at, (N, 3)."""
    level = _log(pixels) if along == "channel" else np.repeat(_log(_luma(pixels)), 3, axis=1)
    return np.asarray(np.clip(level, KNOTS[0], KNOTS[-1]))


def _luma(pixels: Floats) -> Floats:
    return np.asarray(pixels @ REC709_LUMA[:, None].astype(np.float64))


def _away(pixels: Floats, way: Way) -> Floats:
    """How far each channel is from grey, as a share of itself, (N, 3)."""
    code = (pixels + FLOOR) ** (1 / way.power)
    grey = _luma(code) if way.grey == "luma" else code.max(1, keepdims=True)
    return np.asarray(np.clip(1 - grey / code, -MOST_AWAY, 1))


def _saturated(saturation: float, away: Floats, way: Way) -> Floats:
    """What a ``saturation`` does to pixels so far ``away`` from grey, log, (N, 3)."""
    return np.asarray(way.power * np.log(np.maximum(1 + saturation * away, NO_LESS)))


def _design(before: Floats, along: Along) -> Floats:
    """What gains and curve do to each channel of each pixel, and room for what a saturation does, (N, 3, 3 + knots + 1)."""
    knots, level = len(KNOTS), _level(before, along)
    design = np.zeros((len(before), 3, 4 + knots))
    design[:, :, :3] = np.eye(3)
    below = np.clip(np.searchsorted(KNOTS, level) - 1, 0, knots - 2)
    share = (level - KNOTS[below]) / (KNOTS[below + 1] - KNOTS[below])
    np.put_along_axis(design, 3 + below[..., None], 1 - share[..., None], axis=2)
    np.put_along_axis(design, 4 + below[..., None], share[..., None], axis=2)
    return design


def _solved(
    design: Floats, part: NDArray[np.intp], change: Floats, worth: Floats, slack: list[float]
) -> tuple[Floats, Floats, Floats]:
    """What is shared, (3 + knots + 1,), the offset of each part, (parts, 3), and the covariance of each, (parts, 3, 3).

    A pixel's offset is its part's alone: what it adds to the normal equations are sums over the part.
    """
    shared, own = design.shape[2], 3 * len(slack)
    first = np.searchsorted(part, np.arange(len(slack)))
    flat, weighted = design.reshape(-1, shared), design * worth[:, None, None]
    normal = np.zeros((shared + own, shared + own))
    normal[:shared, :shared] = weighted.reshape(-1, shared).T @ flat + _expected()
    normal[shared:, :shared] = np.add.reduceat(weighted, first).reshape(own, shared)
    normal[:shared, shared:] = normal[shared:, :shared].T
    normal[range(shared, shared + own), range(shared, shared + own)] = np.repeat(
        np.add.reduceat(worth, first) + np.array(slack) ** -2.0, 3
    )
    seen = weighted.reshape(-1, shared).T @ change.ravel(), np.add.reduceat(worth[:, None] * change, first).ravel()
    covariance = np.linalg.inv(normal)
    fit = covariance @ np.concatenate(seen)
    blocks = covariance[shared:, shared:].reshape(len(slack), 3, len(slack), 3)
    return fit[:shared], fit[shared:].reshape(-1, 3), np.stack([blocks[i, :, i] for i in range(len(slack))])


def _expected() -> Floats:
    """The precision of gains, curve and saturation before anything is seen."""
    precision = np.diag(np.concatenate([np.full(3, GAIN), np.ones(len(KNOTS)), [SATURATION]]) ** -2.0)
    precision[3:-1, 3:-1] = usual_curves()
    return precision


def _settled(part: Part, offset: Floats, covariance: Floats) -> float:
    """The slack of a part that had the larger one so far: the small one, unless its offset is no accident (3 sd)."""
    if part.or_else is None:
        return part.slack
    unsure = covariance + part.slack**2 * np.eye(3)
    return part.slack if offset @ np.linalg.solve(unsure, offset) < 9 else part.or_else


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
