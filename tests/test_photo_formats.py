"""The 312 files of the format samples: each decodes, upright and in its size, or ends in one line; in a process whose memory is watched."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from likeness.photo import open_photo

MANIFEST = Path(__file__).resolve().parents[2] / "shared" / "formats" / "manifest.csv"
ROWS = list(csv.DictReader(MANIFEST.read_text().splitlines())) if MANIFEST.is_file() else []

OPEN_ALL = """
import json, sys, time, warnings
from pathlib import Path
from likeness.errors import LikenessError
from likeness.photo import open_photo

warnings.simplefilter("error")
for file in json.load(sys.stdin):
    start, told = time.perf_counter(), {}
    try:
        photo = open_photo(file)
        told = {"size": [photo.width, photo.height], "orientation": photo.metadata.orientation}
        photo.pixels(size=(8, 8))
        photo.preview(64)
    except LikenessError as error:
        told = {"error": str(error)}
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024  # ru_maxrss counts the parent's too
    print(json.dumps(told | {"file": file, "seconds": time.perf_counter() - start, "peak": peak}), flush=True)
"""


@pytest.fixture(scope="module")
def told(shared_formats: Path) -> dict[str, dict[str, Any]]:
    """What became of each file, by name."""
    files = [str(shared_formats / row["file"]) for row in ROWS]
    done = subprocess.run([sys.executable, "-c", OPEN_ALL], input=json.dumps(files), capture_output=True, text=True, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {str(Path(line["file"]).relative_to(shared_formats)): line for line in lines}


@pytest.mark.skipif(not ROWS, reason="the shared file-format samples do not lie beside this checkout")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_file_decodes_in_its_size_or_ends_in_one_line(row: dict[str, str], told: dict[str, dict[str, Any]]) -> None:
    got = told[row["file"]]
    assert got["seconds"] < 60
    assert got["peak"] < 1500
    if "error" in got:
        assert row["file"] in got["error"]
        assert "\n" not in got["error"]
        return
    assert row["width"], "there was no picture in it"
    size = [int(row["width"]), int(row["height"])]
    assert got["size"] == (size[::-1] if got["orientation"] >= 5 and row["format"] != "TIFF" else size)  # Pillow turns TIFFs


def test_few_that_pillow_decodes_are_refused(told: dict[str, dict[str, Any]]) -> None:
    """Pillow reads these two PNGs when nobody looks at their end; both are cut short."""
    refused = {row["file"] for row in ROWS if row["decode"] == "ok" and "error" in told[row["file"]]}
    assert refused == {"pillow/broken_data_stream.png", "pillow/truncated_end_chunk.png"}


@pytest.mark.parametrize("name", ["Landscape", "Portrait"])
def test_all_orientations_show_the_same_picture(shared_formats: Path, name: str) -> None:
    files = sorted((shared_formats / "exif_orientation").glob(f"{name}_*.jpg"))
    assert len(files) == 9
    previews = [open_photo(file).preview(200).astype(float) for file in files]
    upright = previews[1]
    for preview in previews:
        assert preview.shape == upright.shape
        assert np.corrcoef(preview.ravel(), upright.ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    ("pattern", "count"), [("g4_orientation_*.tif", 8), ("hopper_orientation_*.jpg", 7), ("hopper_orientation_*.webp", 7)]
)
def test_turned_copies_are_one_picture(shared_formats: Path, pattern: str, count: int) -> None:
    files = sorted((shared_formats / "pillow").glob(pattern))
    assert len(files) == count
    previews = [open_photo(file).preview(128).astype(int) for file in files]
    assert all(np.abs(preview - previews[0]).mean() < 6 for preview in previews)


def test_files_of_more_than_eight_bits_are_read_at_full_depth(shared_formats: Path) -> None:
    names = (
        "pillow/tiff_16bit_RGB.tiff",
        "pillow_heif/RGB_16__128x128.png",
        "pillow_heif/RGB_10__128x128.heif",
        "pillow/16bit.cropped.tif",
    )
    for name in names:
        photo = open_photo(shared_formats / name)
        assert photo.encoded.dtype == np.uint16, name
        assert photo.metadata.bit_depth > 8
        assert len(np.unique(photo.encoded % 257)) > 50, name  # 8 bits made 16 would be multiples of 257
