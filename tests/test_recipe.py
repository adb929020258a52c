"""A recipe is complete, ordered and checked; its JSON means the same recipe; unknown names are refused with the closest ones."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from likeness.errors import LikenessError
from likeness.portrait import Portrait
from likeness.recipe import ORDER, Recipe, apply, ordered
from likeness.schema import Step
from likeness.steps import all_steps

STEPS = all_steps()


def _step(name: str, after: str | None) -> Step:
    return Step(name, name, lambda portrait: portrait, "doc", (), (), after, {})


def test_every_built_in_step_has_a_place_and_every_place_a_step() -> None:
    assert set(ORDER) == {name for name in STEPS if STEPS[name].function.__module__.startswith("likeness.")}


def test_recipe_is_ordered_and_complete() -> None:
    recipe = Recipe.of({name: {} for name in reversed(ORDER)})
    assert [s.step for s in recipe.steps] == list(ORDER)
    for item in recipe.steps:
        assert set(item.params) == set(STEPS[item.step].params)


@pytest.mark.parametrize("name", ORDER)
def test_json_and_back_is_the_same_recipe(name: str) -> None:
    recipe = Recipe.of({name: {}})
    assert Recipe.from_json(json.loads(json.dumps(recipe.as_json()))) == recipe


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", 7, {}, {"steps": {}}, {"steps": [], "extra": 1}, {"steps": ["exposure"]}, {"steps": [{}]},
        {"steps": [{"step": "exposure", "parms": {}}]}, {"steps": [{"step": "exposre"}]}, {"steps": [{"step": []}]},
        {"steps": [{"step": "exposure"}, {"step": "exposure"}]}, {"steps": [{"step": "exposure", "params": {"nothing": 1}}]},
        {"steps": [{"step": "exposure", "params": None}]}, {"steps": [{"step": "exposure", "params": [1]}]},
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_refused_in_one_line(data: Any) -> None:
    with pytest.raises(LikenessError) as caught:
        Recipe.from_json(data)
    assert len(str(caught.value).splitlines()) == 1


def test_unknown_step_offers_the_closest() -> None:
    with pytest.raises(LikenessError, match="unknown step 'exposre'; did you mean exposure"):
        Recipe.of({"exposre": {}})


def test_with_settings_changes_only_what_is_named() -> None:
    first, *_ = STEPS[ORDER[0]].params.values()
    recipe = Recipe.of({ORDER[0]: {}, ORDER[1]: {}})
    changed = recipe.with_settings({ORDER[0]: {first.name: first.rule.low}})  # type: ignore[union-attr]
    assert changed.settings()[ORDER[1]] == recipe.settings()[ORDER[1]]
    assert changed.settings()[ORDER[0]][first.name] == first.rule.low  # type: ignore[union-attr]
    assert recipe == Recipe.of({ORDER[0]: {}, ORDER[1]: {}})


def test_gentler_takes_less_of_the_steps_that_may_move_what_failed() -> None:
    recipe = Recipe.of({name: {} for name in ORDER})
    failing = STEPS["exposure"].changes[:1]
    softer = recipe.gentler(failing)
    assert softer != recipe
    for before, after in zip(recipe.steps, softer.steps, strict=True):
        if not set(failing) & set(STEPS[before.step].changes):
            assert before == after
    assert recipe.gentler(["no measure"]) == recipe


def test_a_step_from_outside_comes_right_after_the_one_it_names() -> None:
    names = ordered([_step("polish", "exposure"), _step("shine", "polish")])
    assert names.index("polish") == names.index("exposure") + 1
    assert names.index("shine") == names.index("polish") + 1


def test_a_step_without_a_place_is_refused() -> None:
    with pytest.raises(LikenessError, match="lost: has no place in the order"):
        ordered([_step("lost", None)])


def test_apply_shares_what_recipes_have_in_common_and_leaves_the_source_alone(hopper_portrait: Portrait) -> None:
    before = hopper_portrait.pixels.copy()
    cache: dict[str, Portrait] = {}
    recipe = Recipe.of({"white_balance": {}, "exposure": {}})
    once = apply(recipe, hopper_portrait, cache)
    again = apply(recipe, hopper_portrait, cache)
    assert again is once
    assert len(cache) == 2
    fresh = apply(recipe, hopper_portrait)
    np.testing.assert_array_equal(fresh.pixels, once.pixels)
    np.testing.assert_array_equal(hopper_portrait.pixels, before)
