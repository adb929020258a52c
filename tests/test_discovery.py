"""One file outside the package is a step: it is listed, set, described, put into a recipe, checked and applied like any other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from likeness.catalogue import steps as listed_steps
from likeness.discovery import discover, plugin_files
from likeness.errors import LikenessError
from likeness.measures import result_measures
from likeness.portrait import Portrait
from likeness.recipe import ORDER, Recipe, apply
from likeness.schema import Step
from likeness.steps import all_steps
from likeness.studio import parse_settings

DIM = '''
from typing import Annotated

from likeness.portrait import Portrait
from likeness.params import Param
from likeness.schema import step


@step(title="Dim", changes=("skin_colour",), after="exposure")
def dim(portrait: Portrait, *, stops: Annotated[float, Param("how much darker", 0, 4, unit="EV", neutral=0)] = 1.0) -> Portrait:
    """Halve the linear light once per stop (EV)."""
    return portrait.with_pixels(portrait.pixels * 0.5**stops)
'''

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def dim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A step in a single file outside the package."""
    file = tmp_path / "plug-ins" / "dim.py"
    file.parent.mkdir()
    file.write_text(DIM)
    monkeypatch.setenv("LIKENESS_PLUGINS", str(file))
    return file


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Runs ``python -m likeness`` with a library of its own and the environment as it is by then."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"LIKENESS_LIBRARY": str(tmp_path / "library"), "COLUMNS": "200"}
        command = [sys.executable, "-m", "likeness", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)

    return run


@pytest.mark.usefixtures("dim")
def test_it_is_found_among_the_built_in_steps() -> None:
    assert set(all_steps()) == {"dim", *ORDER}
    assert [step["name"] for step in listed_steps()["steps"]].index("dim") == ORDER.index("exposure") + 1


