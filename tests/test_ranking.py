"""The score is explained by the findings; a failure rules a photo out; the outcome has its say."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.errors import LikenessError
from likeness.findings import Finding
from likeness.limits import Limits
from likeness.measures import source_measures
from likeness.portrait import Portrait
from likeness.ranking import Scale, assess, scales_for, score_of
from likeness.schema import NotAssessed, Reading

KEYS = ["measure", "group", "value", "unit", "natural", "status", "region", "reason", "advice"]


def test_every_measure_of_a_photo_has_a_scale_and_no_scale_lacks_its_measure() -> None:
    assert set(scales_for(0)) == set(source_measures())


def test_ideal_lies_inside_natural_inside_fail() -> None:
    for name, scale in scales_for(0).items():
        ideal, natural, fail = scale.loss.natural, scale.limits.natural, scale.limits.fail
        assert fail[0] <= natural[0] <= ideal[0] <= ideal[1] <= natural[1] <= fail[1], name
        assert scale.loss.fail == fail


def test_an_assessment_is_explained(hopper_portrait: Portrait) -> None:
    assessment = assess(hopper_portrait)
    scales = scales_for(0)
    losses = [0.0 if f.value is None else scales[f.measure].loss.departure(f.value) for f in assessment.findings]
    assert losses == sorted(losses, reverse=True)
    assert assessment.score == score_of(losses)
    assert assessment.usable
    assert 40 < assessment.score < 90
    assert list(assessment.advice) == [f.advice for f in assessment.findings if f.status in ("warn", "fail")]


def test_a_worse_photo_scores_lower_and_says_why(hopper_portrait: Portrait) -> None:
    soft = hopper_portrait.with_pixels(cv2.GaussianBlur(hopper_portrait.pixels, (0, 0), 3))
    softer = hopper_portrait.with_pixels(cv2.GaussianBlur(hopper_portrait.pixels, (0, 0), 6))
    scores = [assess(p).score for p in (hopper_portrait, soft, softer)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3
    worst = assess(softer).findings[0]
    assert (worst.measure, worst.status) == ("eye_focus", "fail")
    assert not assess(softer).usable
    assert assess(softer).advice[0].startswith("The eyes are blurred")


def test_the_outcome_demands_its_pixels(hopper_portrait: Portrait) -> None:
    ipd = hopper_portrait.ipd
    assert assess(hopper_portrait, min_ipd=ipd - 5).usable
    refused = assess(hopper_portrait, min_ipd=ipd + 5)
    assert not refused.usable
    finding = next(f for f in refused.findings if f.measure == "eye_distance")
    assert finding.status == "fail"
    assert "come closer" in finding.advice.lower()
    assert refused.score < assess(hopper_portrait).score


@given(st.lists(st.floats(0, 50), max_size=12), st.floats(0.01, 5))
def test_more_loss_never_scores_higher(losses: list[float], more: float) -> None:
    assert 0 <= score_of([*losses, more]) <= score_of(losses) <= 100


def test_a_loss_of_one_halves() -> None:
    assert (score_of([]), score_of([1]), score_of([0.5, 0.5]), score_of([1, 1])) == (100, 50, 50, 25)


def test_an_unknown_measure_has_no_weight() -> None:
    assert Scale().loss.departure(1e9) == 0
    assert Scale().limits.status(-1e9) == "natural"


# -- findings and limits


@given(st.floats(-10, 10), st.booleans())
def test_status_and_departure_agree(value: float, log: bool) -> None:
    limits = Limits((1.0, 2.0), (0.5, 4.0), log)
    departure = limits.departure(value)
    assert departure >= 0
    assert limits.status(value) == ("natural" if departure == 0 else "warn" if departure < 1 else "fail")


def test_departure_between_the_limits() -> None:
    linear, ratio = Limits((1, 2), (0.5, 4)), Limits((1, 2), (0.5, 4), log=True)
    assert [linear.departure(v) for v in (0.25, 0.5, 0.75, 1, 2, 3, 4, 6)] == [1.5, 1, 0.5, 0, 0, 0.5, 1, 2]
    assert [ratio.departure(v) for v in (0.25, 0.5, 1, 2, 4, 8)] == [2, 1, 0, 0, 1, 2]
    assert ratio.departure(0) == math.inf
    assert Limits((0, 0), (0, 0)).departure(1) == math.inf
    assert Limits((0, 1)).departure(1e6) == 0


@pytest.mark.parametrize("data", [{"natural": [2, 1]}, {"natural": [0, 1], "fail": [0.5, 2]}, {"natural": [0, 1], "fial": [0, 2]}])
def test_limits_that_make_no_sense_are_refused(data: dict[str, list[float]]) -> None:
    with pytest.raises(LikenessError):
        Limits.from_json(data)


def test_a_finding_has_the_shape_of_the_contract() -> None:
    measure = source_measures()["head_pose"]
    limits = Limits((0, 20), (-math.inf, 45))
    warned = Finding.of(measure, Reading(30.0, "turned", "face", "Turn."), limits)
    fine = Finding.of(measure, Reading(3.0, "straight", "face", "Turn."), limits)
    unknown = Finding.of(measure, NotAssessed("too small", "face"), Limits((0, math.inf)))
    assert list(warned.as_json()) == [*KEYS, "needs_ipd"]
    assert (warned.status, warned.advice, fine.status, fine.advice) == ("warn", "Turn.", "natural", "")
    assert (unknown.status, unknown.value, unknown.departure) == ("not-assessed", None, None)
    assert unknown.as_json()["natural"] == [0, None]
    json.dumps([f.as_json() for f in (warned, fine, unknown)], allow_nan=False)


def test_same_people_are_ranked_by_what_a_photographer_would_take(shared_photos: Path) -> None:
    """A speaker in profile with his eyes closed, and a small face on a stage, come last among ordinary photos."""
    from likeness.faces import find_faces
    from likeness.photo import open_photo

    names = ["casual/0032.jpg", "casual/0052.jpg", "casual/0020.jpg", "casual/0030.jpg"]
    found = {}
    for name in names:
        photo = open_photo(shared_photos / name)
        found[name] = assess(Portrait.of(photo, find_faces(photo)[0], max_ipd=160), min_ipd=55)
    assert [found[name].usable for name in names] == [True, True, False, False]
    assert min(found[name].score for name in names[:2]) > max(found[name].score for name in names[2:])
    closed = next(f for f in found["casual/0020.jpg"].findings if f.measure == "eyes_open")
    assert closed.status == "fail"
    assert np.isfinite(closed.value or math.nan)
