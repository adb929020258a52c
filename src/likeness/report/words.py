"""What a report says: verdicts, findings, parameters and recipes in sentences, and numbers with their units."""

from __future__ import annotations

import functools
import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from likeness.discovery import plugin_files
from likeness.measures import result_measures, source_measures
from likeness.report.views import AuditReport, Json, MakeReport
from likeness.schema import Param, Parameter
from likeness.steps import all_steps

IPD_MM = 63  # one eye distance in life
STATUS = {"natural": "Natural", "warn": "Borderline", "fail": "Fails", "not-assessed": "Not assessed"}
VERDICT = {
    "keep": "Keep",
    "fix-background": "Fix the background",
    "regenerate": "Make it again",
    "new-source": "Another photo",
    "cannot-tell": "Cannot tell",
}
VERDICT_STATUS = {
    "keep": "natural",
    "fix-background": "warn",
    "regenerate": "fail",
    "new-source": "fail",
    "cannot-tell": "not-assessed",
}
MEANING = {
    "keep": "Nothing that was measured departs from the source by more than ordinary handling does.",
    "fix-background": "The person is untouched; the background does not hold up.",
    "regenerate": "A face or body finding fails. It should be made again with less of the failing step, never patched.",
    "new-source": "The source itself cannot carry this use.",
    "cannot-tell": "What decides could not be measured, and not measured is never a pass.",
}
_WITH = {"keep": "with its own background", "blur": "with the background blurred"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
VERSION = {"keep": "Background kept", "blur": "Background blurred"}


def version_title(name: str) -> str:
    """What a version is called: by its background."""
    return VERSION.get(name) or f"Backdrop “{name.replace('_', ' ')}”"


def measure_title(name: str) -> str:
    """The title that a measure declares."""
    return _titles(tuple(plugin_files())).get(name) or _spoken(name)


@functools.cache
def _titles(plugins: tuple[Path, ...]) -> dict[str, str]:
    return {name: measure.title for name, measure in (result_measures() | source_measures()).items()}


def headline(report: MakeReport) -> str:
    """The verdict of a ``make`` in one sentence."""
    if report.kept is None:
        return _none_kept(report)
    which = _WITH.get(report.shown.name) or f"before the backdrop “{report.shown.name.replace('_', ' ')}”"
    passed = sum(version.audit["verdict"] == "keep" for version in report.versions)
    if len(report.versions) == 1:
        return f"Kept, {which}."
    if passed == 1:
        return f"Kept, {which}: the only one of {_count(len(report.versions))} versions that passed every check."
    return f"Kept, {which}: the most believable of {_count(len(report.versions))} versions."


def reasons(report: MakeReport) -> str:
    """Why the kept version was kept."""
    borderline = [measure_title(f["measure"]).lower() for f in report.shown.audit["findings"] if f["status"] == "warn"]
    if not borderline:
        return "Nothing that was measured departs from your photo by more than ordinary handling does."
    return f"Nothing fails against your photo; {_listed(borderline)} {'is' if len(borderline) == 1 else 'are'} borderline."


def _none_kept(report: MakeReport) -> str:
    failing = list(dict.fromkeys(measure_title(name).lower() for v in report.versions for name in _failing(v.audit)))
    if not failing:
        return "No version was kept: what decides could not be measured."
    every = "The version was" if len(report.versions) == 1 else f"All {_count(len(report.versions))} versions were"
    return f"No headshot this time. {every} refused because of {_listed(failing)}."


def audit_headline(report: AuditReport) -> str:
    """The verdict of an ``audit`` in one sentence."""
    verdicts = [result.audit["verdict"] for result in report.results]
    kept = verdicts.count("keep")
    if not verdicts:
        return "No result could be audited."
    if len(verdicts) == 1:
        failing = [measure_title(name).lower() for name in _failing(report.results[0].audit)]
        return {"keep": "It holds up: nothing measured fails against the source.", "cannot-tell": "It cannot be told."}.get(
            verdicts[0], f"It does not hold up because of {_listed(failing)}."
        )
    some = _count(kept).capitalize() if kept else "None"
    return f"{some} of {_count(len(verdicts))} results {'holds' if kept == 1 else 'hold'} up against the source."


def summary(audit: Json) -> str:
    """Why an audit came out as it did, in a sentence or two."""
    failing, open_ = _failing(audit), [f["measure"] for f in audit["findings"] if f["status"] == "not-assessed"]
    if failing:
        reasons = [f["reason"] for f in audit["findings"] if f["status"] == "fail"]
        return " ".join(sentence(reason) for reason in reasons)
    if audit["verdict"] == "cannot-tell" and open_:
        return f"Not assessed: {_listed([measure_title(name).lower() for name in open_])}."
    borderline = [f["reason"] for f in audit["findings"] if f["status"] == "warn"]
    if borderline:
        return f"Nothing fails. Borderline: {' '.join(sentence(reason) for reason in borderline)}"
    return MEANING[audit["verdict"]]


def in_short(audit: Json) -> str:
    """What fails, or else what is borderline, by name."""
    failing = _failing(audit) or [f["measure"] for f in audit["findings"] if f["status"] == "warn"]
    return sentence(_listed([measure_title(name).lower() for name in failing])) if failing else ""


def _failing(audit: Json) -> list[str]:
    return [f["measure"] for f in audit["findings"] if f["status"] == "fail"]


# -- numbers


def quantity(value: float | None, unit: str) -> str:
    """A value with its unit as people write it."""
    if value is None:
        return "not measured"
    if unit == "share":
        return f"{_number(100 * value)} %"
    if unit == "IPD":
        return f"{_number(value)} eye distances ({value * IPD_MM:.2g} mm)"
    if unit == "EV":
        return f"{value:+.2g} EV"
    return f"{_number(value)}{_UNIT.get(unit, ' ' + unit if unit else '')}"


_UNIT = {"ratio": " ×", "dE00": " ΔE00", "% IPD": " % of the eye distance", "degrees": "°", "distance": "", "px": " px", "": ""}


def natural_range(finding: Json) -> str:
    """The natural range of a finding, in words; "" when it has none."""
    low, high = finding["natural"]
    unit = finding["unit"]
    if low is None and high is None:
        return ""
    if low is None or (low == 0 and high is not None):
        return f"at most {quantity(high, unit)}"
    if high is None:
        return f"at least {quantity(low, unit)}"
    if unit == "share":
        return f"{_number(100 * low)} to {_number(100 * high)} %"
    return f"{_number(low)} to {quantity(high, unit)}"


@dataclass(frozen=True)
class Gauge:
    """Where on a bar of 100 the natural range begins and ends, and where the value stands."""

    low: float
    high: float
    at: float


def gauge(finding: Json) -> Gauge | None:
    """The bar of a finding: its natural range in the middle, or from one end where it has no limit there. None without a value."""
    value, (low, high) = finding["value"], finding["natural"]
    if value is None or (low is None and high is None):
        return None
    if high is None:
        return Gauge(50, 100, _clamped(50 + 50 * (value - low) / (abs(low) or 1.0)))
    if low is None or low == 0:
        return Gauge(0, 50, _clamped(50 + 50 * (value - high) / (abs(high) or 1.0)))
    return Gauge(30, 70, _clamped(30 + 40 * (value - low) / ((high - low) or 1.0)))


def _clamped(share: float) -> float:
    return round(min(98.0, max(2.0, share)), 1)


def _number(value: float) -> str:
    """Three significant digits, no exponent, no needless zeros."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size(count: int) -> str:
    """A number of bytes."""
    return f"{_number(count / 1e6)} MB" if count >= 1e6 else f"{_number(count / 1e3)} kB"


# -- recipes


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
            plain = [Setting(name, _spoken(name), str(value), False) for name, value in params.items()]
            told.append(StepText(_spoken(item["step"]), "A step that is not installed here.", plain))
            continue
        settings = [_setting(step.params.get(name), name, value) for name, value in params.items()]
        told.append(StepText(step.title, _first_sentence(step.doc), settings))
    return told


def _setting(parameter: Parameter | None, name: str, value: Any) -> Setting:
    rule = parameter.rule if parameter else None
    if not isinstance(rule, Param):
        return Setting(name, rule.help if rule else _spoken(name), str(value), False)
    return Setting(name, rule.help, quantity(value, rule.unit), value == rule.neutral)


def differences(before: Json, after: Json) -> str:
    """What the next attempt did otherwise, in words."""
    changes = [
        f"{_spoken(step).lower()}, {_spoken(name).lower()}: {_plain(old)} → {_plain(new)}"
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
    return _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _first_sentence(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split()).split(". ")[0].rstrip(".") + "."


def sentence(text: str) -> str:
    """``text`` with a capital first and a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def shell_word(name: str) -> str:
    """A file name as a shell takes it."""
    return shlex.quote(name)


def file_name(path: str) -> str:
    """The name of a file without its folders."""
    return PurePath(path).name
