"""How well the audit tells edits from handling, on people and implementations of edits that the limits never saw.

    python -m benchmarks audit [--photos FOLDER] [--people N] [--handled N] [--rows FILE]

False alarms: the share of handled versions outside the natural range, per measure and for the audit as a whole; by skin tone and by
cause. Detection: the share of planted defects that a measure notices, made by other code than those which the limits were tuned
on. Other photos: the verdicts on genuine photos of a person and on strangers. All with 95 % intervals (Clopper and Pearson 1934).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from calibration.limits import flagged, rate
from calibration.strangers import verdicts
from calibration.trial import Outcome, kept_in, read_from, run
from rich.console import Console
from rich.table import Table

from likeness.errors import LikenessError
from likeness.measures import result_measures
from likeness.verdict import limits_of

SHARED = Path(__file__).resolve().parents[2] / "shared" / "photos"
VERSION = ("person", "group", "edit", "dose")
BLIND = "Published blind detectors reach 0.52 to 0.86 on such edits (RetouchingFFHQ); these have the source, an easier task."


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks audit", description=__doc__)
    parser.add_argument("--photos", type=Path, default=SHARED, help="a folder of portraits, one person each")
    parser.add_argument("--people", type=int, default=24, help="people whose photos are edited")
    parser.add_argument("--handled", type=int, default=60, help="people whose photos are handled, these among them")
    parser.add_argument("--rows", type=Path, help="a file to keep the readings in, or to take them from when it is there")
    given = parser.parse_args(arguments)
    if not given.photos.is_dir():
        raise LikenessError("is no folder", where=given.photos, hint="give a folder of portraits with --photos")
    start = time.perf_counter()
    if given.rows and given.rows.is_file():
        rows = read_from(given.rows)
    else:
        sets = ("handling", "proper", "miscut", "other defects")
        rows = run(given.photos, ("test",), given.people, sets, handled=given.handled)
        kept_in(given.rows, rows)
    console, ranges = Console(width=140), natural_ranges()
    handled = [row for row in rows if row.group == "handling"]
    console.print(alarms(handled, ranges, "False alarms, handled versions"))
    console.print(alarms([row for row in rows if row.group == "proper"], ranges, "False alarms, well-made composites"))
    console.print(
        alarms([row for row in rows if row.group == "miscut"], ranges, "The same of people whose cut-out is visibly wrong")
    )
    console.print(by_skin(handled, ranges))
    console.print(by_cause(handled, ranges))
    console.print(detections([row for row in rows if row.planted], ranges))
    console.print(other_photos(given.photos))
    wrong = sum(row.mode != "same-photo" for row in rows)
    people, edited = (len({row.person for row in found}) for found in (rows, [row for row in rows if row.planted]))
    console.print(BLIND)
    console.print(
        f"{people} people, photos of {edited} edited, {len(rows)} readings, {wrong} taken for another photo, {time.perf_counter() - start:.0f} s"
    )


def natural_ranges() -> dict[str, tuple[float, float]]:
    return {name: limits_of(name).natural for name in result_measures()}


def alarms(rows: Sequence[Outcome], ranges: Mapping[str, tuple[float, float]], title: str) -> Table:
    """Per measure and for all together: versions, how many were flagged, how many could not be assessed."""
    table = Table("measure", "versions", "flagged", "95 %", "failed", "not assessed", "people flagged", title=title)
    for name in ("the audit as a whole", *sorted({row.measure for row in rows})):
        group = [row for row in rows if name in (row.measure, "the audit as a whole")]
        versions = flagged(group, ranges, VERSION)
        found = rate(sum(versions.values()), len(versions))
        failing = {_version(row) for row in group if row.value is not None and limits_of(row.measure).status(row.value) == "fail"}
        unknown = sum(row.value is None for row in group)
        people = {key[0] for key, flag in versions.items() if flag}
        table.add_row(
            name,
            str(found["of"]),
            f"{found['rate']:.2%}",
            _interval(found),
            f"{len(failing) / max(found['of'], 1):.2%}",
            str(unknown) if name in ranges else "",
            f"{len(people)} of {len({row.person for row in group})}",
        )
    return table


def by_skin(rows: Sequence[Outcome], ranges: Mapping[str, tuple[float, float]]) -> Table:
    """The audit as a whole, by terciles of the skin's ITA."""
    table = Table("skin (ITA)", "people", "versions", "flagged", "95 %", "flagged most by", title="False alarms by skin tone")
    terciles = tercile_of(rows)
    for name in ("dark", "medium", "light"):
        group = [row for row in rows if terciles[row.person] == name]
        if not group:
            continue
        versions = flagged(group, ranges, VERSION)
        found = rate(sum(versions.values()), len(versions))
        angles = [row.ita for row in group]
        span = f"{name}, {min(angles):.0f} to {max(angles):.0f}"
        often = Counter(row.measure for row in group if _is_flagged(row, ranges))
        people = len({row.person for row in group})
        table.add_row(span, str(people), str(found["of"]), f"{found['rate']:.2%}", _interval(found), _most(often))
    return table


