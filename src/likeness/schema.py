"""How a step, a measure and a backend are declared.

One declaration is the single source for everything that has to know about it: the range errors, the JSON schema,
the command-line options, the reference pages and the test that every parameter moves the output.
A file declares one thing and bears its name; ``likeness.discovery`` finds it.
"""

from __future__ import annotations

import inspect
import math
import threading
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from likeness.errors import LikenessError, missing, unknown
from likeness.image import Plane
from likeness.lazy import apart
from likeness.limits import NO_LIMITS, Limits
from likeness.params import Param, Parameter, parameters_of

Group = Literal["skin", "light", "shape", "identity", "colour", "expression", "body", "background", "source"]


@dataclass(frozen=True)
class Reading:
    """What a measure found: a value, where, and why in a plain sentence.

    ``heat``: the value place by place in the frame of the pair's ``faces``, (H, W), NaN where nothing is known.
    """

    value: float
    reason: str
    region: str = ""
    advice: str = ""
    heat: Plane | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class NotAssessed:
    """A measure could not be taken; never a pass. ``needs_ipd``: pixels between the eyes, where it is these that lack; else 0."""

    reason: str
    region: str = ""
    needs_ipd: float = 0.0


@dataclass(frozen=True)
class Declaration:
    """What steps, measures and backends have in common."""

    name: str
    title: str
    function: Callable[..., Any]
    doc: str = field(repr=False)


@dataclass(frozen=True)
class Step(Declaration):
    """One edit. ``changes``: the measures it may move. ``needs``: the facts it reads. ``after``: its place, when not in ORDER."""

    changes: tuple[str, ...]
    needs: tuple[str, ...]
    after: str | None
    params: Mapping[str, Parameter]

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters: those ``given``, checked, and the defaults of the rest. LikenessError names what is wrong."""
        for name in given:
            if name not in self.params:
                raise unknown("parameter", name, self.params, where=self.name)
        return {
            name: p.rule.check(given[name], f"{self.name}.{name}", p.kind) if name in given else p.default
            for name, p in self.params.items()
        }

    def parse(self, name: str, text: str) -> Any:
        """The value that ``text`` from a command line stands for."""
        if name not in self.params:
            raise unknown("parameter", name, self.params, where=self.name)
        parameter = self.params[name]
        return parameter.rule.check(text, f"{self.name}.{name}", parameter.kind)

    def gentler(self, params: Mapping[str, Any], factor: float = 0.5) -> dict[str, Any]:
        """``params`` with each number that has a neutral value moved toward it, keeping ``factor`` of the distance."""
        softer = dict(params)
        for name, p in self.params.items():
            if isinstance(p.rule, Param) and p.rule.neutral is not None:
                moved = p.rule.neutral + (params[name] - p.rule.neutral) * factor
                softer[name] = round(moved) if p.kind is int else moved
        return softer

    def __call__(self, portrait: Any, **given: Any) -> Any:
        return self.function(portrait, **self.complete(given))

    def schema(self) -> dict[str, Any]:
        """The JSON schema of this step's parameters."""
        return {
            "title": self.title,
            "description": self.doc,
            "type": "object",
            "properties": {name: p.schema() for name, p in self.params.items()},
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Measure(Declaration):
    """One number. ``about`` says whether of a photo alone (``source``) or of a result against its source (``result``).

    ``min_ipd``: pixels between the eyes that it takes; ``min_quality``: JPEG quality of the result's file that it takes. ``limits``: what
    is aimed at, where calibration starts from; ``other_photo``: the same for a result that is another photo.
    """

    group: Group
    unit: str
    min_ipd: float
    min_quality: int
    about: Literal["source", "result"]
    limits: Limits
    other_photo: Limits

    def __call__(self, subject: Any) -> Reading | NotAssessed:
        """The reading; NotAssessed where the eyes are too close together in pixels (``subject.ipd``), or the result is compressed too
        strongly (``subject.quality``)."""
        if subject.ipd < self.min_ipd:
            reason = f"the eyes are only {int(subject.ipd)} pixels apart; it takes {self.min_ipd:.0f} for {self.title.lower()}"
            return NotAssessed(reason, needs_ipd=self.min_ipd)
        if self.min_quality and subject.quality < self.min_quality:
            lacks = f"JPEG quality {subject.quality}, where it takes {self.min_quality}"
            return NotAssessed(f"the result is compressed too strongly ({lacks}): give it as it was before that")
        reading = self.function(subject)
        if isinstance(reading, Reading) and not math.isfinite(reading.value):
            return NotAssessed(f"no finite value was found for {self.title.lower()}", reading.region)
        return typing.cast("Reading | NotAssessed", reading)


Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Backend(Declaration, Generic[Loaded]):
    """Something that perceives: loaded on first use, once per process."""

    package: str
    licence: str
    _cache: list[Loaded] = field(default_factory=list, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __call__(self) -> Loaded:
        with self._lock:
            if not self._cache:
                try:
                    self._cache.append(apart(self.function))
                except ImportError as error:
                    raise missing(self.package, error) from error
        return self._cache[0]


def _describe(function: Callable[..., Any]) -> tuple[str, str]:
    name, doc = function.__name__, inspect.getdoc(function) or ""
    if not doc:
        raise LikenessError("has no docstring", where=name, hint="say what it does, in which units, and its source")
    if (stem := Path(inspect.getfile(function)).stem) != name:
        raise LikenessError(f"is declared in {stem}.py", where=name, hint=f"a declaration's file bears its name: {name}.py")
    return name, doc


def step(
    *, title: str, changes: tuple[str, ...] = (), needs: tuple[str, ...] = (), after: str | None = None
) -> Callable[[Callable[..., Any]], Step]:
    """Declare a step: a pure function ``(portrait, *, parameters) -> Portrait``."""

    def declare(function: Callable[..., Any]) -> Step:
        name, doc = _describe(function)
        return Step(name, title, function, doc, changes, needs, after, parameters_of(function))

    return declare


def measure(
    *,
    title: str,
    group: Group,
    unit: str,
    min_ipd: float = 0.0,
    min_quality: int = 0,
    about: Literal["source", "result"] = "result",
    limits: Limits = NO_LIMITS,
    other_photo: Limits | None = None,
) -> Callable[[Callable[..., Any]], Measure]:
    """Declare a measure: ``(pair) -> Reading | NotAssessed``; about a source: ``(portrait) -> ...``. ``limits``: see Measure."""

    def declare(function: Callable[..., Any]) -> Measure:
        name, doc = _describe(function)
        return Measure(name, title, function, doc, group, unit, min_ipd, min_quality, about, limits, other_photo or limits)

    return declare


def backend(*, title: str, package: str, licence: str) -> Callable[[Callable[[], Loaded]], Backend[Loaded]]:
    """Declare a backend: a function without arguments that loads it and returns the object to call."""

    def declare(function: Callable[[], Loaded]) -> Backend[Loaded]:
        name, doc = _describe(function)
        return Backend(name, title, function, doc, package, licence)

    return declare
