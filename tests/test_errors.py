"""Errors fit in one line, name what to do, and offer the closest names."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness.errors import SYSTEM_LIBRARIES, LikenessError, NoUsableSource, missing, unknown


def test_one_line_with_place_reason_and_hint() -> None:
    error = LikenessError("cannot be read", where="IMG_1.heic", hint="give another file")
    assert str(error) == "IMG_1.heic: cannot be read; give another file"


@given(st.text(), st.text(), st.text())
def test_any_text_becomes_one_line(what: str, where: str, hint: str) -> None:
    assert len(str(LikenessError(what, where=where, hint=hint)).splitlines()) <= 1


def test_exit_codes() -> None:
    assert LikenessError("x").exit_code == 2
    assert NoUsableSource("x").exit_code == 3


def test_no_usable_source_carries_its_advice() -> None:
    error = NoUsableSource("none will do", advice=["face a window", "hold the camera at arm's length"])
    assert error.advice == ["face a window", "hold the camera at arm's length"]
    assert "face a window" in str(error)


def test_unknown_offers_the_closest_names() -> None:
    assert "did you mean exposure?" in str(unknown("step", "exposre", ["exposure", "frame"], where="--set"))


def test_unknown_lists_all_names_when_none_is_close() -> None:
    assert "known: exposure, frame" in str(unknown("step", "qqqq", ["frame", "exposure"]))


@pytest.mark.parametrize(("library", "package"), SYSTEM_LIBRARIES.items())
def test_missing_system_library_names_its_apt_package(library: str, package: str) -> None:
    told = str(missing("mediapipe", ImportError(f"{library}: cannot open shared object file: No such file or directory")))
    assert f"apt-get install {package}" in told
    assert library in told


def test_missing_library_without_a_known_package_is_named() -> None:
    assert "libodd.so.7" in str(missing("dlib", ImportError("libodd.so.7: cannot open shared object file: No such file")))


def test_missing_package_names_the_command_that_brings_it() -> None:
    assert "pip install dlib-bin" in str(missing("dlib-bin", ImportError("No module named 'dlib'")))


def test_errors_outlive_the_way_between_processes() -> None:
    plain = LikenessError("is empty", where="a.jpg", hint="copy it again")
    advised = NoUsableSource("no photo is good enough", where="b.jpg", advice=["Come closer."])
    for error in (plain, advised):
        back = pickle.loads(pickle.dumps(error))
        assert type(back) is type(error)
        assert (str(back), back.exit_code, back.__dict__) == (str(error), error.exit_code, error.__dict__)
