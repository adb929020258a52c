"""What was done to the picture as a whole: nothing at all, something put around it, or other tones. None of it is a fault."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.image import Affine
from likeness.image.color import lab_from_linear
from likeness.image.geometry import compose, invert, similarity

Same = Literal["file", "pixels"]

SAMPLES = 120  # along each side of a picture
EDGE = 2.0  # pixels of the source; a registration is as sure as that
ONE_COLOUR, OTHER = (
    10,
    100,
)  # of 255: how much a bar of one colour varies after JPEG, and by how much no exposure burns a scene out to one
PREVIEW = 640  # pixels, long side
STRIDE = 2  # pixels of the scene between those that are looked at
DIFFERENT = 4.0  # CIELAB, of the picture's median; seen without a comparison
SPREAD = 1.13  # the same for the spread of its lightness
DARKEST = 5  # percent
STRENGTH = 0.25  # log; the same for the strength of its colours
SURE = 0.12  # log; the misfit of a change of light that explains hair, clothes and background


def same(pair: Pair) -> Same | None:
    """Whether the result is the source itself: the same ``file``, or another that shows the same ``pixels``."""
    source, result = pair.source, pair.result
    if pair.mirrored or not np.array_equal(source.pixels, result.pixels):
        return None
    if source.photo.sha256 == result.photo.sha256:
        return "file"
    return "pixels" if np.array_equal(source.photo.encoded, result.photo.encoded) else None


def turned(pair: Pair) -> int:
    """By how many degrees, 0, 90, 180 or 270, the result shows the source turned clockwise."""
    angles = (np.degrees(np.arctan2(to[1, 0], to[0, 0])) for to in (pair.registration.to_result, pair.to_source))
    return 90 * (round(float(np.subtract(*angles)) / 90) % 4)


def photo_share(pair: Pair) -> float:
    """The share of the result's area that the source's photo fills, 0..1; the rest is a border, a screen, or was added.

    What lies outside the source's photo counts, a frame of one colour around head and shoulders (comparison.frame), and bars of one
    colour along the sides, over what the source shows otherwise.
    """
    source, result = pair.source, pair.result
    whole, scene = result.photo, pair.scenes[1]
    columns, rows = ((np.arange(SAMPLES, dtype=np.float32) + 0.5) * side / SAMPLES - 0.5 for side in (whole.width, whole.height))
    points = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
    to_face = compose(invert(pair.registration.to_result), invert(result.to_photo))
    there = _moved(points, compose(source.to_photo, compose(pair.to_source, to_face)))
    inside = ((there > -EDGE) & (there < np.array([source.photo.width, source.photo.height]) - 1 + EDGE)).all(1)
    to_scene = similarity(pair.faces[0].landmarks, pair.scenes[0].landmarks)
    x, y = _moved(points, compose(to_scene, to_face)).round().astype(int).T
    framed = (x >= 0) & (y >= 0) & (x < scene.size[0]) & (y < scene.size[1])
    framed[framed] = scene.valid[y[framed], x[framed]] == 0
    before = source.photo.preview(PREVIEW)
    scale = before.shape[1] / source.photo.width
    at = (there * scale).astype(np.float32).reshape(SAMPLES, SAMPLES, 2)
    before = np.asarray(cv2.remap(before, at, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE))
    after = whole.seen(size=(SAMPLES, SAMPLES))
    framed &= (np.abs(after.astype(np.int16) - before).max(2) > OTHER).ravel()  # a wall that burnt out is no frame
    return float((inside & ~framed & ~_barred(before, after).ravel()).mean())


def _barred(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where rows or columns of ``after`` from a side inwards are of one colour, far from what ``before`` shows there, both (N, N, 3)."""
    found = np.zeros(after.shape[:2], np.bool_)
    for turn in range(4):
        was, now = (np.rot90(picture, turn).astype(np.int16) for picture in (before, after))
        plain = (np.ptp(now, axis=1).max(1) < ONE_COLOUR) & (np.abs(now - was).max((1, 2)) > OTHER)
        depth = int(np.argmin(plain)) if not plain.all() else 0
        np.rot90(found, turn)[:depth] = True
    return found


def _moved(points: NDArray[np.float32], by: Affine) -> NDArray[np.float64]:
    return np.asarray(points @ by[:, :2].T + by[:, 2], np.float64)


def tones_changed(pair: Pair) -> tuple[str, ...]:
    """What the change of light that hair, clothes and a kept background share made of the whole picture: "warmer", "darker"...

    Empty where it is too small to be seen, where the background is another, and where too little tells.
    """
    if pair.background == "replaced" or not pair.tones or pair.tones[0].misfit > SURE:
        return ()
    source, result = pair.even_scenes
    tone = pair.tones[0]
    seen = source.pixels[::STRIDE, ::STRIDE][(source.valid * result.valid)[::STRIDE, ::STRIDE] > 0]
    before, after = (lab_from_linear(np.clip(pixels, 0, 1)[None])[0] for pixels in (seen, tone.of(seen)))
    lightness, red, yellow = np.median(after - before, axis=0)
    spread = float(after[:, 0].std() / max(before[:, 0].std(), 1e-3))
    lifted = float(np.percentile(after[:, 0], DARKEST) - np.percentile(before[:, 0], DARKEST))  # another exposure scales both ends
    found = (
        (yellow, DIFFERENT, "warmer", "cooler"),
        (red if abs(red) > abs(yellow) else 0.0, DIFFERENT, "redder", "greener"),
        (lightness, DIFFERENT, "lighter", "darker"),
        (np.log(spread) * (lifted * np.log(spread) < 0), np.log(SPREAD), "richer in contrast", "paler"),
        (tone.saturation, STRENGTH, "stronger in colour", "weaker in colour"),
    )
    return tuple(more if by > 0 else less for by, least, more, less in found if abs(by) >= least)
