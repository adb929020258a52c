from __future__ import annotations

import numpy as np
import pytest

from likeness.image import Plane
from likeness.image.lines import lines
from likeness.image.spots import scales

SIZE = 120
EVERYWHERE = np.ones((SIZE, SIZE), bool)


def disc(diameter: float, contrast: float) -> Plane:
    rows, columns = np.mgrid[:SIZE, :SIZE]
    return np.asarray(contrast * np.clip(diameter / 2 + 0.5 - np.hypot(rows - 60, columns - 60), 0, 1), np.float32)


def grain(sd: float, seed: int = 1) -> Plane:
    return np.random.default_rng(seed).normal(0, sd, (SIZE, SIZE)).astype(np.float32)


@pytest.mark.parametrize("turn", [0.0, 0.4, 1.3, 2.2])
def test_a_faint_line_is_clear_along_its_length(turn: float) -> None:
    texture = grain(0.06)
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE // 2
    along, across = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    line = np.where((np.abs(along) < 14) & (np.abs(across) < 1.5), -0.1, 0).astype(np.float32)
    disc_scale = scales(texture + line, texture + grain(0.03, 2), EVERYWHERE, (5,), 20)[0]
    found = lines(disc_scale, EVERYWHERE, 16, 20, np.abs(disc_scale.change))
    assert found.evidence[56:65, 56:65].max() > 1.3 * disc_scale.evidence[56:65, 56:65].max()
    highest = np.unravel_index(found.evidence.argmax(), found.evidence.shape)
    assert abs(across[highest]) < 2
    assert abs(along[highest]) < 12


def test_a_disc_is_no_line() -> None:
    texture = grain(0.03)
    disc_scale = scales(texture + disc(7, 0.5), texture + grain(0.01, 2), EVERYWHERE, (5,), 20)[0]
    assert lines(disc_scale, EVERYWHERE, 16, 20, np.abs(disc_scale.change)).evidence.max() < 0.5 * disc_scale.evidence.max()


@pytest.mark.parametrize("diameter", [9, 11, 13])
def test_the_rim_of_a_large_black_disc_is_no_line(diameter: float) -> None:
    texture = grain(0.03)
    fine, large = scales(texture, texture + disc(diameter, 2.0), EVERYWHERE, (5, 13), 20)
    strongest = np.maximum(np.abs(fine.change), np.abs(large.change))
    assert lines(fine, EVERYWHERE, 16, 20, np.zeros_like(strongest)).evidence.max() > 2
    assert lines(fine, EVERYWHERE, 16, 20, strongest).evidence.max() < 1
