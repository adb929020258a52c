"""Recipes in sentences: every step with its parameters, and what the next attempt did otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from likeness.params import Param, Parameter
from likeness.report.numbers import number, quantity
from likeness.report.views import Json
from likeness.steps import all_steps


@dataclass(frozen=True)
class Setting:
    """One parameter of a step: its name, what it does, its value, and whether at that value it does nothing."""

    name: str
    does: str
    value: str
    idle: bool


@dataclass(frozen=True)
class StepText:
    """One step of a recipe, readable."""

    title: str
    does: str
    settings: list[Setting]


def recipe_text(recipe: Json) -> list[StepText]:
    """The steps of a recipe in order, with their parameters in words and units."""
    known = all_steps()
    told = []
    for item in recipe["steps"]:
        step = known.get(item["step"])
        params = item.get("params", {})
        if step is None:
            plain = [Setting(name, spoken(name), str(value), False) for name, value in params.items()]
            told.append(StepText(spoken(item["step"]), "A step that is not installed here.", plain))
            continue
        settings = [_setting(step.params.get(name), name, value) for name, value in params.items()]
        told.append(StepText(step.title, _first_sentence(step.doc), settings))
    return told


def _setting(parameter: Parameter | None, name: str, value: Any) -> Setting:
    rule = parameter.rule if parameter else None
    if not isinstance(rule, Param):
        return Setting(name, rule.help if rule else spoken(name), str(value), False)
    return Setting(name, rule.help, quantity(value, rule.unit), value == rule.neutral)


def differences(before: Json, after: Json) -> str:
    """What the next attempt did otherwise, in words."""
    changes = [
        f"{spoken(step).lower()}, {spoken(name).lower()}: {_plain(old)} → {_plain(new)}"
        for step, name, old, new in _changed(before, after)
    ]
    return "; ".join(changes)


def _changed(before: Json, after: Json) -> Iterator[tuple[str, str, Any, Any]]:
    earlier = {item["step"]: item.get("params", {}) for item in before["steps"]}
    for item in after["steps"]:
        old: Mapping[str, Any] = earlier.get(item["step"], {})
        for name, value in item.get("params", {}).items():
            if old.get(name) != value:
                yield item["step"], name, old.get(name), value


def _plain(value: Any) -> str:
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _first_sentence(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split()).split(". ")[0].rstrip(".") + "."


def spoken(name: str) -> str:
    """The name of a step, a parameter or a measure as a word."""
    return name.replace("_", " ").capitalize()
