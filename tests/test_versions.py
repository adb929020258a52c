"""Which versions are made, and which is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from likeness.errors import LikenessError
from likeness.findings import Finding
from likeness.limits import Limits
from likeness.measures import result_measures
from likeness.outcomes import outcome
from likeness.photo import open_photo
from likeness.pictures import lend, lent
from likeness.portrait import Portrait
from likeness.recipe import Recipe
from likeness.schema import Reading
from likeness.verdict import Audit, believability_of, verdict_of
from likeness.versions import ATTEMPTS, Attempt, Version, make_version, most_believable, plan

LINKEDIN = outcome("linkedin")


def test_without_a_backdrop_the_outcomes_own_come_in_its_order() -> None:
    recipes = plan(LINKEDIN, 3, None, {})
    assert list(recipes) == list(LINKEDIN.backdrops)
    assert "background" not in recipes["keep"].settings()
    assert recipes["blur"].settings()["background"]["backdrop"] == "blur"


def test_a_backdrop_comes_in_three_strengths() -> None:
    full, gentle, own_light = plan(LINKEDIN, 3, "dark", {}).values()
    assert {r.settings()["background"]["backdrop"] for r in (full, gentle, own_light)} == {"dark"}
    assert gentle.settings()["exposure"]["amount"] < full.settings()["exposure"]["amount"]
    assert {"white_balance", "exposure"}.isdisjoint(own_light.settings())


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_as_many_versions_as_asked_for(count: int) -> None:
    assert len(plan(LINKEDIN, count, "studio", {})) == count


def test_a_setting_of_the_background_does_not_replace_a_kept_one() -> None:
    recipes = plan(LINKEDIN, 3, None, {"background": {"blur": 0.3}, "exposure": {"amount": 0.5}})
    assert "background" not in recipes["keep"].settings()
    assert recipes["studio"].settings()["background"]["blur"] == 0.3
    assert {r.settings()["exposure"]["amount"] for r in recipes.values()} == {0.5}


@pytest.mark.parametrize("backdrop", ["studoi", "#12", "#gggggg", "nowhere.jpg"])
def test_an_unknown_backdrop_is_refused(backdrop: str) -> None:
    with pytest.raises(LikenessError):
        plan(LINKEDIN, 3, backdrop, {})


def test_a_picture_becomes_a_name_that_a_recipe_can_hold(hopper: Path) -> None:
    (name, recipe) = next(iter(plan(LINKEDIN, 1, str(hopper), {}).items()))
    assert name == "grace_hopper"
    assert recipe.pictures == {open_photo(hopper).sha256}
    assert Recipe.from_json(recipe.as_json()) == recipe


def test_a_picture_that_nobody_lent_is_named(hopper: Path) -> None:
    assert lent(lend(open_photo(hopper))).path == hopper
    with pytest.raises(LikenessError, match="not at hand"):
        lent("picture:" + "0" * 64)


def judged(portrait: Portrait, name: str, value: float) -> Version:
    finding = Finding.of(result_measures()["texture"], Reading(value, "so"), Limits((0, 1), (0, 3)))
    audit = Audit("me", name, "same-photo", verdict_of([finding]), believability_of([finding]), (finding,))
    return Version(name, portrait, b"", (Attempt(Recipe(()), audit),))


def test_the_most_believable_is_kept_and_of_equals_the_earlier(hopper_portrait: Portrait) -> None:
    a, b, c, d = (judged(hopper_portrait, n, v) for n, v in (("a", 2.0), ("b", 0.5), ("c", 0.2), ("d", 9.0)))
    assert most_believable([a, b, c, d]) is b
    assert most_believable([a, d]) is a
    assert most_believable([d]) is None
    assert most_believable([]) is None


def test_a_failing_version_is_made_gentler_and_given_up_after_three_attempts(
    hopper_portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = judged(hopper_portrait, "x", 9.0).audit
    failing = replace(failing, findings=(replace(failing.findings[0], measure="skin_colour"),))
    monkeypatch.setattr("likeness.versions.audit_of", lambda *_: failing)
    made = make_version("x", Recipe.of({"white_balance": {}}), hopper_portrait, {})
    amounts = [attempt.recipe.settings()["white_balance"]["amount"] for attempt in made.attempts]
    assert len(amounts) == ATTEMPTS
    assert amounts == sorted(amounts, reverse=True)
    assert len(set(amounts)) == ATTEMPTS
