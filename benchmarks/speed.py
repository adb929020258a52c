"""Speed and memory: one table.

Each row is a process of its own, on two cores, warmed up once; then in turn the unit and the work, five times. The unit is decoding the
same file and encoding it again with Pillow, as it does by default, in a process that does nothing else: beside the work it would take
half as long again, as the memory that it frees goes back to the system each time. The figure is the median of the work over the median of the unit;
peak memory is the largest resident set of the process, or of one that it started.

``--rounds N`` instead of five, ``--only WORD`` for rows that contain it, ``--profile`` for where each row's time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks._photos import ALIKE, prepare

CORES = 2
MANY = 100  # results that are audited against one photo


@dataclass(frozen=True)
class Row:
    """What is timed: a ``task`` below, on a photo of so many megapixels, and what it may cost."""

    task: str
    photo: str
    limit: float | None
    limit_gb: float | None = None
    per: int = 1
    rounds: int | None = None


ROWS = (
    Row("rank", "hopper 12 MP", 3, 1.2, per=ALIKE),
    Row("audit", "hopper 12 MP", 25, 1.0),
    Row("audit many", "hopper 12 MP", 10, 1.0, per=MANY, rounds=1),
    Row("make", "hopper 12 MP", 60, 1.2),
    Row("rank", "shared", 3, 1.2, per=ALIKE),
    Row("audit", "shared", 25, 1.0),
    Row("audit many", "shared", 10, 1.0, per=MANY, rounds=1),
    Row("make", "shared", 60, 1.2),
    Row("rank", "hopper 48 MP", None, 2.5, per=ALIKE, rounds=1),
    Row("audit", "hopper 48 MP", None, 2.5, rounds=1),
    Row("make", "hopper 48 MP", None, 2.5, rounds=1),
)
HELP_LIMIT = 0.4  # seconds


# -- what is timed, in the process of a row


def unit(folder: Path) -> None:
    """Decode the photo and encode it again, as Pillow does by default."""
    import PIL.Image

    with PIL.Image.open(folder / "photo.jpg") as picture:
        picture.convert("RGB").save(io.BytesIO(), "JPEG")


def rank(folder: Path) -> None:
    """Rank the folder of photos."""
    from likeness import studio

    studio.rank([folder / "many"])


def audit(folder: Path) -> None:
    """Audit the edited photo against the photo."""
    import likeness

    likeness.audit(folder / "photo.jpg", folder / "result.jpg")


def audit_many(folder: Path) -> None:
    """Audit a hundred results against the photo, on all cores."""
    import likeness

    likeness.audit_all([folder / "photo.jpg"], [folder / "result.jpg"] * MANY, workers=CORES)


def make(folder: Path) -> None:
    """Make three versions for LinkedIn, with report and a new library."""
    from likeness import studio

    with tempfile.TemporaryDirectory(dir=folder) as place:
        headshot = studio.make(folder / "photo.jpg", outcome="linkedin", out=Path(place, "out"), library=Path(place, "library"))
        if len(headshot.versions) != 3:
            raise RuntimeError(f"{len(headshot.versions)} versions instead of 3")


TASKS: dict[str, Callable[[Path], None]] = {"rank": rank, "audit": audit, "audit many": audit_many, "make": make}


def measure(task: str, folder: Path, rounds: int) -> dict[str, float]:
    """Median seconds of unit and task, in turn, after a warm-up; and this process's peak memory in GB."""
    TASKS[task](folder)
    units, works = [], []
    with unit_process(folder) as unit_seconds:
        for _ in range(rounds):
            units.append(unit_seconds())
            works.append(seconds(TASKS[task], folder))
    largest = max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = largest * (1 if sys.platform == "darwin" else 1024)
    return {"unit": statistics.median(units), "work": statistics.median(works), "peak_gb": peak / 1e9}


@contextmanager
def unit_process(folder: Path) -> Iterator[Callable[[], float]]:
    """A process, warmed up, that takes the unit's time whenever it is asked to."""
    command = [sys.executable, "-m", "benchmarks.speed", "--units", "--folder", str(folder)]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=root) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        ask, answer = process.stdin, process.stdout

        def unit_seconds() -> float:
            ask.write("\n")
            return float(answer.readline())

        unit_seconds()
        try:
            yield unit_seconds
        finally:
            ask.close()


