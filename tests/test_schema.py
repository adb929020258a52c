"""One declaration gives the range checks, the JSON schema, the parsing of text and the way back to less."""

# ruff: noqa: PT028 - a step, which has defaults, must bear the name of its file, and this file's is a test's

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.errors import LikenessError
from likeness.params import Param, Text, parameters_of
from likeness.schema import Backend, NotAssessed, Reading, Step, backend, measure, step


@step(title="Test schema", changes=("texture",), after="exposure")
def test_schema(
    portrait: Any,
    *,
    amount: Annotated[float, Param("How much.", 0, 2, unit="EV", ui=(0, 1), neutral=0)] = 0.5,
    count: Annotated[int, Param("How many.", 1, 9, neutral=1)] = 5,
    backdrop: Annotated[str, Text("Which.", r"keep|#[0-9a-f]{6}", ("keep", "#808080"))] = "keep",
) -> Any:
    """Returns what it was given: a step declared in a file of its own name."""
    return portrait, amount, count, backdrop


STEP: Step = test_schema
del test_schema  # a declaration bears its file's name; pytest must not take it for a test


def test_defaults_are_complete() -> None:
    assert STEP.complete({}) == {"amount": 0.5, "count": 5, "backdrop": "keep"}


def test_calling_a_step_checks_what_it_is_given() -> None:
    assert STEP("p", amount=1) == ("p", 1.0, 5, "keep")
    with pytest.raises(LikenessError, match=r"test_schema\.amount: 3 is out of range; allowed: 0 to 2 EV"):
        STEP("p", amount=3)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_is_kept_or_refused_never_bent(value: float) -> None:
    rule = Param("x", -1.5, 2.5)
    if math.isfinite(value) and -1.5 <= value <= 2.5:
        assert rule.check(value, "s.x", float) == value
    else:
        with pytest.raises(LikenessError, match=r"s\.x: .*allowed: -1\.5 to 2\.5"):
            rule.check(value, "s.x", float)


@given(st.floats(0, 2))
def test_text_from_the_command_line_means_the_same_number(value: float) -> None:
    assert STEP.parse("amount", repr(value)) == value


@pytest.mark.parametrize("value", ["", "much", None, [], {}, True, "nan", "inf", "-inf", float("nan"), 1j, 10**400, (1,)])
def test_what_is_no_number_is_refused_in_one_line(value: Any) -> None:
    with pytest.raises(LikenessError, match="amount") as caught:
        STEP.complete({"amount": value})
    assert len(str(caught.value).splitlines()) == 1


def test_a_whole_number_is_not_rounded() -> None:
    with pytest.raises(LikenessError, match=r"'2\.5' is not a whole number"):
        STEP.complete({"count": 2.5})
    assert STEP.complete({"count": 3.0})["count"] == 3


def test_text_must_match_as_a_whole() -> None:
    assert STEP.complete({"backdrop": "#0a0b0c"})["backdrop"] == "#0a0b0c"
    for wrong in ("keeper", "#0a0b0", "keep\n", 7, None):
        with pytest.raises(LikenessError, match="for example keep, #808080"):
            STEP.complete({"backdrop": wrong})


def test_unknown_parameter_offers_the_closest() -> None:
    for ask in (lambda: STEP.complete({"amonut": 1}), lambda: STEP.parse("amonut", "1")):
        with pytest.raises(LikenessError, match="unknown parameter 'amonut'; did you mean amount"):
            ask()


def test_gentler_moves_toward_neutral_and_stays_legal() -> None:
    softer = STEP.gentler({"amount": 2.0, "count": 9, "backdrop": "#808080"})
    assert softer == {"amount": 1.0, "count": 5, "backdrop": "#808080"}
    assert STEP.complete(softer) == softer


def test_json_schema_says_it_all() -> None:
    schema = STEP.schema()
    assert schema["additionalProperties"] is False
    assert schema["properties"]["amount"] == {
        "type": "number", "description": "How much.", "minimum": 0, "maximum": 2,
        "unit": "EV", "ui": (0, 1), "neutral": 0, "default": 0.5,
    }  # fmt: skip
    assert schema["properties"]["count"]["type"] == "integer"
    assert schema["properties"]["backdrop"]["pattern"] == r"keep|#[0-9a-f]{6}"


def test_a_parameter_needs_a_rule_and_a_default() -> None:
    def bare(portrait: Any, *, amount: float = 1) -> Any: ...

    def required(portrait: Any, *, amount: Annotated[float, Param("x", 0, 1)]) -> Any: ...

    def beyond(portrait: Any, *, amount: Annotated[float, Param("x", 0, 1)] = 2) -> Any: ...

    for function in (bare, required, beyond):
        with pytest.raises(LikenessError, match=rf"{function.__name__}\.amount"):
            parameters_of(function)


def test_a_declaration_needs_a_docstring_and_its_files_name() -> None:
    def test_schema(portrait: Any) -> Any: ...

    with pytest.raises(LikenessError, match="has no docstring"):
        step(title="x")(test_schema)

    def elsewhere(portrait: Any) -> Any:
        """Declared in a file of another name."""

    with pytest.raises(LikenessError, match=r"elsewhere: is declared in test_schema\.py"):
        step(title="x")(elsewhere)


def _measure(answer: Any, min_ipd: float = 56, min_quality: int = 0) -> Any:
    def test_schema(pair: Any) -> Any:
        """A measure that answers what it is told."""
        return answer

    return measure(title="Skin texture", group="skin", unit="ratio", min_ipd=min_ipd, min_quality=min_quality)(test_schema)


def test_a_measure_says_when_the_face_is_too_small() -> None:
    small = _measure(Reading(1.0, "fine"))(SimpleNamespace(ipd=41.8))
    assert small == NotAssessed("the eyes are only 41 pixels apart; it takes 56 for skin texture", needs_ipd=56)


def test_a_measure_says_when_the_result_is_compressed_too_strongly() -> None:
    fine = Reading(1.0, "fine")
    lost = _measure(fine, min_quality=30)(SimpleNamespace(ipd=60, quality=29))
    assert isinstance(lost, NotAssessed)
    assert "JPEG quality 29, where it takes 30" in lost.reason
    assert _measure(fine, min_quality=30)(SimpleNamespace(ipd=60, quality=30)) == fine
    assert _measure(fine)(SimpleNamespace(ipd=60)) == fine


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_measure_without_a_finite_value_is_not_assessed(value: float) -> None:
    assert isinstance(_measure(Reading(value, "odd"))(SimpleNamespace(ipd=100.0)), NotAssessed)


def test_a_backend_loads_once_and_names_what_is_missing() -> None:
    loads: list[int] = []

    def test_schema() -> object:
        """Loads and counts."""
        loads.append(1)
        return object()

    declared: Backend[object] = backend(title="x", package="p", licence="MIT")(test_schema)
    assert not loads
    assert declared() is declared()
    assert len(loads) == 1


def test_a_backend_that_cannot_load_says_why_in_one_line() -> None:
    def test_schema() -> object:
        """Needs what is not there."""
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    with pytest.raises(LikenessError, match=r"mediapipe: needs the system library libGL\.so\.1; apt-get install libgl1"):
        backend(title="x", package="mediapipe", licence="Apache-2.0")(test_schema)()
