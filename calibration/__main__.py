"""``python -m calibration FOLDER``: limits from the tune split, their error rates from the calibrate split, into calibration.json.

The folder holds portraits, one person each, in sub-folders if you like; ``same_person.csv`` (person,file) may name photos that show
one person. The defects of the calibrate split are made by other code than those of the tune split. The test split is left for
``python -m benchmarks audit``.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from calibration.catalogue import SETS
from calibration.doses import score
from calibration.identities import identities
from calibration.limits import false_alarms, flagged, limits, misses, rate
from calibration.trial import Outcome, kept_in, read_from, run
from likeness.measures import result_measures

TARGET = Path(__file__).resolve().parents[1] / "src" / "likeness" / "calibration.json"
UNDAMAGED = ("handling", "proper")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m calibration", description=__doc__)
    parser.add_argument("photos", type=Path, help="a folder of portraits")
    parser.add_argument("--tune", type=int, default=24, help="people to set the limits on")
    parser.add_argument("--calibrate", type=int, default=24, help="people to measure the error rates on")
    parser.add_argument("--handled", type=int, default=60, help="people of either split whose photos are handled")
    parser.add_argument("--people", type=int, default=160, help="people for the identity measure's false matches")
    parser.add_argument("--doses", type=int, default=10, help="people for the score of the retouch, from either split")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--rows", type=Path, help="a file to keep the readings in, or to take them from when it is there")
    given = parser.parse_args()
    rows = read_from(given.rows) if given.rows and given.rows.is_file() else _readings(given)
    tune, calibrate = ([row for row in rows if row.split == split] for split in ("tune", "calibrate"))
    natural = {name: limits(name, [r for r in tune if r.measure == name]) for name in sorted(result_measures())}
    ranges = {name: edges for name, (edges, _) in natural.items()}
    table = {
        "version": 2,
        "date": date.today().isoformat(),
        "people": {split: _people(rows, split, but="handling") for split in ("tune", "calibrate")},
        "people_handled": {split: _people(rows, split) for split in ("tune", "calibrate")},
        "edits": {name: sorted({f"{edit.name} {edit.dose:g}" for edit in edits}) for name, edits in SETS.items()},
        "audit": _whole(calibrate, ranges),
        "retouch": score(given.photos, given.doses),
        "measures": {name: entry(name, *natural[name], calibrate, ranges) for name in natural},
    }
    table["measures"]["identity"] |= identities(given.photos, given.people, natural["identity"][0][1], natural["identity"][1][1])
    given.out.write_text(json.dumps(table, indent=1, allow_nan=False) + "\n")
    for name, found in table["measures"].items():
        print(f"{name:16s} natural {found['natural']} fail {found['fail']} false alarms {found['false_alarm']}")
    print(f"retouch {table['retouch']}")
    print(f"the audit as a whole: false alarms {table['audit']['false_alarm']}")


def _readings(given: argparse.Namespace) -> list[Outcome]:
    rows = run(given.photos, ("tune",), given.tune, (*UNDAMAGED, "defects"), handled=given.handled)
    rows += run(given.photos, ("calibrate",), given.calibrate, (*UNDAMAGED, "miscut", "other defects"), handled=given.handled)
    kept_in(given.rows, rows)
    return rows


def _people(rows: Sequence[Outcome], split: str, but: str = "") -> int:
    """How many people of ``split`` the ``rows`` are about, those of the group ``but`` apart."""
    return len({row.person for row in rows if row.split == split and row.group != but})


def entry(
    name: str, natural: list[float], fail: list[float], rows: Sequence[Outcome], ranges: dict[str, list[float]]
) -> dict[str, Any]:
    """What calibration.json says of one measure."""
    alarms = false_alarms([row for row in rows if row.measure == name and row.group == "handling"], natural)
    return {
        "unit": result_measures()[name].unit,
        "natural": _finite(natural),
        "fail": _finite(fail),
        "log": result_measures()[name].limits.log,
        "false_alarm": alarms["rate"],
        "false_alarms": alarms,
        "false_alarms_composited": false_alarms([r for r in rows if r.measure == name and r.group == "proper"], natural),
        "misses": misses(rows, name, ranges),
        "n": alarms["of"],
    }


def _whole(rows: Sequence[Outcome], ranges: dict[str, list[float]]) -> dict[str, Any]:
    """How often any measure flags a version that was only handled."""
    versions = flagged([r for r in rows if r.group == "handling"], ranges, ("person", "edit", "dose"))
    alarms = rate(sum(versions.values()), len(versions))
    return {"false_alarm": alarms["rate"], "false_alarms": alarms}


def _finite(edges: Sequence[float]) -> list[float | None]:
    return [edge if math.isfinite(edge) else None for edge in edges]


if __name__ == "__main__":
    main()
