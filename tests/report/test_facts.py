"""What of an audit is told, in which order, and what is folded together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from likeness.comparison.pair import Pair
from likeness.faces import find_faces
from likeness.measures import result_measures
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.report import facts
from likeness.schema import NotAssessed

from .conftest import audit, finding

APART: dict[str, Any] = {"group": "identity", "unit": "distance", "natural": [0.0, 0.45]}
SOMEBODY = finding("identity", "fail", **APART | {"value": 0.93, "advice": "less change to the face"})
SAME = finding("identity", **APART | {"value": 0.303})
GONE = finding("geometry", "not-assessed", group="shape", value=None, unit="% IPD", natural=[0.0, 9.0], reason="no such pose")
TWIN = finding("symmetry", "not-assessed", group="shape", value=None, natural=[0.85, 1.15], reason="not made from this photo")


def other(*findings: dict[str, Any], verdict: str = "cannot-tell", missing: tuple[str, ...] = ()) -> dict[str, Any]:
    return audit(verdict, 90.0, list(findings)) | {"mode": "other-photo", "missing": list(missing)}


def test_of_a_stranger_the_identity_alone_is_told_with_other_advice() -> None:
    stranger = other(SOMEBODY, finding("texture", "fail"), GONE, finding("saturation"), verdict="regenerate")
    assert facts.is_stranger(stranger)
    told = facts.told(stranger)
    assert [f["measure"] for f in told.departing] == ["identity"]
    assert [f["advice"] for f in told.departing] == [facts.STRANGER]
    assert [*told.unknown, *told.small, *told.of_the_moment, *told.natural] == []
    assert facts.facts(stranger) == "Your face: no, 0.93 apart"


def test_an_edit_that_goes_too_far_is_no_stranger() -> None:
    edited = other(SOMEBODY, finding("geometry", "fail"), verdict="regenerate") | {"mode": "same-photo"}
    assert not facts.is_stranger(edited)
    assert len(facts.told(edited).departing) == 2
    assert facts.told(edited).departing[0]["advice"] == "less change to the face"


def test_a_face_that_was_exchanged_is_said_to_be_first() -> None:
    swapped = audit("regenerate", 3.0, [finding("geometry", "fail"), SOMEBODY, finding("body", group="body")])
    assert facts.is_exchanged(swapped)
    assert facts.facts(swapped) == "Made from your photo, with a face that is not yours, 0.93 apart"
    assert [f["measure"] for f in facts.told(swapped).departing] == ["identity", "geometry"]
    assert not facts.is_exchanged(audit("regenerate", 40.0, [SOMEBODY | {"value": 0.52}]))


def test_what_fails_comes_first_and_what_is_natural_is_apart() -> None:
    told = facts.told(audit(findings=[finding("texture"), TWIN, finding("grain", "warn"), finding("body", "fail")]))
    assert [f["measure"] for f in told.departing] == ["body", "grain"]
    assert [f["measure"] for f in told.unknown] == ["symmetry"]
    assert [f["measure"] for f in told.natural] == ["texture"]


def test_what_lacks_pixels_is_apart() -> None:
    small = [finding(name, "not-assessed", value=None, needs_ipd=needs) for name, needs in (("grain", 56.0), ("body", 30.0))]
    told = facts.told(other(SAME, TWIN, *small))
    assert list(told.unknown) == []
    assert [f["measure"] for f in told.small] == ["grain", "body"]
    assert facts.pixels_needed(told.small) == "30 to 56"
    assert facts.pixels_needed(told.small[:1]) == "56"


def test_what_no_other_photo_can_tell_is_kept_apart_from_what_one_could() -> None:
    told = facts.told(other(SAME, GONE, TWIN))
    assert [(f["measure"], f["advice"]) for f in told.unknown] == [("geometry", facts.POSE)]
    assert [f["measure"] for f in told.of_the_moment] == ["symmetry"]
    assert facts.missing(other(SAME, GONE, TWIN, missing=("no such pose", "not made from this photo"))) == [
        f"no such pose. {facts.POSE}"
    ]


def test_measures_that_are_said_to_need_the_sources_pixels_do(hopper_portrait: Portrait, astronaut: Path) -> None:
    photo = open_photo(astronaut)
    pair = Pair(hopper_portrait, Portrait.of(photo, find_faces(photo)[0]))
    assert pair.mode == "other-photo"
    known = {name for name, measure in result_measures().items() if not isinstance(measure(pair), NotAssessed)}
    assert not known & facts.OF_THE_MOMENT
    assert not facts.OF_THE_MOMENT & {"identity", "texture", "saturation", "skin_colour", "geometry"}


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([SAME, GONE, TWIN], "Your face: yes, 0.30 apart. Skin: unknown. Colour: unknown. Shape: unknown"),
        ([SAME | {"status": "warn"}, finding("texture")], "Your face: perhaps, 0.30 apart. Skin: not waxy. "),
        ([SAME, finding("texture", "fail", value=0.1)], "Skin: waxy. "),
        ([SAME, finding("texture", "warn", value=0.8)], "Skin: a little waxy. "),
        ([SAME, finding("texture", "fail", value=5.0)], "Skin: too sharp, or drawn over. "),
        ([SAME, finding("saturation", "warn", group="colour"), finding("skin_colour", group="colour")], "Colour: a little off. "),
        ([SAME, finding("geometry", group="shape")], "Shape: roughly like yours"),
        ([SAME, finding("edge_halo", "fail", group="background")], "Background: does not hold up"),
        ([GONE], "Nothing could be measured"),
    ],
)
def test_another_photo_is_told_in_a_line(findings: list[Any], line: str) -> None:
    assert line in facts.facts(other(*findings))


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([finding("texture"), SAME], "Made from your photo, and true to it"),
        ([finding("texture", "fail"), SAME], "Made from your photo. Skin: changed. The rest: true to it"),
        ([finding("texture", "warn"), finding("body", "fail", group="body"), SAME], "Body and clothes: changed. Skin: a little"),
        ([finding("texture"), finding("grain", "not-assessed"), SAME], "and true to it, as far as it could be measured"),
        ([GONE, SAME], "Made from your photo. Shape: unknown. The rest: true to it"),
        (
            [SAME | {"status": "fail"}, finding("grain"), TWIN | {"group": "skin"}],
            "The rest, as far as it could be measured: true to it",
        ),
        ([finding("texture", "fail")], "Made from your photo. Skin: changed"),
    ],
)
def test_an_edit_of_the_photo_is_told_in_a_line(findings: list[Any], line: str) -> None:
    assert line in facts.facts(audit(findings=findings))


def test_of_a_picture_of_which_most_departs_nothing_is_said_to_be_true() -> None:
    painted = [finding("texture", "fail"), finding("body", "warn", group="body"), SAME]
    assert facts.facts(audit(findings=painted)) == "Made from your photo. Skin: changed. Body and clothes: a little changed"


def test_a_face_that_fails_by_a_little_is_not_recognised_and_not_somebody_elses() -> None:
    drawn = other(SOMEBODY | {"value": 0.49}, finding("texture", "fail"), verdict="regenerate")
    assert facts.is_unlike(drawn)
    assert not facts.is_stranger(drawn)
    assert [f["measure"] for f in facts.told(drawn).departing] == ["identity", "texture"]
    assert facts.told(drawn).departing[0]["advice"] == facts.UNLIKE
    assert not facts.is_unlike(drawn | {"mode": "same-photo"})
    assert not facts.is_unlike(other(SOMEBODY))


def test_what_cannot_be_told_has_no_believability() -> None:
    assert facts.believable(audit("cannot-tell", 100.0)) is None
    assert facts.believable(audit("keep", 98.0)) == 98.0
    assert facts.believable(audit("keep", None)) is None


def test_the_best_come_first() -> None:
    audits = [audit("regenerate", 3.0), audit("cannot-tell", 100.0), audit("keep", 80.0), audit("keep", 99.0)]
    assert [a["believability"] for a in sorted(audits, key=facts.best_first)] == [99.0, 80.0, 100.0, 3.0]


def test_a_gap_of_all_results_is_told_once() -> None:
    few = finding("grain", "not-assessed", value=None, reason="eyes are 9 px apart; grain needs 56", needs_ipd=56.0)
    fewer = few | {"reason": "eyes are 7 px apart; grain needs 56"}
    audits = [other(SAME, GONE, TWIN) | {"result": f"{n}.jpg"} for n in range(3)]
    audits += [other(SAME, small) | {"result": f"small {n}.jpg"} for n, small in enumerate((few, fewer))]
    found = facts.gaps(audits)
    assert [(gap.measures, len(gap.results)) for gap in found] == [(["geometry"], 3), (["symmetry"], 3), (["grain"], 2)]
    assert [gap.reason for gap in found][1] == facts.ONLY_FROM_THE_SOURCE
    assert (found[2].needs_ipd, found[2].advice) == (56.0, "Give larger files.")


def test_files_of_one_name_are_told_apart_by_their_folder() -> None:
    names = facts.short_names(["x/a.jpg", "./y/a.jpg", "y/b.jpg"])
    assert names == {"x/a.jpg": "x/a.jpg", "./y/a.jpg": "y/a.jpg", "y/b.jpg": "b.jpg"}
