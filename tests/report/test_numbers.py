"""Numbers are told as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from likeness.measures import result_measures
from likeness.report import numbers

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0321, "share", "3.21 %"),
        (0.14, "IPD", "0.14 eye distances (8.8 mm)"),
        (0.5, "EV", "+0.5 EV"),
        (-1.25, "EV", "-1.2 EV"),
        (1.0, "ratio", "1 ×"),
        (27.04, "degrees", "27°"),
        (140.3, "px", "140 px"),
        (12345.0, "furlongs", "12345 furlongs"),
        (None, "px", "not measured"),
        (0.0, "", "0"),
    ],
)
def test_numbers_come_with_their_units(value: float | None, unit: str, text: str) -> None:
    assert numbers.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("unit", "value", "told", "natural", "range_told"),
    [
        ("ratio", 0.614, "61 %", [0.85, 1.15], "85 to 115 %"),
        ("share", 0.0321, "3.2 %", [-0.05, 0.05], "-5 to 5 %"),
        ("log2 ratio", -1.5, "35 %", [-1.0, 1.0], "50 to 200 %"),
        ("% IPD", 0.72, "0.72 % of the eye distance (0.5 mm)", [0.0, 0.5], "at most 0.5 % of the eye distance"),
        ("% IPD", 0.0, "0 % of the eye distance", [0.0, None], "at least 0 % of the eye distance"),
        ("dE00", 2.345, "2.3 colour steps", [0.0, 3.0], "at most 3 colour steps"),
        ("dE00", None, "not measured", [0.0, 1.0], "at most 1 colour step"),
        ("distance", 0.303, "0.3 apart", [0.0, 0.45], "at most 0.45 apart"),
        ("marks", 3.0, "3 marks", [None, 1.0], "at most 1 mark"),
        ("times noticeable", 0.4, "0.4 × what is just noticed", [0.0, 1.0], "at most 1 × what is just noticed"),
        ("px", 90.0, "90 px", [140, None], "at least 140 px"),
        ("", 1.5, "1.5", [None, 2.0], "at most 2"),
        ("{0} % {{", 3.0, "3 {0} % {{", [None, None], ""),
    ],
)
def test_findings_are_told_for_people(
    unit: str, value: float | None, told: str, natural: list[float | None], range_told: str
) -> None:
    finding = {"value": value, "natural": natural, "unit": unit}
    assert (numbers.measured(finding), numbers.natural_range(finding)) == (told, range_told)


@given(value=st.floats(0.01, 100), edge=st.floats(0.01, 100))
def test_a_value_is_written_on_its_side_of_the_limit(value: float, edge: float) -> None:
    edge = float(f"{edge:.3g}")
    told = numbers.measured({"value": value, "natural": [None, edge], "unit": ""})
    if abs(value / edge - 1) > 1e-5:
        assert (float(told) > edge) == (value > edge)


def test_of_a_background_as_soft_as_can_be_told_no_number_is_told() -> None:
    finding = {"measure": "background_depth", "value": 8.0, "natural": [1.25, None], "unit": "ratio"}
    assert numbers.measured(finding) == "nothing too sharp"
    assert numbers.measured(finding | {"value": 3.0}) == "3 × as soft as the person"
    assert numbers.natural_range(finding) == "at least 1.25 × as soft as the person"


def test_what_a_part_counts_is_told_apart_from_what_its_sentence_says() -> None:
    teeth = {"measure": "skin_colour", "value": 5.7, "natural": [0.0, 1.0], "unit": "dE00", "region": "teeth"}
    assert numbers.measured(teeth) == "counts as 5.7 colour steps of all skin"
    assert numbers.measured(teeth | {"region": "skin"}) == "5.7 colour steps"


def test_what_is_natural_is_told_in_words_of_their_own() -> None:
    leak = {"measure": "background_leak", "natural": [-0.3, 0.322], "unit": "share"}
    assert numbers.natural_range(leak) == "at most 32.2 % of it left, or 30 % too much of it taken out"
    told = {value: numbers.measured(leak | {"value": value}) for value in (-0.12, 0.0, 0.4)}
    assert told == {-0.12: "12 % too much of it taken out", 0.0: "0 % of it left", 0.4: "40 % of it left"}
    assert numbers.natural_range({"measure": "marks", "natural": [0.0, 0.5], "unit": "marks"}) == "not one clear mark"


def test_every_unit_of_a_measure_is_put_for_people() -> None:
    codes = ("dE00", "log2", "IPD", "L*")
    for name, measure in result_measures().items():
        finding = {"measure": name, "value": 1.3, "natural": [0.0, 1.0], "unit": measure.unit}
        told = numbers.measured(finding) + numbers.natural_range(finding)
        assert not [code for code in codes if code in told], name


def test_the_glossary_stands_in_the_documentation_too() -> None:
    page = " ".join((ROOT / "docs" / "glossary.md").read_text("utf-8").split())
    missing = [word for word, meaning in numbers.GLOSSARY if f"**{word}**" not in page or meaning not in page]
    assert missing == []


edges = st.none() | st.floats(-1e4, 1e4)


@given(value=st.none() | st.floats(-1e6, 1e6), low=edges, high=edges)
@example(value=1.0, low=0.5, high=0.5)
@example(value=0.5, low=0.5, high=0.5)
def test_a_gauge_stays_on_its_bar_and_agrees_with_the_range(value: float | None, low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        low, high = high, low
    finding = {"value": value, "natural": [low, high], "unit": "px"}
    gauge = numbers.gauge(finding)
    assert numbers.natural_range(finding) or (low is None and high is None)
    assert numbers.measured(finding)
    if gauge is None:
        assert value is None or (low is None and high is None)
        return
    assert 0 <= gauge.low < gauge.high <= 100
    assert 2 <= gauge.at <= 98
    inside = (low is None or value >= low) and (high is None or value <= high)
    if inside:
        assert gauge.low - 0.11 <= gauge.at <= gauge.high + 0.11
    elif not (low == 0 and value < 0):
        assert gauge.at <= gauge.low + 0.11 or gauge.at >= gauge.high - 0.11