def test_a_folder_of_plug_ins_is_searched(dim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (dim.parent / "_draft.py").write_text("raise RuntimeError('not to be loaded')")
    monkeypatch.setenv("LIKENESS_PLUGINS", os.pathsep.join(["", str(dim.parent)]))
    assert [path.name for path in plugin_files()] == ["dim.py"]
    assert "dim" in all_steps()


@pytest.mark.usefixtures("dim")
def test_it_is_part_of_a_recipe_and_applied(hopper_portrait: Portrait) -> None:
    recipe = Recipe.from_json({"steps": [{"step": "dim", "params": {"stops": 2}}]})
    assert Recipe.from_json(json.loads(json.dumps(recipe.as_json()))) == recipe
    np.testing.assert_allclose(apply(recipe, hopper_portrait).pixels, hopper_portrait.pixels / 4, rtol=1e-6)
    assert recipe.gentler(["skin_colour"]).settings() == {"dim": {"stops": 1.0}}


@pytest.mark.usefixtures("dim")
def test_the_command_line_sets_it_and_checks_it() -> None:
    assert parse_settings(["dim.stops=0.5"]) == {"dim": {"stops": 0.5}}
    for wrong, told in {
        "dim.stops=9": r"dim\.stops: 9 is out of range; allowed: 0 to 4 EV",
        "dim.stop=1": "unknown parameter 'stop'; did you mean stops",
        "dimm.stops=1": "unknown step 'dimm'; did you mean dim",
    }.items():
        with pytest.raises(LikenessError, match=told):
            parse_settings([wrong])


@pytest.mark.usefixtures("dim")
def test_the_cli_lists_and_describes_it(cli: Cli) -> None:
    every = json.loads(cli("steps", "--json").stdout)["steps"]
    assert "dim" in [step["name"] for step in every]
    (described,) = json.loads(cli("steps", "dim", "--json").stdout)["steps"]
    assert described["title"] == "Dim"
    assert described["schema"]["properties"]["stops"] == {
        "type": "number", "description": "how much darker", "minimum": 0, "maximum": 4, "unit": "EV", "neutral": 0, "default": 1.0,
    }  # fmt: skip
    assert "dim" in cli("steps").stdout


@pytest.mark.usefixtures("dim")
def test_the_cli_makes_a_headshot_with_it(cli: Cli, hopper: Path, tmp_path: Path) -> None:
    done = cli("make", hopper, "--for", "avatar", "--versions", 1, "--set", "dim.stops=0.1", "--out", tmp_path / "out", "--json")
    assert done.returncode in (0, 1), done.stderr
    (version,) = json.loads(done.stdout)["versions"]
    assert [step for step in version["recipe"]["steps"] if step["step"] == "dim"] == [{"step": "dim", "params": {"stops": 0.1}}]


@pytest.mark.usefixtures("dim")
def test_the_cli_refuses_an_illegal_value_in_one_line(cli: Cli, hopper: Path) -> None:
    done = cli("make", hopper, "--for", "avatar", "--set", "dim.stops=nan")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "dim.stops: 'nan' is not a finite number; allowed: 0 to 4 EV" in done.stderr


def test_without_the_plug_in_it_is_unknown() -> None:
    assert "dim" not in all_steps()
    with pytest.raises(LikenessError, match="unknown step 'dim'"):
        Recipe.of({"dim": {}})


def test_a_measure_from_a_file_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "warmth.py").write_text(
        textwrap.dedent('''
        from likeness.schema import Reading, measure

        @measure(title="Warmth", group="colour", unit="ratio")
        def warmth(pair):
            """Always 1: a ratio that a test looks for."""
            return Reading(1.0, "as warm as before")
        ''')
    )
    monkeypatch.setenv("LIKENESS_PLUGINS", str(tmp_path))
    assert "warmth" in result_measures()
    assert "warmth" not in all_steps()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("raise RuntimeError('broken')", "cannot be loaded (broken)"),
        ("def broken(:", "cannot be loaded"),
        (DIM.replace("def dim", "def gloom"), "gloom: is declared in odd.py"),
        (
            DIM.replace("def dim", "def odd").replace('    """Halve the linear light once per stop (EV)."""\n', ""),
            "has no docstring",
        ),
        (DIM.replace("def dim", "def odd").replace(" = 1.0", " = 7.0"), "odd.stops: 7.0 is out of range"),
        (DIM.replace("def dim", "def odd").replace("] = 1.0", "]"), "needs one Param or Text and a default"),
    ],
)
def test_a_faulty_plug_in_is_named_in_one_line(text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file := tmp_path / "odd.py").write_text(text)
    monkeypatch.setenv("LIKENESS_PLUGINS", str(file))
    with pytest.raises(LikenessError) as caught:
        all_steps()
    assert told in str(caught.value)
    assert "odd.py" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_name_that_exists_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file := tmp_path / "exposure.py").write_text(
        DIM.replace("def dim", "def exposure").replace('after="exposure"', 'after="frame"')
    )
    monkeypatch.setenv("LIKENESS_PLUGINS", str(file))
    with pytest.raises(LikenessError, match="exposure: is declared twice"):
        discover("likeness.steps", Step)


def test_a_plug_in_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIKENESS_PLUGINS", str(tmp_path / "gone.py"))
    with pytest.raises(LikenessError, match=r"gone\.py: does not exist; correct LIKENESS_PLUGINS"):
        plugin_files()


def test_a_step_with_no_place_says_how_to_give_it_one(dim: Path, tmp_path: Path) -> None:
    dim.write_text(DIM.replace(', after="exposure"', ""))
    with pytest.raises(LikenessError, match="has no place in the order; declare it with after="):
        Recipe.of({"dim": {}})


def test_what_a_plug_in_imports_is_not_declared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that imports a built-in step to use it does not declare it."""
    (file := tmp_path / "user.py").write_text("from likeness.steps.frame import frame\n")
    monkeypatch.setenv("LIKENESS_PLUGINS", str(file))
    found: dict[str, Any] = all_steps()
    assert set(found) == set(ORDER)
