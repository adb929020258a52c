"""How well the ranking orders photos that were made worse by known amounts.

    python benchmarks/ranking.py [--photos FOLDER] [--count N] [--half odd|even|all]

Each photo is degraded in memory, its face found anew, and scored. A pair of steps of one ladder agrees when the step that is
worse scores lower; a tie does not. Limits were chosen on files with even numbers, so figures are for the odd ones.
"""

from __future__ import annotations

import argparse
import io
import itertools
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from likeness.faces import find_faces
from likeness.image import read_only
from likeness.image.color import bytes_from_linear, linear_from_srgb
from likeness.photo import Photo, open_photo
from likeness.portrait import Portrait
from likeness.ranking import FIELD, MAX_IPD, Assessment, assess

Codes = NDArray[np.uint8]
Degrade = Callable[[Codes, float, np.random.Generator], Codes]
IPD_MM = 63.0


def blur(millimetres: float) -> Degrade:
    def degrade(codes: Codes, ipd: float, rng: np.random.Generator) -> Codes:
        return _in_light(codes, lambda light: cv2.GaussianBlur(light, (0, 0), millimetres * ipd / IPD_MM))

    return degrade


def shake(millimetres: float) -> Degrade:
    def degrade(codes: Codes, ipd: float, rng: np.random.Generator) -> Codes:
        length = max(3, 2 * round(millimetres * ipd / IPD_MM / 2) + 1)
        turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), float(rng.uniform(0, 180)), 1.0)
        line = np.zeros((length, length), np.float32)
        line[length // 2] = 1
        kernel = cv2.warpAffine(line, turn, (length, length), flags=cv2.INTER_CUBIC)
        return _in_light(codes, lambda light: cv2.filter2D(light, -1, kernel / kernel.sum()))

    return degrade


def grain(sigma: float) -> Degrade:
    def degrade(codes: Codes, ipd: float, rng: np.random.Generator) -> Codes:
        return np.clip(codes + rng.normal(0, sigma, codes.shape), 0, 255).astype(np.uint8)

    return degrade


def jpeg(quality: int) -> Degrade:
    def degrade(codes: Codes, ipd: float, rng: np.random.Generator) -> Codes:
        out = io.BytesIO()
        PIL.Image.fromarray(codes).save(out, "jpeg", quality=quality)
        return np.asarray(PIL.Image.open(out))

    return degrade


def stops(ev: float) -> Degrade:
    def degrade(codes: Codes, ipd: float, rng: np.random.Generator) -> Codes:
        return _in_light(codes, lambda light: light * np.float32(2**ev))

    return degrade


def smaller(scale: float) -> Degrade:
    def degrade(codes: Codes, ipd: float, rng: np.random.Generator) -> Codes:
        return np.asarray(cv2.resize(codes, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))

    return degrade


def _in_light(codes: Codes, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Codes:
    return bytes_from_linear(change(linear_from_srgb(codes.astype(np.float32) / 255)))


LADDERS: dict[str, list[Degrade]] = {
    "blur 0.6, 1.2, 2.4 mm": [blur(0.6), blur(1.2), blur(2.4)],
    "shake 3, 6 mm": [shake(3), shake(6)],
    "noise 6, 12, 24 codes": [grain(6), grain(12), grain(24)],
    "JPEG 30, 15, 7": [jpeg(30), jpeg(15), jpeg(7)],
    "darker 1.5, 3 EV": [stops(-1.5), stops(-3)],
    "brighter 1, 2 EV": [stops(1), stops(2)],
    "smaller 0.5, 0.25": [smaller(0.5), smaller(0.25)],
}


def score(photo: Photo) -> Assessment | None:
    """The photo's assessment; None when no face is found, which ranks below everything."""
    faces = find_faces(photo)
    return assess(Portrait.of(photo, faces[0], field=FIELD, max_ipd=MAX_IPD)) if faces else None


def head_of(photo: Photo, most: float = 200.0) -> tuple[Photo, float] | None:
    """The head and shoulders as a photo of its own, its eyes at most ``most`` pixels apart, and their distance."""
    faces = find_faces(photo)
    if not faces:
        return None
    portrait = Portrait.of(photo, faces[0], max_ipd=most)
    return in_memory(photo, bytes_from_linear(portrait.pixels)), portrait.ipd


def in_memory(photo: Photo, codes: Codes) -> Photo:
    return Photo(photo.path, photo.data, read_only(np.ascontiguousarray(codes)), "PNG")


def steps_of(path: Path) -> Iterator[tuple[str, list[float]]]:
    """Per ladder, the scores of the photo as it is and at each step."""
    found = head_of(open_photo(path))
    if found is None:
        return
    photo, ipd = found
    start = score(photo)
    if start is None:
        return
    natural = {f.measure for f in start.findings if f.status == "natural"}
    rng = np.random.default_rng(0)
    for name, ladder in LADDERS.items():
        if name.endswith("EV") and "face_exposure" not in natural:
            continue  # a photo that is too dark gets better when it is made brighter
        results = [score(in_memory(photo, degrade(photo.codes, ipd, rng))) for degrade in ladder]
        yield name, [start.score, *(result.score if result else -1.0 for result in results)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "photos")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--half", choices=("odd", "even", "all"), default="odd")
    given = parser.parse_args()
    paths = sorted(path for path in given.photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    if given.half != "all":
        parity = int(given.half == "odd")
        paths = [path for path in paths if (digits := re.findall(r"\d+", path.stem)) and int(digits[-1]) % 2 == parity]
    if not paths:
        print(f"{given.photos}: no photos", file=sys.stderr)
        return 2
    paths = [paths[i] for i in np.linspace(0, len(paths) - 1, min(given.count, len(paths))).round().astype(int)]
    began = time.perf_counter()
    scores: dict[str, list[list[float]]] = {name: [] for name in LADDERS}
    for path in paths:
        for name, steps in steps_of(path):
            scores[name].append(steps)
    print(f"{len(paths)} photos, {time.perf_counter() - began:.0f} s")
    print(f"{'ladder':<24}{'photos':>7}{'pairs agree':>13}{'next step':>11}   median scores")
    for name, rows in scores.items():
        table = np.array(rows)
        pairs = list(itertools.combinations(range(table.shape[1]), 2))
        agree = np.mean([table[:, a] > table[:, b] for a, b in pairs])
        adjacent = np.mean(table[:, :-1] > table[:, 1:])
        print(f"{name:<24}{len(table):>7}{agree:>13.3f}{adjacent:>11.3f}   {np.median(table, 0).round(0)}")
    everything = [
        table[:, a] > table[:, b]
        for rows in scores.values()
        for table in [np.array(rows)]
        for a, b in itertools.combinations(range(table.shape[1]), 2)
    ]
    print(f"{'all':<24}{len(paths):>7}{np.mean(np.concatenate(everything)):>13.3f}")
    return 0


if __name__ == "__main__":
    cv2.setNumThreads(1)
    raise SystemExit(main())
