"""The rules of the house (docs/architecture.md), each with a planted violation that its check must catch."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import likeness
from likeness.measures import result_measures, source_measures
from likeness.params import Param, Text
from likeness.schema import Declaration
from likeness.steps import all_steps

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "likeness"
LINES = 300
HEAVY = ("numpy", "cv2", "mediapipe", "dlib", "scipy", "PIL", "jinja2", "matplotlib", "pydantic")
DOORS = ("cli.py", "console.py", "__main__.py")


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def trees() -> list[tuple[str, ast.Module]]:
    return [(path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text())) for path in modules()]


# -- imports go down the floors


def floors() -> dict[str, int]:
    """Top-level name -> floor, from the table in docs/architecture.md, where it stands once."""
    rows = re.findall(r"^\| (\d) \| (.+?) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    return {name: int(floor) for floor, names in rows for name in re.findall(r"`(\w+)(?:/|\.py)?`", names)}


def _top(module: str) -> str | None:
    """The name on the floor table that ``likeness.x.y`` belongs to; None for what is not likeness."""
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else "__init__") if parts[0] == "likeness" else None


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, module) of every import of likeness, also inside functions, except those for type checkers alone."""
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "likeness")
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "likeness.relative_import"
        elif isinstance(node, ast.ImportFrom) and node.module == "likeness":
            yield from ((node.lineno, f"likeness.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("likeness."):
            yield from ((node.lineno, _module(str(node.module), alias.name)) for alias in node.names)


def _module(package: str, name: str) -> str:
    """The module that ``from package import name`` needs: ``package.name`` where that is one."""
    inside = SOURCE.joinpath(*package.split(".")[1:], name)
    return f"{package}.{name}" if inside.is_dir() or inside.with_suffix(".py").is_file() else package


def climbing(name: str, tree: ast.Module, floor: dict[str, int]) -> list[str]:
    """The imports in the module ``name`` (a path below src/likeness) that go up, or to a place without a floor."""
    own = name.split("/")[0].removesuffix(".py")
    found = []
    for line, module in imports_of(tree):
        other = _top(module)
        if other is None or other in (own, "__init__"):
            continue
        if floor.get(other, 99) > floor.get(own, -1):
            found.append(f"{name}:{line} (floor {floor.get(own)}) imports {module} (floor {floor.get(other)})")
    return found


def test_every_module_has_a_floor() -> None:
    known = floors()
    names = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in modules()} - {"__init__"}
    assert names - set(known) == set(), "name its floor in docs/architecture.md"
    assert set(known) - names == set(), "the table names what is not there"


def test_imports_go_down_the_floors() -> None:
    known = floors()
    assert [fault for name, tree in trees() if name != "__init__.py" for fault in climbing(name, tree, known)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "from likeness.studio import make",
        "import likeness.cli",
        "from likeness import portrait",
        "def late():\n    from likeness.verdict import audit_pair",
        "from . import sibling",
    ],
)
def test_an_import_that_climbs_is_caught(planted: str) -> None:
    assert len(climbing("image/planted.py", ast.parse(planted), floors())) == 1


def test_imports_down_and_for_type_checkers_pass() -> None:
    fine = "import numpy\nfrom likeness.errors import unknown\nif TYPE_CHECKING:\n    from likeness.cli import main"
    assert climbing("portrait.py", ast.parse(fine), floors()) == []


def test_no_module_of_one_floor_imports_in_a_circle() -> None:
    """Modules of one floor may import each other, one way."""
    graph: dict[str, set[str]] = {}
    for name, tree in trees():
        module = "likeness." + name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        top_level = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
        graph[module] = {target for _, target in imports_of(top_level)} - {module}
    assert _circle(graph) is None


def test_a_circle_is_caught() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None
    assert _circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


