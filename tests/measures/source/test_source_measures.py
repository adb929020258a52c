"""Each measure of a photo alone moves with what it measures, and with little else."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from likeness.faces import find_faces
from likeness.image import read_only
from likeness.image.color import bytes_from_linear, linear_from_srgb
from likeness.image.geometry import Box
from likeness.measures import source_measures
from likeness.photo import Photo, open_photo
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading

Codes = np.ndarray
MEASURES = source_measures()


def photo_of(codes: Codes) -> Photo:
    return Photo(Path("made.png"), b"made", read_only(np.ascontiguousarray(codes)), "PNG")


def portrait_of(codes: Codes) -> Portrait:
    photo = photo_of(codes)
    return Portrait.of(photo, find_faces(photo)[0], max_ipd=160)


def value(name: str, portrait: Portrait) -> float:
    reading = MEASURES[name](portrait)
    assert isinstance(reading, Reading), reading
    return reading.value


@pytest.fixture(scope="module")
def codes(hopper: Path) -> Codes:
    return open_photo(hopper).codes


@pytest.fixture(scope="module")
def portrait(codes: Codes) -> Portrait:
    return portrait_of(codes)


def blurred(codes: Codes, pixels: float) -> Codes:
    light = linear_from_srgb(codes.astype(np.float32) / 255)
    return bytes_from_linear(cv2.GaussianBlur(light, (0, 0), pixels))


def exposed(codes: Codes, stops: float) -> Codes:
    return bytes_from_linear(linear_from_srgb(codes.astype(np.float32) / 255) * np.float32(2**stops))


def compressed(codes: Codes, quality: int) -> Codes:
    out = io.BytesIO()
    PIL.Image.fromarray(codes).save(out, "jpeg", quality=quality)
    return np.asarray(PIL.Image.open(out))


def noisy(codes: Codes, sigma: float) -> Codes:
    return np.clip(codes + np.random.default_rng(0).normal(0, sigma, codes.shape), 0, 255).astype(np.uint8)


def scaled(codes: Codes, scale: float) -> Codes:
    return cv2.resize(codes, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


# -- eye distance


def test_eye_distance_is_in_pixels_of_the_file(codes: Codes, portrait: Portrait) -> None:
    assert value("eye_distance", portrait) == pytest.approx(84, abs=2)
    large = photo_of(scaled(codes, 3))
    assert value("eye_distance", Portrait.of(large, find_faces(large)[0], max_ipd=100)) == pytest.approx(252, abs=5)
    half = replace(photo_of(scaled(codes, 0.5)), full_size=(512, 600))
    assert value("eye_distance", Portrait.of(half, find_faces(half)[0])) == pytest.approx(84, abs=2)


# -- focus


@pytest.mark.parametrize("millimetres", [1.0, 1.5, 2.2])
def test_focus_gives_back_the_blur_that_was_added(codes: Codes, portrait: Portrait, millimetres: float) -> None:
    before = value("eye_focus", portrait)
    after = value("eye_focus", portrait.with_pixels(cv2.GaussianBlur(portrait.pixels, (0, 0), millimetres * portrait.ipd / 63)))
    assert after == pytest.approx(np.hypot(before, millimetres), rel=0.25)


def test_focus_sees_a_shaken_camera(codes: Codes, portrait: Portrait) -> None:
    for size in ((1, 9), (9, 1)):
        shaken = portrait.with_pixels(cv2.blur(portrait.pixels, size))
        assert value("eye_focus", shaken) > 1.3 * value("eye_focus", portrait)


@pytest.mark.parametrize("change", [lambda c: noisy(c, 8), lambda c: compressed(c, 40), lambda c: exposed(c, -1.5)])
def test_focus_is_not_fooled(codes: Codes, portrait: Portrait, change: Callable[[Codes], Codes]) -> None:
    assert value("eye_focus", portrait_of(change(codes))) == pytest.approx(value("eye_focus", portrait), rel=0.15)


def test_a_large_blurred_face_is_less_sharp_than_a_small_sharp_one(codes: Codes) -> None:
    large = portrait_of(scaled(blurred(codes, 2.5), 3))
    small = portrait_of(scaled(codes, 0.7))
    assert value("eye_focus", large) > 1.5 * value("eye_focus", small)


# -- light


@pytest.mark.parametrize("stops", [-2.0, -1.0])
def test_exposure_is_in_stops(codes: Codes, portrait: Portrait, stops: float) -> None:
    assert value("face_exposure", portrait_of(exposed(codes, stops))) == pytest.approx(
        value("face_exposure", portrait) + stops, abs=0.1
    )


def test_clipping_grows_with_exposure(codes: Codes, portrait: Portrait) -> None:
    shares = [value("clipping", portrait), *(value("clipping", portrait_of(exposed(codes, stops))) for stops in (1, 2))]
    assert shares[0] < 0.02 < shares[1] < shares[2]
    assert value("clipping", portrait_of(exposed(codes, -1))) < 0.001


def test_evenness_is_the_stops_between_the_cheeks(portrait: Portrait) -> None:
    x = portrait.landmarks[1, 0]
    right_darker = np.where(np.arange(portrait.width)[None, :, None] < x, 0.25, 1).astype(np.float32)
    left_darker = np.where(np.arange(portrait.width)[None, :, None] < x, 1, 0.25).astype(np.float32)
    both = [value("light_evenness", portrait.with_pixels(portrait.pixels * shade)) for shade in (right_darker, left_darker)]
    assert sum(both) == pytest.approx(4, abs=0.2)
    assert "left cheek" in MEASURES["light_evenness"](portrait.with_pixels(portrait.pixels * left_darker)).reason


# -- damage


def test_noise_grows_with_noise(codes: Codes, portrait: Portrait) -> None:
    values = [value("noise", portrait), *(value("noise", portrait_of(noisy(codes, sigma))) for sigma in (6, 12, 24))]
    assert values == sorted(values)
    assert 0.4 < values[2] / (12 * 0.66) < 1.1  # luma of three independent channels; the smoothest blocks read a little low


def test_compression_grows_with_compression(codes: Codes) -> None:
    plain = scaled(codes, 0.9)  # on no grid of blocks
    values = [
        value("compression", portrait_of(plain)),
        *(value("compression", portrait_of(compressed(plain, q))) for q in (40, 20, 8)),
    ]
    assert values == sorted(values)
    assert values[0] < 0.15
    assert values[3] > 2


def test_blocks_are_found_when_the_photo_was_decoded_at_half_size(codes: Codes) -> None:
    damaged = compressed(scaled(codes, 4), 8)
    full = value("compression", portrait_of(damaged))
    half = replace(photo_of(scaled(damaged, 0.5)), full_size=(damaged.shape[1], damaged.shape[0]))
    assert 0.3 < value("compression", Portrait.of(half, find_faces(half)[0])) < full
    eighth = replace(photo_of(scaled(damaged, 0.25)), full_size=(2 * damaged.shape[1], 2 * damaged.shape[0]))
    assert isinstance(MEASURES["compression"](Portrait.of(eighth, find_faces(eighth)[0])), NotAssessed)


# -- the person


def test_closed_lids_read_as_closed(portrait: Portrait) -> None:
    assert value("eyes_open", portrait) > 0.2
    points = portrait.landmarks.copy()
    for upper, lower in ((387, 373), (385, 380)):
        points[upper] = points[lower] + (points[upper] - points[lower]) * 0.2
    one = MEASURES["eyes_open"](replace(portrait, landmarks=points, facts={}))
    assert isinstance(one, Reading)
    assert one.value < 0.09
    assert "left eye" in one.reason


def test_pose_is_the_angle_away_from_the_camera(portrait: Portrait) -> None:
    yaw, pitch, roll = portrait.pose
    assert abs(roll) < 15
    assert value("head_pose", portrait) == pytest.approx(np.hypot(yaw, pitch), abs=0.5)


def test_a_tilt_counts_from_where_straightening_costs(codes: Codes) -> None:
    height, width = codes.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 35, 1)
    tilted = portrait_of(cv2.warpAffine(codes, matrix, (width, height), borderMode=cv2.BORDER_REFLECT))
    assert value("head_pose", tilted) == pytest.approx(np.hypot(7, 35 - 15 + 2), abs=4)
    assert "tilted" in MEASURES["head_pose"](tilted).reason
    assert "right way up" in MEASURES["head_pose"](portrait_of(np.rot90(codes))).advice


@pytest.mark.parametrize(
    ("side", "box"),
    [
        ("on the left", Box(170, 0, 512, 600)),
        ("on the right", Box(0, 0, 360, 600)),
        ("above", Box(0, 90, 512, 600)),
        ("below", Box(0, 0, 512, 340)),
    ],
)
def test_room_names_the_side_where_the_photo_ends(codes: Codes, side: str, box: Box) -> None:
    reading = MEASURES["room"](portrait_of(box.of(codes)))
    assert isinstance(reading, Reading)
    assert reading.value < 0.8
    assert reading.reason.endswith(side)


def test_every_measure_says_something_plain(portrait: Portrait) -> None:
    for name, measure in MEASURES.items():
        reading = measure(portrait)
        assert measure.group == "source"
        assert isinstance(reading, Reading), name
        assert reading.reason
        assert reading.advice.endswith(".")
        assert reading.region
