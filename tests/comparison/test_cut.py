"""The edge of a person before another background: how well what is behind it is known."""

from __future__ import annotations

import numpy as np
from calibration.composites import clean
from calibration.edits import Edit

from likeness.comparison.cut import cut_of
from likeness.comparison.pair import Pair
from likeness.image.edges import Band
from likeness.portrait import Portrait


def doubt(source: Portrait, name: str) -> np.ndarray:
    result = Edit(name, 0, "", clean(name)).result(source)
    assert result is not None
    found = cut_of(Pair(source, result))
    assert isinstance(found, Band), found
    return found.doubt


def test_a_wall_is_foreseen_behind_the_edge_and_lights_are_not(hopper_portrait: Portrait) -> None:
    wall, lights = (doubt(hopper_portrait, name) for name in ("sand", "evening"))
    assert np.quantile(wall, 0.9) < 0.03
    assert np.quantile(lights, 0.9) > 0.08
    assert np.median(lights) > 3 * np.median(wall)
