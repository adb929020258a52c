from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from calibration.handling import contrast, exposed, gamma
from calibration.lighting import evened, filled, flattened, opened, sculpted
from calibration.people import photo_of, portrait_of
from calibration.reshaping import Pushes, bumps, jaw, nose, reshaped
from calibration.retouching import bilateral

from likeness.comparison.pair import Pair
from likeness.comparison.shading import Shading
from likeness.image.color import linear_from_srgb
from likeness.image.geometry import resize
from likeness.measures.result.flatness import _sentence, flatness
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import darkened_corners, edited


def read(pair: Pair) -> Reading:
    found = flatness(pair)
    assert isinstance(found, Reading), found
    return found


@pytest.mark.parametrize("make", [contrast, exposed(0.7), gamma(0.75), gamma(1.3)])
def test_tone_curves_of_the_whole_picture_flatten_nothing(hopper_portrait: Portrait, make: object) -> None:
    assert read(edited(hopper_portrait, make)).value == pytest.approx(1, abs=0.06)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [flattened, evened, filled])
def test_a_flattened_face_is_noticed_under_a_tone_curve_too(hopper_portrait: Portrait, make: object) -> None:
    flat = make(0.6)  # type: ignore[operator]
    pair = edited(hopper_portrait, lambda source: contrast(source.with_pixels(as_image(source, flat))))
    found = read(pair)
    assert limits_of("flatness").status(found.value) != "natural"
    assert "flattened" in found.reason


def test_the_value_falls_with_the_dose(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, flattened(share))).value for share in (-0.6, 0.0, 0.3, 0.6, 0.9)]
    assert values == sorted(values, reverse=True)
    assert values[1] == pytest.approx(1, abs=0.02)
    assert values[3] == pytest.approx(0.52, abs=0.13)  # of 0.4: what is finer than the retoucher's blur stays


def test_raised_contrast_of_the_face_is_noticed(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, flattened(-0.6)))
    assert limits_of("flatness").status(found.value) != "natural"
    assert found.value > 1
    assert "contrast was raised" in found.reason


def test_a_face_filled_by_its_mesh_loses_the_shade_that_follows_its_form(hopper_portrait: Portrait) -> None:
    """Beards and flushed cheeks, which stay, do not hide it."""
    values = [read(edited(hopper_portrait, filled(share))).value for share in (0.3, 0.6, 1.0)]
    assert values == sorted(values, reverse=True)
    assert values == pytest.approx([0.78, 0.56, 0.26], abs=0.1)


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_shadows_of_the_features_are_missed(hopper_portrait: Portrait, share: float) -> None:
    found = read(edited(hopper_portrait, opened(share)))
    assert found.value < 1 - 0.3 * share
    assert "filled" in found.reason
    assert "shadows" in found.reason


def test_dodge_and_burn_is_noticed_and_not_called_flattened(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, sculpted(0.6)))
    assert found.value > 1
    assert limits_of("flatness").status(found.value) != "natural"
    assert "flattened" not in found.reason
    assert "painted" in found.reason
    assert "fill shadows" not in (found.advice or "")


@pytest.mark.parametrize("stops", [-0.7, -1.2, 0.7])
def test_a_vignette_of_the_whole_picture_is_no_light_on_the_face(hopper_portrait: Portrait, stops: float) -> None:
    assert read(edited(hopper_portrait, darkened_corners(stops))).value == pytest.approx(1, abs=0.05)  # type: ignore[arg-type]


def test_a_vignette_does_not_hide_that_the_face_was_flattened(hopper_portrait: Portrait) -> None:
    alone, under = (
        read(edited(hopper_portrait, make)).value
        for make in (flattened(0.6), darkened_corners(-0.7, partial(as_image, make=flattened(0.6))))
    )  # type: ignore[arg-type]
    assert under == pytest.approx(alone, abs=0.05)


@pytest.mark.parametrize("part", [jaw, nose])
def test_relief_that_was_moved_is_no_paint(hopper_portrait: Portrait, part: Pushes) -> None:
    assert read(edited(hopper_portrait, reshaped(part, 5, bumps))).value == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("way", ["face", "shadows", "drawn", "form"])
