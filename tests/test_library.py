"""The library: what is put in comes back byte for byte, and what goes wrong ends in one line with nothing half-written."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.errors import LikenessError
from likeness.library import Library, StoredVersion, default_root, version_id
from likeness.store import database, files, records

PHOTO = b"\xff\xd8 a photo " * 1000
RECIPE = {"steps": [{"step": "exposure", "params": {"amount": 0.5}}]}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def a_version(of: str, **changes: object) -> StoredVersion:
    recipe = dict(changes.pop("recipe", RECIPE))  # type: ignore[call-overload]
    id = version_id(of, 0, "linkedin", recipe, b"pixels")
    return replace(StoredVersion(id, "blurred", None, of, 0, "linkedin", recipe, file=Path("x.png")), **changes)  # type: ignore[arg-type]


def with_version(library: Library, **changes: object) -> StoredVersion:
    sha = library.add_original(PHOTO, Path("me.jpg"))
    return library.add_version(a_version(sha, **changes), b"pixels")


def files_under(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and not p.name.startswith("library.sqlite")}


def one_line(error: pytest.ExceptionInfo[LikenessError], *words: str) -> None:
    assert "\n" not in str(error.value)
    assert not [word for word in words if word not in str(error.value)], str(error.value)


# -- what is put in comes back


def test_an_original_comes_back_byte_for_byte(library: Library) -> None:
    version = with_version(library)
    assert library.original(version.id) == (PHOTO, Path("me.jpg"))
    sha = hashlib.sha256(PHOTO).hexdigest()
    assert (library.root / "originals" / sha[:2] / f"{sha}.jpg").read_bytes() == PHOTO


def test_the_same_original_is_kept_once_and_not_rewritten(library: Library) -> None:
    library.add_original(PHOTO, Path("me.jpg"))
    (file,) = library.root.glob("originals/*/*")
    before = file.stat()
    library.add_original(PHOTO, Path("again.png"))
    assert [file] == list(library.root.glob("originals/*/*"))
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_original_cannot_be_written_to_by_accident(library: Library) -> None:
    library.add_original(PHOTO, Path("me.jpg"))
    (file,) = library.root.glob("originals/*/*")
    assert file.stat().st_mode & 0o777 == 0o400
    assert library.root.stat().st_mode & 0o077 == 0, "other users may look into the library"


@pytest.mark.parametrize("name", ["me", "me.", ".jpg", "me.<script>", "me.j~g", "me.\n", "é" * 60 + ".JPEG", "\udcff.jpg"])
def test_any_file_name_is_remembered_and_none_becomes_a_path(library: Library, name: str) -> None:
    sha = library.add_original(PHOTO, Path("folder") / name)
    library.add_version(a_version(sha), b"pixels")
    assert library.original(library.versions()[0].id)[1] == Path("folder") / name
    (file,) = library.root.glob("originals/*/*")
    assert file.suffix in ("", ".jpg", ".jpeg")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(
    recipe=st.dictionaries(st.text(), json_values, max_size=3),
    audit=st.none() | st.dictionaries(st.text(), json_values, max_size=3),
    exports=st.lists(json_values, max_size=3),
    name=st.text(st.characters(exclude_categories=["Cs"])),
    face=st.integers(0, 20),
)
def test_a_version_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, recipe: dict, audit: dict | None, exports: list, name: str, face: int
) -> None:
    with Library(tmp_path_factory.mktemp("library")) as library:
        sha = library.add_original(PHOTO, Path("me.jpg"))
        id = version_id(sha, face, "cv", recipe, b"pixels")
        put = StoredVersion(id, name, None, sha, face, "cv", recipe, audit, [recipe], True, exports, Path("a.jpg"))
        got = library.add_version(put, b"pixels")
        library.close()
        assert library.version(id) == got == replace(put, file=got.file)
        assert got.file.read_bytes() == b"pixels"
        assert got.file == library.root / "versions" / id[:2] / f"{id}.jpg"


def test_version_ids_follow_from_what_the_version_is_made_of_and_what_came_of_it() -> None:
    plain = version_id("ab", 0, "cv", RECIPE, b"pixels")
    assert len(plain) == 12
    assert plain == version_id("ab", 0, "cv", {"steps": [{"step": "exposure", "params": {"amount": 0.5}}]}, b"pixels")
    less = {"steps": [{"step": "exposure", "params": {"amount": 0.25}}]}
    others = {
        version_id("ac", 0, "cv", RECIPE, b"pixels"),
        version_id("ab", 1, "cv", RECIPE, b"pixels"),
        version_id("ab", 0, "speaker", RECIPE, b"pixels"),
        version_id("ab", 0, "cv", less, b"pixels"),
        version_id("ab", 0, "cv", RECIPE, b"better pixels"),
    }
    assert len(others | {plain}) == 6


def test_what_another_release_makes_is_another_version(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = with_version(library)
    monkeypatch.setattr(records, "release", lambda: "99.0")
    after = with_version(library)
    assert [version.id for version in library.versions()] == [before.id, after.id]


def test_who_made_a_version_is_recorded_and_kept(library: Library) -> None:
    made_by = {"likeness": "1.0", "calibration": "2026-11-21"}
    version = with_version(library, made_by=made_by)
    assert library.version(version.id).made_by == made_by
    library.add_version(replace(version, made_by={}), b"pixels")
    assert library.version(version.id).made_by == made_by


def test_versions_of_a_library_that_names_no_maker_stay_and_are_made_anew(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(database, "MIGRATIONS", database.MIGRATIONS[:1])
        sha = library.add_original(PHOTO, Path("me.jpg"))
        library.close()
    with sqlite3.connect(library.root / "library.sqlite") as db:
        texts = ("kept", None, sha, 0, "linkedin", json.dumps(RECIPE), "null", "[]", 1, "[]", "versions/fe/feed00.png", "0", "2026")
        db.execute(f"INSERT INTO versions VALUES (1, 'feed00', {', '.join('?' * len(texts))})", texts)
    db.close()
    anew = with_version(library)
    assert [(v.id, v.kept) for v in library.versions()] == [("feed00", True), (anew.id, False)]
    assert library.version("feed00").made_by == {}
    assert library.original("feed00") == (PHOTO, Path("me.jpg"))


def test_adding_a_version_again_updates_what_is_known_of_it_but_not_its_picture(library: Library) -> None:
    version = with_version(library, attempts=[1], exports=[{"file": "a.jpg"}])
    library.add_version(replace(version, audit={"verdict": "keep"}, attempts=[], exports=[]), b"other pixels")
    again = library.version(version.id)
    assert again == replace(version, audit={"verdict": "keep"})
    assert again.file.read_bytes() == b"pixels"
    assert len(library.versions()) == 1


def test_a_lost_or_damaged_picture_is_put_back(library: Library) -> None:
    version = with_version(library)
    version.file.write_bytes(b"pix")
    library.add_version(version, b"pixels")
    assert version.file.read_bytes() == b"pixels"
    version.file.unlink()
    library.add_version(version, b"new pixels")
    library.add_version(version, b"newer pixels")
    assert version.file.read_bytes() == b"new pixels"


def test_lineage_leads_from_the_first_ancestor(library: Library) -> None:
    first = with_version(library)
    second = with_version(library, recipe={"steps": []}, parent=first.id)
    third = with_version(library, recipe={"steps": [1]}, parent=second.id)
    with_version(library, recipe={"steps": [2]}, parent=first.id)
    assert library.lineage(third.id) == [first, second, third]
    assert len(library.versions(first.original)) == 4
    assert library.versions("0" * 64) == []


def test_a_headshot_is_recorded_with_exports_and_lineage(library: Library) -> None:
    first = with_version(library)
    second = with_version(library, recipe={"steps": []}, parent=first.id)
    export = {"file": "out/me.jpg", "width": 800, "height": 800, "bytes": 12345, "format": "JPEG"}
    library.record_headshot(second.id[:6], considered=[first.id, second.id], exports=[export], report=Path("out/report.html"))
    library.close()
    (headshot,) = library.headshots()
    assert headshot.version == second.id
    assert headshot.lineage == headshot.considered == [first.id, second.id]
    assert headshot.exports == library.version(second.id).exports == [export]
    assert headshot.report == "out/report.html"
    assert library.version(second.id).kept
    assert not library.version(first.id).kept


# -- looking for what is not there


def test_a_missing_library_is_said_kindly_and_not_created(tmp_path: Path) -> None:
    library = Library(tmp_path / "none")
    looks: list[Callable[[], object]] = [
        library.versions,
        library.headshots,
        lambda: library.version("ab"),
        lambda: library.original("ab"),
    ]
    for look in looks:
        with pytest.raises(LikenessError) as error:
            look()
        one_line(error, str(tmp_path / "none"), "no library", "likeness make")
    assert not library.root.exists()


def test_the_default_root_obeys_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIKENESS_LIBRARY", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("LIKENESS_LIBRARY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert default_root() == tmp_path / "data" / "likeness"


def test_versions_are_found_by_the_beginning_of_their_id(library: Library) -> None:
    made = [with_version(library, recipe={"steps": [n]}) for n in range(40)]
    for version in made:
        assert library.version(version.id) == version
        assert library.version(version.id[:8]) == version
    first_digits = [v.id[0] for v in made]
    shared = max(set(first_digits), key=first_digits.count)
    with pytest.raises(LikenessError, match="several versions") as error:
        library.version(shared)
    one_line(error, "give more of it")


@pytest.mark.parametrize("id", ["zzzz", "", "%", "0_0", "' OR 1=1", "feedfacefeed", "\x00", "ABCDEF"])
def test_an_unknown_version_offers_known_ones(library: Library, id: str) -> None:
    version = with_version(library)
    with pytest.raises(LikenessError, match="unknown version") as error:
        library.version(id)
    one_line(error, version.id)


def test_a_mistyped_version_offers_the_closest(library: Library) -> None:
    made = [with_version(library, recipe={"steps": [n]}) for n in range(30)]
    wrong = made[7].id[:5] + ("0" if made[7].id[5] != "0" else "1") + made[7].id[6:]
    with pytest.raises(LikenessError) as error:
        library.version(wrong)
    one_line(error, f"did you mean {made[7].id}")


def test_a_version_needs_its_original_its_parent_and_an_id(library: Library) -> None:
    sha = library.add_original(PHOTO, Path("me.jpg"))
    wrong = [
        {"original": "0" * 64},
        {"parent": "feedfacefeed"},
        {"id": "../../etc"},
        {"parent": version_id(sha, 0, "linkedin", RECIPE, b"pixels")},
    ]
    for changes in wrong:
        with pytest.raises(LikenessError) as error:
            library.add_version(a_version(sha, **changes), b"pixels")
        one_line(error)
    with pytest.raises(LikenessError, match="JSON"):
        library.add_version(a_version(sha, audit={"value": float("nan")}), b"pixels")
    assert library.versions() == []
    assert len(files_under(library.root)) == 1, "a refused version left a file"


# -- damage


def test_a_changed_original_is_never_given_back_as_the_original(library: Library) -> None:
    version = with_version(library)
    (file,) = library.root.glob("originals/*/*")
    file.chmod(0o600)
    file.write_bytes(PHOTO[:-1])
    with pytest.raises(LikenessError, match="changed outside likeness"):
        library.original(version.id)
    library.add_original(PHOTO, Path("me.jpg"))
    assert library.original(version.id)[0] == PHOTO
    file.unlink()
    with pytest.raises(LikenessError, match="cannot be read"):
        library.original(version.id)


@pytest.mark.parametrize(
    "damage", [b"", b"\x00" * 8192, b"SQLite format 3\x00" + b"\xff" * 5000, b"not a database at all, but text" * 50]
)
def test_a_damaged_database_is_one_line_and_the_originals_stay(library: Library, damage: bytes) -> None:
    with_version(library)
    library.close()
    before = files_under(library.root)
    (library.root / "library.sqlite").write_bytes(damage)
    for call in (library.versions, lambda: library.add_original(b"another", Path("b.jpg"))):
        with pytest.raises(LikenessError) as error:
            call()
        one_line(error, "library.sqlite", "is damaged", "originals")
    assert files_under(library.root) == before
    if damage:  # an empty file is given a header before it is seen to hold nothing
        assert (library.root / "library.sqlite").read_bytes() == damage


@pytest.mark.parametrize("keep", [0.1, 0.35, 0.6, 0.9])
def test_a_truncated_database_never_ends_in_a_traceback(library: Library, keep: float) -> None:
    for n in range(60):
        with_version(library, recipe={"steps": [n] * 200})
    library.close()
    file, before = library.root / "library.sqlite", files_under(library.root)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * keep)])
    with pytest.raises(LikenessError) as error:
        library.versions()
    one_line(error, "is damaged")
    assert files_under(library.root) == before


def test_after_the_database_was_moved_away_the_originals_are_taken_in_again(library: Library) -> None:
    old = with_version(library)
    library.close()
    (library.root / "library.sqlite").unlink()
    again = with_version(library)
    assert again.id == old.id
    assert library.original(again.id)[0] == PHOTO
    assert len(list(library.root.glob("originals/*/*"))) == 1


def test_no_row_outlives_what_it_refers_to(library: Library) -> None:
    version = with_version(library)
    with library._writing() as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("DELETE FROM originals WHERE sha256 = ?", (version.original,))


def test_a_library_from_a_newer_release_is_left_alone(library: Library) -> None:
    with_version(library)
    library.close()
    with sqlite3.connect(library.root / "library.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LikenessError, match="newer likeness"):
        library.versions()


def test_a_migration_brings_an_old_library_up_to_date(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    version = with_version(library)
    library.close()

    def colour(db: sqlite3.Connection) -> None:
        db.execute("ALTER TABLE versions ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'")

    monkeypatch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, colour])
    assert library.version(version.id) == version
    with sqlite3.connect(library.root / "library.sqlite") as db:
        assert db.execute("SELECT colour FROM versions").fetchall() == [("grey",)]
        assert db.execute("PRAGMA user_version").fetchone() == (len(database.MIGRATIONS),)


def test_a_failed_migration_leaves_the_old_schema(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    version = with_version(library)
    library.close()

    def breaks(db: sqlite3.Connection) -> None:
        db.execute("DROP TABLE headshots")
        raise LikenessError("no")

    with monkeypatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, breaks])
        with pytest.raises(LikenessError):
            library.versions()
    assert library.version(version.id) == version
    assert library.headshots() == []


# -- leftovers


def test_what_a_killed_process_left_is_swept_and_nothing_else(library: Library) -> None:
    version = with_version(library)
    library.close()
    kept = files_under(library.root)
    stranger = library.root / "originals" / "ff" / ("f" * 64 + ".jpg")
    orphan = library.root / "originals" / "ee" / ("e" * 64 + ".jpg")
    referenced = version.file.relative_to(library.root).as_posix()
    for file in (stranger, orphan):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"whole")
    pending = library.root / "pending"
    (pending / f"originals~ee~{orphan.name}").touch()  # killed between rename and commit
    (pending / referenced.replace("/", "~")).touch()  # killed between commit and settle
    (pending / "originals~aa~aaaa.jpg").touch()  # killed while writing
    (pending / "originals~aa~aaaa.jpg.part").write_bytes(b"hal")
    library.versions()
    assert files_under(library.root) == kept | {stranger.relative_to(library.root).as_posix()}


def test_a_sweep_does_not_disturb_a_live_writer(library: Library) -> None:
    """A second process opens the library while the first stands between its file and its commit."""
    library.add_original(PHOTO, Path("me.jpg"))
    seen: list[set[str]] = []
    settle = files.place

    def place(root: Path, name: str, data: bytes, *, mode: int = 0o600) -> None:
        settle(root, name, data, mode=mode)
        seen.append(files_under(root))
        subprocess.run(
            [sys.executable, "-c", "import sys; from likeness.library import Library; Library(sys.argv[1]).versions()", root],
            check=True,
        )
        seen.append(files_under(root))

    files.place = place
    try:
        library.add_original(b"second", Path("b.jpg"))
    finally:
        files.place = settle
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3
    assert len(files_under(library.root)) == 2


# -- several at once


ADDER = """
import sys
from pathlib import Path
from likeness.library import Library, StoredVersion, version_id
library, who = Library(sys.argv[1]), sys.argv[2]
for n in range(12):
    shared, own = f"shared {n}".encode() * 500, f"{who} {n}".encode() * 500
    for data in (shared, own):
        sha = library.add_original(data, Path(f"{who}.jpg"))
        id = version_id(sha, 0, "cv", {"steps": []}, data)
        library.add_version(StoredVersion(id, "a", None, sha, 0, "cv", {"steps": []}), b"pixels of " + data)
        library.record_headshot(id)
