"""Making versions of one source: a recipe each, audited, made gentler where the audit fails, and the most believable of them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from likeness.comparison.pair import ENOUGH_IPD, Pair
from likeness.errors import LikenessError
from likeness.faces import find_faces
from likeness.matte import GUESSED
from likeness.outcomes import Outcome
from likeness.photo import decode_photo, encode, open_photo
from likeness.pictures import PREFIX, lend, lent
from likeness.portrait import Portrait
from likeness.recipe import Recipe, apply
from likeness.steps.background import BLUR, backdrop_names, background, surface_of
from likeness.verdict import Audit, audit_pair

ATTEMPTS = 3
AT_ONCE = 2  # versions in the making: while one is applied, which takes memory, or waits for the other, the other is audited
KEEP = "keep"  # the photo's own background
LIGHT = ("white_balance", "exposure")
QUALITY = 95  # of the JPEG that a version is kept as; the audit sees what it cost
Settings = Mapping[str, Mapping[str, Any]]
_applying = threading.Lock()


@dataclass(frozen=True)
class Attempt:
    """A recipe that was tried, and what the audit said of its result."""

    recipe: Recipe
    audit: Audit

    def as_json(self) -> dict[str, Any]:
        return {"recipe": self.recipe.as_json(), "audit": self.audit.as_json()}


@dataclass(frozen=True, eq=False)
class Version:
    """One result of one recipe on one source. ``data``: it as a file's bytes; ``attempts``: all that was tried, it last."""

    name: str
    portrait: Portrait = field(repr=False)
    data: bytes = field(repr=False)
    attempts: tuple[Attempt, ...]
    id: str = ""
    parent: str | None = None
    file: Path | None = None

    @property
    def recipe(self) -> Recipe:
        return self.attempts[-1].recipe

    @property
    def audit(self) -> Audit:
        return self.attempts[-1].audit

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "parent": self.parent,
            "file": None if self.file is None else str(self.file),
            "recipe": self.recipe.as_json(),
            "audit": self.audit.as_json(),
            "attempts": [attempt.as_json() for attempt in self.attempts],
        }


def plan(outcome: Outcome, count: int, backdrop: str | None, settings: Settings) -> dict[str, Recipe]:
    """The recipes to make, by the versions' names; ``settings`` (step -> parameter -> value) hold for every one of them.

    A ``backdrop`` that is asked for comes first in three strengths: in full, gentler, and in the photo's own light. Then, and without
    one, the outcome's backgrounds in its own order and the other drawn backdrops. IMAGE is a picture's path.
    """
    if count < 1:
        raise LikenessError(f"{count} is out of range", where="versions", hint="make at least one")
    recipes: dict[str, Recipe] = {}
    if backdrop is not None:
        name, asked = backdrop_named(backdrop)
        full = recipe_for(outcome, asked, settings)
        own_light = Recipe.of({step: params for step, params in full.settings().items() if step not in LIGHT})
        recipes = {name: full, f"{name}-gentle": full.gentler(), f"{name}-own-light": own_light}
    for choice in (*outcome.backdrops, *backdrop_names()):
        recipes.setdefault(choice, recipe_for(outcome, choice, settings))
    return dict(list(recipes.items())[:count])


def name_of(recipe: Recipe) -> str:
    """What a version of ``recipe`` is called: by its background."""
    behind = recipe.settings().get("background", {}).get("backdrop", KEEP)
    return lent(behind).path.stem if behind.startswith(PREFIX) else str(behind)


def backdrop_named(backdrop: str) -> tuple[str, str]:
    """What a version with ``backdrop`` is called, and how the step is told: keep, blur, a name, #RRGGBB, or a picture's path.

    LikenessError when it is none of these.
    """
    if backdrop in (KEEP, BLUR):
        return backdrop, backdrop
    path = Path(backdrop)
    if path.is_file():
        return path.stem, lend(open_photo(path))
    if path.suffix or path.is_dir():
        what = "is no picture" if path.exists() else "does not exist"
        raise LikenessError(what, where=f"backdrop '{backdrop}'", hint="give a picture's file")
    try:
        surface_of(background.parse("backdrop", backdrop))
    except LikenessError as error:
        raise LikenessError(error.what, where="backdrop", hint=f"{error.hint}, or give keep, #RRGGBB or a picture's file") from None
    return backdrop, backdrop


