"""The step ``white_balance``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from likeness.faces import find_faces
from likeness.image.color import LINEAR_FROM_8BIT, REC709_LUMA, bytes_from_linear, luminance
from likeness.image.light import angle_of
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.steps.white_balance import cast_of, white_balance

WARM, COOL = np.array([0.25, -0.25]), np.array([-0.25, 0.25])


@pytest.fixture(scope="module")
def astronaut_portrait(astronaut: Path) -> Portrait:
    photo = open_photo(astronaut)
    return Portrait.of(photo, find_faces(photo)[0])


def under(portrait: Portrait, cast: np.ndarray) -> Portrait:
    """The same in light of another colour, stored in 8 bits."""
    portrait.person, portrait.skin  # noqa: B018 - facts of shape, read before the light changes, as a recipe does
    light = np.array([2.0 ** cast[0], 1, 2.0 ** cast[1]])
    pixels = np.asarray(portrait.pixels * (light / (light @ REC709_LUMA)), np.float32)
    return portrait.with_pixels(LINEAR_FROM_8BIT[bytes_from_linear(pixels)])


@pytest.mark.parametrize("cast", [WARM, COOL], ids=["warm", "cool"])
def test_the_estimate_follows_a_planted_cast(astronaut_portrait: Portrait, cast: np.ndarray) -> None:
    moved = cast_of(under(astronaut_portrait, cast)) - cast_of(astronaut_portrait)
    assert moved @ cast > 0
    assert angle_of(cast - cast_of(under(astronaut_portrait, cast))) < angle_of(cast) + 1


def test_a_warm_cast_on_white_and_grey_is_removed(hopper_portrait: Portrait) -> None:
    """Everything that is not skin made grey: then the truth is known, and the evidence is good."""
    hopper_portrait.person, hopper_portrait.skin  # noqa: B018
    grey = np.repeat(luminance(hopper_portrait.pixels)[..., None], 3, 2)
    near = np.zeros((hopper_portrait.height, hopper_portrait.width, 1), np.float32)
    x, y = hopper_portrait.landmarks[:, :2].min(0).astype(int)
    right, bottom = hopper_portrait.landmarks[:, :2].max(0).astype(int)
    near[y:bottom, x:right] = 1
    truth = hopper_portrait.with_pixels(np.asarray(near * hopper_portrait.pixels + (1 - near) * grey, np.float32))
    assert angle_of(cast_of(truth)) < 0.5
    left = WARM - cast_of(under(truth, WARM))
    assert angle_of(left) < 0.35 * angle_of(WARM)
    result = white_balance(under(truth, WARM))
    outside = (near[..., 0] == 0) & (luminance(truth.pixels) > 0.1) & (luminance(truth.pixels) < 0.6)
    red_over_blue = np.median(result.pixels[outside, 0] / result.pixels[outside, 2])
    assert 0.95 < red_over_blue < 1.2  # 1.41 before


def test_luminance_stays(astronaut_portrait: Portrait) -> None:
    warm = under(astronaut_portrait, 1.6 * WARM)
    result = white_balance(warm)
    assert np.median(luminance(result.pixels)) == pytest.approx(np.median(luminance(warm.pixels)), rel=0.05)


def test_grey_pictures_are_left_alone(hopper_portrait: Portrait) -> None:
    grey = luminance(hopper_portrait.pixels)[..., None]
    for tint in ((1, 1, 1), (1.15, 1, 0.8)):  # also one that is toned
        toned = hopper_portrait.with_pixels(np.asarray(grey * np.array(tint, np.float32), np.float32))
        assert white_balance(toned) is toned


def test_skin_is_no_evidence(hopper_portrait: Portrait) -> None:
    """The face made redder or greener: the estimate hardly moves."""
    usual = cast_of(hopper_portrait)
    for tint in ((1.2, 1, 0.9), (0.9, 1, 1.1)):
        skin = hopper_portrait.skin[..., None]
        other = hopper_portrait.with_pixels(
            np.asarray(hopper_portrait.pixels * (1 - skin + skin * np.array(tint, np.float32)), np.float32)
        )
        assert angle_of(cast_of(other) - usual) < 0.7


@pytest.mark.parametrize("colour", [(0.12, 0.2, 0.35), (0.5, 0.08, 0.05), (0.7, 0.6, 0.02)], ids=["blue", "red", "yellow"])
def test_a_coloured_backdrop_does_not_drive_it(hopper_portrait: Portrait, colour: tuple[float, float, float]) -> None:
    behind = (hopper_portrait.person < 0.3)[..., None]
    backed = hopper_portrait.with_pixels(np.where(behind, np.array(colour, np.float32), hopper_portrait.pixels))
    assert angle_of(cast_of(backed) - cast_of(hopper_portrait)) < 3


@pytest.mark.parametrize("settings", [{"amount": 0.0}, {"limit": 0.0}])
def test_neutral_settings_do_nothing(astronaut_portrait: Portrait, settings: dict[str, float]) -> None:
    warm = under(astronaut_portrait, 2 * WARM)
    assert white_balance(warm, **settings) is warm


def test_planted_casts_on_real_photos_shrink_and_none_grows_much(shared_photos: Path) -> None:
    before, after = [], []
    for number in (1, 23, 45, 67, 89, 111, 133, 155):
        photo = open_photo(shared_photos / "staff" / f"{number:04}.jpg")
        portrait = Portrait.of(photo, find_faces(photo)[0], max_ipd=80)
        for cast in (WARM, 1.5 * WARM, COOL):
            before.append(angle_of(cast))
            after.append(angle_of(cast - cast_of(under(portrait, cast))))
    assert np.mean(after) < 0.92 * np.mean(before)
    assert np.max(np.subtract(after, before)) < 6
