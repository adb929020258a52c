from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from calibration.doses import second
from calibration.edits import Edit
from calibration.handling import messenger, rescaled, same
from calibration.people import photo_of, portrait_of

from likeness.comparison.pair import Pair
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.retouch import STATISTICS, UNTOUCHED, Retouch, retouch_of, statistics_of
from likeness.verdict import audit_pair, calibration


def retouched(source: Portrait, edit: Edit) -> Retouch:
    result = edit.result(source)
    assert result is not None
    known = calibration()["retouch"]
    found = retouch_of(Pair(source, result), known["usual"], known["weights"])
    assert found is not None
    return found


def scored(source: Portrait, smoothing: float, reshaping: float) -> float:
    return retouched(source, Edit("dose", 0, "", second(smoothing, reshaping))).score


def scored_as(source: Portrait, make: Any, quality: int) -> float:
    return retouched(source, Edit("handled", 0, "", make, quality)).score


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


def test_half_a_dose_of_smoothing_counts_and_handling_does_not(hopper_portrait: Portrait) -> None:
    """Half-smoothed skin once scored 0, because two ways to resize a picture differ as much in its finest waves."""
    half = scored(hopper_portrait, 0.5, 0.0)
    handled = [scored_as(hopper_portrait, make, quality) for make, quality in ((messenger, 78), (rescaled(0.7), 88), (same, 75))]
    assert half > 8
    assert max(handled) < 0.5 * half


def test_the_score_says_which_half_it_comes_from(hopper_portrait: Portrait) -> None:
    smoothed, reshaped = (retouched(hopper_portrait, Edit("dose", 0, "", second(*doses))) for doses in ((0.8, 0.0), (0.0, 0.8)))
    assert smoothed.of_texture > 3 * smoothed.of_shape
    assert reshaped.of_shape > 3 * reshaped.of_texture
    for found in (smoothed, reshaped):
        assert found.of_shape + found.of_texture == pytest.approx(found.score, abs=0.2)


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
    assert set(told) == {"score", "of_shape", "of_texture", "statistics"}


def test_the_score_follows_the_dose_on_others() -> None:
    known = calibration()["retouch"]
    assert known["spearman_both_together"] >= 0.9
    assert min(known["weights"]) >= 0
