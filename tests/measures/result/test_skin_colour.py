from __future__ import annotations

import re
from functools import partial

import cv2
import numpy as np
import pytest
from calibration.colouring import (
    Mask,
    all_skin,
    brushed,
    curved,
    greyed,
    lab_moved,
    lips,
    lips_drawn,
    painted,
    saturated,
    saturated_hsv,
    skin_tones,
    tinted,
)
from calibration.composites import clean
from calibration.handling import exposed, gamma, passed_on
from calibration.people import photo_of, portrait_of
from calibration.reshaping import bumps, jaw, reshaped
from calibration.retouching import skin_mask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.comparison.zones import MOUTH, zones
from likeness.measures.result.saturation import saturation
from likeness.measures.result.skin_colour import MANY, Departure, _sentence, skin_colour
from likeness.portrait import Portrait
from likeness.regions import region
from likeness.schema import NotAssessed

from .conftest import Make, darkened_corners, edited, reading_of, status_of

read, status = partial(reading_of, skin_colour), partial(status_of, skin_colour)


def test_saving_again_changes_no_colour(saved: Pair) -> None:
    assert read(saved).value < 0.4
    assert "has the colours that the light of the whole picture gives it" in read(saved).reason


def test_where_red_is_burnt_it_is_no_tint(hopper_portrait: Portrait) -> None:
    bright = hopper_portrait.with_pixels(np.clip(hopper_portrait.pixels * np.float32(1.6), 0, 1))
    pair = Pair(bright, edited(bright, passed_on, quality=80).result)
    assert status(pair) == "natural"
    assert status_of(saturation, pair) == "natural"


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.floats(-0.8, 0.6), red=st.floats(0.88, 1.1), blue=st.floats(0.85, 1.15))
def test_exposure_and_white_balance_of_the_whole_scene_cancel(
    hopper_portrait: Portrait, stops: float, red: float, blue: float
) -> None:
    gains = np.array([red, 1, blue], np.float32)
    assert status(edited(hopper_portrait, lambda s: exposed(stops)(s) * gains)) == "natural"


@pytest.mark.parametrize("make", [gamma(0.8), gamma(1.25), saturated(1.25), saturated(1.4), saturated_hsv(1.25)])
def test_curves_and_saturation_of_the_whole_picture_are_no_recolouring_of_the_skin(hopper_portrait: Portrait, make: Make) -> None:
    assert status(edited(hopper_portrait, make)) == "natural"


@pytest.mark.parametrize("where", [skin_mask, all_skin, brushed])
@pytest.mark.parametrize("stops", [0.0, -0.5])
def test_lightening_is_told_from_exposure(hopper_portrait: Portrait, where: Mask, stops: float) -> None:
    def make(source: Portrait) -> np.ndarray:
        return np.asarray(lab_moved(5, where=where)(source) * np.float32(2**stops))

    found = read(edited(hopper_portrait, make))
    assert skin_colour.limits.status(found.value) != "natural"
    assert "lighter than" in found.reason


@pytest.mark.parametrize(
    "make", [lab_moved(-5), lab_moved(0, 3, 8), lab_moved(0, 6, 0), tinted(1.05, 1.0, 0.86, brushed), curved(-5, all_skin)]
)
def test_darkening_tanning_and_tints_are_noticed(hopper_portrait: Portrait, make: Make) -> None:
    assert status(edited(hopper_portrait, make)) != "natural"


@pytest.mark.parametrize("dose", [-4, 4])
def test_a_choice_of_skin_tones_hides_nothing_in_hair_and_background(hopper_portrait: Portrait, dose: float) -> None:
    alone, chosen = (read(edited(hopper_portrait, curved(dose, where))).value for where in (skin_mask, skin_tones))
    assert chosen > 0.85 * alone


def test_more_lightening_reads_as_more(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, lab_moved(dose))).value for dose in (3, 14)]
    assert values == sorted(values)
    assert skin_colour.limits.status(values[-1]) == "fail"


