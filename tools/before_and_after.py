"""The picture of the README, made by the product itself: `.venv/bin/python tools/before_and_after.py`.

Left the photo (Grace Hopper, public domain, from matplotlib), right the headshots of one run: background kept, blurred, drawn.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib
import PIL.Image

import likeness

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "before-and-after.jpg"
HEIGHT, GAP = 420, 12  # pixels


def main() -> None:
    """Make the versions and put them beside the photo."""
    photo = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    with tempfile.TemporaryDirectory() as place:
        headshot = likeness.make(photo, outcome="linkedin", out=Path(place, "out"), library=Path(place, "library"))
        pictures = [scaled(path) for path in (photo, *(version.file for version in headshot.versions)) if path is not None]
    strip = PIL.Image.new("RGB", (sum(p.width + GAP for p in pictures) - GAP, HEIGHT), "white")
    left = 0
    for picture in pictures:
        strip.paste(picture, (left, 0))
        left += picture.width + GAP
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    strip.save(TARGET, quality=86, optimize=True)


def scaled(path: Path) -> PIL.Image.Image:
    """The picture at ``HEIGHT`` pixels."""
    with PIL.Image.open(path) as picture:
        return picture.convert("RGB").resize((round(picture.width * HEIGHT / picture.height), HEIGHT), PIL.Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
