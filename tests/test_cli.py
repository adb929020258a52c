"""The contract of the command line: exit codes, one line on stderr, one JSON document on stdout."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import likeness
from likeness.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, which has its models loaded; what any library writes to stderr is caught too."""
    monkeypatch.setenv("LIKENESS_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)

    def likeness(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["likeness", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return likeness


def test_a_process_of_its_own_is_quiet_and_exits_alike(hopper: Path) -> None:
    command = [sys.executable, "-m", "likeness", "audit", str(hopper), str(hopper), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["results"][0]["verdict"] == "keep"


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"likeness {importlib.metadata.version('likeness')}\n", "")
    assert likeness.__version__ in done.stdout
    assert "Make a professional headshot" in run("--help").stdout


def one_line(done: Done, code: int = 2) -> str:
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("likeness: ")
    assert "Traceback" not in done.stderr
    return lines[0]


def test_make_prints_one_json_document(run: Run, hopper: Path, tmp_path: Path) -> None:
    done = run("make", hopper, "--for", "linkedin", "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result = json.loads(done.stdout)
    assert Path(result["report"]).is_file()
    assert Path(result["exports"][0]["file"]).is_file()
    back = tmp_path / "back.jpg"
    assert run("original", result["kept"], "--out", back).returncode == 0
    assert back.read_bytes() == hopper.read_bytes()
    listed = json.loads(run("history", "--json").stdout)["versions"]
    assert {v["id"] for v in listed} == {v["id"] for v in result["versions"]}


def test_audit_of_the_source_itself_is_keep(run: Run, hopper: Path, tmp_path: Path) -> None:
    report = tmp_path / "audit.html"
    done = run("audit", hopper, hopper, "--report", report, "--json")
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert (result["verdict"], result["believability"], result["mode"]) == ("keep", 100.0, "same-photo")
    assert report.read_text().lower().startswith("<!doctype html>")


def test_an_audit_is_told_in_a_few_lines(run: Run, hopper: Path, astronaut: Path) -> None:
    same = run("audit", hopper, hopper)
    assert same.returncode == 0
    assert "keep: nothing departs from your photo" in same.stdout
    assert len(same.stdout.splitlines()) < 8
    several = run("audit", hopper, hopper, astronaut)
    assert several.returncode == 1
    first, second = (line for line in several.stdout.splitlines() if ".jpg" in line or ".png" in line)
    assert "keep" in first
    assert "Made from your photo" in first
    assert "regenerate" in second
    assert "Somebody else" in second


def test_what_a_folder_holds_beside_photos_is_told_and_decides_nothing(run: Run, hopper: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(hopper.read_bytes())
    for name in ("portrait.pdf", ".hidden", "notes.txt"):
        (folder / name).write_text("no photo")
    done = run("audit", hopper, folder, "--json", "--report", tmp_path / "page.html")
    assert done.returncode == 0
    assert [Path(one["path"]).name for one in json.loads(done.stdout)["left_out"]] == ["notes.txt", "portrait.pdf"]
    said = done.stderr.splitlines()
    assert [line for line in said if "portrait.pdf: was left out, as it is no photo" in line]
    assert len(said) == 2
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "portrait.pdf" in page
    assert ".hidden" not in page


def test_audit_of_somebody_else_is_not_keep(run: Run, hopper: Path, astronaut: Path) -> None:
    done = run("audit", hopper, astronaut, "--json")
    assert done.returncode == 1
    (result,) = json.loads(done.stdout)["results"]
    assert result["verdict"] != "keep"
    assert {f["measure"]: f["status"] for f in result["findings"]}["identity"] == "fail"


def test_rank_lists_what_cannot_be_read_and_goes_on(run: Run, hopper: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"not a picture")
    done = run("rank", hopper, tmp_path / "broken.jpg", "--for", "linkedin", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [p["usable"] for p in result["photos"]] == [True]
    assert "broken.jpg" in result["errors"][0]["path"]


@pytest.mark.parametrize("what", ["outcomes", "steps", "measures"])
def test_what_there_is_is_listed(run: Run, what: str) -> None:
    done = run(what, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    assert run(what).stdout


def test_doctor_says_by_its_exit_code_whether_all_is_well(run: Run) -> None:
    done = run("doctor", "--json")
    found = json.loads(done.stdout)
    assert [check for check in found["checks"] if not check["ok"] and check["name"] != "disk"] == []
    assert found["ok"] == all(check["ok"] for check in found["checks"])
    assert done.returncode == (0 if found["ok"] else 2)
    assert "python" in run("doctor").stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["make", "PHOTO", "--for", "linkdin"], "did you mean linkedin?"),
        (["make", "PHOTO", "--for", "linkedin", "--set", "exposur.amount=1"], "did you mean exposure?"),
        (["make", "PHOTO", "--for", "linkedin", "--set", "exposure.amont=1"], "did you mean amount?"),
        (["make", "PHOTO", "--for", "linkedin", "--set", "exposure.amount=nan"], "finite"),
        (["make", "PHOTO", "--for", "linkedin", "--set", "exposure.amount=7"], "allowed: 0 to 1"),
        (["make", "PHOTO", "--for", "linkedin", "--set", "exposure"], "STEP.PARAM=VALUE"),
        (["make", "PHOTO", "--for", "linkedin", "--backdrop", "studoi"], "studio"),
        (["make", "PHOTO", "--for", "linkedin", "--backdrop", "#12"], "#12"),
        (["make", "PHOTO", "--for", "linkedin", "--versions", "0"], "--versions"),
        (["make", "PHOTO", "--for", "linkedin", "--face", "2"], "face"),
        (["make", "PHOTO"], "--for"),
        (["make", "nowhere.jpg", "--for", "linkedin"], "nowhere.jpg"),
        (["make", "PHOTO", "--for", "linkedin", "--limit-mp", "0.1"], "megapixels"),
        (["rank", "EMPTY"], "no photos"),
        (["rank", "ZERO"], "is empty"),
        (["rank", "TEXT"], "not an image"),
        (["rank", "CUT"], "cut short"),
        (["audit", "PHOTO", "NOFACE"], "no face"),
        (["history"], "no library here"),
        (["original", "abcdef", "--out", "x.jpg"], "no library here"),
        (["outcomes", "linkdin"], "did you mean linkedin?"),
        (["steps", "expose"], "exposure"),
        (["measures", "textur"], "texture"),
        (["frobnicate"], "frobnicate"),
        (["make", "PHOTO", "--for", "linkedin", "--backdrop", "office.jpg"], "does not exist"),
        (["make", "PHOTO", "--for", "linkedin", "--backdrop", ""], "backdrop"),
        (["audit", "PHOTO", "PHOTO", "--report", "PHOTO"], "not the name of a web page"),
        (["audit", "PHOTO", "PHOTO", "--report", "page.pdf"], "let its name end in .html"),
        (["audit", "PHOTO", "PHOTO", "--report", "page.html"], "no report of likeness"),
        (["audit", "PHOTO", "PHOTO", "--report", "nowhere/page.html"], "nowhere/page.html: cannot be written: its folder"),
        (["audit", "PHOTO"], "try likeness audit --help"),
        (["audit", "PHOTO", "EMPTY"], "has no photos in it"),
    ],
)
def test_bad_input_ends_in_one_line(run: Run, hopper: Path, tmp_path: Path, words: list[str], expected: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "zero.jpg").touch()
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "page.html").write_text("hello")
    (tmp_path / "cut.jpg").write_bytes(hopper.read_bytes()[:20000])
    PIL.Image.new("RGB", (640, 480), (90, 120, 150)).save(tmp_path / "noface.png")
    names = {"PHOTO": hopper, "EMPTY": "empty", "ZERO": "zero.jpg", "TEXT": "text.jpg", "CUT": "cut.jpg", "NOFACE": "noface.png"}
    done = run(*(names.get(word, word) for word in words), *(["--out", "out"] if words[0] == "make" else []))
    line = one_line(done)
    assert expected in line
    assert not list(tmp_path.glob("out/*"))


def test_a_full_disk_behind_stdout_is_no_success(hopper: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "likeness", "outcomes"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["likeness: stdout: cannot be written (No space left on device)"]


def test_when_nothing_can_be_read_every_file_is_named(run: Run, tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_text("no picture")
    line = one_line(run("make", tmp_path / "a.jpg", tmp_path / "b.jpg", "--for", "linkedin", "--out", tmp_path / "out"), code=3)
    assert "a.jpg" in line
    assert "b.jpg" in line
    assert not (tmp_path / "out").exists()


def test_without_a_usable_source_the_advice_is_printed(run: Run, astronaut: Path, tmp_path: Path) -> None:
    done = run("make", astronaut, "--for", "linkedin", "--out", tmp_path / "out", "--json")
    one_line(done, code=3)
    result = json.loads(done.stdout)
    assert result["kept"] is None
    assert result["advice"]
    assert one_line(run("rank", astronaut, "--for", "linkedin"), code=3)


def test_a_photo_without_colour_is_no_source(run: Run, hopper: Path, tmp_path: Path) -> None:
    PIL.Image.open(hopper).convert("L").save(tmp_path / "grey.jpg", quality=95)
    line = one_line(run("make", tmp_path / "grey.jpg", "--for", "linkedin"), code=3)
    assert "colour" in line


def test_of_several_faces_the_most_prominent_is_taken_and_said_so(run: Run, hopper: Path, tmp_path: Path) -> None:
    one = np.asarray(PIL.Image.open(hopper))
    smaller = np.asarray(PIL.Image.open(hopper).resize((384, 450)))
    both = np.full((600, 1000, 3), 110, np.uint8)
    both[:, :512] = one
    both[150:, 570:954] = smaller
    PIL.Image.fromarray(both).save(tmp_path / "both.png")
    done = run("make", tmp_path / "both.png", "--for", "linkedin", "--versions", 1, "--json")
    assert done.returncode == 0, done.stderr
    assert any("2 faces" in line for line in json.loads(done.stdout)["advice"])
    second = json.loads(run("rank", tmp_path / "both.png", "--face", 2, "--json").stdout)["photos"][0]
    first = json.loads(run("rank", tmp_path / "both.png", "--json").stdout)["photos"][0]
    assert (first["face"], second["face"]) == (1, 2)


def test_a_folder_that_cannot_be_written_to_is_named(run: Run, hopper: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is a file" in one_line(run("make", hopper, "--for", "linkedin", "--out", tmp_path / "file"))
    assert "/proc" in one_line(run("make", hopper, "--for", "linkedin", "--out", "/proc/headshot"))


def test_a_photo_is_never_replaced(run: Run, hopper: Path, tmp_path: Path) -> None:
    photo = tmp_path / "me-linkedin.jpg"
    photo.write_bytes(hopper.read_bytes())
    (tmp_path / "me.jpg").write_bytes(hopper.read_bytes())
    make = ("make", tmp_path / "me.jpg", "--for", "linkedin", "--versions", 1, "--out", tmp_path)
    assert "not made by likeness" in one_line(run(*make))
    assert photo.read_bytes() == hopper.read_bytes()
    photo.unlink()
    assert run(*make).returncode == 0
    assert run(*make).returncode == 0, "what an earlier run wrote may be replaced"