def test_it_works_without_the_background(hopper_portrait: Portrait) -> None:
    def lightened(source: Portrait) -> np.ndarray:
        return clean("navy")(source.with_pixels(np.asarray(lab_moved(5)(source), np.float32)))

    assert status(edited(hopper_portrait, clean("navy"))) == "natural"
    assert status(edited(hopper_portrait, lightened)) != "natural"


def test_the_map_shows_where(hopper_portrait: Portrait) -> None:
    def left_half(source: Portrait) -> np.ndarray:
        shift = (np.arange(source.width) > source.landmarks[1, 0])[None, :, None]
        return np.asarray(np.where(shift, lab_moved(8)(source), source.pixels))

    pair = edited(hopper_portrait, left_half)
    heat, middle = read(pair).heat, int(pair.faces[0].landmarks[1, 0])
    assert heat is not None
    assert heat.shape == pair.faces[0].skin.shape
    assert np.nanmedian(heat[:, middle + 10 :]) > 3 * np.nanmedian(heat[:, : middle - 10])
    assert np.isnan(heat[pair.faces[0].skin < 0.4]).all()


@pytest.mark.parametrize("make", [lambda s: np.array(s.pixels), lambda s: s.pixels * np.array([1.1, 1, 0.8], np.float32)])
def test_a_black_and_white_source_has_no_colour_to_compare(hopper_portrait: Portrait, make: Make) -> None:
    grey = hopper_portrait.with_pixels(np.repeat(hopper_portrait.pixels.mean(2, keepdims=True), 3, axis=2))
    found = skin_colour(edited(grey, make))
    assert isinstance(found, NotAssessed)
    assert "black and white" in found.reason


def at(points: tuple[int, ...], radius: float) -> Mask:
    """Soft discs of ``radius`` IPD about mesh points."""

    def where(source: Portrait) -> np.ndarray:
        mask = np.zeros((source.height, source.width), np.float32)
        for x, y in source.landmarks[list(points), :2]:
            cv2.circle(mask, (round(float(x)), round(float(y))), round(radius * source.ipd), 1, -1)
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.4 * radius * source.ipd)[..., None], np.float32)

    return where


def irises(source: Portrait) -> np.ndarray:
    return np.asarray(region(source.landmarks, (source.width, source.height), "irises")[..., None])


def hair_on_top(source: Portrait) -> np.ndarray:
    """The person above the forehead."""
    above = np.arange(source.height)[:, None] < source.landmarks[10, 1]
    return np.asarray((cv2.GaussianBlur(source.person, (0, 0), 2) * above)[..., None], np.float32)


def eye_whites(source: Portrait) -> np.ndarray:
    size = (source.width, source.height)
    return np.asarray((region(source.landmarks, size, "eyes") * (1 - region(source.landmarks, size, "irises", grow=2)))[..., None])


def assert_named(source: Portrait, where: Mask, move: tuple[float, float, float], said: str) -> None:
    """``where`` moved in CIELAB is noticed, and the reason says so."""
    pair = edited(source, lab_moved(*move, where=where))
    assert status(pair) != "natural"
    assert re.search(said, read(pair).reason)


@pytest.mark.parametrize(
    ("where", "move", "said"),
    [
        (at((280,), 0.25), (0, 12, 3), "The left cheek is .* redder"),
        (at((50,), 0.25), (0, 12, 3), "The right cheek is .* redder"),
        (at((50, 280), 0.28), (0, 11, 2), "cheek is .* redder"),
        (at((10, 67, 297, 151), 0.4), (0, 10, 0), "The forehead is .* redder"),
        (at((425,), 0.15), (0, 14, 3), "The left cheek's (lower|inner) half is .* redder"),
        (at((4, 5, 195), 0.25), (0, 12, 0), "The nose is .* redder"),
        (irises, (5, -14, -30), "The irises are .* bluer"),
        (eye_whites, (20, -8, -10), "The eye whites are .* whiter"),
    ],
)
def test_a_part_made_another_colour_is_noticed_and_named(
    hopper_portrait: Portrait, where: Mask, move: tuple[float, float, float], said: str
) -> None:
    assert_named(hopper_portrait, where, move, said)