"""


def test_several_processes_at_once(tmp_path: Path) -> None:
    root = tmp_path / "library"
    workers = [subprocess.Popen([sys.executable, "-c", ADDER, root, name]) for name in "abcd"]
    assert [worker.wait() for worker in workers] == [0] * 4
    library = Library(root)
    assert len(library.versions()) == 12 * 5
    assert len(library.headshots()) == 12 * 2 * 4
    for version in library.versions():
        data, _ = library.original(version.id)
        assert version.file.read_bytes() == b"pixels of " + data
    assert not list((root / "pending").iterdir())


def test_several_threads_at_once(library: Library) -> None:
    def add(n: int) -> None:
        for i in range(5):
            library.add_original(f"{n} {i}".encode(), Path("me.jpg"))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(library.root.glob("originals/*/*"))) == 30
    assert not list((library.root / "pending").iterdir())


def test_a_library_in_use_for_too_long_says_so(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add_original(PHOTO, Path("me.jpg"))
    library.close()
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with sqlite3.connect(library.root / "library.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LikenessError, match="in use by another process"):
            library.add_original(b"second", Path("b.jpg"))
        assert library.versions() == []


# -- a full disk, a place that cannot be written


def test_a_full_disk_leaves_nothing_half_written(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    version = with_version(library)
    before, write, room = files_under(library.root), os.write, [5000]

    def full(handle: int, data: memoryview) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = write(handle, data[: room[0]])
        room[0] -= done
        return done

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(LikenessError, match="No space left") as error:
            library.add_original(b"x" * 9000, Path("b.jpg"))
        one_line(error, "free some disk space")
    assert files_under(library.root) == before
    assert library.versions() == [version]
    library.add_original(b"x" * 9000, Path("b.jpg"))


FILLER = """
import resource, sys
from pathlib import Path
from likeness.errors import LikenessError
from likeness.library import Library, StoredVersion, version_id

