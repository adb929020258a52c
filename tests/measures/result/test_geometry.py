from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from calibration.composites import clean
from calibration.expressions import left_corner
from calibration.handling import exposed, same
from calibration.reshaping import JAW, Push, Pushes, axes, bumps, displaced, eyes, jaw, mouth, nose, reshaped, splines

from likeness.comparison.pair import Pair
from likeness.measures.result.geometry import Moved, _sentence, geometry
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = geometry(pair)
    assert isinstance(found, Reading), found
    return found


def test_saving_again_moves_nothing(saved: Pair) -> None:
    found = read(saved)
    assert found.value < 0.15
    assert found.reason.startswith("No part of the face ")
    assert " 0.0 " not in found.reason


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (nose, "The nose is 2.[0-9] % of the eye distance narrower."),
        (jaw, "The jaw is 2.[0-9] % of the eye distance narrower."),
        (eyes, "The eyes are (1.9|2.[0-9]) % of the eye distance (wider|larger)."),
        (mouth, "The mouth is 2.[0-9] % of the eye distance higher."),
    ],
)
def test_a_planted_reshape_is_recovered_and_named(hopper_portrait: Portrait, part: Pushes, said: str) -> None:
    found = read(edited(hopper_portrait, reshaped(part, 3.0, bumps)))
    assert 0.6 * 3 < found.value < 1.1 * 3
    assert found.region == part.__name__
    assert re.fullmatch(said, found.reason), found.reason
    assert limits_of("geometry").status(found.value) == "fail"


def test_the_other_way_and_the_one_side_are_told(hopper_portrait: Portrait) -> None:
    assert "nose" in (wider := read(edited(hopper_portrait, reshaped(nose, -3.0, bumps))).reason)
    assert "wider" in wider
    assert read(edited(hopper_portrait, reshaped(left_corner, 3.0, bumps))).reason.startswith("The left side of the mouth is ")


def one_side(towards: float) -> Pushes:
    """The jaw's right side moved ``towards`` the person's left, as far as that is positive."""

    def pushed(source: Portrait) -> Push:
        across, _ = axes(source)
        points = [point for point in JAW if source.landmarks[point, 0] < source.landmarks[152, 0]]
        return Push(source.landmarks[points, :2].astype(np.float64), np.tile(towards * across, (len(points), 1)), 0.3)

    return pushed


@pytest.mark.parametrize(("towards", "said"), [(1.0, "inwards"), (-1.0, "outwards")])
def test_one_side_of_the_jaw_goes_inwards_or_outwards(hopper_portrait: Portrait, towards: float, said: str) -> None:
    pair = edited(hopper_portrait, lambda s: displaced(s, bumps(s, one_side(towards)(s)) * np.float32(0.04 * s.ipd)))
    assert re.fullmatch(rf"The right side of the jaw was moved {said} by \d.\d % of the eye distance\.", read(pair).reason)


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (Moved("nose", 2, "farther to the left", ""), "The nose was moved to the person's left by 2.0 % of the eye distance."),
        (Moved("eyes", 2, "farther to the left", "left"), "The left eye was moved outwards by 2.0 % of the eye distance."),
        (Moved("eyes", 2, "farther to the left", "right"), "The right eye was moved inwards by 2.0 % of the eye distance."),
        (Moved("eyes", 2, "wider", "right"), "The right eye is 2.0 % of the eye distance wider."),
        (Moved("brows", 2, "moved", ""), "The brows were moved by 2.0 % of the eye distance."),
        (Moved("mouth", 2, "narrower", "left"), "The left side of the mouth was moved inwards by 2.0 % of the eye distance."),
        (Moved("jaw", 0.4, "narrower", "left"), "No part of the face moved by more than 0.4 % of the eye distance."),
    ],
)
def test_a_layman_understands_where_and_which_way(moved: Moved, said: str) -> None:
    assert _sentence(moved) == said


@pytest.mark.parametrize(("by", "way"), [(1.06, "height"), (0.94, "width")])
def test_a_picture_stretched_as_a_whole_is_named_and_fails(hopper_portrait: Portrait, by: float, way: str) -> None:
    high = edited(hopper_portrait, lambda s: cv2.resize(same(s), None, fx=1, fy=by, interpolation=cv2.INTER_AREA))
    found = read(high)
    assert re.fullmatch(rf"The whole picture was stretched by (6|6\.[0-6]) % in {way}, and the face with it\.", found.reason), (
        found.reason
    )
    assert limits_of("geometry").status(found.value) == "fail"
    assert 3.5 < found.value < 5.5  # half of 6 % at the chin, 1.3 eye distances from the middle
    assert found.heat is not None
    assert np.nanmax(found.heat) == pytest.approx(found.value, rel=0.3)