def _circle(graph: dict[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str] | None:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return None
        for target in sorted(graph.get(node, ())):
            if found := visit(target, [*path, node]):
                return found
        done.add(node)
        return None

    return next((found for node in graph if (found := visit(node, []))), None)


# -- one declaration, one file


def declarations() -> list[Declaration]:
    from likeness.discovery import discover
    from likeness.schema import Backend

    found = [*all_steps().values(), *source_measures().values(), *result_measures().values()]
    return [*found, *discover("likeness.perception", Backend).values()]


def test_a_declarations_file_function_and_id_are_one_name() -> None:
    for item in declarations():
        file = Path(inspect.getfile(item.function))
        assert item.name == item.function.__name__ == file.stem
        assert vars(importlib.import_module(item.function.__module__))[item.name] is item


@pytest.mark.parametrize("package", ["steps", "perception", "measures/source", "measures/result"])
def test_every_file_there_declares_something(package: str) -> None:
    """A helper that declares nothing belongs to a lower floor."""
    stems = {path.stem for path in (SOURCE / package).glob("*.py")} - {"__init__"}
    assert stems == {item.name for item in declarations() if SOURCE / package == Path(inspect.getfile(item.function)).parent}


CONTRACT = {
    "texture", "grain", "marks", "flatness", "light_direction", "geometry", "symmetry", "identity", "skin_colour", "saturation",
    "expression", "body", "clothing", "edge_halo", "background_leak", "background_light", "background_depth", "background_grain",
}  # fmt: skip


def test_measures_bear_the_names_of_the_contract() -> None:
    assert set(result_measures()) <= CONTRACT


def test_what_a_step_says_of_itself_exists() -> None:
    from likeness.portrait import Portrait

    for step in all_steps().values():
        assert set(step.changes) <= CONTRACT, step.name
        assert [fact for fact in step.needs if not hasattr(Portrait, fact)] == [], step.name


def test_every_parameter_has_help_a_range_and_a_default() -> None:
    for step in all_steps().values():
        for name, parameter in step.params.items():
            rule = parameter.rule
            assert rule.help, f"{step.name}.{name}"
            assert parameter.default is not None
            if isinstance(rule, Param):
                assert rule.low < rule.high, f"{step.name}.{name}"
                assert rule.ui is None or rule.low <= rule.ui[0] < rule.ui[1] <= rule.high, f"{step.name}.{name}"
                assert rule.neutral is None or rule.low <= rule.neutral <= rule.high, f"{step.name}.{name}"
            else:
                assert all(re.fullmatch(rule.pattern, sample) for sample in rule.samples), f"{step.name}.{name}"


def test_every_rule_has_help_and_a_unit_where_it_is_a_length() -> None:
    """Lengths are told in IPD; a parameter whose name says that it is a length must say so too."""
    lengths = re.compile(r"radius|width|distance|scale$|_size$|margin")
    for step in all_steps().values():
        for name, parameter in step.params.items():
            if isinstance(parameter.rule, Param) and lengths.search(name):
                assert parameter.rule.unit == "IPD", f"{step.name}.{name}"
            assert isinstance(parameter.rule, Param | Text)


# -- docstrings


def undocumented(name: str, tree: ast.Module) -> list[str]:
    """Public functions, classes and methods without a docstring. A property, or a method that its class's docstring explains, needs none."""
    found = [] if ast.get_docstring(tree) else [name]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            found.append(f"{name}:{node.lineno} {node.name}")
    return found


def test_everything_public_has_a_docstring() -> None:
    assert [fault for name, tree in trees() for fault in undocumented(name, tree)] == []


def test_a_missing_docstring_is_caught() -> None:
    assert undocumented("x.py", ast.parse('"""Doc."""\ndef public(): return 1\ndef _own(): return 2')) == ["x.py:2 public"]


UNITS = re.compile(
    r"\(\d|\(\.\.\.,|factor|\([HNhn],|\(n|pixel|\bpx\b|IPD|linear|sRGB|degree|EV\b|stops?\b|0\.\.1|shares?\b|dE00|8-bit|\(H, W|width, height|\bwhole\b|x y|2x3|"
    r"per cent|%|L\*|same shape|ratio|Rec\.|alpha|sigma|number|map\b|similarity",
    re.IGNORECASE,
)


def test_image_functions_and_declarations_say_shapes_or_units() -> None:
    silent = []
    for name, tree in trees():
        if not name.startswith("image/"):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                words = f"{ast.get_docstring(node) or ''} {ast.get_docstring(tree) or ''}"
                silent += [] if UNITS.search(words) else [f"{name}:{node.lineno} {node.name}"]
    for item in declarations():
        silent += [] if UNITS.search(f"{item.doc} {getattr(item, 'unit', '')}") else [item.name]
    assert silent == []


# -- size, silence and speech


def test_no_file_has_two_jobs() -> None:
    long = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > LINES} == {}


