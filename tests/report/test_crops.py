"""The crops show the same spot of source and result, and the pixels themselves."""

from __future__ import annotations

import numpy as np
import pytest

from likeness.image.geometry import Box, scale_of
from likeness.portrait import Portrait
from likeness.report.crops import (
    EMPTY,
    _hair_edge,
    by_the_face,
    crop_pairs,
    detail,
    from_one_photo,
    seen_through,
    source_in_frame,
    whole,
)


@pytest.fixture(scope="module")
def framed(hopper_portrait: Portrait) -> Portrait:
    """A piece of the source with a mark painted on each cheek."""
    piece = hopper_portrait.cropped(Box(60, 40, hopper_portrait.width - 50, hopper_portrait.height - 30))
    pixels = piece.pixels.copy()
    for x, y in piece.landmarks[[50, 280], :2].round().astype(int):
        pixels[y - 3 : y + 4, x - 3 : x + 4] = 0
    return piece.with_pixels(pixels)


def test_crops_show_the_same_spot_pixel_for_pixel(hopper_portrait: Portrait, framed: Portrait) -> None:
    pairs = {pair.name: pair for pair in crop_pairs(hopper_portrait, framed, from_one_photo(hopper_portrait, framed))}
    assert list(pairs) == ["Eyes", "Skin", "Hair edge"]
    changed = {name: int((np.abs(p.before.pixels.astype(int) - p.after.pixels).max(2) > 1).sum()) for name, p in pairs.items()}
    assert changed["Hair edge"] == 0
    assert changed["Eyes"] <= 98
    assert 30 <= changed["Skin"] <= 98, "the mark on the cheek is not in the crop of the skin"


def test_crops_are_where_their_names_say(hopper_portrait: Portrait) -> None:
    """On a picture whose colours are its coordinates."""
    y, x = np.mgrid[: hopper_portrait.height, : hopper_portrait.width].astype(np.float32)
    known = hopper_portrait.with_pixels(np.dstack([x / 1000, y / 1000, np.zeros_like(x)]))
    centres = {}
    for pair in crop_pairs(hopper_portrait, known, from_one_photo(hopper_portrait, known)):
        encoded = pair.after.pixels[pair.after.height // 2, pair.after.width // 2, :2] / 255
        centres[pair.name] = 1000 * ((encoded + 0.055) / 1.055) ** 2.4
    points, ipd = hopper_portrait.landmarks, hopper_portrait.ipd
    assert np.hypot(*(centres["Eyes"] - (points[468, :2] + points[473, :2]) / 2)) < 0.1 * ipd
    assert min(np.hypot(*(centres["Skin"] - points[i, :2])) for i in (50, 280)) < 0.1 * ipd
    left, top = np.round(centres["Hair edge"]).astype(int)
    window = hopper_portrait.person[top - 30 : top + 30, left - 30 : left + 30]
    assert window.min() < 0.1, "no background in the crop of the hair's edge"
    assert window.max() > 0.9, "no person in the crop of the hair's edge"


def test_what_findings_speak_of_is_shown_first(hopper_portrait: Portrait) -> None:
    """On a picture whose colours are its coordinates."""
    y, x = np.mgrid[: hopper_portrait.height, : hopper_portrait.width].astype(np.float32)
    known = hopper_portrait.with_pixels(np.dstack([x / 1000, y / 1000, np.zeros_like(x)]))
    points, ipd = hopper_portrait.landmarks, hopper_portrait.ipd
    where = {
        "teeth": points[13],
        "left cheek's upper half": points[280],
        "beard": points[199],
        "hair": points[10] - [0, 0.3 * ipd, 0],
    }
    for region, there in where.items():
        to_source = from_one_photo(hopper_portrait, known)
        first, *usual = crop_pairs(hopper_portrait, known, to_source, regions=["skin", region, "edge", region])
        assert [pair.name for pair in usual] == ["Eyes", "Skin", "Hair edge"]
        encoded = first.after.pixels[first.after.height // 2, first.after.width // 2, :2] / 255
        centre = 1000 * ((encoded + 0.055) / 1.055) ** 2.4
        assert np.hypot(*(centre - there[:2])) < 0.3 * ipd, region
    many = crop_pairs(hopper_portrait, known, to_source, regions=list(where))
    assert [pair.name for pair in many] == ["Mouth", "Left cheek", "Eyes", "Skin", "Hair edge"]


def test_a_large_face_is_shown_one_eye_at_a_time(hopper_portrait: Portrait) -> None:
    scale = 5.0
    big = hopper_portrait.resampled(np.array([[1 / scale, 0, 0], [0, 1 / scale, 0]]), (1500, 1900))
    eyes = crop_pairs(hopper_portrait, big, from_one_photo(hopper_portrait, big))[0]
    assert eyes.after.width == 460
    smaller = crop_pairs(hopper_portrait, big, from_one_photo(hopper_portrait, big), share=0.5)
    assert [pair.after.width for pair in smaller] == [230, 145, 145]
    assert "enlarged" in detail(hopper_portrait, big, from_one_photo(hopper_portrait, big))


def test_the_source_is_seen_in_the_frame_of_the_result(hopper_portrait: Portrait, framed: Portrait) -> None:
    to_source = from_one_photo(hopper_portrait, framed)
    before = source_in_frame(hopper_portrait, framed, to_source, 200)
    after = whole(framed, 200)
    assert before.shape == after.shape
    assert max(after.shape) == 200
    assert np.abs(before.astype(int) - after).mean() < 0.5
    assert detail(hopper_portrait, framed, to_source) == "Every pixel of the crops is a pixel of the files."


def test_another_size_of_the_same_face_is_found_by_the_face(hopper_portrait: Portrait) -> None:
    half = hopper_portrait.resampled(np.array([[2, 0, 30], [0, 2, 20]], np.float64), (180, 220))
    to_source = by_the_face(hopper_portrait, half)
    assert scale_of(to_source) == pytest.approx(2, abs=0.01)
    assert to_source[:, 2] == pytest.approx([30, 20], abs=0.5)


def test_where_the_source_ends_is_grey(hopper_portrait: Portrait) -> None:
    white = np.ones((50, 40, 3), np.float32)
    picture = seen_through(white, np.array([[1, 0, -10], [0, 1, -10]], np.float64), (60, 70))
    assert (picture[30, 30] == 1).all()
    assert (picture[5, 5] == np.float32(EMPTY)).all()
    assert (picture[69, 59] == np.float32(EMPTY)).all()
    nowhere = seen_through(white, np.array([[1, 0, 500], [0, 1, 500]], np.float64), (10, 12))
    assert nowhere.shape == (12, 10, 3)
    assert (nowhere == np.float32(EMPTY)).all()


def test_the_edge_of_the_hair_is_half_hair_and_half_background(hopper_portrait: Portrait) -> None:
    box = _hair_edge(hopper_portrait, hopper_portrait, np.eye(2, 3), 250.0)
    share = box.clipped(hopper_portrait.width, hopper_portrait.height).of(hopper_portrait.person).mean()
    assert 0.3 < share < 0.7
