"""Recipe: the ordered steps of one version, with their parameters. It always starts from the original: nothing is patched on top."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from likeness.errors import LikenessError, unknown
from likeness.pictures import PREFIX
from likeness.portrait import Portrait
from likeness.schema import Step
from likeness.steps import all_steps

# The order of the steps, a reason per line: realism before polish, and nothing reads what a later step will change.
ORDER = (
    "white_balance",  # first: every later measure of light or colour reads neutral light
    "exposure",  # the scene's light is settled before anything is composited into it
    "background",  # matched to the subject's final light
    "frame",  # last: the steps before it see evidence from outside the frame
)


@dataclass(frozen=True)
class RecipeStep:
    """One step with all its parameters."""

    step: str
    params: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"step": self.step, "params": dict(self.params)}


@dataclass(frozen=True)
class Recipe:
    """Steps in ORDER, each at most once, parameters complete and checked."""

    steps: tuple[RecipeStep, ...]

    @classmethod
    def of(cls, settings: Mapping[str, Mapping[str, Any]]) -> Recipe:
        """The recipe with the steps that ``settings`` names, in ORDER. LikenessError for unknown steps, parameters or values."""
        known = all_steps()
        for name in settings:
            if name not in known:
                raise unknown("step", name, known)
        return cls(tuple(RecipeStep(n, known[n].complete(settings[n])) for n in ordered(known.values()) if n in settings))

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """The recipe that ``as_json`` gave. LikenessError for any other shape, by name."""
        if not isinstance(data, Mapping) or set(data) != {"steps"} or not isinstance(data["steps"], list):
            raise LikenessError("is not a recipe", where="recipe", hint='give {"steps": [{"step": NAME, "params": {}}]}')
        settings: dict[str, Any] = {}
        for item in data["steps"]:
            if not _is_step(item):
                raise LikenessError(f"{item!r} is not a step", where="recipe", hint='give {"step": NAME, "params": {}}')
            if item["step"] in settings:
                raise LikenessError("stands twice", where=f"recipe: {item['step']}", hint="name each step once")
            settings[item["step"]] = item.get("params", {})
        return cls.of(settings)

    def as_json(self) -> dict[str, Any]:
        return {"steps": [s.as_json() for s in self.steps]}

    @property
    def pictures(self) -> set[str]:
        """The sha256 of every picture that it needs beside the source."""
        texts = [value for s in self.steps for value in s.params.values() if isinstance(value, str)]
        return {text.removeprefix(PREFIX) for text in texts if text.startswith(PREFIX)}

    def settings(self) -> dict[str, dict[str, Any]]:
        """Step name -> its parameters, as ``of`` takes them."""
        return {s.step: dict(s.params) for s in self.steps}

    def with_settings(self, changes: Mapping[str, Mapping[str, Any]]) -> Recipe:
        """The recipe with some parameters changed; a step that it lacks is added with them."""
        merged = self.settings()
        for name, params in changes.items():
            merged[name] = merged.get(name, {}) | dict(params)
        return Recipe.of(merged)

    def gentler(self, failing: Iterable[str] | None = None) -> Recipe:
        """Less of every step that may move one of the ``failing`` measures, or of all steps. The same recipe when none can."""
        known = all_steps()
        failed = {name for step in known.values() for name in step.changes} if failing is None else set(failing)
        return Recipe(
            tuple(
                RecipeStep(s.step, known[s.step].gentler(s.params)) if failed & set(known[s.step].changes) else s
                for s in self.steps
            )
        )


def _is_step(item: Any) -> bool:
    """Whether ``item`` has the JSON shape of a recipe's step, whatever its names and values."""
    return (
        isinstance(item, Mapping)
        and isinstance(item.get("step"), str)
        and isinstance(item.get("params", {}), Mapping)
        and not set(item) - {"step", "params"}
    )


def ordered(steps: Iterable[Step]) -> list[str]:
    """Step names in ORDER; a step that is not in it comes right after the one that its declaration names."""
    order, rest = list(ORDER), [s for s in steps if s.name not in ORDER]
    while rest:
        placed = [s for s in rest if s.after in order]
        if not placed:
            raise LikenessError(
                "has no place in the order", where=rest[0].name, hint=f"declare it with after= one of {', '.join(order)}"
            )
        for step in reversed(placed):
            order.insert(order.index(str(step.after)) + 1, step.name)
            rest.remove(step)
    return order


def apply(recipe: Recipe, source: Portrait, cache: dict[str, Portrait] | None = None) -> Portrait:
    """The result of ``recipe`` on ``source``. ``cache`` (one per source) keeps what recipes that begin alike share.

    Facts of shape that any step needs are read from the source, before its colours change.
    """
    known = all_steps()
    for item in recipe.steps:
        for fact in known[item.step].needs:
            getattr(source, fact)
    portrait, done = source, []
    for item in recipe.steps:
        done.append(item.as_json())
        key = json.dumps(done, sort_keys=True)
        if cache is not None and key in cache:
            portrait = cache[key]
            continue
        portrait = known[item.step].function(portrait, **item.params)
        if cache is not None:
            cache[key] = portrait
    return portrait
