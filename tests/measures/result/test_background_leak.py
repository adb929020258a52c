from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.composites import careful, clean, cut_out, feathered, produced, scissors

from likeness.comparison.pair import Pair
from likeness.faces import eye_midpoint
from likeness.measures.result.background_leak import background_leak, told_of
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

from .conftest import Make, edited


def read(pair: Pair) -> Reading:
    found = background_leak(pair)
    assert isinstance(found, Reading), found
    return found


def test_a_kept_background_leaks_nothing(saved: Pair) -> None:
    assert read(saved).value == 0
    assert "source's own" in read(saved).reason


@pytest.mark.parametrize(
    ("leak", "words"),
    [
        (0.0, "nothing of the old"),
        (0.12, "12 % of the old"),
        (1.3, "all of the old"),
        (-0.12, ": 12 % too much"),
        (-0.001, "nothing of"),
    ],
)
def test_no_more_than_all_of_the_old_background_shows(leak: float, words: str) -> None:
    assert words in told_of(leak)


def test_a_kept_background_in_other_light_is_still_kept(hopper_portrait: Portrait) -> None:
    assert read(edited(hopper_portrait, lambda s: s.pixels * np.array([0.75, 0.7, 0.8], np.float32))).value == 0


def test_a_clean_composite_is_natural(hopper_portrait: Portrait) -> None:
    assert limits_of("background_leak").status(read(edited(hopper_portrait, clean("sand"))).value) == "natural"


@pytest.mark.parametrize("kind", [careful("sand"), produced("dark")], ids=["another alpha, mixed in sRGB", "by the product's step"])
def test_other_proper_composites_are_natural(hopper_portrait: Portrait, kind: Make) -> None:
    assert limits_of("background_leak").status(read(edited(hopper_portrait, kind)).value) == "natural"


def test_a_veil_beside_the_edge_is_named(hopper_portrait: Portrait) -> None:
    """The network's mask, feathered: the old background glows around the person where alpha has nothing of them."""
    assert "veil of the old background" in read(edited(hopper_portrait, feathered("white"))).reason


@pytest.mark.parametrize("kind", [cut_out, feathered])
def test_an_untreated_composite_is_noticed(hopper_portrait: Portrait, kind: object) -> None:
    found = read(edited(hopper_portrait, kind("sand")))  # type: ignore[operator]
    assert limits_of("background_leak").status(found.value) == "fail"
    assert "old background" in found.reason


def test_scissors_leak_more_than_a_clean_composite(hopper_portrait: Portrait) -> None:
    good, bad = (read(edited(hopper_portrait, kind("white"))).value for kind in (clean, scissors))
    assert bad > good + 0.03


def test_a_blurred_own_background_leaks_nothing(hopper_portrait: Portrait) -> None:
    def blurred(source: Portrait) -> np.ndarray:
        soft = cv2.GaussianBlur(source.plate, (0, 0), 0.3 * source.ipd)
        return np.asarray(source.alpha[..., None] * source.foreground + (1 - source.alpha[..., None]) * soft, np.float32)

    assert limits_of("background_leak").status(read(edited(hopper_portrait, blurred)).value) == "natural"


@pytest.mark.parametrize("place", [(0.6, -1.9), (-1.45, 0.4)], ids=["above the cap", "beside the cheek"])
def test_a_piece_of_the_old_background_is_noticed(hopper_portrait: Portrait, place: tuple[float, float]) -> None:
    """A flag's star or stripe that was taken for the person: alpha says so too, so only the colours can tell."""

    def with_a_piece(source: Portrait) -> np.ndarray:
        made = np.array(clean("sand")(source))
        x, y = eye_midpoint(source.landmarks) + np.array(place) * source.ipd
        spot = np.zeros(source.pixels.shape[:2], np.uint8)
        cv2.circle(spot, (round(float(x)), round(float(y))), round(0.16 * source.ipd), 1, -1)
        made[(spot > 0) & (source.person < 0.5)] = source.pixels[(spot > 0) & (source.person < 0.5)]
        return made

    found = read(edited(hopper_portrait, with_a_piece))
    assert limits_of("background_leak").status(found.value) == "fail"
    assert "piece of the old background" in found.reason
