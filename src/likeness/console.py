"""What the command line shows a person: the same facts as --json, in sentences and tables."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from likeness.catalogue import span
from likeness.report import facts
from likeness.report.words import (
    amount,
    are,
    counted,
    gap_line,
    measure_title,
    notes,
    pixels_lacking,
    sentence,
    titles,
    version_title,
)

Result = Mapping[str, Any]
MARK = {"natural": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]", "not-assessed": "[dim]?[/]"}
UNTOUCHED = "the person is untouched, "
OURS = {
    "fix-background": f"{UNTOUCHED}the background is to be made anew",
    "regenerate": "make it again; never patch it",
    "new-source": "start from another photo",
    "cannot-tell": "what decides could not be measured",
}
THEIRS = OURS | {
    "keep": "nothing that was measured fails",
    "fix-background": f"{UNTOUCHED}the background does not hold up",
    "regenerate": "do not use it; ask for another",
}
SIDE = re.compile(r"\bthe (left|right)\b", re.IGNORECASE)
WIDEST_NAME = 40  # characters; what is longer pushes its line
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar on stderr while the body runs; nothing when ``quiet`` or when stderr is no terminal."""
    errors = Console(file=sys.stderr)
    columns = (TaskProgressColumn(), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=errors, transient=True, disable=quiet or not errors.is_terminal) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def headshot(result: Result) -> None:
    """The result of ``make``."""
    out.print(f"source   {escape(result['source']['path'])}  (score {result['source']['score']:.0f})")
    for version in result["versions"]:
        kept = "[green]kept[/]" if version["id"] == result["kept"] else "    "
        audit, tries = version["audit"], len(version["attempts"])
        title = f"{escape(version_title(version['name'])):<24}"
        again = f", {tries} attempts" if tries > 1 else ""
        out.print(f"{version['id']}  {kept}  {title} {_believable(audit)}  {audit['verdict']}: {_meaning(audit, OURS)}{again}")
        _lines([f for f in audit["findings"] if f["status"] != "natural"], audit)
    advice(result)
    _errors(result["errors"])
    for file in result["exports"]:
        out.print(f"headshot {escape(file['file'])}  {file['width']} x {file['height']}, {file['bytes'] / 1000:.0f} kB")
    if result["report"]:
        out.print(f"report   {escape(result['report'])}")


def advice(result: Result) -> None:
    """What to do, a line each."""
    for line in result["advice"]:
        out.print(f"- {escape(line)}")


def ranking(result: Result) -> None:
    """The result of ``rank``."""
    several = len({photo["person"] for photo in result["photos"]}) > 1
    for photo in result["photos"]:
        mark = "[green]✓[/]" if photo["usable"] else "[red]✗[/]"
        person = f"  (person {photo['person']})" if several else ""
        out.print(f"{photo['rank']:>3} {mark} {photo['score']:5.1f}  {escape(photo['path'])}{person}")
        _lines([f for f in photo["findings"] if f["status"] != "natural"])
    _errors(result["errors"])


def audits(result: Result) -> None:
    """The result of ``audit``: of one all that was found, of several a line each with what departs, the best first."""
    found = sorted(result["results"], key=facts.best_first)
    if len(found) == 1:
        _audit(found[0])
    elif found:
        _sheet(found)


def _audit(audit: Result) -> None:
    """One result: the verdict, what departs, what is unknown, and in a line what is natural."""
    score, stranger = facts.believable(audit), facts.is_stranger(audit)
    believed = "" if score is None else f"  Believability {score:.0f} of 100."
    meaning = "this is somebody else" if stranger else _meaning(audit, THEIRS)
    out.print(f"{escape(audit['result'])}\n[bold]{audit['verdict']}[/]: {meaning}.{believed}")
    out.print(f"{' '.join([sentence(facts.facts(audit)), *notes(audit)])}")
    _told(audit)
    if said := amount(audit):
        out.print(f"  {said}")


def _sheet(found: Sequence[Result]) -> None:
    """Many results; what could not be measured of them, and what the verdicts mean, is said once below."""
    names = facts.short_names(audit["result"] for audit in found)
    wide = min(max(map(len, names.values())), WIDEST_NAME)
    for audit in found:
        name, stranger = names[audit["result"]], facts.is_stranger(audit)
        said = [sentence(facts.facts(audit)), *(["Somebody else."] if stranger else notes(audit))]
        line = f"{name:<{wide}}  {' '.join(said)}"
        out.print(f"{_believable(audit)}  {audit['verdict']:<14}  {escape(line)}")
        _lines([] if stranger else [{**finding, "advice": ""} for finding in facts.told(audit).departing])
    _whose([finding for audit in found for finding in facts.told(audit).departing])
    out.print()
    for verdict, often in Counter(audit["verdict"] for audit in found).items():
        out.print(f"{often:3}  {verdict:<14}  {THEIRS[verdict].removeprefix(UNTOUCHED)}")
    if any(map(facts.is_stranger, found)):
        out.print(f"Somebody else: {facts.STRANGER[0].lower()}{facts.STRANGER[1:]}")
    gaps = facts.gaps(found)
    if gaps:
        out.print("\nNot measured:")
    for gap in gaps:
        out.print(f"  {MARK['not-assessed']} {escape(gap_line(gap, [names[path] for path in gap.results], len(found)))}")


def version(result: Result) -> None:
    """One version, as ``refine`` made it."""
    out.print(f"{result['id']}  {escape(result['name'])}  from {result['parent']}")
    audit = result["audit"]
    out.print(f"{_believable(audit)}  {audit['verdict']}: {_meaning(audit, OURS)}")
    _told(audit)
    out.print(escape(result["file"]))


