"""Where skin is told from what is not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from likeness.faces import find_faces
from likeness.image import Plane
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.regions import OUTLINES, region, skin, skin_outline


@pytest.fixture(scope="module", params=["hopper", "astronaut"])
def portrait(request: pytest.FixtureRequest) -> Portrait:
    photo = open_photo(request.getfixturevalue(request.param))
    return Portrait.of(photo, find_faces(photo)[0])


def share(mask: Plane, of: Plane) -> float:
    return float((mask * of).sum() / of.sum())


def part(portrait: Portrait, name: str, grow: float = 0.0) -> Plane:
    return region(portrait.landmarks, (portrait.width, portrait.height), name, grow=grow)


@pytest.mark.parametrize("name", OUTLINES)
def test_every_part_lies_inside_the_face(portrait: Portrait, name: str) -> None:
    mask, face = part(portrait, name), part(portrait, "face", grow=3)
    assert mask.sum() > 5
    assert share(face, mask) > 0.9


def test_growing_adds_and_shrinking_takes_away(portrait: Portrait) -> None:
    plain = part(portrait, "lips")
    assert (part(portrait, "lips", grow=3) >= plain).all()
    assert (part(portrait, "lips", grow=-2) <= plain).all()


def test_skin_is_most_of_the_cheeks_and_none_of_the_features(portrait: Portrait) -> None:
    assert portrait.skin.shape == (portrait.height, portrait.width)
    assert portrait.skin.min() >= 0
    assert portrait.skin.max() <= 1
    assert share(portrait.skin, part(portrait, "cheeks")) > 0.6
    for name in ("eyes", "lips", "brows"):
        assert share(portrait.skin, part(portrait, name)) < 0.02
    assert share(portrait.skin, 1 - part(portrait, "face")) < 1e-3


def test_a_fringe_is_not_skin_and_a_bare_forehead_is(portrait: Portrait) -> None:
    bare = portrait.photo.path.stem == "grace_hopper"  # the astronaut's hair falls over her forehead
    assert (share(portrait.skin, part(portrait, "forehead")) > 0.4) == bare
    assert (share(portrait.skin, part(portrait, "forehead")) < 0.05) != bare


def test_what_covers_the_face_is_not_skin(portrait: Portrait) -> None:
    """A dark bar across one cheek and a blue one across the forehead."""
    pixels, bars = portrait.pixels.copy(), np.zeros((2, portrait.height, portrait.width), np.float32)
    for bar, points, colour in zip(bars, ((123, 187), (108, 337)), ((0.01, 0.01, 0.01), (0.05, 0.1, 0.4)), strict=True):
        a, b = (tuple(int(v) for v in portrait.landmarks[i, :2]) for i in points)
        cv2.line(bar, a, b, 1.0, max(3, round(0.14 * portrait.ipd)))
        pixels[bar > 0.5] = colour
    covered = skin(pixels, portrait.landmarks, portrait.ipd)
    before = [share(portrait.skin, bar) for bar in bars]
    after = [share(covered, bar) for bar in bars]
    assert max(before) > 0.4
    assert max(after) < 0.05


def test_skin_does_not_depend_on_exposure_or_white_balance(portrait: Portrait) -> None:
    usual = portrait.skin > 0.5
    for gains in ((0.5, 0.5, 0.5), (1.2, 1.0, 0.7)):
        other = skin(np.asarray(portrait.pixels * np.array(gains, np.float32)), portrait.landmarks, portrait.ipd) > 0.5
        assert (usual & other).sum() / (usual | other).sum() > 0.85


def test_skin_means_the_same_at_another_size(portrait: Portrait) -> None:
    size = (2 * portrait.width, 2 * portrait.height)
    larger = portrait.resampled(np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]]), size)
    fresh = skin(larger.pixels, larger.landmarks, larger.ipd)
    carried = larger.skin
    assert ((fresh > 0.5) & (carried > 0.5)).sum() / ((fresh > 0.5) | (carried > 0.5)).sum() > 0.85


def test_a_face_outside_the_picture_has_no_skin() -> None:
    points = np.full((478, 3), -500, np.float32) + np.random.default_rng(0).normal(0, 30, (478, 3)).astype(np.float32)
    assert skin(np.full((64, 64, 3), 0.4, np.float32), points, 40.0).sum() == 0


def test_a_painted_face_without_any_variation_is_all_skin(portrait: Portrait) -> None:
    flat = np.full_like(portrait.pixels, 0.3)
    outline = skin_outline(portrait.landmarks, (portrait.width, portrait.height), portrait.ipd)
    assert share(skin(flat, portrait.landmarks, portrait.ipd), outline) > 0.8


def test_beards_and_fringes_of_real_people_are_not_skin(shared_photos: Path) -> None:
    """Two full beards: the chin must not count; two shaved chins: it must."""
    for name, bearded in (
        ("staff/0072.jpg", True),
        ("staff/0096.jpg", True),
        ("staff/0060.jpg", False),
        ("casual/0044.jpg", False),
    ):
        photo = open_photo(shared_photos / name)
        found = Portrait.of(photo, find_faces(photo)[0], max_ipd=160)
        chin = np.zeros((found.height, found.width), np.float32)
        x, y = (int(v) for v in (found.landmarks[199, :2] + found.landmarks[175, :2]) / 2)
        cv2.circle(chin, (x, y), round(0.12 * found.ipd), 1.0, -1)
        assert (share(found.skin, chin) < 0.2) == bearded, name
