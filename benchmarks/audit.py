"""How well the audit tells edits from handling, on people and implementations of edits that the limits never saw.

    python -m benchmarks audit [--photos FOLDER] [--people N]

Handled versions: the share flagged (outside the natural range) per measure. Planted defects, made by other code than those which the
limits were tuned on: the share flagged and failed per operation and dose. All with 95 % intervals (Clopper and Pearson 1934).
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from calibration.limits import rate
from calibration.trial import Outcome, run
from rich.console import Console
from rich.table import Table

from likeness.errors import LikenessError
from likeness.limits import Status
from likeness.verdict import limits_of

SHARED = Path(__file__).resolve().parents[2] / "shared" / "photos"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks audit", description=__doc__)
    parser.add_argument("--photos", type=Path, default=SHARED, help="a folder of portraits, one person each")
    parser.add_argument("--people", type=int, default=16)
    given = parser.parse_args(arguments)
    if not given.photos.is_dir():
        raise LikenessError("is no folder", where=given.photos, hint="give a folder of portraits with --photos")
    start = time.perf_counter()
    rows = run(given.photos, ("test",), given.people, ("handling", "proper", "other defects"))
    console = Console(width=132)
    console.print(alarms(rows))
    console.print(detections(rows))
    wrong = sum(row.mode != "same-photo" for row in rows)
    people = len({row.person for row in rows})
    console.print(f"{people} people, {len(rows)} readings, {wrong} taken for another photo, {time.perf_counter() - start:.0f} s")


def alarms(rows: Sequence[Outcome]) -> Table:
    """Per measure: handled versions, how many were flagged or failed, and which handling is the worst."""
    table = Table("measure", "handled", "flagged", "95 %", "failed", "not assessed", "flagged most", title="False alarms")
    for name in sorted({row.measure for row in rows}):
        group = [row for row in rows if row.measure == name and not row.planted]
        said = [_status(row) for row in group]
        flagged = rate(sum(s in ("warn", "fail") for s in said), sum(s != "not-assessed" for s in said))
        worst: dict[str, int] = defaultdict(int)
        for row, status in zip(group, said, strict=True):
            worst[row.edit] += status in ("warn", "fail")
        most = max(worst, key=lambda edit: worst[edit])
        table.add_row(
            name,
            str(flagged["of"]),
            f"{flagged['rate']:.1%}",
            f"{flagged['low']:.1%} - {flagged['high']:.1%}",
            f"{sum(s == 'fail' for s in said) / max(flagged['of'], 1):.1%}",
            str(sum(s == "not-assessed" for s in said)),
            f"{most} ({worst[most]})" if worst[most] else "",
        )
    return table


def detections(rows: Sequence[Outcome]) -> Table:
    """Per operation and dose: the median reading, how many were flagged, with the interval, and how many failed."""
    table = Table("measure", "operation", "dose", "n", "median", "flagged", "95 %", "failed", "not assessed", title="Detection")
    groups: dict[tuple[str, str, float], list[Outcome]] = defaultdict(list)
    for row in rows:
        if row.planted:
            groups[row.planted, row.edit, row.dose].append(row)
    for (measure, operation, dose), group in sorted(groups.items(), key=lambda item: item[0][0]):
        said = [_status(row) for row in group]
        values = [row.value for row in group if row.value is not None]
        found = rate(sum(s in ("warn", "fail") for s in said), len(values))
        table.add_row(
            measure,
            operation,
            f"{dose:g}",
            str(len(values)),
            f"{np.median(values):.2f}" if values else "",
            f"{found['rate']:.0%}",
            f"{found['low']:.0%} - {found['high']:.0%}",
            f"{sum(s == 'fail' for s in said) / max(len(values), 1):.0%}",
            str(len(group) - len(values)),
        )
    return table


def _status(row: Outcome) -> Status:
    return "not-assessed" if row.value is None else limits_of(row.measure).status(row.value)


if __name__ == "__main__":
    main()
