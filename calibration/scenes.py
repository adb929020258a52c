"""Rooms and places to stand before, drawn: sharp to the pixel, of many colours and with true whites, in neutral light."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.image import Image
from likeness.image.filters import gaussian
from likeness.portrait import Portrait

FINE = 2  # pixels drawn for each pixel of the picture, along each side: edges are as a good lens gives them
WALL, BOARD, PAPER, INK = (0.48, 0.48, 0.48), (0.10, 0.055, 0.03), (0.82, 0.82, 0.82), (0.03, 0.03, 0.03)
COVERS = np.array(
    [
        (0.35, 0.04, 0.04),
        (0.03, 0.06, 0.20),
        (0.04, 0.14, 0.06),
        (0.75, 0.75, 0.75),
        (0.20, 0.20, 0.20),
        (0.03, 0.03, 0.03),
        (0.55, 0.35, 0.08),
        (0.10, 0.25, 0.40),
        (0.60, 0.60, 0.60),
        (0.30, 0.12, 0.25),
    ]
)


def office(source: Portrait, seed: int = 0) -> Image:
    """Shelves of books before a grey wall, notes pinned beside them; as large as the source, (H, W, 3) linear."""
    random, ipd = np.random.default_rng(seed), FINE * source.ipd
    height, width = FINE * source.height, FINE * source.width
    scene = np.full((height, width, 3), WALL, np.float32)
    for top in np.arange(-0.3 * ipd, height, 1.05 * ipd):
        left = float(random.uniform(-0.5, 0)) * ipd
        while left < width:
            if random.random() < 0.12:
                left = _note(scene, random, left + 0.1 * ipd, top + 0.25 * ipd, ipd)
            else:
                left = _book(scene, random, left, top + 0.95 * ipd, ipd)
        _box(scene, 0, top + 0.95 * ipd, width, 0.10 * ipd, BOARD)
    return np.asarray(cv2.resize(scene, (source.width, source.height), interpolation=cv2.INTER_AREA), np.float32)


def _book(scene: Image, random: np.random.Generator, left: float, foot: float, ipd: float) -> float:
    """A book's back with its title, standing at ``foot``; where the next one begins."""
    wide, tall = random.uniform(0.07, 0.2) * ipd, random.uniform(0.5, 0.85) * ipd
    cover = COVERS[random.integers(len(COVERS))] * random.uniform(0.7, 1.2)
    _box(scene, left, foot - tall, wide * 0.94, tall, tuple(cover))
    title = PAPER if cover.mean() < 0.3 else INK
    for line in np.arange(0.15, 0.75, 0.09):
        if random.random() < 0.7:
            _box(scene, left + 0.25 * wide, foot - tall * (1 - line), wide * random.uniform(0.2, 0.5), 0.022 * ipd, title)
    return left + wide


def _note(scene: Image, random: np.random.Generator, left: float, top: float, ipd: float) -> float:
    """A sheet with writing on it; where the next thing begins."""
    wide = random.uniform(0.4, 0.6) * ipd
    _box(scene, left, top, wide, 0.65 * ipd, PAPER)
    for line in np.arange(0.1, 0.58, 0.07):
        _box(scene, left + 0.06 * ipd, top + line * ipd, wide * random.uniform(0.4, 0.8), 0.018 * ipd, INK)
    return left + wide + 0.1 * ipd


def _box(scene: Image, left: float, top: float, wide: float, tall: float, colour: tuple[float, ...]) -> None:
    cv2.rectangle(scene, (round(left), round(top)), (round(left + wide), round(top + tall)), colour, -1)


def grove(source: Portrait, seed: int = 0) -> Image:
    """Leaves against the light, trunks, a grey path below: clouds of noise at all sizes (Perlin 1985), cut at thresholds."""
    size, ipd = (source.width, source.height), source.ipd
    leaves, shade = (_cloud(size, ipd, seed + k, (0.9, 0.45, 0.22, 0.1, 0.05, 0.025)) for k in (0, 1))
    leaf = np.array([0.07, 0.16, 0.03], np.float32) * np.exp2(1.3 * shade)[..., None]
    scene = np.where((leaves > 0.9)[..., None], np.float32(0.85), leaf)
    for x in np.random.default_rng(seed).uniform(0, source.width, 3):
        trunk = np.abs(np.arange(source.width) - x)[None] < 0.12 * ipd * (1 + 0.15 * shade)
        scene = np.where(
            (trunk & (leaves < 0.5))[..., None], np.array([0.06, 0.045, 0.03], np.float32) * np.exp2(shade)[..., None], scene
        )
    path = np.arange(source.height)[:, None] > (0.85 + 0.02 * shade) * source.height
    scene = np.where(path[..., None], np.float32(0.3) * np.exp2(0.6 * leaves)[..., None], scene)
    return np.clip(scene, 0, 1).astype(np.float32)


def _cloud(size: tuple[int, int], ipd: float, seed: int, cells: tuple[float, ...]) -> Image:
    """Noise of standard deviation 1 whose unevenness is ``cells`` IPD large, the larger the stronger, (H, W)."""
    random, total = np.random.default_rng(seed), np.zeros(size[::-1], np.float32)
    for cell in cells:
        few = (max(4, round(size[0] / (cell * ipd))), max(4, round(size[1] / (cell * ipd))))
        knots = random.standard_normal(few[::-1]).astype(np.float32)
        total += np.float32(cell**0.5) * cv2.resize(knots, size, interpolation=cv2.INTER_CUBIC)
    total = total - gaussian(total, 2 * ipd)
    return np.asarray(total / total.std(), np.float32)
