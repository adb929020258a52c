"""The reference pages say what the declarations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from likeness import reference
from likeness.measures import result_measures, source_measures
from likeness.steps import all_steps

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"


def test_there_is_a_page_for_each_step_and_measure() -> None:
    wanted = {f"steps/{name}.md" for name in all_steps()} | {
        f"measures/{name}.md" for name in source_measures() | result_measures()
    }
    assert set(reference.pages()) == wanted | {"README.md"}


def test_the_pages_are_up_to_date() -> None:
    there = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.md")}
    stale = [name for name, text in reference.pages().items() if there.get(name) != text]
    assert stale + sorted(set(there) - set(reference.pages())) == [], "run make docs"


@pytest.mark.parametrize("name", sorted(all_steps()))
def test_a_steps_page_has_all_its_parameters(name: str) -> None:
    page = reference.pages()[f"steps/{name}.md"]
    for parameter in all_steps()[name].params.values():
        assert f"| `{parameter.name}` |" in page
        assert f"`{parameter.default}`" in page


def test_writing_takes_stale_pages_away(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "gone.md").write_text("old")
    reference.write(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")} == set(reference.pages())


def test_plug_ins_have_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "warmth.py").write_text(
        "from likeness.schema import measure\n\n"
        '@measure(title="Warmth", group="colour", unit="ratio")\ndef warmth(pair):\n    """A ratio."""\n'
    )
    monkeypatch.setenv("LIKENESS_PLUGINS", str(tmp_path))
    assert "warmth" in result_measures()
    assert "measures/warmth.md" not in reference.pages()
