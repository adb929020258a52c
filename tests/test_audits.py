from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from likeness.audits import Auditor, audit, audit_all
from likeness.errors import LikenessError


@pytest.fixture(scope="module")
def picture(hopper: Path) -> np.ndarray:
    return np.asarray(PIL.Image.open(hopper).convert("RGB"))


def saved(picture: np.ndarray, file: Path) -> Path:
    PIL.Image.fromarray(picture).save(file, quality=92)
    return file


def test_the_source_itself_is_kept(hopper: Path) -> None:
    found = audit(hopper, hopper)
    assert (found.mode, found.verdict, found.believability) == ("same-photo", "keep", 100.0)
    assert not found.mirrored
    assert found.as_json()["stretched"] is None


def test_a_mirrored_result_is_found_and_turned_back(hopper: Path, picture: np.ndarray, tmp_path: Path) -> None:
    found = audit(hopper, saved(picture[:, ::-1], tmp_path / "mirrored.jpg"))
    assert (found.mode, found.mirrored) == ("same-photo", True)
    assert found.verdict == "keep"
    assert found.as_json()["mirrored"] is True


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_result_is_followed(hopper: Path, picture: np.ndarray, tmp_path: Path, quarters: int) -> None:
    found = audit(hopper, saved(np.rot90(picture, quarters), tmp_path / "turned.jpg"))
    assert found.mode == "same-photo"
    assert not found.failing
    assert found.turned == 360 - 90 * quarters


def test_another_person_is_never_kept(hopper: Path, astronaut: Path) -> None:
    found = audit(hopper, astronaut)
    assert (found.mode, found.verdict, found["identity"].status) == ("other-photo", "regenerate", "fail")


def test_a_result_too_small_to_judge_cannot_be_told(hopper: Path, picture: np.ndarray, tmp_path: Path) -> None:
    small = cv2.resize(picture, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)
    assert max(small.shape) < 100
    assert audit(hopper, saved(small, tmp_path / "small.png")).verdict == "cannot-tell"


def test_a_result_without_a_face_is_named_and_the_rest_goes_on(hopper: Path, tmp_path: Path) -> None:
    nobody = saved(np.full((200, 200, 3), 120, np.uint8), tmp_path / "nobody.png")
    audits = audit_all([hopper], [nobody, hopper])
    assert [e.path for e in audits.errors] == [nobody]
    assert "no face" in audits.errors[0].error
    assert [a.result for a in audits.results] == [str(hopper)]
    assert audits.exit_code == 2


def test_folders_give_their_photos_as_results_and_as_sources(hopper: Path, picture: np.ndarray, tmp_path: Path) -> None:
    own, vendor = tmp_path / "own", tmp_path / "vendor"
    for folder in (own, vendor / "deeper"):
        folder.mkdir(parents=True)
    saved(picture[:, ::-1], own / "mirrored.jpg")
    files = [saved(picture, vendor / name) for name in ("b.jpg", "a.png", "deeper/c.jpg")]
    audits = audit_all([hopper, own], [vendor])
    assert [a.result for a in audits.results] == [str(files[1]), str(files[0])]
    assert not audits.errors


def test_a_folder_of_sources_is_used_as_far_as_it_can_be_and_a_photo_counts_once(
    hopper: Path, picture: np.ndarray, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "again.jpg").write_bytes(hopper.read_bytes())
    (own / "broken.jpg").write_bytes(b"no picture")
    saved(np.full((200, 200, 3), 120, np.uint8), own / "nobody.png")
    auditor = Auditor.of([hopper, own], 250)
    assert auditor.paths == (hopper,)
    assert [error.path.name for error in auditor.left_out] == ["broken.jpg", "nobody.png"]
    audits = audit_all([hopper, own], [hopper])
    assert [error.path.name for error in audits.left_out] == ["broken.jpg", "nobody.png"]
    assert audits.exit_code == 0
    (own / "again.jpg").unlink()
    with pytest.raises(LikenessError, match="no source can be used"):
        Auditor.of([own], 250)
    with pytest.raises(LikenessError, match=r"broken\.jpg"):
        Auditor.of([hopper, own / "broken.jpg"], 250)


@pytest.mark.parametrize("turn", [lambda p: p, lambda p: p[:, ::-1]], ids=["", "mirrored"])
def test_a_stretched_result_is_named_and_put_right(
    hopper: Path, picture: np.ndarray, tmp_path: Path, turn: Callable[[np.ndarray], np.ndarray]
) -> None:
    high = cv2.resize(np.ascontiguousarray(turn(picture)), (512, 630), interpolation=cv2.INTER_CUBIC)
    found = audit(hopper, saved(high, tmp_path / "high.jpg"))
    assert found.failing == ("geometry",)
    assert "stretched by 5 % in height" in found["geometry"].reason
    told = found.as_json()["stretched"]
    assert (told["direction"], told["of"]) == ("height", "picture")
    assert told["factor"] == pytest.approx(1.05, abs=0.005)
    assert found.mirrored == (turn(picture) is not picture)


