from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pytest
from calibration.handling import messenger, passed_on, rescaled, sharpened
from calibration.people import portrait_of
from calibration.retouching import bilateral, blurred, frequency_separated, median_smoothed, with_grain
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.image.color import bytes_from_linear
from likeness.measures.result.texture import texture
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import Make, edited, saved_as

LOW, HIGH = texture.limits.natural


def read(pair: Pair) -> Reading:
    found = texture(pair)
    assert isinstance(found, Reading), found
    return found


def test_saving_again_keeps_it(saved: Pair) -> None:
    assert read(saved).value == pytest.approx(1, abs=0.04)
    assert "Pores cannot be seen with the eyes 8" in read(saved).reason


def test_pores_that_both_pictures_show_are_not_said_to_be_unseen(hopper_portrait: Portrait) -> None:
    width, height = 3 * hopper_portrait.width, 3 * hopper_portrait.height
    large = hopper_portrait.resampled(np.array([[1 / 3, 0, 0], [0, 1 / 3, 0]]), (width, height))
    assert large.ipd > 240
    reason = read(edited(large, lambda s: s.pixels)).reason
    assert "Pores, which are finer, were not compared" in reason
    assert "cannot be seen" not in reason


def test_more_blur_leaves_less(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, blurred(sigma))).value for sigma in (0.006, 0.012, 0.025)]
    assert LOW > values[0] > values[1] > values[2]


@pytest.mark.parametrize("make", [bilateral(0.6), frequency_separated(0.7), median_smoothed(0.7), with_grain(blurred(0.012))])
def test_every_kind_of_smoothing_is_noticed(hopper_portrait: Portrait, make: Make) -> None:
    assert read(edited(hopper_portrait, make)).value < LOW


@pytest.mark.parametrize("quality", [60, 75, 90])
def test_a_compressed_copy_is_natural_and_smoothing_shows_through(hopper_portrait: Portrait, quality: int) -> None:
    assert read(edited(hopper_portrait, lambda s: np.array(s.pixels), quality)).value == pytest.approx(1, abs=0.12)
    assert read(edited(hopper_portrait, bilateral(0.6), quality)).value < LOW


@pytest.mark.parametrize(
    "make",
    [
        messenger,
        rescaled(0.8),
        rescaled(0.75, cv2.INTER_CUBIC),
        sharpened(0.5, 0.8),
    ],
)
def test_what_was_done_to_all_of_the_picture_is_no_smoothing(hopper_portrait: Portrait, make: Make) -> None:
    assert LOW < read(edited(hopper_portrait, make, 88)).value < HIGH


def of_light(sigma: float) -> Make:
    return lambda source: cv2.GaussianBlur(source.pixels, (0, 0), sigma)


def of_codes(sigma: float) -> Make:
    return lambda source: cv2.GaussianBlur(source.srgb, (0, 0), sigma)


@pytest.mark.parametrize("blur", [of_light(0.8), of_light(1.0), of_codes(0.8), of_codes(1.3)])
@pytest.mark.parametrize("quality", [88, 95])
def test_a_blur_of_all_of_the_picture_is_neither_smoothing_nor_sharpening(
    hopper_portrait: Portrait, blur: Make, quality: int
) -> None:
    assert read(edited(hopper_portrait, blur, quality)).value == pytest.approx(1, abs=0.1)


def test_skin_smoothed_in_a_picture_that_was_blurred_is_noticed(hopper_portrait: Portrait) -> None:
    smoothed = edited(hopper_portrait, lambda s: cv2.GaussianBlur(np.asarray(bilateral(1.0)(s)), (0, 0), 0.7), 92)
    assert read(smoothed).value < LOW


def test_sharpened_skin_reads_as_more_than_all(hopper_portrait: Portrait) -> None:
    def make(source: Portrait) -> object:
        coarse = cv2.GaussianBlur(source.pixels, (0, 0), 0.02 * source.ipd)
        return source.pixels + source.skin[..., None] * (source.pixels - coarse)

    found = read(edited(hopper_portrait, make))
    assert found.value > HIGH
    assert "sharpened" in found.reason


def test_exposure_is_no_smoothing(hopper_portrait: Portrait) -> None:
    assert LOW < read(edited(hopper_portrait, lambda s: s.pixels * np.float32(0.6))).value < HIGH


def test_red_cut_off_at_white_takes_its_part_of_the_texture(hopper_portrait: Portrait) -> None:
    bright = hopper_portrait.with_pixels(np.clip(hopper_portrait.pixels * np.float32(1.6), 0, 1))
    pair = Pair(bright, edited(bright, passed_on, quality=80).result)
    assert LOW < read(pair).value < HIGH


def brightened(make: Make, factor: float) -> Make:
    """What ``make`` makes, its codes multiplied: red runs into white first."""
    return lambda source: np.clip(encoded(make(source)) * np.float32(factor), 0, 255).astype(np.uint8)


