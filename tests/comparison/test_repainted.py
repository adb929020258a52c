"""What hides a piece of the person is found from the two pictures alone, and no handling, light or other shirt is taken for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.composites import Maker, clean
from calibration.edits import Edit
from calibration.handling import contrast, exposed, rescaled
from calibration.painted_over import PAINTED_OVER, PAINTED_OVER_TEST

from likeness.comparison.pair import Pair
from likeness.comparison.repainted import Repainted, repainted
from likeness.image import Image
from likeness.image.color import luminance
from likeness.portrait import Portrait

FULL = 0.28


def pair_of(source: Portrait, make: Maker) -> Pair:
    result = Edit("edit", 0, "", make).result(source)
    assert result is not None
    return Pair(source, result)


def found(source: Portrait, make: Maker) -> Repainted:
    worst = repainted(pair_of(source, make))
    assert worst is not None
    return worst


def dabbed(x: float, y: float, make: Maker | None = None) -> Maker:
    """A disc 0.24 IPD across in the skin's colour, ``x`` and ``y`` IPD from between the eyes, on what ``make`` gives."""

    def painted(source: Portrait) -> Image:
        image = np.array(source.pixels if make is None else make(source))
        skin = np.median(source.pixels[source.skin > 0.5], axis=0)
        at = source.landmarks[168, :2] + source.ipd * np.array([x, y])
        cv2.circle(image, (round(float(at[0])), round(float(at[1]))), round(0.12 * source.ipd), skin.tolist(), -1)
        return image

    return painted


PLANTED = [edit for edit in (*PAINTED_OVER, *PAINTED_OVER_TEST) if edit.dose == 0.3 and "navy" not in edit.name]


@pytest.mark.parametrize("edit", PLANTED, ids=lambda e: e.name)
def test_planted_pieces_are_found(hopper_portrait: Portrait, edit: Edit) -> None:
    assert edit.make is not None
    assert found(hopper_portrait, edit.make).share > FULL


@pytest.mark.parametrize(("x", "y", "place"), [(0.2, -1.0, "Above the forehead"), (1.5, 2.6, "Below the chin on the left")])
def test_the_place_is_named(hopper_portrait: Portrait, x: float, y: float, place: str) -> None:
    assert found(hopper_portrait, dabbed(x, y)).place.startswith(place)


@pytest.mark.parametrize("make", [exposed(0.7), exposed(-0.7), contrast, rescaled(0.7)])
def test_handling_hides_nothing(hopper_portrait: Portrait, make: Maker) -> None:
    assert found(hopper_portrait, make).share < 0.1


@pytest.mark.parametrize("name", ["white", "navy"])
def test_proper_cut_outs_hide_little(hopper_portrait: Portrait, name: str) -> None:
    assert found(hopper_portrait, clean(name)).share < FULL


def grey(source: Portrait) -> Image:
    return np.repeat(luminance(source.pixels)[..., None], 3, axis=2)


def test_black_and_white_hides_nothing_by_itself(hopper_portrait: Portrait) -> None:
    assert found(hopper_portrait, grey).share < 0.15


def test_other_clothes_are_the_clothes_matter(hopper_portrait: Portrait) -> None:
    def dyed(source: Portrait) -> Image:
        low = np.arange(source.height)[:, None] > source.landmarks[152, 1] + 0.3 * source.ipd
        worn = (low & (source.person > 0.5))[..., None]
        return np.asarray(np.where(worn, source.pixels * np.array([3, 0.6, 0.6], np.float32), source.pixels), np.float32)

    assert found(hopper_portrait, dyed).share < 0.15


def test_without_the_light_or_of_another_photo_nothing_is_said(hopper_portrait: Portrait) -> None:
    pair = pair_of(hopper_portrait, dabbed(0.2, -1.0))
    pair.__dict__["tones"] = ()
    assert repainted(pair) is None
    other = pair_of(hopper_portrait, dabbed(0.2, -1.0))
    other.__dict__["mode"] = "other-photo"
    assert repainted(other) is None


def test_alpha_is_not_asked(hopper_portrait: Portrait) -> None:
    """Layers that hold the fault themselves, as those of an editor do whose matting went wrong."""
    pair = pair_of(hopper_portrait, dabbed(0.2, -1.0, clean("grey")))
    pair.__dict__["source_layers"] = None
    worst = repainted(pair)
    assert worst is not None
    assert worst.share > FULL