def history(result: Result) -> None:
    """Versions in the library, a line each."""
    for v in result["versions"]:
        kept = "[green]kept[/]" if v["kept"] else "    "
        parent = f"  from {v['parent']}" if v["parent"] else ""
        title = f"{escape(version_title(v['name'])):<24}"
        out.print(f"{v['id']}  {kept}  {title} {v['outcome']:<10} {v['created'][:16]}  {escape(v['file'])}{parent}")


def original(result: Result) -> None:
    """Where the original went."""
    out.print(f"{escape(result['file'])}  {result['bytes']} bytes, sha256 {result['sha256']}")


def outcomes(result: Result) -> None:
    """The outcomes with their exports."""
    for outcome in result["outcomes"]:
        out.print(f"[bold]{outcome['name']}[/]  {escape(outcome['title'])}\n  {escape(outcome['description'])}")
        for file in outcome["exports"]:
            limits = f"{file['min_width']} x {file['min_height']} to {file['width']} x {file['height']} px"
            out.print(f"  {file['name']}: {file['format']}, {limits}, at most {file['max_bytes'] / 1000:.0f} kB")


def steps(result: Result) -> None:
    """The steps with their parameters."""
    for step in result["steps"]:
        out.print(f"[bold]{step['name']}[/]  {escape(step['title'])}\n  {escape(step['description'])}")
        rows = [(f"--set {step['name']}.{name}=", _default(p), _legal(p), p["description"]) for name, p in step["params"].items()]
        _table(("parameter", "default", "legal", "what it does"), rows)


def measures(result: Result) -> None:
    """The measures with their natural ranges."""
    rows = [
        (
            m["name"],
            m["about"],
            m["group"],
            m["unit"],
            span(m["natural"]) if "natural" in m else "",
            m["title"],
            f"{m['min_ipd']:g} px" if m["min_ipd"] else "",
        )
        for m in result["measures"]
    ]
    _table(("measure", "about", "group", "unit", "natural", "what", "needs eyes apart"), rows)
    if len(rows) == 1:
        out.print(f"\n{escape(result['measures'][0]['description'])}")


def checks(result: Result) -> None:
    """What ``doctor`` found."""
    for check in result["checks"]:
        mark = MARK["natural"] if check["ok"] else MARK["fail"]
        hint = f"; {check['hint']}" if not check["ok"] and check["hint"] else ""
        out.print(f"{mark} {escape(check['name'])}: {escape(check['detail'])}{escape(hint)}")


def _meaning(audit: Result, words: Mapping[str, str]) -> str:
    if facts.is_unlike(audit):
        return "it does not look like you"
    if audit["verdict"] == "fix-background" and any(
        f["status"] != "natural" for f in audit["findings"] if f["group"] != "background"
    ):
        return words["fix-background"].removeprefix(UNTOUCHED)
    if audit["verdict"] != "keep":
        return words[audit["verdict"]]
    noticed = titles([f for f in audit["findings"] if f["status"] == "warn"])
    if noticed:
        return f"nothing fails, though noticed: {noticed}"
    if audit["mode"] == "other-photo":
        return "nothing that was measured speaks against it"
    return "nothing of you departs from your photo" if audit["tones"] else "nothing departs from your photo"


def _believable(audit: Result) -> str:
    score = facts.believable(audit)
    return "  —" if score is None else f"{score:3.0f}"


def _told(audit: Result) -> None:
    """What departs, then what is unknown, then in a line each what could never be known and what is natural."""
    told = facts.told(audit)
    _lines([*told.departing, *told.unknown, *told.small], audit)
    if told.of_the_moment:
        many = counted(len(told.of_the_moment))
        out.print(f"      {MARK['not-assessed']} {many} {facts.ONLY_FROM_THE_SOURCE}: {titles(told.of_the_moment)}")
    if told.natural:
        many = counted(len(told.natural), told.departing)
        natural = "as in your photo" if audit["mode"] == "same-photo" else "natural"
        out.print(f"      {MARK['natural']} {many} {are(len(told.natural))} {natural}: {titles(told.natural)}")
    _whose([*told.departing, *told.unknown])


def _whose(findings: Sequence[Result]) -> None:
    """Whose left and right are, where they are spoken of."""
    if any(SIDE.search(finding["reason"]) for finding in findings):
        out.print("      Left and right are the person's own.")


def _lines(findings: Sequence[Result], audit: Result | None = None) -> None:
    """A line for each of the findings of ``audit``, or of a photo, what fails first; one for all that too few pixels were there for."""
    small = [finding for finding in findings if finding["needs_ipd"]]
    for finding in sorted(findings, key=lambda finding: facts.ORDER.index(finding["status"])):
        if finding not in small:
            line = " ".join(sentence(text) for text in (finding["reason"], finding["advice"]) if text)
            out.print(f"      {MARK[finding['status']]} {escape(measure_title(finding['measure']))}: {escape(line)}")
    if small:
        out.print(f"      {MARK['not-assessed']} {escape(pixels_lacking(small, audit))}")


def _errors(errors: Sequence[Result]) -> None:
    for error in errors:
        out.print(f"    [red]✗[/] {escape(error['error'])}")


def _default(param: Result) -> str:
    value = param["default"]
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _legal(param: Result) -> str:
    if "minimum" not in param:
        return ", ".join(param["examples"])
    return f"{param['minimum']:g} to {param['maximum']:g} {param.get('unit', '')}".strip()


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in head:
        table.add_column(title, overflow="fold", no_wrap=title == head[0])
    for row in rows:
        table.add_row(*map(escape, row))
    out.print(table)
