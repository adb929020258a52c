"""JPEG's trace in pixels: with which steps a picture was quantised, and what the same steps do to another."""

from __future__ import annotations

import functools
import io

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from likeness.image import Plane

Steps = NDArray[np.int64]  # (8, 8), quantisation steps by vertical and horizontal frequency

# ITU-T T.81, table K.1: luminance at quality 50.
USUAL = np.array(
    [
        (16, 11, 10, 16, 24, 40, 51, 61),
        (12, 12, 14, 19, 26, 58, 60, 55),
        (14, 13, 16, 24, 40, 57, 69, 56),
        (14, 17, 22, 29, 51, 87, 80, 62),
        (18, 22, 37, 56, 68, 109, 103, 77),
        (24, 35, 55, 64, 81, 104, 113, 92),
        (49, 64, 78, 87, 103, 121, 120, 101),
        (72, 92, 95, 98, 112, 100, 103, 99),
    ]
)
QUALITIES = range(25, 99)
LOOKED_AT = tuple((i, j) for i in range(5) for j in range(5) if 0 < i + j < 5)  # the frequencies that pictures have
MOST_BLOCKS = 1500
LEAST_COEFFICIENTS = 60
LEAST_COMB = 0.4  # unquantised pictures stay below 0.15, at quality 95 and below it is over 0.6
NEIGHBOURS = 4  # qualities whose steps are so alike that their combs are about as good: the best of them
AS_GOOD = 0.85  # of the best comb: a step's half fits its multiples as well, so of those about as good the largest steps are true


def usual_steps(quality: int) -> Steps:
    """The luminance steps of a quality 1..100, (8, 8), as the Independent JPEG Group scales table K.1."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return np.clip((USUAL * scale + 50) // 100, 1, 255).astype(np.int64)


def steps_in(data: bytes) -> Steps | None:
    """The luminance steps written in a JPEG file's ``data``; None when it is no JPEG."""
    if not data.startswith(b"\xff\xd8"):
        return None
    with PIL.Image.open(io.BytesIO(data)) as picture:
        table = getattr(picture, "quantization", {}).get(0)
    return None if table is None else np.array(table, np.int64).reshape(8, 8)


def steps_of(luma: Plane) -> Steps | None:
    """The steps that ``luma`` (H, W), 0..255, its corner on the grid of blocks, was quantised with; None where none are seen.

    Of the usual tables the one on whose combs the coefficients lie (Fan & de Queiroz 2003): a mean cosine, 1 on every tooth.
    A picture that was never compressed, or was resized since, shows none.
    """
    found = np.abs(_coefficients(luma))
    tables = [usual_steps(quality) for quality in QUALITIES]
    sums, counts = np.zeros(len(tables)), np.zeros(len(tables))
    for i, j in LOOKED_AT:
        steps = np.array([table[i, j] for table in tables])
        for step in np.unique(steps[steps >= 2]):
            off_zero = found[:, i, j][found[:, i, j] > 0.6 * step]
            sums[steps == step] += np.cos(2 * np.pi / step * off_zero).sum()
            counts[steps == step] += len(off_zero)
    combs = np.where(counts >= LEAST_COEFFICIENTS, sums / np.maximum(counts, 1), 0)
    if combs.max() < LEAST_COMB:
        return None
    coarsest = int(np.argmax(combs >= AS_GOOD * combs.max()))
    near = combs[coarsest : coarsest + NEIGHBOURS]
    best = np.flatnonzero(near == near.max())  # several, where all that is looked at has the same steps
    return tables[coarsest + int(best[len(best) // 2])]


def recompressed(luma: Plane, steps: Steps) -> Plane:
    """``luma`` (H, W), 0..255, after JPEG with these ``steps``."""
    out = io.BytesIO()
    codes = np.clip(luma + 0.5, 0, 255).astype(np.uint8)
    PIL.Image.fromarray(codes).save(out, "jpeg", qtables=[np.clip(steps, 1, 255).ravel().tolist()])
    return np.asarray(PIL.Image.open(out), np.float32)


def _coefficients(luma: Plane) -> NDArray[np.float32]:
    """The cosine transform of at most MOST_BLOCKS of its blocks, (N, 8, 8), orthonormal."""
    height, width = (n // 8 * 8 for n in luma.shape)
    blocks = luma[:height, :width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2).reshape(-1, 8, 8)
    blocks = blocks[:: max(1, len(blocks) // MOST_BLOCKS)]
    return np.asarray(_cosines() @ blocks @ _cosines().T, np.float32)


@functools.cache
def _cosines() -> NDArray[np.float32]:
    """The orthonormal cosine transform of eight values, (8, 8)."""
    k, n = np.mgrid[:8, :8]
    rows = 0.5 * np.cos((2 * n + 1) * k * np.pi / 16)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)
