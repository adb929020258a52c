"""The doctor finds what is there, and names what is not with the command that brings it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from likeness import doctor
from likeness.discovery import discover
from likeness.doctor import Check, examine
from likeness.schema import Backend

NO_GL = "libGL.so.1: cannot open shared object file: No such file or directory"


class DiskUsage(NamedTuple):
    free: int


def _named(checks: list[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


def test_all_is_well_where_the_tests_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: DiskUsage(free=20 * 10**9))  # not the product's to answer for
    checks = examine(tmp_path / "library")
    assert [check for check in checks if not check.ok] == []
    assert {"python", "cv2", "heic", "avif", "raw", "library", "disk"} <= {check.name for check in checks}


def test_every_backend_is_loaded_and_says_version_and_licence() -> None:
    for name, backend in discover("likeness.perception", Backend).items():
        check = _named(examine(), name)
        assert backend.licence in check.detail
        assert any(part[:1].isdigit() for part in check.detail.split())


def test_looking_creates_no_library(tmp_path: Path) -> None:
    examine(tmp_path / "deep" / "library")
    assert list(tmp_path.iterdir()) == []


def _import_failing(name: str, why: str) -> Any:
    real = importlib.import_module

    def load(module: str, package: str | None = None) -> ModuleType:
        if module == name:
            raise ImportError(why, name=name)
        return real(module, package)

    return load


def test_a_missing_system_library_is_named_with_its_apt_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.importlib, "import_module", _import_failing("cv2", NO_GL))
    check = _named(examine(), "cv2")
    assert not check.ok
    assert "libGL.so.1" in check.detail
    assert check.hint == "apt-get install libgl1"


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.importlib, "import_module", _import_failing("jinja2", "No module named 'jinja2'"))
    check = _named(examine(), "jinja2")
    assert not check.ok
    assert "pip install jinja2" in check.hint


def test_camera_raw_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    check = _named(examine(), "raw")
    assert check.ok
    assert "likeness[raw]" in check.hint


def test_a_backend_that_breaks_while_loading_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> object:
        raise RuntimeError("model file is damaged")

    broken: Backend[object] = Backend("face_mesh", "Face mesh", load, "doc", "mediapipe", "Apache-2.0")
    monkeypatch.setattr(doctor, "discover", lambda *_: {"face_mesh": broken})
    check = _named(examine(), "face_mesh")
    assert not check.ok
    assert "model file is damaged" in check.detail
    assert "mediapipe" in check.hint


def test_backends_that_cannot_even_be_imported_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> dict[str, Any]:
        raise ImportError(NO_GL, name="cv2")

    monkeypatch.setattr(doctor, "discover", fail)
    assert _named(examine(), "backends").hint == "apt-get install libgl1"


def test_a_library_that_cannot_be_written_to(tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("in the way")
    check = _named(examine(file / "library"), "library")
    assert not check.ok
    assert "--library" in check.hint


@pytest.mark.parametrize(("free", "ok"), [(0.2, False), (0.9, False), (1.1, True)])
def test_a_full_disk(free: float, ok: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: DiskUsage(free=round(free * 1e9)))
    check = _named(examine(tmp_path), "disk")
    assert (check.ok, "free" in check.hint) == (ok, not ok)
    assert check.detail == f"{free} GB free"


def test_a_plug_in_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIKENESS_PLUGINS", str(tmp_path / "gone.py"))
    check = _named(examine(), "plug-ins")
    assert not check.ok
    assert "LIKENESS_PLUGINS" in check.hint