def seconds(work: Callable[[Path], None], folder: Path) -> float:
    started = time.perf_counter()
    work(folder)
    return time.perf_counter() - started


def profile(task: str, folder: Path) -> None:
    """Print where the time of a warm run goes: functions of likeness by cumulative time."""
    TASKS[task](folder)
    profiler = cProfile.Profile()
    profiler.runcall(TASKS[task], folder)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(r"likeness[/\\]", 40)


# -- the table


def in_own_process(mode: str, row: Row, folder: Path, rounds: int) -> str:
    """Run a row in a new process on ``CORES`` cores; what it printed."""
    command = [sys.executable, "-m", "benchmarks.speed", f"--{mode}", row.task, "--folder", str(folder), "--rounds", str(rounds)]
    environment = os.environ | {name: str(CORES) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=root, check=True).stdout


def use_cores(count: int) -> None:
    """Keep this process to ``count`` cores, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def help_seconds(rounds: int) -> float:
    """Median seconds of ``likeness --help``."""
    command = [sys.executable, "-m", "likeness", "--help"]
    return statistics.median(
        seconds(lambda _: subprocess.run(command, stdout=subprocess.DEVNULL, check=True) and None, Path()) for _ in range(rounds)
    )


def line(what: str, figure: str, limit: str, took: str, memory: str, memory_limit: str, verdict: str) -> str:
    return f"{what:<28}{figure:>10}{limit:>8}{took:>10}{memory:>10}{memory_limit:>8}  {verdict}"


def row_line(row: Row, found: dict[str, float]) -> str:
    ratio = found["work"] / found["unit"] / row.per
    over = (row.limit is not None and ratio > row.limit) or (row.limit_gb is not None and found["peak_gb"] > row.limit_gb)
    per = {"rank": " per photo", "audit many": " per result"}.get(row.task, "")
    return line(
        f"{row.task}{per}, {row.photo}",
        f"{ratio:.1f} x",
        f"{row.limit:g}" if row.limit else "-",
        f"{found['work'] / row.per:.2f} s",
        f"{found['peak_gb']:.2f} GB",
        f"{row.limit_gb:g}" if row.limit_gb else "-",
        "OVER" if over else "ok",
    )


def main(arguments: list[str]) -> None:
    """Print the table; or, as the process of one row, its figures."""
    parser = argparse.ArgumentParser(prog="benchmarks speed", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="rows that contain this")
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    parser.add_argument("--measure-row", help=argparse.SUPPRESS)
    parser.add_argument("--profile-row", help=argparse.SUPPRESS)
    parser.add_argument("--units", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    use_cores(CORES)
    if asked.units:
        for _ in sys.stdin:
            print(seconds(unit, asked.folder), flush=True)
    elif asked.measure_row:
        print(json.dumps(measure(asked.measure_row, asked.folder, asked.rounds)))
    elif asked.profile_row:
        profile(asked.profile_row, asked.folder)
    else:
        table(asked.rounds, asked.only, profiling=asked.profile)


def table(rounds: int, only: str, *, profiling: bool) -> None:
    """Measure and print the rows whose name contains ``only``."""
    if not profiling:
        print(line("", "ratio", "limit", "seconds", "peak", "limit", ""))
    folders: dict[str, Path | None] = {}
    units: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        for row in ROWS:
            if only not in f"{row.task}, {row.photo}":
                continue
            if row.photo not in folders:
                folder = Path(place, row.photo.replace(" ", "-"))
                folder.mkdir()
                folders[row.photo] = folder if prepare(folder, row.photo) else None
            ready = folders[row.photo]
            if ready is None:
                continue
            if profiling:
                print(f"== {row.task}, {row.photo}\n{in_own_process('profile-row', row, ready, 1)}")
                continue
            found = json.loads(in_own_process("measure-row", row, ready, row.rounds or rounds).splitlines()[-1])
            units[row.photo] = found["unit"]
            print(row_line(row, found), flush=True)
    if not profiling and only in "--help":
        took = help_seconds(rounds)
        print(line("likeness --help", f"{took:.2f} s", f"{HELP_LIMIT:g}", "", "", "", "ok" if took <= HELP_LIMIT else "OVER"))
    for photo, one in units.items():
        print(f"1 x = {one:.3f} s: {photo} decoded and encoded again by Pillow")


if __name__ == "__main__":
    main(sys.argv[1:])
