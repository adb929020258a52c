"""A plain wall exchanged for a like one is another wall; edits of the light, of the skin or of the clothes leave the wall the source's own."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from calibration.bodies import clothes
from calibration.colouring import all_skin, lab_moved
from calibration.composites import grainy, over
from calibration.edits import Edit
from calibration.handling import balanced, contrast, daylight, exposed, gamma, same
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.image import Image, read_only
from likeness.image.filters import gaussian
from likeness.measures import result_measures
from likeness.portrait import Portrait
from likeness.schema import Reading

Make = Callable[[Portrait], "Image | NDArray[np.uint8]"]
WALL = np.array([0.3, 0.31, 0.33], np.float32)


def wall(source: Portrait, gains: object = 1.0, seed: int = 7, grain: float = 0.02) -> Image:
    """Plaster that falls off from left to right, with relief of its own."""
    across = np.linspace(1.15, 0.85, source.width, dtype=np.float32)[None, :, None]
    noise = np.random.default_rng(seed).standard_normal((source.height, source.width)).astype(np.float32)
    relief = gaussian(noise, 0.03 * source.ipd)
    return np.asarray(WALL * gains * across * (1 + grain * relief / relief.std())[..., None], np.float32)


@pytest.fixture(scope="module")
def person(hopper_portrait: Portrait) -> Portrait:
    return hopper_portrait


@pytest.fixture(scope="module")
def source(person: Portrait) -> Portrait:
    return before(person, wall(person))


@pytest.fixture(scope="module")
def smooth(person: Portrait) -> Portrait:
    """Before a wall without any relief, so that light alone can tell."""
    return before(person, wall(person, grain=0.0))


def before(person: Portrait, back: Image) -> Portrait:
    return Edit("before", 0, "", None, prepare=lambda s: over(s.foreground, s.alpha, back)).source(person)


def pair(source: Portrait, make: Make, quality: int = 90) -> Pair:
    result = Edit("made", 0, "", make, quality).result(source)
    assert result is not None
    return Pair(source, result)


def kelvin(off: float, stops: float = 0.0) -> NDArray[np.float32]:
    return np.asarray(daylight(5500 + off) / daylight(5500) * 2.0**stops, np.float32)


def skin_colour(of: Pair) -> float:
    measure = result_measures()["skin_colour"]
    found = measure(of)
    assert isinstance(found, Reading), found
    return found.value


def dyed(source: Portrait) -> Image:
    return lab_moved(5, 10, -15, where=lambda s: clothes(s)[..., None])(source)


def then(first: Make, after: Make) -> Make:
    def both(source: Portrait) -> Image | NDArray[np.uint8]:
        return after(source.with_pixels(read_only(np.clip(np.asarray(first(source), np.float32), 0, 1))))

    return both


@pytest.mark.parametrize(
    ("gains", "grain"),
    [(kelvin(-1000), 0.0), (kelvin(-600), 0.0), (kelvin(1500), 0.02), (kelvin(0, 0.4), 0.02)],
    ids=["warmer", "a little warmer", "cooler", "brighter"],
)
def test_another_wall_is_no_light_and_accuses_no_skin(person: Portrait, gains: NDArray[np.float32], grain: float) -> None:
    found = pair(
        before(person, wall(person, grain=grain)), lambda _: over(person.foreground, person.alpha, wall(person, gains, 8, grain))
    )
    assert found.background == "replaced"
    assert result_measures()["skin_colour"].limits.status(skin_colour(found)) == "natural"


@pytest.mark.parametrize(
    "make",
    [
        balanced(-800),
        balanced(800),
        exposed(0.7),
        gamma(1.25),
        contrast,
        then(balanced(800), then(contrast, exposed(-0.7))),
        lab_moved(8, where=all_skin),
        lab_moved(-4, 3, 5, where=all_skin),
        dyed,
    ],
)
def test_the_own_wall_stays(smooth: Portrait, make: Make) -> None:
    assert pair(smooth, make, 75).background == "kept"


def test_a_wall_with_its_own_grain_is_its_own_however_it_is_lit(source: Portrait) -> None:
    def warmer(s: Portrait) -> Image:
        behind = cv2.GaussianBlur(1 - s.person, (0, 0), 2)[..., None]
        return np.asarray(s.pixels * (1 + behind * (kelvin(-1000) - 1)), np.float32)

    assert pair(source, warmer).background == "kept"


def test_the_same_wall_again_accuses_nobody(person: Portrait, source: Portrait) -> None:
    found = pair(source, lambda s: over(person.foreground, person.alpha, grainy(wall(person, seed=9), s)))
    assert result_measures()["skin_colour"].limits.status(skin_colour(found)) == "natural"
    assert skin_colour(pair(source, same)) < 1