def fill(library, limit):
    library.add_original(b"first", Path("me.jpg"))  # so that there is a library
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for n in range(400):
        sha = library.add_original(f"{n:06}".encode() * 3000, Path("me.jpg"))
        recipe = {"steps": [n] * 300}
        library.add_version(StoredVersion(version_id(sha, 0, "cv", recipe, b"pixels"), "a", None, sha, 0, "cv", recipe), b"pixels" * 100)

try:
    fill(Library(sys.argv[1]), int(sys.argv[2]))
except LikenessError as error:
    print(error)
    sys.exit(2)
"""


def refusal(root: Path, limit: int) -> str:
    """Add until nothing more can be written; what it said then."""
    done = subprocess.run([sys.executable, "-c", FILLER, root, str(limit)], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stdout.count("\n") == 1
    return done.stdout


def assert_whole(root: Path) -> None:
    for file in root.glob("originals/*/*"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == file.stem
    with Library(root) as library:
        versions = library.versions()
        for version in versions:
            assert len(library.original(version.id)[0]) == 18000
            assert version.file.read_bytes() == b"pixels" * 100
    assert len(files_under(root)) - 2 * len(versions) in (1, 2)  # the first, and at most one whose version found no room


@pytest.mark.parametrize("limit", [10_000, 100_000, 300_000])
def test_a_limit_on_file_size_strikes_files_and_database(tmp_path: Path, limit: int) -> None:
    """10 kB stop the first original, more the database's log."""
    assert "cannot be" in refusal(tmp_path / "library", limit)
    assert_whole(tmp_path / "library")


@pytest.mark.parametrize("kilobytes", [16, 64, 400, 1500])
def test_a_full_file_system(tmp_path: Path, kilobytes: int) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", tmp_path]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        refusal(tmp_path / "library", 0)
        if kilobytes >= 400:  # less holds no database
            assert_whole(tmp_path / "library")
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(LikenessError) as error:
            Library(root).add_original(PHOTO, Path("me.jpg"))
        one_line(error, str(tmp_path / "file"))
