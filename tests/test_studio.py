"""The whole main path on a real portrait."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import likeness
from likeness.errors import LikenessError, NoUsableSource
from likeness.measures import result_measures
from likeness.results import Headshot
from likeness.studio import history, original, parse_settings, refine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def headshot(hopper: Path, folder: Path) -> Headshot:
    return likeness.make(hopper, outcome="linkedin", out=folder / "out", library=folder / "library")


def test_three_versions_each_audited_and_one_kept(headshot: Headshot) -> None:
    assert [v.name for v in headshot.versions] == ["keep", "blur", "studio"]
    assert headshot.kept is not None
    assert headshot.kept.audit.verdict == "keep"
    for version in headshot.versions:
        assert {f.measure for f in version.audit.findings} == set(result_measures())
        assert version.audit.mode == "same-photo"


def test_the_kept_version_is_the_most_believable(headshot: Headshot) -> None:
    passed = [v.audit.believability for v in headshot.versions if v.audit.verdict == "keep"]
    assert headshot.kept is not None
    assert headshot.kept.audit.believability == max(b for b in passed if b is not None)


def test_the_calls_stay_calls_after_the_first(headshot: Headshot, hopper: Path) -> None:
    audit = likeness.audit(hopper, hopper)
    assert (audit.verdict, audit.believability, audit["texture"].status) == ("keep", 100, "natural")


def test_the_export_is_what_the_outcome_asks_for(headshot: Headshot) -> None:
    (file,) = headshot.exports
    with PIL.Image.open(file.file) as picture:
        assert (picture.width, picture.height, picture.format) == (file.width, file.height, "JPEG")
        assert picture.info["icc_profile"]
    assert file.width == file.height >= 400
    assert file.file.stat().st_size == file.bytes <= 8_000_000


def test_it_is_made_from_the_persons_own_pixels(headshot: Headshot, hopper: Path) -> None:
    """Where the background is kept, every pixel is a pixel of the photo in the same place, in another light at most."""
    kept = headshot.versions[0].portrait
    x, y = np.round(kept.to_photo[:, 2]).astype(int)
    source = np.asarray(PIL.Image.open(hopper).convert("L"), float)[y : y + kept.height, x : x + kept.width]
    made = np.asarray(PIL.Image.fromarray(kept.srgb).convert("L"), float)
    assert np.corrcoef(source.ravel(), made.ravel())[0, 1] > 0.99


def test_json_has_the_shape_of_the_contract(headshot: Headshot) -> None:
    data = json.loads(json.dumps(headshot.as_json()))
    keys = {"source", "outcome", "versions", "kept", "exports", "report", "advice", "seconds"}
    assert keys <= set(data)
    assert {"id", "name", "parent", "file", "recipe", "audit", "attempts"} <= set(data["versions"][0])
    assert data["kept"] in [v["id"] for v in data["versions"]]


def test_the_original_comes_back_byte_for_byte(headshot: Headshot, hopper: Path, folder: Path) -> None:
    assert headshot.kept is not None
    told = original(headshot.kept.id, folder / "back.jpg", library=folder / "library")
    assert (folder / "back.jpg").read_bytes() == hopper.read_bytes()
    assert told["sha256"] == hashlib.sha256(hopper.read_bytes()).hexdigest()


def test_the_original_never_replaces_another_file(headshot: Headshot, folder: Path) -> None:
    assert headshot.kept is not None
    other = folder / "other.txt"
    other.write_text("mine")
    with pytest.raises(LikenessError, match="another file"):
        original(headshot.kept.id, other, library=folder / "library")
    assert other.read_text() == "mine"


def test_refining_makes_a_child_from_the_original(headshot: Headshot, folder: Path) -> None:
    blurred = headshot.versions[1]
    child = refine(blurred.id, parse_settings(["background.blur=0.05"]), library=folder / "library")
    assert child.parent == blurred.id
    assert child.recipe.settings()["background"]["blur"] == 0.05
    lineage = history(child.id, library=folder / "library")["versions"]
    assert [v["id"] for v in lineage] == [blurred.id, child.id]


def test_refining_nothing_is_refused(headshot: Headshot, folder: Path) -> None:
    with pytest.raises(LikenessError, match="change a parameter"):
        refine(headshot.versions[0].id, {}, library=folder / "library")


def test_a_version_made_again_is_the_same_version(headshot: Headshot, hopper: Path, folder: Path) -> None:
    again = likeness.make(hopper, outcome="linkedin", versions=1, library=folder / "library")
    assert again.versions[0].id == headshot.versions[0].id
    assert again.exports == ()


def test_changed_code_makes_another_version_whose_file_is_what_was_audited(
    headshot: Headshot, hopper: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("likeness.versions.QUALITY", 90)
    again = likeness.make(hopper, outcome="linkedin", versions=1, library=folder / "library").versions[0]
    old = headshot.versions[0]
    assert again.recipe == old.recipe
    assert again.id != old.id
    for version in (again, old):
        assert version.file is not None
        assert version.file.read_bytes() == version.data
    recorded = history(again.id, library=folder / "library")["versions"][0]
    assert set(recorded["made_by"]) == {"likeness", "calibration"}


def test_a_face_too_small_is_no_source(astronaut: Path, folder: Path) -> None:
    with pytest.raises(NoUsableSource) as caught:
        likeness.make(astronaut, outcome="linkedin", library=folder / "other")
    assert caught.value.exit_code == 3
    assert caught.value.advice
    assert not (folder / "other").exists()


def test_a_small_photo_is_framed_roomier_to_reach_the_least_size(hopper: Path, folder: Path) -> None:
    small = folder / "small.png"
    picture = PIL.Image.open(hopper)
    picture.resize((round(picture.width * 0.785), round(picture.height * 0.785)), PIL.Image.Resampling.LANCZOS).save(small)
    made = likeness.make(small, outcome="linkedin", versions=1, out=folder / "small", library=folder / "library")
    assert (made.exports[0].width, made.exports[0].height) == (400, 400)


def test_the_best_of_several_photos_is_taken(hopper: Path, astronaut: Path) -> None:
    ranking = likeness.rank([astronaut, hopper], outcome="linkedin")
    assert ranking.best is not None
    assert ranking.best.path == hopper
    assert [p.rank for p in ranking.photos] == [1, 2]
    assert len({p.person for p in ranking.photos}) == 2
