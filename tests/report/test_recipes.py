"""Recipes are told in sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from likeness.report import MakeReport, recipes

Make = Callable[..., MakeReport]


def test_every_step_and_parameter_is_told(make_view: Make) -> None:
    steps = recipes.recipe_text(make_view().versions[0].recipe)
    assert [step.title for step in steps] == ["Background", "Frame the head", "Gone since"]
    told: dict[str, Any] = {setting.does: setting for setting in steps[0].settings}
    assert len(told) == 4
    assert [setting.value for setting in steps[0].settings] == ["studio", "0.14 eye distances (8.8 mm)", "0 %", "+0.35 EV"]
    assert [setting.idle for setting in steps[0].settings] == [False, False, True, False]
