from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from calibration.colouring import all_skin, brushed, greyed, lab_moved, saturated, saturated_hsv
from calibration.handling import contrast, exposed, gamma
from hypothesis import given
from hypothesis import strategies as st

from likeness.comparison.pair import Pair
from likeness.files.profiles import cicp_space
from likeness.image.color import srgb_from_linear
from likeness.measures.result.saturation import ratio, saturation
from likeness.measures.result.skin_colour import skin_colour
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import audit_pair

from .conftest import Make, edited, reading_of, status_of

read, status = partial(reading_of, saturation), partial(status_of, saturation)


def test_saving_again_leaves_one(saved: Pair) -> None:
    assert abs(read(saved).value - 1) < 0.02


@pytest.mark.parametrize("make", [contrast, gamma(0.8), gamma(1.25), exposed(0.7), exposed(-0.7)])
def test_curves_change_chroma_as_they_change_greys(hopper_portrait: Portrait, make: Make) -> None:
    assert status(edited(hopper_portrait, make)) == "natural"


@pytest.mark.parametrize("make", [saturated(1.2), saturated_hsv(1.2), saturated(0.8)])
def test_of_the_whole_picture_it_is_noticed(hopper_portrait: Portrait, make: Make) -> None:
    pair = edited(hopper_portrait, make)
    assert status(pair) != "natural"
    assert "all colours of the picture" in read(pair).reason


@pytest.mark.parametrize("make", [lab_moved(chroma=1.2), lab_moved(chroma=0.75, where=all_skin), saturated_hsv(1.25, brushed)])
def test_of_the_skin_alone_it_is_noticed(hopper_portrait: Portrait, make: Make) -> None:
    pair = edited(hopper_portrait, make)
    assert status(pair) != "natural"
    assert "of the skin alone" in read(pair).reason


def test_contrast_with_saturation_on_top_is_noticed(hopper_portrait: Portrait) -> None:
    curved = hopper_portrait.with_pixels(np.asarray(contrast(hopper_portrait), np.float32))
    pair = Pair(hopper_portrait, edited(curved, saturated(1.25)).result)
    assert status(pair) != "natural"


def test_more_reads_as_more_and_fails(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, lab_moved(chroma=factor))).value for factor in (0.6, 1.1, 1.6)]
    assert values == sorted(values)
    assert saturation.limits.status(values[0]) == saturation.limits.status(values[-1]) == "fail"


def test_the_map_has_the_unit_of_the_value(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, lab_moved(chroma=1.3)))
    assert found.heat is not None
    assert abs(float(np.nanmedian(found.heat)) - found.value) < 0.1


def sepia(source: Portrait) -> np.ndarray:
    """Toned in one colour, with as much chroma as skin has."""
    return np.asarray(greyed(source) * np.array([1.3, 1.0, 0.55], np.float32))


def kept(source: Portrait) -> np.ndarray:
    return np.array(source.pixels)


@pytest.mark.parametrize(("make", "how"), [(greyed, "black and white"), (sepia, "toned in one colour")])
def test_colour_taken_out_fails_and_what_never_was_there_is_not_compared(hopper_portrait: Portrait, make: Make, how: str) -> None:
    pair = edited(hopper_portrait, make)
    assert saturation.limits.status(read(pair).value) == "fail"
    assert read(pair).reason == f"The picture has lost its colours: it is {how}, where the source shows them."
    uncoloured = hopper_portrait.with_pixels(make(hopper_portrait))
    for result in (edited(uncoloured, kept).result, edited(hopper_portrait, kept).result):
        for measure in (saturation, skin_colour):
            found = measure(Pair(uncoloured, result))
            assert isinstance(found, NotAssessed)
            assert found.reason.startswith(f"the source is {how}")


def test_a_result_without_colour_is_made_again(hopper_portrait: Portrait) -> None:
    assert audit_pair(edited(hopper_portrait, sepia), source="me", result="sepia").verdict == "regenerate"


@given(st.floats(0, 60), st.floats(0, 60))
def test_the_ratio_is_positive_and_counts_small_chromas_less(after: float, before: float) -> None:
    assert ratio(after, before) > 0
    assert abs(ratio(after, before) - 1) <= abs(after - before) / 10 + 1e-9
    assert ratio(before, before) == 1


def test_of_another_photo_only_what_no_light_does_is_told(hopper_portrait: Portrait, astronaut_portrait: Portrait) -> None:
    assert status(Pair(hopper_portrait, astronaut_portrait)) == "natural"
    lurid = astronaut_portrait.with_pixels(np.asarray(lab_moved(chroma=3, where=all_skin)(astronaut_portrait), np.float32))
    assert status(Pair(hopper_portrait, lurid)) != "natural"
    drained = astronaut_portrait.with_pixels(greyed(astronaut_portrait))
    assert status(Pair(hopper_portrait, drained)) == "fail"
    for measure in (saturation, skin_colour):
        assert isinstance(measure(Pair(drained, hopper_portrait)), NotAssessed)
        assert isinstance(measure(Pair(drained, hopper_portrait, others=(astronaut_portrait,))), Reading)


P3 = cicp_space(12, 13)


def in_display_p3(source: Portrait) -> Portrait:
    """The same codes, which the file says are Display P3's."""
    codes = (np.clip(srgb_from_linear(source.pixels), 0, 1) * 255).round().astype(np.uint8)
    return replace(source.with_pixels(P3.linear(codes)), photo=replace(source.photo, space=P3))


def test_a_dropped_profile_is_named(hopper_portrait: Portrait) -> None:
    wide = in_display_p3(hopper_portrait)
    found = read(Pair(wide, edited(hopper_portrait, lambda s: np.array(s.pixels)).result))
    assert found.value < 0.92
    assert found.reason.startswith(f"The photo's colour profile ({P3.name}) was dropped: all colours are weaker")
    assert "sRGB" in found.advice
    assert status_of(skin_colour, Pair(wide, edited(hopper_portrait, lambda s: np.array(s.pixels)).result)) == "natural"


@pytest.mark.parametrize("make", [lambda s: np.array(s.pixels), saturated(0.8), lab_moved(chroma=0.75)])
def test_a_converted_picture_dropped_no_profile(hopper_portrait: Portrait, make: Make) -> None:
    wide = in_display_p3(hopper_portrait)
    assert "profile" not in read(edited(wide, make)).reason
