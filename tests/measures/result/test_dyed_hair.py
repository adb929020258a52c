"""Hair dyed on the head and down over the shoulders: three measures look at it, and one is to speak."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from calibration.colouring import Mask, lab_moved
from calibration.handling import exposed
from calibration.people import photo_of, portrait_of

from likeness.comparison.dyed_hair import dyed_hair
from likeness.comparison.repainted import repainted
from likeness.comparison.zones import head_hair
from likeness.measures.result.skin_colour import skin_colour
from likeness.portrait import Portrait
from likeness.regions import region

from .conftest import edited, reading_of, status_of


@pytest.fixture(scope="module")
def smiling(astronaut_portrait: Portrait) -> Portrait:
    """Twice as large."""
    large = portrait_of(photo_of(cv2.resize(astronaut_portrait.pixels, None, fx=2, fy=2), "large"))
    assert large is not None
    return large


def curled(source: Portrait) -> Portrait:
    """With locks, light and dark, on the head and down to the shoulders."""
    noise = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 1, source.skin.shape).astype(np.float32), (0, 0), 0.03 * source.ipd)
    locks = np.exp(1.0 * noise / noise.std())[..., None] * np.array([0.09, 0.06, 0.045], np.float32)
    mask = long_hair(source)
    return source.with_pixels(np.asarray(source.pixels + mask * (np.clip(locks, 0, 0.8) - source.pixels), np.float32))


def long_hair(source: Portrait) -> np.ndarray:
    """The person above the forehead, and beside the face down to 0.9 IPD below the chin."""
    rows, columns = np.mgrid[: source.height, : source.width]
    across = np.abs(columns - source.landmarks[168, 0]) / source.ipd
    low = rows < source.landmarks[152, 1] + 0.9 * source.ipd
    face = region(source.landmarks, (source.width, source.height), "face", grow=0.05 * source.ipd)
    above = (rows < source.landmarks[10, 1]) & (source.person > 0.5)
    locks = (rows > source.landmarks[10, 1] - 0.3 * source.ipd) & low & (across > 0.7) & (across < 1.2)
    return np.asarray(cv2.GaussianBlur(((above | locks) & (face < 0.5)).astype(np.float32), (0, 0), 1)[..., None], np.float32)


def hanging(source: Portrait, where: Mask) -> tuple[float, float]:
    """What of the locks below the chin, and of all else there, is said to be dyed hair, where ``where`` was dyed."""
    before, after = edited(source, lab_moved(6, 16, 18, where=where)).scenes
    found = dyed_hair(before, head_hair(before, after), before.pixels, after.pixels)
    below = np.arange(before.size[1])[:, None] > before.landmarks[152, 1] + 0.1 * before.ipd
    across = np.abs(np.arange(before.size[0]) - before.landmarks[168, 0])[None] / before.ipd
    ends = before.landmarks[152, 1] + 0.8 * before.ipd
    worn = (before.person > 0.9) & (before.valid * after.valid > 0) & below
    locks = worn & (across > 0.8) & (across < 1.1) & (np.arange(before.size[1])[:, None] < ends)
    return float(found[locks].mean()), float(found[worn & ((across < 0.6) | (across > 1.3))].mean())


def test_hair_that_curls_and_was_dyed_is_named_and_is_not_painted_over(smiling: Portrait) -> None:
    pair = edited(curled(smiling), lab_moved(6, 16, 18, where=long_hair))
    assert status_of(skin_colour, pair) != "natural"
    assert re.search("The hair is .* redder", reading_of(skin_colour, pair).reason)
    spot = repainted(pair)
    assert spot is not None
    assert spot.share < 0.28


def test_hair_over_the_shoulders_goes_with_the_head(smiling: Portrait) -> None:
    locks, clothes = hanging(curled(smiling), long_hair)
    assert locks > 0.6
    assert clothes < 0.05


def test_where_the_head_kept_its_colour_nothing_below_is_dyed_hair(smiling: Portrait) -> None:
    def shoulders(source: Portrait) -> np.ndarray:
        return np.asarray(long_hair(source) * (np.arange(source.height) > source.landmarks[152, 1])[:, None, None], np.float32)

    assert hanging(curled(smiling), shoulders) == (0, 0)


def test_curls_stay_through_exposure(smiling: Portrait) -> None:
    assert status_of(skin_colour, edited(curled(smiling), exposed(0.4), quality=70)) == "natural"
