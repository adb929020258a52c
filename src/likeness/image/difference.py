"""How different two colours look."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def delta_e_2000(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """CIEDE2000 between CIELAB colours (..., 3). Sharma, Wu and Dalal 2005.

    >>> round(float(delta_e_2000([50, 2.6772, -79.7751], [50, 0, -82.7485])), 4)
    2.0425
    """
    l1, a1, b1 = np.moveaxis(np.asarray(first, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(second, np.float64), -1, 0)
    c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - np.sqrt(c7 / (c7 + 25.0**7)))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = np.arctan2(b1, a1 * stretch), np.arctan2(b2, a2 * stretch)
    turn = np.where(c1 * c2 == 0, 0, _wrapped(h2 - h1))
    mean_h = np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2)
    mean_c, mean_l = (c1 + c2) / 2, (l1 + l2) / 2
    hue = 1 - 0.17 * np.cos(mean_h - np.pi / 6) + 0.24 * np.cos(2 * mean_h)
    hue += 0.32 * np.cos(3 * mean_h + np.radians(6)) - 0.20 * np.cos(4 * mean_h - np.radians(63))
    dl = (l2 - l1) / (1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * mean_c)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / (1 + 0.015 * mean_c * hue)
    blue, mean_c7 = np.exp(-((_wrapped(mean_h - np.radians(275)) / np.radians(25)) ** 2)), mean_c**7
    rotation = -np.sin(np.radians(60) * blue) * 2 * np.sqrt(mean_c7 / (mean_c7 + 25.0**7))
    return np.asarray(np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh))


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """``angle`` less whole turns, -pi to pi."""
    return np.asarray(angle - 2 * np.pi * np.round(angle / (2 * np.pi)))
