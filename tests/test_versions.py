"""Which versions are made, and which is kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
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
from likeness.versions import ATTEMPTS, Attempt, Version, is_guess, make_version, make_versions, most_believable, plan

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
    assert most_believable([a, b, c, d], hopper_portrait) is b
    assert most_believable([a, d], hopper_portrait) is a
    assert most_believable([d], hopper_portrait) is None
    assert most_believable([], hopper_portrait) is None


def test_another_background_behind_a_guessed_outline_comes_after_the_photos_own(hopper_portrait: Portrait) -> None:
    own, other = judged(hopper_portrait, "keep", 2.0), judged(hopper_portrait, "studio", 0.5)
    studio = Recipe.of({"background": {"backdrop": "studio"}})
    other = replace(other, attempts=(replace(other.attempts[0], recipe=studio),))
    told, guessed = (replace(hopper_portrait, facts={**hopper_portrait.facts, "guessed": share}) for share in (0.05, 0.3))
    assert most_believable([own, other], told) is other
    assert most_believable([own, other], guessed) is own
    assert most_believable([other], guessed) is other
    assert [is_guess(v, guessed) for v in (own, other)] == [False, True]
    assert not is_guess(other, told)


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


# -- several at once


def in_the_making() -> list[str]:
    """The threads on which versions are made."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("version")]


def dosed(names: str) -> dict[str, Recipe]:
    """A recipe for each letter of ``names``, each with another dose."""
    return {name: Recipe.of({"white_balance": {"amount": 1 - 0.1 * n}}) for n, name in enumerate(names)}


Fake = Callable[[Callable[[str], None]], list[str]]


@pytest.fixture
def audited(hopper_portrait: Portrait, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Lets every audit call what it is given with the version's name, and then fail; gives back whose audits there were."""

    def fake(call: Callable[[str], None]) -> list[str]:
        names: list[str] = []
        failing = judged(hopper_portrait, "x", 9.0).audit
        failing = replace(failing, findings=(replace(failing.findings[0], measure="skin_colour"),))

        def audit(source: Portrait, data: bytes, name: str) -> Audit:
            names.append(name)
            call(name)
            return failing

        monkeypatch.setattr("likeness.versions.audit_of", audit)
        return names

    return fake


def test_made_at_once_they_are_what_they_are_one_after_the_other(
    hopper_portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = {name: plan(LINKEDIN, 3, None, {})[name] for name in ("keep", "studio")}
    made = {}
    for at_once in (1, 2):
        monkeypatch.setattr("likeness.versions.AT_ONCE", at_once)
        fresh = replace(hopper_portrait, facts={})
        made[at_once] = {v.name: (v.data, json.dumps(v.audit.as_json())) for v in make_versions(recipes, fresh)}
    assert list(made[2]) == ["keep", "studio"]
    assert made[1] == made[2]


def test_two_are_audited_at_once(hopper_portrait: Portrait, audited: Fake) -> None:
    both = threading.Barrier(2)

    def meet(name: str) -> None:
        both.wait(20)  # one alone would wait, and break it

    audited(meet)
    assert [v.name for v in make_versions(dosed("ab"), hopper_portrait)] == ["a", "b"]


def test_an_error_in_one_audit_reaches_the_caller_in_its_place_and_ends_the_rest(hopper_portrait: Portrait, audited: Fake) -> None:
    def broken(name: str) -> None:
        if name == "b":
            raise LikenessError("cannot be audited", where=name)

    names = audited(broken)
    coming = make_versions(dosed("abcdefgh"), hopper_portrait)
    assert next(coming).name == "a"
    with pytest.raises(LikenessError, match="cannot be audited"):
        next(coming)
    assert "h" not in names
    assert in_the_making() == []


def test_a_caller_who_stops_waits_for_no_further_attempt(hopper_portrait: Portrait, audited: Fake) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait_for_the_end(name: str) -> None:
        if name == "b":
            begun.set()
            assert go_on.wait(20)

    names = audited(wait_for_the_end)
    coming = make_versions(dosed("abcdefgh"), hopper_portrait)
    next(coming)
    assert begun.wait(20)
    threading.Timer(0.3, go_on.set).start()
    coming.close()
    assert in_the_making() == []
    assert names.count("b") == 1
    assert len(names) < 8 * ATTEMPTS / 2
