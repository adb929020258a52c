"""A background without the photo's grain, or with more of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.ground import Ground, Mask, grounds
from likeness.comparison.pair import Pair
from likeness.image import Plane
from likeness.image.color import bytes_from_linear
from likeness.image.geometry import scale_of
from likeness.image.jpeg import Steps, recompressed, steps_in, steps_of
from likeness.image.noise import BINS, Levels, completed, noise_levels
from likeness.limits import Limits
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading, measure

Blocks = NDArray[np.float32]  # (N, SIDE, SIDE), luma 0..255
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of encoded values, as JPEG weighs them
SIDE = 16  # pixels: two of JPEG's blocks
MOST, LEAST = 900, 24  # blocks
FLAT = 0.25  # quantile: of the blocks behind, the flatter ones tell of grain, the others of what stands there
SEEN = 0.4  # of 255, in means of 2 x 2 pixels; weaker grain nobody sees, nor misses


@measure(
    title="Grain of the background",
    group="background",
    unit="log2 ratio",
    min_ipd=56,
    min_quality=30,
    limits=Limits((-0.7, 1.5), (-1.3, 3.0)),
    other_photo=Limits((-1.5, 2.0), (-2.5, 4.0)),
)
def background_grain(pair: Pair) -> Reading | NotAssessed:
    """log2 of the new background's grain over what it would have, had it been in the photo; 0: as grainy, -1: half as much.

    The photo's noise by luma (Immerkaer 1996, the flattest blocks of the source) is put on the background's own blocks, smoothed, and
    compressed with the steps of JPEG that the result shows: what resizing averages out and JPEG swallows is not missed. Standard
    deviations of 2 x 2 means, as grain is seen, SEEN added in squares. Of another photo's noise nothing is known but what its own
    subject shows, cloth and pores included.
    """
    if pair.background == "unseen":
        return NotAssessed("no background is seen in both pictures", "background")
    if pair.background == "kept":
        return Reading(0.0, "The background is the source's own, and so is its grain.", "background")
    source, result = grounds(pair)
    luma, behind, steps = _as_saved(pair.result, result)
    blocks = _blocks(luma, behind)
    if len(blocks) < LEAST:
        return NotAssessed("too little of the background is seen to judge its grain", "background")
    if pair.mode == "same-photo":
        levels = noise_levels(source.pixels, source.person, least=True) * np.float32(min(1.0, result.ipd / source.ipd))
    else:
        levels, steps = noise_levels(result.pixels, result.person), None
    if not np.isfinite(levels).any():
        return NotAssessed("no part of the subject is flat enough to show its grain", "background")
    found, expected = _grain(blocks), _grain(_with_grain(blocks, completed(levels), steps))
    value = float(np.log2(np.hypot(found, SEEN) / np.hypot(expected, SEEN)))
    return Reading(
        round(value, 3) + 0.0,
        _sentence(found, expected, pair.background == "blurred"),
        "background",
        "Give the new background the grain of the photo.",
    )


def _as_saved(portrait: Portrait, ground: Ground) -> tuple[Plane, Mask, Steps | None]:
    """The picture's luma 0..255 and what is behind, (H, W), from a corner of JPEG's blocks on, and JPEG's steps if they show."""
    luma, behind = np.asarray(bytes_from_linear(ground.pixels) @ LUMA, np.float32), ground.behind
    if abs(scale_of(portrait.to_photo) * scale_of(ground.to_whole) - 1) > 1e-6 or portrait.photo.scale != 1:
        return luma, behind, None
    corner = portrait.to_photo[:, :2] @ ground.to_whole[:, 2] + portrait.to_photo[:, 2]
    left, top = -np.round(corner).astype(int) % 8
    luma, behind, written = luma[top:, left:], behind[top:, left:], steps_in(portrait.photo.data)
    return luma, behind, steps_of(luma) if written is None else written


def _blocks(luma: Plane, where: Mask) -> Blocks:
    """The blocks of ``luma`` that lie wholly ``where``, at most MOST of them."""
    rows, columns = (n // SIDE for n in luma.shape)
    split = [a[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2) for a in (luma, where)]
    found = split[0][split[1].all((2, 3))]
    return np.asarray(found[:: max(1, -(-len(found) // MOST))], np.float32)


def _with_grain(blocks: Blocks, levels: Levels, steps: Steps | None) -> Blocks:
    """Smooth surfaces through ``blocks`` with noise of ``levels``, after JPEG with ``steps``."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    basis, _ = np.linalg.qr(np.stack([v.ravel() for v in (np.ones_like(x), x, y, x * x, x * y, y * y)], axis=1))
    smooth = (blocks.reshape(len(blocks), -1) @ basis @ basis.T).reshape(blocks.shape)
    sigma = 255 * np.interp(smooth / 255, (np.arange(BINS) + 0.5) / BINS, levels)
    noisy = smooth + sigma * np.random.default_rng(0).standard_normal(smooth.shape)
    rows = int(np.sqrt(len(noisy)))
    whole = noisy[: len(noisy) // rows * rows].reshape(rows, -1, SIDE, SIDE)
    sheet = np.clip(np.round(whole.swapaxes(1, 2).reshape(rows * SIDE, -1)), 0, 255).astype(np.float32)
    saved = sheet if steps is None else recompressed(sheet, steps)
    return np.asarray(saved.reshape(rows, SIDE, -1, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE), np.float32)


def _grain(blocks: Blocks) -> float:
    """The standard deviation of the noise in means of 2 x 2 pixels of the flatter ``blocks``, of 255."""
    few = blocks.reshape(len(blocks), SIDE // 2, 2, SIDE // 2, 2).mean((2, 4))
    across = few[:, :, :-2] - 2 * few[:, :, 1:-1] + few[:, :, 2:]
    response = across[:, :-2] - 2 * across[:, 1:-1] + across[:, 2:]
    return float(np.quantile(np.sqrt(np.pi / 2) / 6 * np.abs(response).mean((1, 2)), FLAT))


def _sentence(found: float, expected: float, blurred: bool) -> str:
    which = "blurred" if blurred else "new"
    if max(found, expected) < SEEN:
        return f"Neither the photo nor the {which} background has any grain to be seen."
    return f"The {which} background's grain is {found:.1f} of 255; in the photo's own it would be {expected:.1f}."