def on_the_jaw(source: Portrait) -> np.ndarray:
    """Below the mouth's corners, lips apart."""
    size = (source.width, source.height)
    below = np.arange(source.height)[:, None] > source.landmarks[[61, 291], 1].mean()
    jaw = region(source.landmarks, size, "face") * (1 - region(source.landmarks, size, "lips", grow=0.04 * source.ipd)) * below
    return np.asarray(cv2.GaussianBlur(jaw, (0, 0), 1.0)[..., None], np.float32)


@pytest.mark.parametrize(("move", "expected"), [((0, 0, 0), "natural"), ((-8, 8, 10), "fail")])
def test_a_dyed_beard_is_noticed(hopper_portrait: Portrait, move: tuple[float, float, float], expected: str) -> None:
    shape = (hopper_portrait.height, hopper_portrait.width, 1)
    hair = cv2.GaussianBlur(np.random.default_rng(1).uniform(0, 0.35, shape).astype(np.float32), (0, 0), 0.8)[..., None]
    grey = hair * np.array([1.0, 0.95, 0.85], np.float32)
    mask = on_the_jaw(hopper_portrait)
    bearded = hopper_portrait.with_pixels(np.asarray(hopper_portrait.pixels * (1 - mask) + mask * grey, np.float32))
    pair = edited(bearded, lab_moved(*move, where=on_the_jaw))
    assert "beard" in zones(pair.scenes, pair.faces)
    assert status(pair) == expected
    assert expected == "natural" or read(pair).reason.startswith("The beard is")


def test_faint_rouge_is_left_alone(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, lab_moved(0, 2, 0, where=at((280,), 0.25)))) == "natural"


@pytest.mark.parametrize("quality", [60, 75])
def test_compression_changes_no_part(hopper_portrait: Portrait, quality: int) -> None:
    assert status(edited(hopper_portrait, lambda s: np.array(s.pixels), quality)) == "natural"


@pytest.fixture(scope="module")
def smiling(astronaut_portrait: Portrait) -> Portrait:
    """Twice as large, so that teeth are seen."""
    large = portrait_of(photo_of(cv2.resize(astronaut_portrait.pixels, None, fx=2, fy=2), "large"))
    assert large is not None
    return large


def teeth(source: Portrait) -> np.ndarray:
    mask = np.zeros((source.height, source.width), np.uint8)
    cv2.fillPoly(mask, [np.round(source.landmarks[list(MOUTH), :2]).astype(np.int32)], 1)
    return np.asarray(mask[..., None], np.float32)


@pytest.mark.parametrize(
    ("where", "move", "said"),
    [(teeth, (8, -4, -12), "The teeth are .*less yellow"), (hair_on_top, (10, 8, 22), "The hair is .* yellower")],
)
def test_whitened_teeth_and_dyed_hair_are_noticed(
    smiling: Portrait, where: Mask, move: tuple[float, float, float], said: str
) -> None:
    assert_named(smiling, where, move, said)


def test_teeth_and_hair_stay_through_exposure(smiling: Portrait) -> None:
    assert status(edited(smiling, exposed(0.4), quality=70)) == "natural"


@pytest.mark.parametrize(
    "make", [painted(170, 10, 40, 0.6, lips), painted(170, 10, 40, 0.6, lips_drawn), tinted(0.95, 0.6, 0.7, lips)]
)
def test_lipstick_fails_and_is_named(hopper_portrait: Portrait, make: Make) -> None:
    pair = edited(hopper_portrait, make)
    assert status(pair) == "fail"
    assert re.match("The lips are much .*redder", read(pair).reason)


def test_lips_a_little_redder_are_left_alone(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, lab_moved(0, 2, 0, where=lips))) == "natural"


def test_irises_plainly_of_another_colour_fail(hopper_portrait: Portrait) -> None:
    assert status(edited(hopper_portrait, lab_moved(0, -16, -8, where=irises))) == "fail"