def side_by_side(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    both = np.zeros((max(len(picture), len(other)), picture.shape[1] + other.shape[1], 3), np.uint8)
    both[: len(other), : other.shape[1]] = other
    both[: len(picture), other.shape[1] :] = picture
    return both


def test_beside_a_bystander_the_one_is_judged_who_looks_like_the_source(
    hopper: Path, astronaut: Path, picture: np.ndarray, tmp_path: Path
) -> None:
    bystander = cv2.resize(np.asarray(PIL.Image.open(astronaut).convert("RGB")), (400, 400), interpolation=cv2.INTER_AREA)
    found = audit(hopper, saved(side_by_side(picture, bystander), tmp_path / "bystander.png"))
    assert found.faces == 2
    assert found.mode == "same-photo"
    assert found["identity"].status == "natural"


def test_a_collage_is_refused_in_a_sentence(hopper: Path, astronaut: Path, picture: np.ndarray, tmp_path: Path) -> None:
    other = cv2.resize(np.asarray(PIL.Image.open(astronaut).convert("RGB")), (800, 800))
    collage = saved(side_by_side(picture, other), tmp_path / "collage.png")
    with pytest.raises(LikenessError, match=r"2 faces of like size.*cut out the one"):
        audit(hopper, collage)
    assert audit(collage, collage).verdict == "keep"  # where the source shows as many, it is no collage


def test_a_card_with_the_source_in_somebody_s_hand_is_not_the_person(
    hopper: Path, astronaut: Path, picture: np.ndarray, tmp_path: Path
) -> None:
    card = cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    holder = cv2.resize(np.asarray(PIL.Image.open(astronaut).convert("RGB")), (1200, 1200))
    holder[-len(card) :, -card.shape[1] :] = card
    audits = audit_all([hopper], [saved(holder, tmp_path / "card.png")])
    assert audits.exit_code in (1, 2)
    assert all("faces of like size" in error.error for error in audits.errors)
    assert all(found["identity"].status == "fail" for found in audits.results)


def cartoon(picture: np.ndarray) -> np.ndarray:
    """Flat colours within dark outlines."""
    flat = np.ascontiguousarray(picture)
    for _ in range(5):
        flat = cv2.bilateralFilter(flat, 9, 50, 7)
    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 5)
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 3)
    return cv2.bitwise_and(flat, np.dstack([lines] * 3))


def painted(picture: np.ndarray) -> np.ndarray:
    return cv2.stylization(np.ascontiguousarray(picture), sigma_s=60, sigma_r=0.45)


def dabbed(picture: np.ndarray) -> np.ndarray:
    return cv2.medianBlur(np.ascontiguousarray(picture), 11)


@pytest.mark.parametrize("make", [cartoon, painted, dabbed])
def test_a_drawing_made_of_the_source_is_never_kept(
    hopper: Path, picture: np.ndarray, tmp_path: Path, make: Callable[[np.ndarray], np.ndarray]
) -> None:
    found = audit(hopper, saved(make(picture), tmp_path / "drawn.png"))
    assert found.mode == "same-photo"
    assert found.verdict == "regenerate"


def test_a_grey_picture_lost_its_colour_and_nothing_else_is_said_of_the_clothes(
    hopper: Path, picture: np.ndarray, tmp_path: Path
) -> None:
    grey = saved(np.dstack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)] * 3), tmp_path / "grey.png")
    found = audit(hopper, grey)
    assert found.verdict == "regenerate"
    assert found["saturation"].status == "fail"
    assert found["clothing"].status == "not-assessed"


def test_a_source_of_somebody_else_is_refused(hopper: Path, astronaut: Path) -> None:
    with pytest.raises(LikenessError, match="shows somebody else"):
        Auditor.of([hopper, astronaut], 250)


def test_several_sources_and_the_one_that_it_derives_from(hopper: Path, picture: np.ndarray, tmp_path: Path) -> None:
    squeezed = cv2.warpAffine(picture, np.array([[0.9, 0.12, 0], [0, 1.0, 0]]), (512, 600))
    other = saved(squeezed, tmp_path / "other.png")
    found = audit(other, hopper, sources=[hopper])
    assert found.source == str(hopper)


def test_workers_find_the_same_in_the_same_order(hopper: Path, picture: np.ndarray, tmp_path: Path) -> None:
    results = [saved(cv2.GaussianBlur(picture, (0, 0), 0.4 + 0.4 * k), tmp_path / f"{k}.png") for k in range(8)]
    told: list[str] = []
    one = audit_all([hopper], results, look=_name)
    two = audit_all([hopper], results, look=_name, workers=2, progress=lambda what, share: told.append(what))
    assert [a.as_json() for a in one.results] == [a.as_json() for a in two.results]
    assert one.views == two.views == tuple(str(file) for file in results)
    assert len(told) == 8
    assert all(f.heat is None for a in two.results for f in a.findings)


def _name(found: object, pair: object) -> str:
    return found.result  # type: ignore[attr-defined]
