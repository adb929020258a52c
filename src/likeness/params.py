"""What a step takes: numbers and words, each with the rule that it obeys."""

from __future__ import annotations

import inspect
import math
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from likeness.errors import LikenessError

Number = int | float


@dataclass(frozen=True)
class Param:
    """A number that a step takes.

    Parameters
    ----------
    help : what it does, one clause.
    low, high : the legal range, both ends included.
    unit : ``"IPD"``, ``"EV"``, ``"share"``...
    ui : the narrower range that a slider offers; the legal range when absent.
    neutral : the value at which it does nothing; backing off moves toward it. None: it has no such value.
    """

    help: str
    low: float
    high: float
    unit: str = ""
    ui: tuple[float, float] | None = None
    neutral: float | None = None

    def check(self, value: Any, where: str, kind: type) -> Number:
        """``value`` as a number of type ``kind``; LikenessError when it is none, not finite or out of range."""
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise LikenessError(f"'{value}' is not a number", where=where, hint=self.range) from None
        if isinstance(value, bool) or not math.isfinite(number):
            raise LikenessError(f"'{value}' is not a finite number", where=where, hint=self.range)
        if kind is int and number != int(number):
            raise LikenessError(f"'{value}' is not a whole number", where=where, hint=self.range)
        if not self.low <= number <= self.high:
            raise LikenessError(f"{value} is out of range", where=where, hint=self.range)
        return int(number) if kind is int else number

    @property
    def range(self) -> str:
        return f"allowed: {self.low:g} to {self.high:g}{' ' + self.unit if self.unit else ''}"

    def schema(self, kind: type) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "type": "integer" if kind is int else "number",
            "description": self.help,
            "minimum": self.low,
            "maximum": self.high,
        }
        return shape | {k: v for k, v in (("unit", self.unit), ("ui", self.ui), ("neutral", self.neutral)) if v or v == 0}


@dataclass(frozen=True)
class Text:
    """A word that a step takes. ``pattern`` is a regular expression for the whole of it; ``samples`` are legal values."""

    help: str
    pattern: str
    samples: tuple[str, ...]

    def check(self, value: Any, where: str, kind: type) -> str:
        """``value`` when it is text of the right form; else LikenessError."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise LikenessError(f"'{value}' is not understood", where=where, hint=f"for example {', '.join(self.samples)}")
        return value

    def schema(self, kind: type) -> dict[str, Any]:
        return {"type": "string", "description": self.help, "pattern": self.pattern, "examples": list(self.samples)}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a step: its name, type and default, and the rule it obeys."""

    name: str
    kind: type
    default: Any
    rule: Param | Text

    def schema(self) -> dict[str, Any]:
        return self.rule.schema(self.kind) | {"default": self.default}


def parameters_of(function: Callable[..., Any]) -> dict[str, Parameter]:
    """The keyword-only parameters of ``function``, each declared as ``Annotated[type, Param(...) | Text(...)] = default``."""
    hints = typing.get_type_hints(function, include_extras=True)
    found: dict[str, Parameter] = {}
    for name, signature in inspect.signature(function).parameters.items():
        if signature.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        kind, *notes = typing.get_args(hints[name]) or (hints[name],)
        rules = [note for note in notes if isinstance(note, Param | Text)]
        if len(rules) != 1 or signature.default is inspect.Parameter.empty:
            raise LikenessError("needs one Param or Text and a default", where=f"{function.__name__}.{name}")
        rules[0].check(signature.default, f"{function.__name__}.{name}", kind)
        found[name] = Parameter(name, kind, signature.default, rules[0])
    return found