@pytest.mark.parametrize("stops", [-0.6, -1.0, 0.4])
def test_a_vignette_of_the_whole_picture_lightens_no_skin(hopper_portrait: Portrait, stops: float) -> None:
    assert status(edited(hopper_portrait, darkened_corners(stops))) == "natural"


@pytest.mark.parametrize("where", [skin_mask, all_skin])
def test_a_vignette_hides_no_lightened_skin(hopper_portrait: Portrait, where: Mask) -> None:
    alone, under = (
        read(edited(hopper_portrait, make)).value
        for make in (lab_moved(5, where=where), darkened_corners(-0.7, lab_moved(5, where=where)))
    )
    assert under > 0.65 * alone


def with_hair_beside(source: Portrait, where: Mask) -> Portrait:
    """Dark strands over the skin of ``where``."""
    shape = (source.height, source.width, 1)
    strands = cv2.GaussianBlur(np.random.default_rng(1).uniform(0, 0.12, shape).astype(np.float32), (0, 0), 0.8)[..., None]
    mask = where(source)
    return source.with_pixels(np.asarray(source.pixels * (1 - mask) + mask * strands, np.float32))


def beside_the_chin(source: Portrait) -> np.ndarray:
    """The jaw on both sides, without the chin and what lies above it."""
    away = np.abs(np.arange(source.width) - source.landmarks[152, 0]) > 0.42 * source.ipd
    return np.asarray(on_the_jaw(source) * away[None, :, None], np.float32)


def test_hair_beside_the_chin_is_no_beard(hopper_portrait: Portrait) -> None:
    bearded, framed = (with_hair_beside(hopper_portrait, where) for where in (on_the_jaw, beside_the_chin))
    found = [
        "beard" in zones(pair.scenes, pair.faces)
        for pair in (edited(one, lambda s: np.array(s.pixels)) for one in (bearded, framed))
    ]
    assert found == [True, False]


def test_what_was_moved_was_not_recoloured(hopper_portrait: Portrait) -> None:
    bearded = with_hair_beside(hopper_portrait, on_the_jaw)
    pair = edited(bearded, reshaped(jaw, 6, bumps))
    assert pair.followed[1] is not pair.faces[1]
    assert status(pair) == "natural"


@given(
    st.tuples(*[st.floats(-30, 30)] * 3), st.floats(1.001, 40), st.sampled_from(["skin", "left cheek", "lips", "teeth", "irises"])
)
def test_what_is_noticed_is_never_acquitted(move: tuple[float, float, float], value: float, part: str) -> None:
    said = _sentence(Departure(value, part, 3.0, *move, recolouring=None))  # type: ignore[arg-type]
    assert said.startswith(f"The {part} {'are' if part in MANY else 'is'} ")
    assert re.search("lighter|darker|whiter|redder|greener|yellow|bluer", said)


def test_a_result_without_colour_is_not_assessed(hopper_portrait: Portrait) -> None:
    assert isinstance(skin_colour(edited(hopper_portrait, greyed)), NotAssessed)


def test_nothing_but_skin_is_not_assessed(hopper_portrait: Portrait) -> None:
    """Night all around the face, and sunglasses: nothing tells exposure."""

    def in_the_dark(source: Portrait) -> np.ndarray:
        return np.asarray(source.pixels * skin_mask(source))

    dark = hopper_portrait.with_pixels(np.asarray(in_the_dark(hopper_portrait), np.float32))
    assert isinstance(skin_colour(edited(dark, lambda s: np.array(s.pixels))), NotAssessed)


def test_of_another_photo_only_unnatural_skin_is_told(hopper_portrait: Portrait, astronaut_portrait: Portrait) -> None:
    assert status(Pair(hopper_portrait, astronaut_portrait)) == "natural"
    orange = astronaut_portrait.with_pixels(np.asarray(lab_moved(0, 14, 36)(astronaut_portrait), np.float32))
    assert status(Pair(hopper_portrait, orange)) != "natural"
