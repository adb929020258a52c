"""For every step that is found, also those of tomorrow: each parameter moves the output, and is refused where it is illegal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.errors import LikenessError
from likeness.faces import find_faces
from likeness.params import Param, Parameter, Text
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import Step
from likeness.steps import all_steps

STEPS = all_steps()
PARAMETERS = [pytest.param(step, p, id=f"{step.name}.{name}") for step in STEPS.values() for name, p in step.params.items()]
NUMBERS = [param for param in PARAMETERS if isinstance(param.values[1].rule, Param)]  # type: ignore[union-attr]
VISIBLE = 1e-4  # linear light; a hundredth of what an 8-bit code value is in the mid-tones

Subjects = dict[str, Callable[[], Portrait]]


@pytest.fixture(scope="module")
def subjects(hopper: Path, tmp_path_factory: pytest.TempPathFactory) -> Subjects:
    """The portrait as it is and with faults that steps are for: a cast in the dark, glare, a tilted head close to the upper edge."""
    folder = tmp_path_factory.mktemp("subjects")
    plain = PIL.Image.open(hopper).convert("RGB")
    codes = np.asarray(plain) / 255.0

    def portrait(name: str, picture: PIL.Image.Image) -> Portrait:
        picture.save(folder / f"{name}.png")
        photo = open_photo(folder / f"{name}.png")
        return Portrait.of(photo, find_faces(photo)[0])

    def toned(gains: tuple[float, float, float]) -> PIL.Image.Image:
        return PIL.Image.fromarray(np.round(255 * np.clip(codes * gains, 0, 1)).astype(np.uint8))

    faulty = {
        "plain": plain,
        "cast in the dark": toned((0.62, 0.5, 0.36)),
        "glare": toned((1.5, 1.5, 1.5)),
        "tilted": plain.rotate(9, PIL.Image.Resampling.BICUBIC).crop((60, 55, 470, 560)),
    }
    made: dict[str, Portrait] = {}

    def lazily(name: str) -> Callable[[], Portrait]:
        return lambda: made[name] if name in made else made.setdefault(name, portrait(name, faulty[name]))

    return {name: lazily(name) for name in faulty}


def others(parameter: Parameter) -> list[Any]:
    """Legal values other than the default, those that differ most first."""
    rule = parameter.rule
    if isinstance(rule, Text):
        return [sample for sample in rule.samples if sample != parameter.default]
    low, high = rule.ui or (rule.low, rule.high)
    values = {parameter.kind(value) for value in (low, high, rule.low, rule.high, (low + high) / 2)}
    return sorted(values - {parameter.default}, key=lambda value: -abs(value - parameter.default))


def contexts(step: Step, parameter: Parameter) -> Iterator[dict[str, Any]]:
    """Settings under which the parameter may have something to do: the defaults first, then one other parameter moved, words first."""
    yield {}
    rest = [other for other in step.params.values() if other.name != parameter.name]
    for other in sorted(rest, key=lambda other: isinstance(other.rule, Param)):
        yield from ({other.name: value} for value in others(other))


def differs(one: Portrait | str, other: Portrait | str, *, refusing: bool = False) -> bool:
    """Whether two results are visibly not the same. A picture against a refusal counts with ``refusing``."""
    if isinstance(one, str) or isinstance(other, str):
        return refusing and type(one) is not type(other)
    a, b = one.pixels, other.pixels
    return a.shape != b.shape or bool(np.abs(a - b).max() > VISIBLE)


def result(step: Step, portrait: Portrait, **given_: Any) -> Portrait | str:
    try:
        done: Portrait = step(portrait, **given_)
    except LikenessError as error:  # a frame, for instance, that this picture has not the pixels for
        return str(error)
    return done


@pytest.mark.parametrize(("step", "parameter"), PARAMETERS)
def test_every_parameter_moves_the_output(step: Step, parameter: Parameter, subjects: Subjects) -> None:
    condition = isinstance(parameter.rule, Text)  # a word may be a condition that allows or refuses; a number has to move pixels
    for context in contexts(step, parameter):
        for subject in subjects.values():
            usual = result(step, subject(), **context)
            moved = (result(step, subject(), **context, **{parameter.name: value}) for value in others(parameter))
            if any(differs(usual, one, refusing=condition) for one in moved):
                return
    pytest.fail(f"{step.name}.{parameter.name} changes no pixel in {', '.join(subjects)}")


def test_a_parameter_without_effect_is_caught(subjects: Subjects) -> None:
    step, parameter = _idle()
    with pytest.raises(pytest.fail.Exception, match=r"idle\.amount changes no pixel"):
        test_every_parameter_moves_the_output(step, parameter, subjects)


def _idle() -> tuple[Step, Parameter]:
    parameter = Parameter("amount", float, 0.5, Param("nothing", 0, 1))
    return Step("idle", "Idle", lambda portrait, amount: portrait, "doc", (), (), None, {"amount": parameter}), parameter


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)
def test_a_step_is_pure(step: Step, subjects: Subjects) -> None:
    """The same twice, finite, read-only, and the portrait that it was given untouched."""
    portrait = subjects["plain"]()
    before = portrait.pixels.copy()
    one, other = step(portrait), step(portrait)
    np.testing.assert_array_equal(one.pixels, other.pixels)
    np.testing.assert_array_equal(portrait.pixels, before)
    assert one.pixels.dtype == np.float32
    assert np.isfinite(one.pixels).all()
    assert not one.pixels.flags.writeable


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)
def test_an_unknown_parameter_is_refused_with_the_closest_names(step: Step) -> None:
    for name in step.params:
        with pytest.raises(LikenessError, match=f"unknown parameter '{name}x'; did you mean .*{name}"):
            step.complete({name + "x": 1})


@pytest.mark.parametrize(("step", "parameter"), NUMBERS)
@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf"), "wide", "", None, [], True], ids=repr)
def test_what_is_no_finite_number_is_refused(step: Step, parameter: Parameter, wrong: Any) -> None:
    with pytest.raises(LikenessError) as caught:
        step.complete({parameter.name: wrong})
    line = str(caught.value)
    assert line.startswith(f"{step.name}.{parameter.name}: ")
    assert "allowed: " in line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(("step", "parameter"), NUMBERS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_number_is_kept_inside_its_range_and_refused_outside(step: Step, parameter: Parameter, data: st.DataObject) -> None:
    rule = parameter.rule
    assert isinstance(rule, Param)
    number: Any = st.integers() if parameter.kind is int else st.floats(allow_nan=False, allow_infinity=False)
    inside: Any = st.integers(int(rule.low), int(rule.high)) if parameter.kind is int else st.floats(rule.low, rule.high)
    value = data.draw(number | inside)
    if rule.low <= value <= rule.high:
        kept = step.complete({parameter.name: value})[parameter.name]
        assert math.isclose(kept, value)
        assert type(kept) is parameter.kind
        assert step.parse(parameter.name, repr(value)) == kept
    else:
        with pytest.raises(LikenessError, match="is out of range; allowed: "):
            step.complete({parameter.name: value})


@pytest.mark.parametrize(("step", "parameter"), PARAMETERS)
def test_defaults_and_what_is_gentler_are_legal(step: Step, parameter: Parameter) -> None:
    softer = step.gentler(step.complete({}))
    assert step.complete(softer) == softer
    rule = parameter.rule
    if isinstance(rule, Param) and rule.neutral is not None and parameter.default != rule.neutral:
        assert abs(softer[parameter.name] - rule.neutral) < abs(parameter.default - rule.neutral)
