from __future__ import annotations

import re

import numpy as np
import pytest
from calibration.expressions import brows, corners, left_corner, lids
from calibration.reshaping import Family, Pushes, bumps, eyes, jaw, reshaped, splines

from likeness.comparison.pair import Pair
from likeness.measures.result.expression import expression
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = expression(pair)
    assert isinstance(found, Reading), found
    return found


def test_saving_again_changes_none(saved: Pair) -> None:
    found = read(saved)
    assert found.value < 0.15
    assert found.reason.startswith("Mouth corners, lids and brows ")
    assert " 0.0 " not in found.reason


@pytest.mark.parametrize(
    ("part", "dose", "family", "said"),
    [
        (left_corner, 1.5, bumps, "left mouth corner is .* higher"),
        (corners, 1.5, splines, "mouth corner is .* higher"),
        (lids, 2.5, bumps, "eye is .* more open"),
        (brows, 2.5, bumps, "(left|right) (brow|eye) is .* (higher|more open)"),
    ],
)
def test_what_was_lifted_is_named(hopper_portrait: Portrait, part: Pushes, dose: float, family: Family, said: str) -> None:
    found = read(edited(hopper_portrait, reshaped(part, dose, family)))
    assert re.search(said, found.reason), found.reason
    assert 0.4 * dose < found.value < 1.6 * dose
    assert limits_of("expression").status(found.value) != "natural"


def test_lowered_is_told_from_lifted(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, reshaped(left_corner, -2.0, bumps)))
    assert re.search("left mouth corner is .* lower", found.reason)


def test_a_slimmer_jaw_is_no_expression(hopper_portrait: Portrait) -> None:
    assert limits_of("expression").status(read(edited(hopper_portrait, reshaped(jaw, 3.0, bumps))).value) == "natural"


def test_the_map_shows_mouth_eyes_and_brows_alone(hopper_portrait: Portrait) -> None:
    pair = edited(hopper_portrait, reshaped(left_corner, 3.0, bumps))
    heat = read(pair).heat
    assert heat is not None
    assert np.nanmax(heat) == pytest.approx(3.0, abs=0.5)
    assert np.isnan(heat[pair.faces[0].region("forehead", -0.05) > 0.5]).all()


def test_the_map_shows_eyes_that_were_enlarged_where_they_are_found(hopper_portrait: Portrait) -> None:
    pair = edited(hopper_portrait, reshaped(eyes, 3.0, bumps))
    found = read(pair)
    edge = limits_of("expression").natural[1]
    assert found.heat is not None
    assert found.value > edge
    assert (found.heat[pair.faces[0].region("eyes", 0.08) > 0.5] > edge).mean() > 0.2
    assert not (found.heat[pair.faces[0].region("lips", 0.1) > 0.5] > edge).any()
