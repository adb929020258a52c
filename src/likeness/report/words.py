"""What a report says: verdicts and findings in sentences."""

from __future__ import annotations

import functools
import shlex
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from likeness.discovery import plugin_files
from likeness.measures import result_measures, source_measures
from likeness.report import facts
from likeness.report.numbers import number
from likeness.report.recipes import spoken
from likeness.report.views import AuditReport, Json, MakeReport

STATUS = {"natural": "Natural", "warn": "Borderline", "fail": "Fails", "not-assessed": "Not assessed"}
VERDICT = {
    "keep": "Keep",
    "fix-background": "Fix the background",
    "regenerate": "Make it again",
    "new-source": "Another photo",
    "cannot-tell": "Cannot tell",
}
THEIRS = VERDICT | {"regenerate": "Do not use"}
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
SAME = {
    "file": "It is your photo itself: the two files are the same, byte for byte.",
    "pixels": "It is your photo itself: every pixel is the same, only the file is another.",
}
_AMOUNTS = (
    ("smoothing", "of_texture", frozenset({"texture", "grain"})),
    ("reshaping", "of_shape", frozenset({"geometry", "symmetry", "expression", "body"})),
)
UNNOTICED = 10.0  # of 100; a score that no finding bears out is not told from there on
FILLED = 0.97  # of the picture by the photo; what is missing is no rounding
AS_IT_IS = "Nothing of the person that was measured departs from the source by more than ordinary handling does."
_WITH = {"keep": "with its own background", "blur": "with the background blurred"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
VERSION = {"keep": "Background kept", "blur": "Background blurred"}


def version_title(name: str) -> str:
    """What a version is called: by its background."""
    return VERSION.get(name) or f"Backdrop “{name.replace('_', ' ')}”"


def measure_title(name: str) -> str:
    """The title that a measure declares."""
    return _titles(tuple(plugin_files())).get(name) or spoken(name)


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
    how = facts.standing(report.shown.audit, [version.audit for version in report.versions])
    return f"Kept, {which}: {how} of {_count(len(report.versions))} versions."


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


def verdict_title(audit: Json, *, ours: bool) -> str:
    """The verdict in a word or two; ``ours``: of a version, which can be made again, and not of somebody else's picture."""
    if facts.is_stranger(audit):
        return "Somebody else"
    if facts.is_unlike(audit):
        return "Does not look like you"
    return (VERDICT if ours else THEIRS)[audit["verdict"]]


def audit_headline(report: AuditReport) -> str:
    """The verdict of an ``audit`` in one sentence."""
    audits = [result.audit for result in report.results]
    unread = len(report.errors)
    left_out = f"; {_count(unread)} {'file' if unread == 1 else 'files'} could not be audited" if unread and audits else ""
    return f"{_verdict_on(audits)}{left_out}."


def _verdict_on(audits: Sequence[Json]) -> str:
    if not audits:
        return "No result could be audited"
    if len(audits) == 1:
        return _verdict_on_one(audits[0])
    verdicts = [audit["verdict"] for audit in audits]
    kept, unknown, all_of_them = verdicts.count("keep"), verdicts.count("cannot-tell"), f"{_count(len(verdicts))} results"
    if kept:
        return f"{_count(kept).capitalize()} of {all_of_them} {'holds' if kept == 1 else 'hold'} up against the source"
    if unknown == len(verdicts):
        return f"Whether any of {all_of_them} holds up cannot be told"
    return f"None of {all_of_them} {'can be passed' if unknown else 'hold up against the source'}"


def _verdict_on_one(audit: Json) -> str:
    if facts.is_stranger(audit):
        return "It shows somebody else"
    if facts.is_unlike(audit):
        return "It does not look like the person in the source"
    failing = [measure_title(name).lower() for name in _failing(audit)]
    words = {"keep": "It holds up: nothing measured fails against the source", "cannot-tell": "Whether it holds up cannot be told"}
    return words.get(audit["verdict"], f"It does not hold up because of {_listed(failing)}")


_TALLY = {
    "fix-background": ("has a background that does not hold up", "have a background that does not hold up"),
    "regenerate": ("should not be used", "should not be used"),
    "stranger": ("shows somebody else", "show somebody else"),
    "unlike": ("does not look like you", "do not look like you"),
    "new-source": ("needs another source", "need another source"),
    "cannot-tell": ("cannot be told", "cannot be told"),
}


def tally(audits: Sequence[Json]) -> str:
    """How many of several results do not hold up, and for what, in a sentence; "" when all do."""
    often = Counter(_kind(audit) for audit in audits)
    said = [f"{_count(often[kind])} {words[often[kind] > 1]}" for kind, words in _TALLY.items() if often[kind]]
    return sentence(_listed(said)) if said else ""


def _kind(audit: Json) -> str:
    return "stranger" if facts.is_stranger(audit) else "unlike" if facts.is_unlike(audit) else str(audit["verdict"])


def summary(audit: Json) -> str:
    """Why an audit came out as it did, in a sentence or two."""
    failing = [f["reason"] for f in facts.told(audit).departing if f["status"] == "fail"]
    if failing:
        return " ".join(sentence(reason) for reason in failing)
    if audit["verdict"] == "cannot-tell":
        return " ".join(map(sentence, facts.missing(audit))) or MEANING["cannot-tell"]
    borderline = [f["reason"] for f in audit["findings"] if f["status"] == "warn"]
    if borderline:
        return f"Nothing fails. Borderline: {' '.join(sentence(reason) for reason in borderline)}"
    return AS_IT_IS if audit["verdict"] == "keep" and audit["tones"] else MEANING[audit["verdict"]]


def departing(audit: Json) -> str:
    """What departs from what is natural, in sentences; "" when nothing does."""
    return " ".join(sentence(f["reason"]) for f in facts.told(audit).departing)


def notes(audit: Json) -> list[str]:
    """How the result shows the photo, where that is not as it is: a sentence each."""
    said = [SAME[audit["same"]]] if audit["same"] else []
    if audit["tones"]:
        said.append(f"The whole picture was made {_listed(audit['tones'])}.")
    if audit["photo_share"] is not None and audit["photo_share"] < FILLED:
        filled = f"{100 * audit['photo_share']:.0f} %"
        said.append(f"Your photo fills only {filled} of the picture: around it lies a border or a screen, or more was added.")
    if audit["faces"] > 1:
        said.append(f"It shows {audit['faces']} faces; the one most like the source was judged.")
    if laid := facts.laid(audit):
        said.append(f"It shows the photo {laid}; it was turned back to be compared.")
    if stretched := audit["stretched"]:
        percent = number(100 * (stretched["factor"] - 1), 2)
        what = "photo" if stretched["of"] == "picture" else "person"
        said.append(f"It shows the {what} stretched by {percent} % in {stretched['direction']}; that was undone to be compared.")
    return said


def amount(audit: Json) -> str:
    """How much was smoothed and reshaped, as what it is: of these two alone; "" where nothing was audited of it. Each of the two only
    where a finding says that it was done: new reflections in the eyes count as structure too, and are no smoothing."""
    retouch = audit["retouch"]
    if not retouch or facts.is_stranger(audit):
        return ""
    departing = {f["measure"] for f in facts.told(audit).departing}
    parts = {name: retouch[key] for name, key, measures in _AMOUNTS if departing & measures and round(retouch[key])}
    if len(parts) == 1:
        ((name, part),) = parts.items()
        return f"{name.capitalize()}: {part:.0f} of 100. Of this alone, whatever else was done; it decides nothing."
    if not parts and retouch["score"] >= UNNOTICED:
        return ""
    halves = f", {_listed([f'{part:.0f} for {name}' for name, part in parts.items()])}" if parts else ""
    return f"Smoothing and reshaping: {retouch['score']:.0f} of 100{halves}. Of these two alone, whatever else was done; it decides nothing."


def gap_line(gap: facts.Gap, names: Sequence[str], total: int) -> str:
    """What could not be measured in how many of ``total`` results, those being called ``names``, why, and what to do."""
    which = f"all {_count(total)}" if len(names) == total > 1 else _listed(names) if len(names) < 3 else f"{len(names)} of {total}"
    if gap.needs_ipd:
        return f"{gap.reason.capitalize()} in {which}; {gap.needs_ipd:.0f} are enough for everything. {gap.advice}"
    what = _listed([measure_title(name).lower() for name in gap.measures]).capitalize()
    if gap.reason == facts.ONLY_FROM_THE_SOURCE:
        return f"{what}, in {which}: {_these(gap.measures)} {gap.reason}."
    return " ".join(filter(None, (f"{what}, in {which}: {gap.reason.rstrip('.')}.", gap.advice)))


def _these(measures: Sequence[str]) -> str:
    return "it" if len(measures) == 1 else "these"


def would_help(report: AuditReport) -> list[str]:
    """What to do so that more can be told of several results, a line each."""
    names = {result.audit["result"]: result.name for result in report.results}
    told = [gap for gap in facts.gaps([result.audit for result in report.results]) if gap.advice]
    return [gap_line(gap, [names[path] for path in gap.results], len(names)) for gap in told]


def counted(number: int, after: Sequence[Json] = ()) -> str:
    """``number`` as the first word of a row; "more" when others stand before them."""
    return f"{_count(number).capitalize()}{' more' if after else ''}"


def are(number: int) -> str:
    """The verb of ``number`` things."""
    return "is" if number == 1 else "are"


def pixels_lacking(findings: Sequence[Json], audit: Mapping[str, Any] | None) -> str:
    """How many pixels between the eyes there are, how many each of ``findings`` needs, and what to do, in sentences. ``audit``: whose
    findings these are; None of a photo."""
    needs = defaultdict(list)
    for finding in sorted(findings, key=lambda finding: float(finding["needs_ipd"])):
        needs[finding["needs_ipd"]].append(finding)
    each = [f"{needed:.0f} for {titles(those)}" for needed, those in needs.items()]
    have = f"only {int(audit['ipd'])} pixels apart in the {audit['smaller']}" if audit else "too few pixels apart"
    return f"The eyes are {have}. It takes {'; '.join(each)}. Give a larger {audit['smaller'] if audit else 'file'}."


def titles(findings: Sequence[Json]) -> str:
    """The titles of findings in a row."""
    return _listed([measure_title(f["measure"]).lower() for f in findings])


def in_short(audit: Json) -> str:
    """What fails, or else what is borderline, by name."""
    if facts.is_stranger(audit):
        return ""
    failing = _failing(audit) or [f["measure"] for f in audit["findings"] if f["status"] == "warn"]
    return sentence(_listed([measure_title(name).lower() for name in failing])) if failing else ""


def _failing(audit: Json) -> list[str]:
    return [f["measure"] for f in audit["findings"] if f["status"] == "fail"]


def sentence(text: str) -> str:
    """``text`` with a capital first and a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


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
