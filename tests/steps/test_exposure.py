"""The step ``exposure``."""

from __future__ import annotations

import numpy as np
import pytest

from likeness.image import Image
from likeness.image.color import LINEAR_FROM_8BIT, bytes_from_linear, luminance
from likeness.image.light import tone
from likeness.image.noise import noise_levels
from likeness.portrait import Portrait
from likeness.regions import region
from likeness.steps.exposure import exposure, stops_missing


def as_file(pixels: Image) -> Image:
    """Through 8 bits, as a camera would have stored it."""
    return np.asarray(LINEAR_FROM_8BIT[bytes_from_linear(np.asarray(pixels, np.float32))])


def exposed_by(portrait: Portrait, stops: float) -> Portrait:
    portrait.person, portrait.skin  # noqa: B018 - facts of shape, read before the light changes, as a recipe does
    return portrait.with_pixels(as_file(tone(portrait.pixels, 2.0**stops, 0.7) if stops > 0 else portrait.pixels * 2.0**stops))


def test_a_well_exposed_photo_is_left_alone(hopper_portrait: Portrait) -> None:
    assert exposure(hopper_portrait) is hopper_portrait


@pytest.mark.parametrize(("planted", "least", "most"), [(-2.0, 1.0, 2.0), (-1.5, 0.6, 1.6), (-1.0, 0.1, 1.1)])
def test_planted_underexposure_is_made_good(hopper_portrait: Portrait, planted: float, least: float, most: float) -> None:
    dark = exposed_by(hopper_portrait, planted)
    assert least <= stops_missing(dark) <= most
    lifted = exposure(dark, limit=2.0)
    face = hopper_portrait.skin > 0.5
    gained = np.median(np.log2(luminance(lifted.pixels)[face] / luminance(dark.pixels)[face]))
    assert gained == pytest.approx(stops_missing(dark), abs=0.1)


def test_more_underexposure_gets_more_light(hopper_portrait: Portrait) -> None:
    stops = [stops_missing(exposed_by(hopper_portrait, planted)) for planted in (0, -0.5, -1, -1.5, -2)]
    assert stops == sorted(stops)


def test_bleached_skin_is_darkened_a_little_and_white_stays_white(hopper_portrait: Portrait) -> None:
    bleached = exposed_by(hopper_portrait, 2.5)
    assert stops_missing(bleached) < 0
    result = exposure(bleached)
    white = bleached.pixels.min(2) == 1
    assert white.any()
    np.testing.assert_allclose(result.pixels[white], 1, atol=1e-3)
    assert np.median(luminance(result.pixels)[bleached.skin > 0.5]) < np.median(luminance(bleached.pixels)[bleached.skin > 0.5])


def test_lifting_clips_nothing_and_keeps_colour(hopper_portrait: Portrait) -> None:
    dark = exposed_by(hopper_portrait, -1.5)
    result = exposure(dark)
    assert result.pixels.max() <= 1 + 1e-4
    lit = dark.pixels.min(2) > 0.01
    before, after = dark.pixels[lit], result.pixels[lit]
    np.testing.assert_allclose(after / after.max(1, keepdims=True), before / before.max(1, keepdims=True), rtol=1e-3)


def test_mid_tones_are_multiplied_alike(hopper_portrait: Portrait) -> None:
    dark = exposed_by(hopper_portrait, -2)
    result = exposure(dark)
    mid = (result.pixels.max(2) < 0.59) & (dark.pixels.min(2) > 0.005)
    ratio = result.pixels[mid] / dark.pixels[mid]
    assert ratio.std() / ratio.mean() < 1e-3


def test_dark_skin_in_a_well_lit_scene_stays_dark(hopper_portrait: Portrait) -> None:
    """The person's skin made two stops darker, the scene (uniform, flag, background) as it was: nothing is lifted."""
    skin = hopper_portrait.skin[..., None]
    darker = hopper_portrait.with_pixels(np.asarray(hopper_portrait.pixels * (1 - 0.75 * skin), np.float32))
    assert exposure(darker) is darker


def test_a_scene_without_anything_white_is_not_lifted_while_the_eyes_are_light(hopper_portrait: Portrait) -> None:
    """Dark skin in dark clothes before a dark wall: nothing in the picture is white but the eyes, and they are as light as ever."""
    dim = exposed_by(hopper_portrait, -1.2)
    assert stops_missing(dim) > 0.2
    eyes = region(dim.landmarks, (dim.width, dim.height), "eyes")[..., None]
    lit = dim.with_pixels(as_file(np.where(eyes > 0.5, np.maximum(dim.pixels, 0.35), dim.pixels)))
    assert stops_missing(lit) == 0


def test_noise_limits_the_lift(hopper_portrait: Portrait) -> None:
    clean = exposed_by(hopper_portrait, -2)
    encoded = bytes_from_linear(clean.pixels).astype(np.float32)
    grain = np.random.default_rng(3).normal(0, 7, encoded.shape[:2])[..., None]
    noisy = clean.with_pixels(LINEAR_FROM_8BIT[np.clip(np.round(encoded + grain), 0, 255).astype(np.uint8)])
    assert np.nanmax(noise_levels(noisy.pixels)) > 0.015
    assert stops_missing(noisy) < 0.6 * stops_missing(clean)


@pytest.mark.parametrize("settings", [{"amount": 0.0}, {"limit": 0.0}])
def test_neutral_settings_do_nothing(hopper_portrait: Portrait, settings: dict[str, float]) -> None:
    dark = exposed_by(hopper_portrait, -2)
    assert exposure(dark, **settings) is dark
