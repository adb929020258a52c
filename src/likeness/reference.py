"""The reference pages: one per step and measure, written from the declarations. ``python -m likeness.reference FOLDER``, or ``make docs``.

Only what is built in is described; plug-ins bring their own pages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from likeness import catalogue
from likeness.measures import result_measures, source_measures
from likeness.schema import Declaration
from likeness.steps import all_steps

MADE = "<!-- Written by `make docs` from the declaration; change that, not this. -->"


def pages() -> dict[str, str]:
    """Every page as Markdown, by its path below the reference folder."""
    steps = _built_in(catalogue.steps()["steps"], all_steps())
    measures = _built_in(catalogue.measures()["measures"], source_measures() | result_measures())
    made = {f"steps/{step['name']}.md": _step_page(step) for step in steps}
    made |= {f"measures/{measure['name']}.md": _measure_page(measure) for measure in measures}
    return made | {"README.md": _index(steps, measures)}


def write(folder: Path) -> None:
    """Write all pages into ``folder``, and take away those of what is no longer declared."""
    wanted = pages()
    for name, text in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


def _built_in(listed: Iterable[dict[str, Any]], declared: Mapping[str, Declaration]) -> list[dict[str, Any]]:
    return [item for item in listed if declared[item["name"]].function.__module__.startswith("likeness.")]


def _index(steps: list[dict[str, Any]], measures: list[dict[str, Any]]) -> str:
    parts = [f"# Reference\n\n{MADE}\n\n## Steps, in the order in which they run\n\n{_list('steps', steps)}"]
    for about, title in (("source", "Measures of a photo alone"), ("result", "Measures of a result against its source")):
        parts.append(f"## {title}\n\n{_list('measures', [m for m in measures if m['about'] == about])}")
    return "\n\n".join(parts) + "\n"


def _list(folder: str, items: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(f"- [`{item['name']}`]({folder}/{item['name']}.md): {item['title']}" for item in items)


def _step_page(step: Mapping[str, Any]) -> str:
    changes = ", ".join(f"`{name}`" for name in step["changes"]) or "none"
    example = next(iter(step["params"].items()), None)
    rows = [
        (f"`{name}`", _cell(rule["description"]), _range(rule), _code(rule["default"]), rule.get("unit", ""), _neutral(rule))
        for name, rule in step["params"].items()
    ]
    parts = [
        f"# `{step['name']}`: {step['title']}",
        MADE,
        step["description"],
        f"Measures that it may move: {changes}.",
        _table(("parameter", "what it does", "allowed", "default", "unit", "does nothing at"), rows),
    ]
    if example:
        parts.append(f"```\nlikeness make PHOTO --for linkedin --set {step['name']}.{example[0]}={example[1]['default']}\n```")
    return "\n\n".join(parts) + "\n"


def _measure_page(measure: Mapping[str, Any]) -> str:
    about = "a photo alone" if measure["about"] == "source" else "a result against its source"
    facts = [("about", about), ("group", measure["group"]), ("unit", measure["unit"])]
    if measure["min_ipd"]:
        facts.append(("assessed from", f"eyes {measure['min_ipd']:g} px apart"))
    if measure["min_quality"]:
        facts.append(("of a JPEG", f"quality {measure['min_quality']} or more"))
    facts += [
        (label, catalogue.span(measure[key]))
        for key, label in (("natural", "natural"), ("fail", "fails outside"))
        if measure.get(key)
    ]
    if measure.get("false_alarm") is not None:
        facts.append(("false alarms", f"{measure['false_alarm']:.2%}"))
    parts = [f"# `{measure['name']}`: {measure['title']}", MADE, measure["description"], _table(("", ""), facts)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _range(rule: Mapping[str, Any]) -> str:
    if "minimum" in rule:
        slider = f", slider {catalogue.span(rule['ui'])}" if "ui" in rule else ""
        return f"{rule['minimum']:g} to {rule['maximum']:g}{slider}"
    return ", ".join(_code(sample) for sample in rule["examples"])


def _neutral(rule: Mapping[str, Any]) -> str:
    return f"{rule['neutral']:g}" if "neutral" in rule else ""


def _code(value: Any) -> str:
    return f"`{value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
