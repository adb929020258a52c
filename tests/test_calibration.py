from __future__ import annotations

import pytest
from calibration.limits import false_alarms, limits, misses, rate
from calibration.trial import Outcome

from likeness.measures import result_measures
from likeness.verdict import calibration


def outcome(value: float | None, *, planted: str = "", visible: bool = True, person: str = "a") -> Outcome:
    return Outcome(person, "tune", "edit", 1.0, planted, visible, "texture", value, "", "same-photo", 120.0, 40.0)


def test_every_result_measure_has_limits_with_their_error_rates() -> None:
    table = calibration()["measures"]
    assert set(table) == set(result_measures())
    for name, entry in table.items():
        assert entry["unit"] == result_measures()[name].unit
        assert entry["fail"][0] <= entry["natural"][0] < entry["natural"][1] < entry["fail"][1]
        assert entry["false_alarms"]["of"] == entry["n"] >= 100
        assert entry["false_alarm"] <= 0.05


def test_interval_of_a_rate() -> None:
    assert rate(380, 400) == {"rate": 0.95, "low": 0.9238, "high": 0.9692, "of": 400}
    assert rate(0, 400)["high"] == pytest.approx(0.0092, abs=1e-4)
    assert rate(3, 3)["high"] == 1.0


def test_limits_go_out_to_the_handling_but_not_to_the_defects() -> None:
    handled = [outcome(v) for v in (0.8, 0.9, 1.0, 1.1)]
    natural, fail = limits("texture", [*handled, outcome(0.5, planted="texture")])
    assert natural[0] == pytest.approx(0.8, abs=0.01)
    assert fail == [0.7, 1.4]
    narrow, _ = limits("texture", [*handled, outcome(0.84, planted="texture")])
    assert narrow[0] == pytest.approx(0.84, abs=0.01)
    unseen, _ = limits("texture", [*handled, outcome(0.84, planted="texture", visible=False)])
    assert unseen[0] == natural[0]


def test_alarms_and_misses_are_counted() -> None:
    rows = [outcome(1.0), outcome(0.2, person="b"), outcome(None), outcome(0.9, planted="texture"), outcome(0.4, planted="texture")]
    alarms = false_alarms(rows, (0.85, 1.15))
    assert (alarms["rate"], alarms["of"], alarms["people_flagged"]) == (0.5, 2, 1)
    assert misses(rows, "texture", (0.85, 1.15))["edit 1"]["rate"] == 0.5