def test_what_was_reshaped_in_a_stretched_picture_is_told_too(hopper_portrait: Portrait) -> None:
    slim = reshaped(jaw, 4.0, bumps)
    found = read(edited(hopper_portrait, lambda s: cv2.resize(slim(s), None, fx=1, fy=1.03, interpolation=cv2.INTER_AREA)))
    assert re.search(r"stretched by 3(\.\d)? % in height.*Besides: The jaw is \d.\d % of the eye distance narrower\.", found.reason)


def test_more_reshaping_reads_as_more_and_one_percent_is_noticed(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, reshaped(nose, dose, splines))).value for dose in (1.0, 2.0, 4.0)]
    assert values == sorted(values)
    assert limits_of("geometry").status(values[0]) == "warn"


def test_crop_scale_turn_and_light_are_no_reshaping(hopper_portrait: Portrait) -> None:
    def moved(source: Portrait) -> np.ndarray:
        turn = cv2.getRotationMatrix2D((source.width / 2, source.height / 2), 4, 0.8)
        turned = cv2.warpAffine(np.array(source.pixels), turn, (source.width, source.height), flags=cv2.INTER_AREA)
        return np.asarray(turned[60:-40, 50:-50] ** 1.2 * 0.8, np.float32)

    assert limits_of("geometry").status(read(edited(hopper_portrait, moved)).value) == "natural"


@pytest.mark.parametrize("make", [exposed(1.5), clean("grey"), clean("navy")], ids=["burnt out", "on grey", "on navy"])
def test_burnt_skin_and_a_new_background_are_no_reshaping(hopper_portrait: Portrait, make: object) -> None:
    assert limits_of("geometry").status(read(edited(hopper_portrait, make)).value) == "natural"  # type: ignore[arg-type]


def test_the_map_shows_where(hopper_portrait: Portrait) -> None:
    pair = edited(hopper_portrait, reshaped(nose, 3.0, bumps))
    heat = read(pair).heat
    assert heat is not None
    assert heat.shape == pair.faces[0].pixels.shape[:2]
    assert np.nanmax(heat[pair.faces[0].region("nose", 0.1) > 0.5]) > 2
    assert np.nanmedian(heat[pair.faces[0].region("brows") > 0.5]) < 0.2


def turned(portrait: Portrait, yaw: float = 0.0, jaw_wider: float = 0.0) -> Portrait:
    """``portrait`` with the mesh of a head that is held or made otherwise."""
    points = portrait.landmarks.copy()
    middle = points[:468].mean(0)
    below = np.clip((points[:, 1] - points[2, 1]) / (points[152, 1] - points[2, 1]), 0, 1)
    points[:, 0] += jaw_wider * below * (points[:, 0] - middle[0])
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    points = ((points - middle) @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]], np.float32) + middle).astype(np.float32)
    return Portrait(portrait.photo, portrait.pixels, points, portrait.to_photo)


class Another(Pair):
    """Two photos that were not made from one another."""

    @property
    def mode(self) -> str:  # type: ignore[override]
        return "other-photo"


def test_another_photo_of_the_same_face_is_natural_and_a_wider_jaw_is_not(hopper_portrait: Portrait) -> None:
    limits = limits_of("geometry", "other-photo")
    assert limits.status(read(Another(hopper_portrait, turned(hopper_portrait, 8))).value) == "natural"
    found = read(Another(hopper_portrait, turned(hopper_portrait, 8, 0.4)))
    assert limits.status(found.value) != "natural"
    assert re.fullmatch(
        r"The (jaw|cheeks|chin) (is|are) \d+ % of the eye distance wider than in the person's other photo.", found.reason
    )


def test_a_further_photo_helps_and_a_turned_head_is_not_assessed(hopper_portrait: Portrait) -> None:
    straight, result = turned(hopper_portrait), turned(hopper_portrait, 35)
    away = geometry(Another(straight, result))
    assert isinstance(away, NotAssessed)
    assert "held as in the result" in away.reason
    both = Another(turned(hopper_portrait, 35), straight, (straight, straight))
    assert "2 photos" in read(both).reason
