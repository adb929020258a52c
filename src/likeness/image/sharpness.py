"""The blur or the sharpening that made one picture of another, told from a part of it. Luma is encoded, 0..255; lengths in pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.image.color import LINEAR_FROM_16BIT, srgb_from_linear
from likeness.image.filters import gaussian

SIGMAS = (0.7, 1.4, 2.8)  # what a resize, a lens or a sharpening works on
RIDGE = 0.003
FAINT = 2.0  # of 255
EVEN = 0.5  # 0: strong waves count by their energy, 1: as much as weak ones
MOST = 20000  # pixels that the sharpness is told from
ROUNDS = 4
UNBIASED = 0.97  # what gains told twice leave counts so much: those told once are too strong
NONE = np.zeros(len(SIGMAS))

Values = NDArray[np.float64]
Saved = Callable[[Plane], Plane]  # luma, (H, W), to what is left of it in a kind of file
_ENCODED = np.asarray(255 * srgb_from_linear(np.linspace(0, 1, 65536, dtype=np.float32)), np.float32)


def linear_from_luma(luma: Plane) -> Plane:
    """Linear light of ``luma`` 0..255, (H, W)."""
    return tabled(LINEAR_FROM_16BIT, luma, 257)


def luma_from_linear(linear: Plane) -> Plane:
    """Luma 0..255 of ``linear`` light, (H, W)."""
    return tabled(_ENCODED, linear, 65535)


def tabled(table: NDArray[np.float32], plane: Plane, scale: float) -> Plane:
    """``table`` (65536,) at ``scale`` times each pixel of ``plane``, (H, W); at its ends, beyond them."""
    level = plane * np.float32(scale)
    level += np.float32(0.5)
    np.clip(level, 0, 65535, out=level)
    return np.asarray(np.take(table, level.astype(np.uint16), mode="clip"))  # this mode is the fastest


def resharpened(plain: Plane, saved: Saved, luma: Plane, where: NDArray[np.bool_], coarse: float, reach: float) -> Plane:
    """``plain`` (H, W) blurred or sharpened, and ``saved``, so that ``where`` it can be told it comes nearest to ``luma``.

    A sum of unsharp masks: of encoded values, as most programs resize and sharpen, or of light, as a lens blurs: whichever fits better.
    What saving swallows of a blurred picture and not of a sharp one is no blur, so that the gains are told once more from what was
    saved with the first; and where strong compression leaves too little to tell them from, none may come nearest. Waves over
    ``coarse`` tell nothing; the contrast by which a place is weighted is read within ``reach``.
    """
    chosen = np.flatnonzero(where)[:: max(1, int(where.sum()) // MOST)]
    encoded = [plain - gaussian(plain, sigma) for sigma in SIGMAS]
    light = linear_from_luma(plain)
    optical = [plain - luma_from_linear(gaussian(light, sigma)) for sigma in SIGMAS]
    weight = (gaussian(np.square(encoded[-1]), reach).ravel()[chosen].astype(np.float64) + FAINT**2) ** (-EVEN / 2)

    def told(plane: Plane) -> Values:
        return np.asarray((plane.ravel()[chosen] - gaussian(plane, coarse).ravel()[chosen]) * weight)

    unfiltered = saved(plain)
    missing = told(luma - unfiltered)
    fits = [(*_gains(design, missing, NONE), masks, design) for masks in (encoded, optical) for design in [_design(masks, told)]]
    gains, _, masks, design = min(fits, key=lambda fit: fit[1])
    once = saved(plain + _sum(masks, gains))
    still = told(luma - once)
    twice = saved(plain + _sum(masks, gains + _gains(design, still, gains)[0]))
    lacks = (_usual(missing), _usual(still), UNBIASED * _usual(told(luma - twice)))
    return (unfiltered, once, twice)[int(np.argmin(lacks))]


def _design(masks: list[Plane], told: Callable[[Plane], Values]) -> Values:
    return np.stack([told(mask) for mask in masks], axis=1)


def _sum(masks: list[Plane], gains: Values) -> Plane:
    return np.asarray(sum(mask * np.float32(gain) for mask, gain in zip(masks, gains, strict=True)), np.float32)


def _usual(misfit: Values) -> float:
    return float(np.quantile(np.abs(misfit), 0.7))


def _gains(design: Values, target: Values, known: Values) -> tuple[Values, float]:
    """By how much the gains of ``design`` (N, K), ``known`` so far, must grow to make up best for the ``target`` (N,); and what that leaves.

    Ridge regression, steadied against what does not follow it.
    """
    ridge = RIDGE * np.trace(design.T @ design) / len(known) * np.eye(len(known))
    weight, more, usual = np.ones(len(target)), np.zeros_like(known), 0.0
    for _ in range(ROUNDS):
        weighted, held = design * weight[:, None], weight.mean() * ridge
        more = np.linalg.solve(weighted.T @ design + held, weighted.T @ target - held @ known)
        misfit = target - design @ more
        usual = _usual(misfit)
        weight = 1 / (1 + np.square(misfit / (2 * usual + 1e-4)))
    return more, usual
