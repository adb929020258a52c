"""How often the audit alarms on large photos that were handled at their own size, as files: false alarms by kind of handling.

    python -m benchmarks full_size [--photos FOLDER] [--people N]

The limits were set on pictures with the eyes 144 pixels apart. Here they are over 320 apart, and the audit looks at them from afar. People
of the calibrate and test splits alone; 95 % intervals (Clopper and Pearson 1934).
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageEnhance
import PIL.ImageFilter
from calibration.limits import rate
from calibration.people import people
from rich.console import Console
from rich.table import Table

from likeness.audits import audit
from likeness.comparison.saved import MOST_IPD
from likeness.faces import find_faces
from likeness.photo import open_photo

SHARED = Path(__file__).resolve().parents[2] / "shared" / "photos"
EVERYBODY = 1000
LONG_SIDE = 1600  # pixels that a messenger leaves

Picture = PIL.Image.Image


@dataclass(frozen=True)
class Handling:
    """What is done to a picture, and how it is saved: ``kind`` of file and ``quality``."""

    name: str
    kind: str
    quality: int
    do: Callable[[Picture], Picture] = lambda picture: picture


def scaled(picture: Picture, by: float, filter_: PIL.Image.Resampling) -> Picture:
    return picture.resize((round(picture.width * by), round(picture.height * by)), filter_)


HANDLINGS = (
    Handling("JPEG 95", "jpg", 95),
    Handling("JPEG 75", "jpg", 75),
    Handling("JPEG 60", "jpg", 60),
    Handling("JPEG 40", "jpg", 40),
    Handling("WebP 80", "webp", 80),
    Handling("WebP 50", "webp", 50),
    Handling("half the size, JPEG 75", "jpg", 75, lambda p: scaled(p, 0.5, PIL.Image.Resampling.LANCZOS)),
    Handling("0.8 of the size, JPEG 70", "jpg", 70, lambda p: scaled(p, 0.8, PIL.Image.Resampling.BICUBIC)),
    Handling("messenger", "jpg", 70, lambda p: scaled(p, min(1.0, LONG_SIDE / max(p.size)), PIL.Image.Resampling.BILINEAR)),
    Handling("sharpened, JPEG 85", "jpg", 85, lambda p: p.filter(PIL.ImageFilter.UnsharpMask(1.5, 60, 0))),
    Handling("contrast, JPEG 60", "jpg", 60, lambda p: PIL.ImageEnhance.Contrast(p).enhance(1.08)),
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks full_size", description=__doc__)
    parser.add_argument("--photos", type=Path, default=SHARED, help="a folder of portraits, one person each")
    parser.add_argument("--people", type=int, default=16, help="people whose photos are handled")
    given = parser.parse_args(arguments)
    alarms: dict[str, list[dict[str, str]]] = defaultdict(list)
    for file in large_photos(given.photos, given.people):
        for name, found in handled(file):
            alarms[name].append(found)
    Console(width=140).print(table(alarms))


def large_photos(folder: Path, count: int) -> Iterator[Path]:
    """Photos of ``count`` people, eyes over MOST_IPD pixels apart."""
    found = 0
    for person in people(folder, ("calibrate", "test"), EVERYBODY, skip=("same_person",)):
        file = folder / person.name
        if find_faces(open_photo(file))[0].ipd > MOST_IPD:
            found += 1
            yield file
        if found == count:
            return


def handled(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The name of each handling, and the measures that are not natural after it, with their status."""
    with PIL.Image.open(file) as opened, tempfile.TemporaryDirectory() as place:
        profile = opened.info.get("icc_profile")
        kept: dict[str, Any] = {"icc_profile": profile} if profile else {}
        picture = opened.convert("RGB")
        for handling in HANDLINGS:
            result = Path(place, f"result.{handling.kind}")
            handling.do(picture).save(result, quality=handling.quality, **kept)
            yield handling.name, {f.measure: f.status for f in audit(file, result).findings if f.status in ("warn", "fail")}


def table(alarms: Mapping[str, Sequence[Mapping[str, str]]]) -> Table:
    """Per handling and for all: how many versions any measure flagged, with the interval, and which."""
    found = Table("handling", "versions", "flagged", "95 %", "failing", "by", title="False alarms, large photos at their own size")
    everything = [version for versions in alarms.values() for version in versions]
    for name, versions in (*alarms.items(), ("all", everything)):
        hits = rate(sum(map(bool, versions)), len(versions))
        failing = sum("fail" in version.values() for version in versions)
        by = Counter(measure for version in versions for measure in version)
        cells = (f"{hits['rate']:.1%}", f"{hits['low']:.1%} to {hits['high']:.1%}", str(failing))
        found.add_row(name, str(len(versions)), *cells, ", ".join(f"{m} {n}" for m, n in by.most_common()))
    return found


if __name__ == "__main__":
    main()