@pytest.mark.parametrize("value", [0.81, 0.9, 1.0, 1.14, 1.24])
def test_what_is_natural_accuses_nobody(way: str, value: float) -> None:
    said = _sentence(way, value, "the jaw", anew=True)
    assert not re.search("painted|flattened|filled|raised|anew", said)
    assert ("keeps" in said) == (flatness.limits.status(value) == "natural")


def test_smoothed_skin_keeps_its_light(hopper_portrait: Portrait) -> None:
    assert limits_of("flatness").status(read(edited(hopper_portrait, bilateral(1.0))).value) == "natural"


def test_a_new_background_makes_no_difference(hopper_portrait: Portrait) -> None:
    def make(source: Portrait) -> np.ndarray:
        alpha = source.alpha[..., None]
        return np.asarray(alpha * source.foreground + (1 - alpha) * np.float32([0.7, 0.75, 0.8]), np.float32)

    assert read(edited(hopper_portrait, make)).value == pytest.approx(1, abs=0.05)


def test_a_small_picture_tells_as_much(hopper_portrait: Portrait) -> None:
    """Eyes 42 px apart."""
    size = (hopper_portrait.width // 2, hopper_portrait.height // 2)
    small = portrait_of(photo_of(resize(hopper_portrait.pixels, size), "small"))
    assert small is not None
    assert read(edited(small, gamma(0.8))).value == pytest.approx(1, abs=0.06)
    assert limits_of("flatness").status(read(edited(small, flattened(0.6))).value) != "natural"


def test_the_map_shows_where(hopper_portrait: Portrait) -> None:
    """Only the person's left half is flattened."""
    flat = flattened(0.9)
    middle = int(hopper_portrait.landmarks[1, 0])

    def make(source: Portrait) -> np.ndarray:
        image = np.array(source.pixels)
        image[:, middle:] = as_image(source, flat)[:, middle:]
        return image

    pair = edited(hopper_portrait, make)
    found = read(pair)
    assert found.heat is not None
    assert found.heat.shape == pair.faces[0].pixels.shape[:2]
    centre, reach = int(pair.faces[0].landmarks[1, 0]), int(0.2 * pair.ipd)
    assert np.nanmedian(found.heat[:, centre + reach :]) < 0.7 < 0.85 < np.nanmedian(found.heat[:, : centre - reach])


def test_what_cannot_be_known_is_said(hopper_portrait: Portrait, saved: Pair) -> None:
    other = Pair(hopper_portrait, hopper_portrait)
    other.__dict__["mode"] = "other-photo"
    assert isinstance(flatness(other), NotAssessed)
    white = hopper_portrait.with_pixels(np.clip(hopper_portrait.pixels * 40, 0, 1))
    burnt = Pair(hopper_portrait, white)
    burnt.__dict__["mode"] = "same-photo"
    found = flatness(burnt)
    assert isinstance(found, NotAssessed)
    assert "overexposed" in found.reason
    assert read(saved).value == pytest.approx(1, abs=0.01)


def test_a_face_without_any_shade_is_not_assessed(hopper_portrait: Portrait) -> None:
    pair = edited(hopper_portrait, contrast)
    assert isinstance(pair.shading, Shading)
    pair.__dict__["shading"] = replace(pair.shading, source=np.zeros_like(pair.shading.source))
    found = flatness(pair)
    assert isinstance(found, NotAssessed)
    assert "evenly" in found.reason


def as_image(source: Portrait, make: object) -> np.ndarray:
    """What ``make`` makes of ``source``, linear."""
    pixels = make(source)  # type: ignore[operator]
    return np.asarray(linear_from_srgb(pixels.astype(np.float32) / 255) if pixels.dtype == np.uint8 else pixels)


def test_light_is_not_read_among_burnt_pixels(hopper_portrait: Portrait) -> None:
    bright = hopper_portrait.with_pixels(np.clip(hopper_portrait.pixels * np.float32(1.6), 0, 1))
    pair = edited(bright, exposed(0.7))
    assert not isinstance(pair.shading, str)
    height, width = pair.shading.weight.shape
    green = resize(pair.followed[1].pixels, (width, height))[..., 1]
    assert (green > 0.93).any()
    assert not pair.shading.weight[green > 0.93].any()