def recipe_for(outcome: Outcome, backdrop: str, settings: Settings) -> Recipe:
    """Realism steps, the background unless it is kept, and the outcome's frame."""
    steps: dict[str, dict[str, Any]] = {"white_balance": {}, "exposure": {}, "frame": outcome.frame.model_dump()}
    if backdrop == KEEP:
        settings = {step: params for step, params in settings.items() if step != "background"}
    else:
        steps["background"] = {"backdrop": backdrop}
    return Recipe.of(steps).with_settings(settings)


def make_versions(recipes: Mapping[str, Recipe], source: Portrait) -> Generator[Version, None, None]:
    """A version of each recipe on ``source``, by the recipes' names and in their order, AT_ONCE at a time on threads.

    What making one raises is raised in its place. When the caller stops, those that are not begun never are, and there is no further
    attempt at those that are.
    """
    cache: dict[str, Portrait] = {}
    stop = threading.Event()
    with ThreadPoolExecutor(AT_ONCE, "version") as pool:
        coming: list[Future[Version]] = []
        try:
            for name, recipe in recipes.items():
                begun = threading.Event()
                coming.append(pool.submit(make_version, name, recipe, source, cache, stop, begun))
                if len(coming) < AT_ONCE:  # the first, which is the quickest to apply, is applied first
                    begun.wait()
            for version in coming:
                yield version.result()
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)


def make_version(
    name: str,
    recipe: Recipe,
    source: Portrait,
    cache: dict[str, Portrait],
    stop: threading.Event | None = None,
    begun: threading.Event | None = None,
) -> Version:
    """``recipe`` on ``source``, with gentler recipes where the audit fails, ATTEMPTS at most and none after ``stop``; the last tried.
    ``begun`` is set when it is being applied.

    Recipes are applied one at a time, whoever asks: it takes the memory of several pictures.
    """
    attempts: list[Attempt] = []
    while True:
        with _applying:
            if begun is not None:
                begun.set()
            portrait = apply(recipe, source, cache)
        data = encode(portrait.pixels, "jpeg", quality=QUALITY)
        attempts.append(Attempt(recipe, audit_of(source, data, name)))
        softer = recipe.gentler(attempts[-1].audit.failing)
        last = len(attempts) == ATTEMPTS or (stop is not None and stop.is_set())
        if last or not attempts[-1].audit.failing or softer == recipe:
            return Version(name, portrait, data, tuple(attempts))
        recipe = softer


def audit_of(source: Portrait, data: bytes, name: str) -> Audit:
    """The audit of a version as anybody would see it: decoded from its bytes, its face found anew."""
    photo = decode_photo(data, Path(f"{name}.jpg"))
    faces = find_faces(photo)
    if not faces:
        return Audit(str(source.photo.path), name, "same-photo", "cannot-tell", None, ())
    result = Portrait.of(photo, faces[0], max_ipd=ENOUGH_IPD)
    return audit_pair(Pair(source, result), source=str(source.photo.path), result=name)


def is_guess(version: Version, source: Portrait) -> bool:
    """Whether ``version`` has another background, and where ``source`` ends before its own was guessed: then no audit can check the edge."""
    behind = version.recipe.settings().get("background", {}).get("backdrop", KEEP)
    return behind not in (KEEP, BLUR) and source.guessed > GUESSED


def most_believable(versions: Sequence[Version], source: Portrait) -> Version | None:
    """The best of those whose verdict is keep, the earlier of equals, and no guess where there is another; None when there is none."""
    passed = [v for v in versions if v.audit.verdict == "keep"]
    return max(passed, key=lambda v: (not is_guess(v, source), v.audit.believability or 0.0, -v.audit.departure), default=None)
