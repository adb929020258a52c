"""What the command line shows a person: the same facts as --json, in sentences and tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from likeness.catalogue import span
from likeness.report.words import version_title

Result = Mapping[str, Any]
MARK = {"natural": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]", "not-assessed": "[dim]?[/]"}
MEANING = {
    "fix-background": "fix the background; the person is untouched",
    "regenerate": "make it again; never patch it",
    "new-source": "start from another photo",
    "cannot-tell": "cannot tell",
}
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar on stderr while the body runs; nothing when ``quiet`` or when stderr is no terminal."""
    errors = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn())
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
        out.print(f"{version['id']}  {kept}  {title} {_believable(audit)}  {_meaning(audit)}{again}")
        _findings(audit["findings"], only_departures=True)
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
        _findings(photo["findings"], only_departures=True)
    _errors(result["errors"])


def audits(result: Result) -> None:
    """The result of ``audit``: of one all that was found, of several what departs, the best first; left and right are the person's own."""
    alone = len(result["results"]) == 1
    for audit in result["results"] if alone else sorted(result["results"], key=lambda a: -(a["believability"] or 0.0)):
        notes = [audit["mode"]]
        notes += ["mirrored"] if audit["mirrored"] else []
        notes += [f"{audit['faces']} faces, judged is the one most like the source"] if audit["faces"] > 1 else []
        notes += [f"retouched {audit['retouch']['score']:.0f} of 100"] if audit["retouch"] else []
        out.print(f"{escape(audit['result'])}  {_believable(audit)}  {_judged(audit)}  ({', '.join(notes)})")
        for reason in audit["missing"]:
            out.print(f"    [dim]?[/] {escape(reason)}")
        _findings(audit["findings"], only_departures=not alone)


def _judged(audit: Result) -> str:
    """The verdict on a picture that somebody else made."""
    stranger = any(f["measure"] == "identity" and f["status"] == "fail" for f in audit["findings"])
    return "this is somebody else" if stranger else _meaning(audit)


def version(result: Result) -> None:
    """One version, as ``refine`` made it."""
    out.print(f"{result['id']}  {escape(result['name'])}  from {result['parent']}")
    out.print(f"{_believable(result['audit'])}  {_meaning(result['audit'])}")
    _findings(result["audit"]["findings"], only_departures=False)
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


def _meaning(audit: Result) -> str:
    if audit["verdict"] != "keep":
        return MEANING[audit["verdict"]]
    noticed = [f["measure"] for f in audit["findings"] if f["status"] == "warn"]
    return f"keep, though noticed: {', '.join(noticed)}" if noticed else "keep: nothing departs from your photo"


def _believable(audit: Result) -> str:
    return "  —" if audit["believability"] is None or audit["verdict"] == "cannot-tell" else f"{audit['believability']:3.0f}"


def _findings(findings: Sequence[Result], *, only_departures: bool) -> None:
    small = [finding for finding in findings if finding["needs_ipd"]]
    for finding in findings:
        if finding not in small and not (only_departures and finding["status"] == "natural"):
            line = ". ".join(filter(None, (finding["reason"].rstrip("."), finding["advice"].rstrip("."))))
            out.print(f"      {MARK[finding['status']]} {finding['measure']}: {escape(line)}")
    if small:
        needs = ", ".join(f"{finding['measure']} {finding['needs_ipd']:.0f}" for finding in small)
        out.print(f"      {MARK['not-assessed']} too few pixels between the eyes, for these so many are needed: {needs}")


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