def asserts(name: str, tree: ast.Module) -> list[str]:
    return [f"{name}:{node.lineno} assert" for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def swallowed(name: str, tree: ast.Module) -> list[str]:
    """Handlers without a type, and handlers of everything, or whose body only passes, that drop what happened."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = (
            {ast.unparse(kind) for kind in (node.type.elts if isinstance(node.type, ast.Tuple) else [node.type])}
            if node.type
            else set()
        )
        broad = not kinds or kinds & {"Exception", "BaseException"}
        tells = any(isinstance(n, ast.Raise) for n in ast.walk(node)) or (
            node.name is not None and any(isinstance(n, ast.Name) and n.id == node.name for n in ast.walk(node))
        )
        silent = all(isinstance(statement, ast.Pass) for statement in node.body)
        if node.type is None or silent or (broad and not tells):
            found.append(f"{name}:{node.lineno} except")
    return found


def talks(name: str, tree: ast.Module) -> list[str]:
    """Prints and writes to the standard streams outside the doors."""
    if name in DOORS:
        return []
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    spoken = ("print", "sys.stdout.write", "sys.stderr.write", "warnings.warn")
    return [f"{name}:{call.lineno} {ast.unparse(call.func)}" for call in calls if ast.unparse(call.func) in spoken]


@pytest.mark.parametrize("rule", [asserts, swallowed, talks])
def test_no_file_breaks(rule: Callable[[str, ast.Module], list[str]]) -> None:
    assert [fault for name, tree in trees() for fault in rule(name, tree)] == []


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        (asserts, "assert x"),
        (swallowed, "try:\n    x\nexcept:\n    raise"),
        (swallowed, "try:\n    x\nexcept OSError:\n    pass"),
        (swallowed, "try:\n    x\nexcept Exception:\n    y = None"),
        (swallowed, "try:\n    x\nexcept (ValueError, BaseException) as e:\n    y = None"),
        (talks, "print('x')"),
        (talks, "import warnings\nwarnings.warn('x')"),
    ],
)
def test_a_planted_fault_is_caught(rule: Callable[[str, ast.Module], list[str]], planted: str) -> None:
    assert len(rule("planted.py", ast.parse(planted))) == 1


def test_a_handler_that_tells_passes() -> None:
    fine = "try:\n    x\nexcept Exception as e:\n    raise ValueError(e) from e\ntry:\n    y\nexcept KeyError:\n    z = 1"
    assert swallowed("x.py", ast.parse(fine)) == []


UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|for now)\b")


def test_nothing_says_that_it_is_unfinished() -> None:
    places = [*modules(), *(ROOT / "benchmarks").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    assert [path.relative_to(ROOT).as_posix() for path in places if UNFINISHED.search(path.read_text())] == []


# -- light to start


def _python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("start", ["import likeness", "from likeness import cli; sys.argv = ['likeness', '--help']; cli.main()"])
def test_starting_loads_no_heavy_library(start: str) -> None:
    code = f"import atexit, json, sys\natexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))\n{start}"
    done = _python("-c", code)
    assert done.returncode == 0, done.stderr
    loaded = {name.split(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}
    assert loaded & set(HEAVY) == set()


def test_a_package_that_does_not_import_ends_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory', name='cv2')"
    )
    done = _python("-m", "likeness", "rank", str(tmp_path), PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "libGL.so.1" in done.stderr
    assert "apt-get install libgl1" in done.stderr


def test_the_public_calls_are_not_hidden_by_modules_of_their_name() -> None:
    """Importing ``likeness.x`` sets ``likeness.x`` to the module: no module may bear the name of a public call."""
    code = "import likeness, likeness.studio\nprint([name for name in likeness.__all__ if not callable(getattr(likeness, name))])"
    done = _python("-c", code)
    assert done.stdout.strip() == "[]", done.stderr
    assert not hasattr(likeness, "nothing_of_that_name")


def test_every_module_imports() -> None:
    for info in pkgutil.walk_packages(likeness.__path__, "likeness."):
        if not info.name.endswith("__main__"):
            importlib.import_module(info.name)


# -- what may not be in the repository


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_shared_photo_is_in_the_repository(shared_photos: Path) -> None:
    sizes: dict[int, list[Path]] = {}
    for photo in shared_photos.rglob("*"):
        if photo.is_file():
            sizes.setdefault(photo.stat().st_size, []).append(photo)
    copies = [
        path
        for path in tracked()
        for photo in sizes.get(path.stat().st_size, [])
        if _hash(path) == _hash(photo) and path.stat().st_size
    ]
    assert copies == []


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_nothing_large_is_in_the_repository() -> None:
    assert [path.name for path in tracked() if path.stat().st_size > 1_000_000] == []


def test_no_index_address_is_in_the_repository() -> None:
    address = re.compile(r"(--(extra-)?index-url|--find-links)\s*\S|https?://[\w.]*(pypi|pythonhosted)[\w.]*|file:///")
    named = [ROOT / name for name in ("constraints.txt", "pyproject.toml", "Makefile", "tools/setup", ".ci/run")]
    assert [path.name for path in named if address.search(path.read_text())] == []


def test_every_dependency_is_pinned() -> None:
    import tomllib

    normal = lambda name: re.sub(r"[-_.]+", "-", name).lower()  # noqa: E731
    pinned = {normal(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(need for extra in project["optional-dependencies"].values() for need in extra)]
    assert {normal(re.split(r"[=<>~!\[; ]", need)[0]) for need in wanted} - pinned == set()
