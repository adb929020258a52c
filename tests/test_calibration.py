from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from calibration.catalogue import SETS
from calibration.identities import TWINS, one_each
from calibration.limits import false_alarms, flagged, limits, misses, rate
from calibration.trial import Outcome, kept_in, read_from

from likeness.measures import result_measures
from likeness.schema import Measure
from likeness.verdict import calibration


def outcome(
    value: float | None, *, planted: str = "", visible: bool = True, person: str = "a", measure: str = "texture"
) -> Outcome:
    of = (person, "tune", "handling", "edit", 1.0, planted, visible, measure)
    return Outcome(*of, value, "", "same-photo", 120.0, 40.0)


def edge(value: float | None, side: float) -> float:
    return side * math.inf if value is None else value


def test_every_result_measure_has_limits_with_their_error_rates() -> None:
    table = calibration()
    assert set(table["measures"]) == set(result_measures())
    assert {"date", "people", "edits"} <= set(table)
    assert table["people"]["tune"] >= 16
    assert table["people"]["calibrate"] >= 20
    for name, entry in table["measures"].items():
        (low, high), (fail_low, fail_high) = entry["natural"], entry["fail"]
        assert entry["unit"] == result_measures()[name].unit
        assert edge(fail_low, -1) <= edge(low, -1) < edge(high, 1) <= edge(fail_high, 1)
        assert entry["false_alarms"]["of"] == entry["n"] >= 100
        assert entry["false_alarm"] <= 0.05


def test_no_defect_is_planted_for_what_is_not_measured() -> None:
    known = set(result_measures())
    for edits in SETS.values():
        assert {name for edit in edits for name in edit.measures} <= known


def test_interval_of_a_rate() -> None:
    assert rate(380, 400) == {"rate": 0.95, "low": 0.9238, "high": 0.9692, "of": 400}
    assert rate(0, 400)["high"] == pytest.approx(0.0092, abs=1e-4)
    assert rate(3, 3)["high"] == 1.0


def aim(name: str) -> Measure:
    return result_measures()[name]


def test_limits_go_out_to_the_handling_but_not_to_the_defects() -> None:
    low, fail = aim("texture").limits.natural[0], aim("texture").limits.fail[0]
    inside, outside = low - 0.2 * (low - fail), low - 0.1 * (low - fail)
    handled = [outcome(v) for v in (inside, (low + 1) / 2, 1.0, 1.0)]
    natural, fails = limits("texture", [*handled, outcome(fail / 2, planted="texture")])
    assert natural[0] == pytest.approx(inside, abs=0.01)
    assert fails == list(aim("texture").limits.fail)
    narrow, _ = limits("texture", [*handled, outcome(outside, planted="texture")])
    assert narrow[0] == pytest.approx(outside, abs=0.01)
    unseen, _ = limits("texture", [*handled, outcome(outside, planted="texture", visible=False)])
    assert unseen[0] == natural[0]


def test_an_edge_without_a_limit_stays_where_it_is() -> None:
    natural, fail = limits("geometry", [outcome(v / 100, measure="geometry") for v in range(40)])
    assert (natural[0], fail[0]) == (0.0, 0.0)


def test_alarms_and_misses_are_counted() -> None:
    rows = [outcome(1.0), outcome(0.2, person="b"), outcome(None), outcome(0.9, planted="texture"), outcome(0.4, planted="texture")]
    alarms = false_alarms(rows, (0.85, 1.15))
    assert (alarms["rate"], alarms["of"], alarms["people_flagged"]) == (0.5, 2, 1)
    two = [
        outcome(0.9, planted="texture"),
        outcome(0.4, planted="texture", person="b"),
        outcome(None, planted="texture", person="c"),
    ]
    missed = misses(two, "texture", {"texture": (0.85, 1.15)})["edit 1"]
    assert (missed["rate"], missed["of"], missed["not_assessed"]) == (0.5, 2, 1)


def test_a_version_is_flagged_when_any_of_its_measures_is() -> None:
    rows = [outcome(1.0), outcome(9.0, measure="geometry"), outcome(1.0, person="b"), outcome(None, person="c")]
    ranges = {"texture": (0.85, 1.15), "geometry": (0.0, 0.5)}
    assert flagged(rows, ranges, ("person",)) == {("a",): True, ("b",): False}


def test_rows_outlive_the_run(tmp_path: Path) -> None:
    rows = [outcome(1.0), outcome(None)]
    kept_in(tmp_path / "rows", rows)
    assert read_from(tmp_path / "rows") == rows


def test_of_photos_of_one_person_the_first_stands_for_all() -> None:
    at = [0.0, 1.0, 0.9 * TWINS, 1.0 - 0.5 * TWINS, 2.0]
    seen = [(np.array([x], np.float32), float(n)) for n, x in enumerate(at)]
    assert [number for _, number in one_each(seen)] == [0, 1, 4]
