from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.composites import clean
from calibration.edits import Edit
from calibration.handling import same

from likeness.comparison.pair import Pair
from likeness.measures.result.body import body
from likeness.measures.result.clothing import clothing
from likeness.portrait import Portrait
from likeness.schema import Reading


def paired(source: Portrait, make: object) -> Pair:
    result = Edit("edit", 0, "", make).result(source)  # type: ignore[arg-type]
    assert result is not None
    return Pair(source, result)


def masked(source: Portrait, colour: int, below: float = 0.9) -> np.ndarray:
    """A round picture, ``below`` IPD from its middle at the chin down to its edge."""
    x, y = source.landmarks[152, :2]
    columns, rows = np.meshgrid(np.arange(source.width), np.arange(source.height))
    outside = np.hypot(columns - x, rows - y + source.ipd) > (1 + below) * source.ipd
    picture = same(source).copy()
    picture[outside] = colour
    return picture


def framed(source: Portrait, colour: int) -> np.ndarray:
    cropped = same(source)[20 : int(source.landmarks[152, 1] + 1.2 * source.ipd), 30:-30]
    return cv2.copyMakeBorder(cropped, 30, 120, 40, 60, cv2.BORDER_CONSTANT, value=(colour,) * 3)


@pytest.mark.parametrize("colour", [0, 128, 255])
@pytest.mark.parametrize("make", [masked, framed])
def test_what_lies_around_the_picture_is_neither_body_nor_clothes(hopper_portrait: Portrait, make: object, colour: int) -> None:
    pair = paired(hopper_portrait, lambda source: make(source, colour))  # type: ignore[operator]
    source, result = pair.bodies
    hidden = (result.valid == 0) & (source.person > 0.9)
    assert hidden.sum() > 0.5 * source.ipd**2
    for measure in (body, clothing):
        found = measure(pair)
        assert isinstance(found, Reading)
        assert measure.limits.status(found.value) == "natural", found


@pytest.mark.parametrize("name", ["white", "navy"])
def test_a_plain_backdrop_is_no_frame(hopper_portrait: Portrait, name: str) -> None:
    pair = paired(hopper_portrait, clean(name))
    for _, result in (pair.scenes, pair.bodies):
        beside = result.valid[int(result.landmarks[152, 1])]  # the row of the chin: backdrop on either side
        assert beside.mean() > 0.5


def test_shoulders_erased_to_the_backdrop_are_no_frame(hopper_portrait: Portrait) -> None:
    def erased(source: Portrait) -> np.ndarray:
        picture = np.where(source.person[..., None] > 0.5, same(source), np.uint8(235))
        x, y = (int(v) for v in source.landmarks[152, :2])
        reach = int(1.0 * source.ipd)
        picture[y + reach // 3 :, : x - reach] = 235
        picture[y + reach // 3 :, x + reach :] = 235
        return np.asarray(picture)

    found = body(paired(hopper_portrait, erased))
    assert isinstance(found, Reading)
    assert body.limits.status(found.value) == "fail"
