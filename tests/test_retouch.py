from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from calibration.doses import second
from calibration.edits import Edit
from calibration.people import photo_of, portrait_of

from likeness.comparison.pair import Pair
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.retouch import STATISTICS, UNTOUCHED, retouch_of, statistics_of
from likeness.verdict import audit_pair, calibration


def scored(source: Portrait, smoothing: float, reshaping: float) -> float:
    result = Edit("dose", 0, "", second(smoothing, reshaping)).result(source)
    assert result is not None
    retouch = retouch_of(Pair(source, result), calibration()["retouch"]["usual"], calibration()["retouch"]["weights"])
    assert retouch is not None
    return retouch.score


def test_the_photo_itself_is_untouched(hopper_portrait: Portrait) -> None:
    found = statistics_of(Pair(hopper_portrait, hopper_portrait))
    assert found is not None
    assert found == pytest.approx(np.array(UNTOUCHED), abs=0.02)


def test_the_score_grows_with_the_dose(hopper_portrait: Portrait) -> None:
    scores = [scored(hopper_portrait, dose, dose) for dose in (0.0, 0.4, 0.8)]
    assert scores[0] < 10
    assert scores[0] + 8 < scores[1] < scores[2] - 8


def test_smoothing_alone_and_reshaping_alone_count(hopper_portrait: Portrait) -> None:
    assert scored(hopper_portrait, 1.0, 0.0) > scored(hopper_portrait, 0.0, 0.0) + 10
    assert scored(hopper_portrait, 0.0, 1.0) > scored(hopper_portrait, 0.0, 0.0) + 20


def test_another_photo_has_no_score(hopper_portrait: Portrait, astronaut: Path) -> None:
    other = portrait_of(open_photo(astronaut))
    assert other is not None
    assert statistics_of(Pair(hopper_portrait, other)) is None
    assert audit_pair(Pair(hopper_portrait, other), source="a", result="b").as_json()["retouch"] is None


def test_too_few_pixels_have_no_score(hopper_portrait: Portrait) -> None:
    """Made as small as a thumbnail, an untouched photo once scored 78."""
    half = (hopper_portrait.width // 2, hopper_portrait.height // 2)
    result = portrait_of(photo_of(np.asarray(cv2.resize(hopper_portrait.srgb, half, interpolation=cv2.INTER_AREA)), "half"))
    assert result is not None
    assert retouch_of(Pair(hopper_portrait, result), calibration()["retouch"]["usual"], calibration()["retouch"]["weights"]) is None


def test_the_audit_tells_the_vector_and_no_rating(hopper_portrait: Portrait) -> None:
    told = audit_pair(Pair(hopper_portrait, hopper_portrait), source="a", result="a").as_json()["retouch"]
    assert tuple(told["statistics"]) == STATISTICS
    assert set(told) == {"score", "statistics"}


def test_the_score_follows_the_dose_on_others() -> None:
    known = calibration()["retouch"]
    assert known["spearman_both_together"] >= 0.9
    assert min(known["weights"]) >= 0
