"""``python -m calibration FOLDER``: limits from the tune split, their error rates from the calibrate split, into calibration.json.

The folder holds portraits, one person each, in sub-folders if you like; ``same_person.csv`` (person,file) may name photos that show
one person. The test split is left for ``python -m benchmarks audit``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from calibration.identities import identities
from calibration.limits import false_alarms, limits, misses
from calibration.trial import Outcome, run
from likeness.measures import result_measures

TARGET = Path(__file__).resolve().parents[1] / "src" / "likeness" / "calibration.json"
SETS = ("handling", "proper", "defects")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m calibration", description=__doc__)
    parser.add_argument("photos", type=Path, help="a folder of portraits")
    parser.add_argument("--tune", type=int, default=16, help="people to set the limits on")
    parser.add_argument("--calibrate", type=int, default=16, help="people to measure the error rates on")
    parser.add_argument("--people", type=int, default=120, help="people for the identity measure's false matches")
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args()
    tune = run(given.photos, ("tune",), given.tune, SETS)
    calibrate = run(given.photos, ("calibrate",), given.calibrate, SETS)
    table = {
        "version": 1,
        "built_from": f"{given.tune} people to set the limits, {given.calibrate} others to measure their errors, one portrait each",
        "measures": {name: entry(name, tune, calibrate) for name in sorted(result_measures())},
    }
    table["measures"]["identity"] |= identities(given.photos, given.people, table["measures"]["identity"]["natural"][1])
    given.out.write_text(json.dumps(table, indent=1) + "\n")
    for name, found in table["measures"].items():
        print(f"{name:16s} natural {found['natural']} fail {found['fail']} false alarms {found['false_alarm']}")


def entry(name: str, tune: list[Outcome], calibrate: list[Outcome]) -> dict[str, Any]:
    """What calibration.json says of one measure."""
    natural, fail = limits(name, [row for row in tune if row.measure == name])
    seen = [row for row in calibrate if row.measure == name]
    alarms = false_alarms(seen, natural)
    return {
        "unit": result_measures()[name].unit,
        "natural": natural,
        "fail": fail,
        "log": result_measures()[name].limits.log,
        "false_alarm": alarms["rate"],
        "false_alarms": alarms,
        "misses": misses(seen, name, natural),
        "n": alarms["of"],
    }


if __name__ == "__main__":
    main()
