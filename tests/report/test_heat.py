from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from calibration.edits import Edit
from calibration.reshaping import jaw, reshaped, splines

from likeness.comparison.pair import Pair
from likeness.limits import Limits
from likeness.portrait import Portrait
from likeness.report.heat import MOST, by_severity, departures, heats
from likeness.verdict import Audit, audit_pair


@pytest.fixture(scope="module")
def slimmed(hopper_portrait: Portrait) -> tuple[Pair, Audit]:
    result = Edit("jaw", 5, "", reshaped(jaw, 5, splines)).result(hopper_portrait)
    assert result is not None
    pair = Pair(hopper_portrait, result)
    return pair, audit_pair(pair, source="a", result="b")


def plane(value: float) -> np.ndarray:
    return np.full((60, 60), value, np.float32)


@pytest.mark.parametrize(("value", "expected"), [(1.0, 0), (1.4, 1), (0.7, -1), (math.nan, 0)])
def test_a_ratio_departs_by_its_logarithm(value: float, expected: float) -> None:
    assert departures(plane(value), Limits((0.85, 1.15), (0.7, 1.4), log=True)) == pytest.approx(expected, abs=0.01)


def test_a_side_without_a_limit_never_departs() -> None:
    limits = Limits((0.0, 0.5), (0.0, 1.5))
    assert departures(plane(-9), limits) == pytest.approx(0)
    assert departures(plane(1.0), limits) == pytest.approx(0.5)
    assert departures(plane(1e9), Limits((-math.inf, math.inf))) == pytest.approx(0)


def test_a_slimmed_jaw_is_red_at_the_jaw(slimmed: tuple[Pair, Audit]) -> None:
    pair, audit = slimmed
    (found,) = [heat for heat in heats(audit.findings, pair) if heat.measure == "geometry"]
    picture = found.picture.pixels.astype(np.float32)
    red = cv2.resize(picture[..., 0] - picture[..., 1], pair.faces[0].size)
    jaws = pair.faces[0].region("jaw") > 0.5
    brows = pair.faces[0].region("brows") > 0.5
    assert red[jaws].mean() > red[brows].mean() + 20


def test_only_what_departs_is_drawn_and_not_too_much(hopper_portrait: Portrait, slimmed: tuple[Pair, Audit]) -> None:
    pair, audit = slimmed
    assert len(heats(audit.findings, pair)) <= MOST
    same = Pair(hopper_portrait, hopper_portrait)
    assert heats(audit_pair(same, source="a", result="a").findings, same) == []


def test_a_map_on_which_nothing_would_be_seen_is_not_drawn(slimmed: tuple[Pair, Audit]) -> None:
    """Whitened teeth depart, and the map is that of the skin."""
    pair, audit = slimmed
    skin = replace(audit["skin_colour"], status="fail", value=5.7, departure=1.2, region="teeth")
    blank = np.full(pair.faces[0].size[::-1], 0.4, np.float32)
    assert heats((replace(skin, heat=blank),), pair) == []
    blank[40:60, 40:60] = 8.0
    assert len(heats((replace(skin, heat=blank),), pair)) == 1


def test_the_worst_come_first(slimmed: tuple[Pair, Audit]) -> None:
    _, audit = slimmed
    order = [f.status for f in by_severity(tuple(replace(f) for f in audit.findings))]
    assert order == sorted(order, key=["fail", "warn", "natural", "not-assessed"].index)
    assert order[0] == "fail"


def test_a_map_of_the_background_is_drawn_around_head_and_shoulders(slimmed: tuple[Pair, Audit]) -> None:
    pair, audit = slimmed
    width, height = pair.scenes[1].size
    heat = np.zeros((height, width), np.float32)
    heat[: height // 4] = 9.0
    halo = replace(audit["edge_halo"], status="fail", value=1.0, departure=99.0, heat=heat)
    (found,) = heats((halo,), pair)
    picture = found.picture.pixels.astype(np.float32)
    assert picture.shape[0] / picture.shape[1] == pytest.approx(height / width, abs=0.02)
    red = picture[..., 0] - picture[..., 1]
    assert red[: len(red) // 6].mean() > red[len(red) // 2 :].mean() + 60