def encoded(image: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(image if image.dtype == np.uint8 else bytes_from_linear(image), np.float32)


@pytest.mark.parametrize("factor", [1.15, 1.35])
def test_brightening_is_no_smoothing_and_hides_none(hopper_portrait: Portrait, factor: float) -> None:
    """Made so light that one channel of much of the skin is clipped, and the others are not."""
    light = edited(hopper_portrait, brightened(lambda s: s.pixels, factor))
    skin = light.faces[0].skin > 0.5
    assert (light.faces[1].pixels[..., 0][skin] > 0.97).mean() > 0.05
    assert LOW < read(light).value < HIGH
    assert read(edited(hopper_portrait, brightened(bilateral(0.6), factor))).value < LOW


def test_a_mole_that_was_painted_on_is_no_smoothing(hopper_portrait: Portrait) -> None:
    def mole(source: Portrait) -> object:
        made = np.array(source.srgb)
        x, y = source.landmarks[50, :2]
        cv2.circle(made, (round(float(x)), round(float(y))), round(0.03 * source.ipd), (60, 35, 30), -1, cv2.LINE_AA)
        return made

    found = read(edited(hopper_portrait, mole))
    assert found.value == pytest.approx(1, abs=0.05)
    assert "smoothed" not in found.reason


def test_the_sentence_follows_the_value(hopper_portrait: Portrait) -> None:
    """Little departs: neither accused nor acquitted. Much: what was done is said."""
    for opacity in (0.05, 0.15, 0.25, 0.6):
        found = read(edited(hopper_portrait, frequency_separated(opacity)))
        assert ("smoothed away" in found.reason) == (found.value <= 0.8), found.reason


def test_the_map_shows_where(hopper_portrait: Portrait) -> None:
    def one_side(source: Portrait) -> object:
        made = np.array(source.pixels)
        middle = int(source.landmarks[168, 0])
        made[:, :middle] = np.asarray(blurred(0.02)(source))[:, :middle]
        return made

    pair = edited(hopper_portrait, one_side)
    heat = read(pair).heat
    assert "left cheek" not in read(pair).reason
    assert "on the " in read(pair).reason.lower()
    assert heat is not None
    assert heat.shape == pair.faces[0].pixels.shape[:2]
    middle = int(pair.faces[0].landmarks[168, 0])
    left, right = heat[:, : middle - 12], heat[:, middle + 12 :]
    assert np.nanmedian(left) < 0.4
    assert np.nanmedian(right) == pytest.approx(1, abs=0.2)


def test_one_smoothed_part_does_not_hide_in_the_whole(hopper_portrait: Portrait) -> None:
    def forehead(source: Portrait) -> object:
        made = np.array(source.pixels)
        brows = int(source.landmarks[[105, 334], 1].min())
        made[:brows] = np.asarray(blurred(0.012)(source))[:brows]
        return made

    found = read(edited(hopper_portrait, forehead))
    assert found.value < LOW
    assert found.reason.startswith("On the forehead ")
    assert "smoothed away there" in found.reason


def as_other_photo(pair: Pair) -> Pair:
    other = Pair(pair.source, pair.result)
    other.__dict__["mode"] = "other-photo"
    return other


def test_waxy_skin_is_noticed_in_another_photo(hopper_portrait: Portrait, saved: Pair) -> None:
    alike = read(as_other_photo(saved))
    waxy = read(as_other_photo(edited(hopper_portrait, blurred(0.03))))
    assert limits_of("texture", "other-photo").status(alike.value) == "natural"
    assert limits_of("texture", "other-photo").status(waxy.value) != "natural"
    assert "person's own photo" in waxy.reason


def test_burnt_out_skin_is_not_assessed(hopper_portrait: Portrait) -> None:
    found = texture(edited(hopper_portrait, lambda s: s.pixels + s.skin[..., None] * (0.96 + 0.04 * s.pixels - s.pixels)))
    assert isinstance(found, NotAssessed)
    assert "white" in found.reason


def test_too_small_is_not_assessed(astronaut: Path) -> None:
    portrait = portrait_of(open_photo(astronaut))
    assert portrait is not None
    found = texture(Pair(portrait, portrait))
    assert isinstance(found, NotAssessed)
    assert found.needs_ipd == 56


def test_the_steps_that_the_file_names_are_used(hopper_portrait: Portrait, tmp_path: Path) -> None:
    """A table that no quality has, which takes the fine waves alone: only the file tells it."""
    odd = [4 if k // 8 + k % 8 < 2 else 90 for k in range(64)]
    path = tmp_path / "odd.jpg"
    PIL.Image.fromarray(hopper_portrait.srgb).save(path, qtables=[odd, odd], subsampling=0)
    result = portrait_of(open_photo(path))
    assert result is not None
    told = Pair(hopper_portrait, result)
    untold = Pair(hopper_portrait, replace(result, photo=replace(result.photo, data=b""), facts={}))
    assert abs(np.log(read(told).value)) < 0.5 * abs(np.log(read(untold).value))


@pytest.mark.parametrize("quality", [60, 80])
def test_saving_as_webp_is_no_smoothing_and_smoothing_shows_through(hopper_portrait: Portrait, quality: int) -> None:
    assert LOW < read(saved_as(hopper_portrait, lambda s: s.pixels, "webp", quality=quality)).value < HIGH
    assert read(saved_as(hopper_portrait, bilateral(0.6), "webp", quality=quality)).value < LOW


def test_lossless_webp_takes_nothing(hopper_portrait: Portrait) -> None:
    assert read(saved_as(hopper_portrait, lambda s: s.pixels, "webp", lossless=True)).value == pytest.approx(1, abs=0.04)


def test_what_strong_avif_took_is_not_called_smoothing(hopper_portrait: Portrait) -> None:
    found = texture(saved_as(hopper_portrait, lambda s: s.pixels, "avif", quality=40))
    assert isinstance(found, NotAssessed)
    assert "AVIF" in found.reason
    assert LOW < read(saved_as(hopper_portrait, lambda s: s.pixels, "avif", quality=95)).value < HIGH
