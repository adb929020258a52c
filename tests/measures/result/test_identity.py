from __future__ import annotations

import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from calibration.people import portrait_of

from likeness.comparison.pair import Pair
from likeness.measures.result.identity import identity
from likeness.perception.face_embedding import corners_of
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.schema import Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> float:
    found = identity(pair)
    assert isinstance(found, Reading), found
    return found.value


def test_the_same_picture_is_the_same_person(saved: Pair) -> None:
    assert read(saved) < 0.15


def test_crop_scale_and_turn_do_not_matter(hopper_portrait: Portrait) -> None:
    def moved(source: Portrait) -> np.ndarray:
        turn = cv2.getRotationMatrix2D((source.width / 2, source.height / 2), 12, 0.7)
        return np.asarray(cv2.warpAffine(np.array(source.pixels), turn, (source.width, source.height), flags=cv2.INTER_AREA))

    assert read(edited(hopper_portrait, moved)) < 0.25


def test_two_people_are_two_people(hopper_portrait: Portrait, astronaut: Path) -> None:
    other = portrait_of(open_photo(astronaut))
    assert other is not None
    assert limits_of("identity").status(read(Pair(hopper_portrait, other))) == "fail"


def test_corners_turn_with_the_face(hopper_portrait: Portrait) -> None:
    points = hopper_portrait.landmarks
    quarter = np.array([[0, -1], [1, 0]], np.float32)
    turned = points.copy()
    turned[:, :2] = points[:, :2] @ quarter.T
    assert np.allclose(corners_of(turned), corners_of(points) @ quarter.T, atol=1e-2)


def test_other_photos_of_one_person_stay_nearer_than_other_people(shared_photos: Path) -> None:
    people: dict[str, list[np.ndarray]] = defaultdict(list)
    with (shared_photos / "same_person.csv").open(newline="") as rows:
        for row in (
            list(csv.DictReader(rows))[2::2][:6] + list(csv.DictReader((shared_photos / "same_person.csv").open()))[3::2][:6]
        ):
            portrait = portrait_of(open_photo(shared_photos / row["file"]), max_ipd=120)
            assert portrait is not None
            people[row["person"]].append(portrait.embedding)
    assert all(len(group) == 2 for group in people.values())
    genuine = [float(np.linalg.norm(a - b)) for a, b in people.values()]
    impostors = [float(np.linalg.norm(a[0] - b[1])) for a, b in combinations(people.values(), 2)]
    assert max(genuine) < 0.55 < min(impostors)
    assert np.median(genuine) == pytest.approx(0.36, abs=0.06)