def by_cause(rows: Sequence[Outcome], ranges: Mapping[str, tuple[float, float]]) -> Table:
    """Per kind of handling: how many versions any measure flagged, and which."""
    table = Table("handling", "dose", "versions", "flagged", "by", title="False alarms by cause")
    groups: dict[tuple[str, float], list[Outcome]] = defaultdict(list)
    for row in rows:
        groups[row.edit, row.dose].append(row)
    for (name, dose), group in sorted(groups.items()):
        versions = flagged(group, ranges, VERSION)
        often = Counter(row.measure for row in group if _is_flagged(row, ranges))
        table.add_row(name, f"{dose:g}", str(len(versions)), f"{sum(versions.values()) / max(len(versions), 1):.1%}", _most(often))
    return table


def detections(rows: Sequence[Outcome], ranges: Mapping[str, tuple[float, float]]) -> Table:
    """Per operation and dose: the median reading, how many were noticed, with the interval, by skin tone, and how many failed."""
    columns = ("measure", "operation", "dose", "n", "median", "noticed", "95 %", "dark/medium/light", "failed", "not assessed")
    table = Table(*columns, title="Detection")
    terciles = tercile_of(rows)
    groups: dict[tuple[str, str, float], list[Outcome]] = defaultdict(list)
    for row in rows:
        groups[row.planted, row.edit, row.dose].append(row)
    for (measure, operation, dose), group in sorted(groups.items(), key=lambda item: item[0][0]):
        values = [row.value for row in group if row.value is not None and row.measure == measure]
        noticed = flagged(group, ranges, ("person",))
        found = rate(sum(noticed.values()), len(noticed))
        failing = {row.person for row in group if row.value is not None and limits_of(row.measure).status(row.value) == "fail"}
        shares = [[flag for (person,), flag in noticed.items() if terciles[person] == tone] for tone in ("dark", "medium", "light")]
        table.add_row(
            measure,
            operation,
            f"{dose:g}",
            str(found["of"]),
            f"{np.median(values):.2f}" if values else "",
            f"{found['rate']:.0%}",
            _interval(found),
            " / ".join(f"{np.mean(share):.0%}" if share else "-" for share in shares),
            f"{len(failing) / max(found['of'], 1):.0%}",
            str(len({row.person for row in group}) - found["of"]),
        )
    return table


def other_photos(folder: Path) -> Table:
    """What the audit says of another photo of the person, and of somebody else's."""
    table = Table("result", "pairs", "keep", "cannot-tell", "regenerate", "fix-background", "failing", title="Other photos")
    for name, found in verdicts(folder).items():
        counts = Counter(audit.verdict for audit in found)
        shown = [str(counts[verdict]) for verdict in ("keep", "cannot-tell", "regenerate", "fix-background")]
        table.add_row(name, str(len(found)), *shown, _most(Counter(m for audit in found for m in audit.failing)))
    return table


def tercile_of(rows: Iterable[Outcome]) -> dict[str, str]:
    """Person -> dark, medium or light: a third of the people each, by the ITA of their skin as photographed."""
    angles = {row.person: row.ita for row in rows}
    order = sorted(angles, key=lambda person: angles[person])
    return {person: ("dark", "medium", "light")[3 * place // len(order)] for place, person in enumerate(order)}


def _is_flagged(row: Outcome, ranges: Mapping[str, tuple[float, float]]) -> bool:
    low, high = ranges[row.measure]
    return row.value is not None and not low <= row.value <= high


def _version(row: Outcome) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in VERSION)


def _interval(found: Mapping[str, float]) -> str:
    return f"{found['low']:.1%} - {found['high']:.1%}"


def _most(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common(4))


if __name__ == "__main__":
    main()
