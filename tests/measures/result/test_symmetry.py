from __future__ import annotations

import numpy as np
import pytest
from calibration.expressions import symmetric, symmetric_by_triangles
from calibration.reshaping import bumps, nose, reshaped

from likeness.comparison.pair import Pair
from likeness.comparison.shape import asymmetry
from likeness.measures.result.symmetry import symmetry
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = symmetry(pair)
    assert isinstance(found, Reading), found
    return found


def test_saving_again_leaves_all_of_it(saved: Pair) -> None:
    found = read(saved)
    assert found.value == pytest.approx(1, abs=0.03)
    assert found.reason.startswith(("The face is as asymmetric as the person's: ", "The face kept "))


def test_more_symmetric_reads_as_less_left(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, symmetric(share))).value for share in (0.2, 0.4, 0.7)]
    assert values == pytest.approx([0.8, 0.6, 0.3], abs=0.2)
    assert values == sorted(values, reverse=True)
    assert limits_of("symmetry").status(values[1]) != "natural"


def test_another_implementation_is_noticed_and_named(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, symmetric_by_triangles(0.5)))
    assert limits_of("symmetry").status(found.value) != "natural"
    assert "% more symmetric than the person's" in found.reason


def test_a_face_made_more_crooked_reads_as_more(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, symmetric(-0.5)))
    assert found.value > 1.2
    assert "less symmetric" in found.reason


def test_a_symmetric_reshape_leaves_it(hopper_portrait: Portrait) -> None:
    assert limits_of("symmetry").status(read(edited(hopper_portrait, reshaped(nose, 3.0, bumps))).value) == "natural"


def test_the_map_shows_where_it_went(hopper_portrait: Portrait) -> None:
    pair = edited(hopper_portrait, symmetric(0.6))
    heat = read(pair).heat
    assert heat is not None
    assert heat.shape == pair.faces[0].pixels.shape[:2]
    assert np.nanmedian(heat[pair.faces[0].region("lips") > 0.5]) < 0.85


def test_turned_heads_symmetric_faces_and_other_photos_are_not_assessed(hopper_portrait: Portrait) -> None:
    points = hopper_portrait.landmarks
    c, s = np.cos(0.5), np.sin(0.5)
    sideways = ((points - points.mean(0)) @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) + points.mean(0)).astype(np.float32)
    even = points.copy()
    even[:468] -= (asymmetry(points) / 2).astype(np.float32)
    for landmarks, said in ((sideways, "turned too far"), (even, "differ by only")):
        source = Portrait(hopper_portrait.photo, hopper_portrait.pixels, landmarks, hopper_portrait.to_photo)
        found = symmetry(Pair(source, source))
        assert isinstance(found, NotAssessed)
        assert said in found.reason
