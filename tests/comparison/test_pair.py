from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from calibration.edits import Edit
from calibration.people import photo_of, portrait_of
from calibration.reshaping import jaw, reshaped, splines
from calibration.retouching import blurred

from likeness.comparison.pair import MAX_IPD, Pair
from likeness.errors import LikenessError
from likeness.image.geometry import scale_of
from likeness.measures import result_measures
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

TURN = 3.0


@pytest.fixture(scope="module")
def turned(hopper_portrait: Portrait) -> Pair:
    """Turned by 3 degrees, made larger by 10 %, cropped and darker."""
    size = (hopper_portrait.width, hopper_portrait.height)
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), TURN, 1.1)
    pixels = cv2.warpAffine(np.array(hopper_portrait.pixels), turn, size, flags=cv2.INTER_CUBIC)[30:-10, 40:-20] * 0.8
    result = portrait_of(photo_of(np.asarray(pixels, np.float32), "turned"))
    assert result is not None
    return Pair(hopper_portrait, result)


def test_registration_finds_the_similarity(turned: Pair, hopper_portrait: Portrait) -> None:
    scene, _ = turned.faces
    to_source = scene.portrait.to_photo
    found = turned.registration.to_result
    assert scale_of(found) == pytest.approx(1.1 * scale_of(to_source), rel=2e-3)
    assert np.linalg.norm(turned.registration.flow, axis=2)[turned.faces[0].region("face") > 0.5].mean() < 0.1


def test_faces_overlap_pixel_by_pixel(turned: Pair) -> None:
    source, result = turned.faces
    inside = source.region("face", -0.1) > 0.5
    here = np.abs(source.log_luma - result.log_luma - np.log(1 / 0.8))[inside].mean()
    aside = np.abs(np.roll(source.log_luma, 1, axis=1) - result.log_luma - np.log(1 / 0.8))[inside].mean()
    assert here < 0.5 * aside
    assert source.size == result.size == turned.registration.result.size


def test_what_lies_outside_a_picture_is_not_valid(turned: Pair) -> None:
    _, result = turned.scenes
    assert 0.2 < result.valid.mean() < 0.95
    assert np.all(result.pixels[cv2.erode((result.valid == 0).astype(np.uint8), np.ones((5, 5))) > 0] == 0)


def test_nothing_but_saving_is_natural_everywhere(hopper_portrait: Portrait) -> None:
    result = Edit("saved", 0, "", lambda s: np.array(s.pixels), 92).result(hopper_portrait)
    assert result is not None
    pair = Pair(hopper_portrait, result)
    for name, measure in result_measures().items():
        found = measure(pair)
        assert isinstance(found, Reading), (name, found)
        assert limits_of(name).status(found.value) == "natural", (name, found)


@pytest.mark.parametrize("make", [reshaped(jaw, 6.0, splines), blurred(0.03)])
def test_a_heavy_edit_is_still_the_same_photo(hopper_portrait: Portrait, make: object) -> None:
    result = Edit("edit", 0, "", make, 75).result(hopper_portrait)  # type: ignore[arg-type]
    assert result is not None
    assert Pair(hopper_portrait, result).mode == "same-photo"


def test_two_people_are_two_photos(hopper_portrait: Portrait, astronaut: Path) -> None:
    other = portrait_of(open_photo(astronaut))
    assert other is not None
    assert Pair(hopper_portrait, other).mode == "other-photo"


def test_other_photos_of_one_person_are_other_photos(shared_photos: Path) -> None:
    people: dict[str, list[Portrait]] = defaultdict(list)
    with (shared_photos / "same_person.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            portrait = portrait_of(open_photo(shared_photos / row["file"]), max_ipd=100)
            if portrait is not None:
                people[row["person"]].append(portrait)
    pairs = [Pair(*group) for group in people.values() if len(group) == 2]
    assert len(pairs) >= 12
    assert [pair.mode for pair in pairs] == ["other-photo"] * len(pairs)


def test_the_source_side_is_made_once(hopper_portrait: Portrait, turned: Pair) -> None:
    again = Pair(hopper_portrait, turned.result)
    assert again.faces[0] is turned.faces[0]
    assert again.scenes[0] is turned.scenes[0]


def test_compared_at_the_lower_resolution(hopper_portrait: Portrait, turned: Pair) -> None:
    assert turned.ipd == pytest.approx(hopper_portrait.ipd)
    assert turned.faces[0].ipd <= MAX_IPD


def test_a_result_without_the_face_is_named(hopper_portrait: Portrait) -> None:
    elsewhere = Portrait(hopper_portrait.photo, hopper_portrait.pixels, hopper_portrait.landmarks + 9000, hopper_portrait.to_photo)
    with pytest.raises(LikenessError, match="nothing of the face"):
        _ = Pair(hopper_portrait, elsewhere).faces
