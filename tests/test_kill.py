"""Killed at any moment, the library opens again, every original is intact byte for byte, and what was reported as done is there."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import PIL.Image
import pytest

from likeness.library import Library

KILLS = 50


def broken(root: Path) -> list[str]:
    """What is wrong with the library in ``root``, judged from the disk alone, without the library's own code."""
    wrong = []
    held = {file.relative_to(root).as_posix(): file.read_bytes() for file in root.glob("*/*/*") if file.is_file()}
    for name, data in held.items():
        if name.startswith("originals/") and hashlib.sha256(data).hexdigest() != Path(name).stem:
            wrong.append(f"{name} is not what it was")
    with sqlite3.connect(f"file:{root / 'library.sqlite'}?mode=ro", uri=True) as db:
        if (verdict := db.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
            wrong.append(f"the database is damaged: {verdict}")
        if orphans := db.execute("PRAGMA foreign_key_check").fetchall():
            wrong.append(f"rows refer to rows that are not there: {orphans}")
        rows = db.execute("SELECT file, sha256 FROM originals UNION ALL SELECT file, sha256 FROM versions").fetchall()
    wrong += [
        f"{file} is in the database but not whole" for file, sha in rows if hashlib.sha256(held.get(file, b"")).hexdigest() != sha
    ]
    wrong += [f"{name} belongs to no row" for name in sorted(set(held) - {file for file, _ in rows})]
    return wrong


LOOP = """
import sys
from pathlib import Path
from likeness.library import Library, StoredVersion, version_id
library, who, n = Library(Path(sys.argv[1])), sys.argv[2], 0
print("ready", flush=True)
while True:
    n += 1
    data = f"{who} {n} ".encode() * 6_000
    sha = library.add_original(data, Path("me.jpg"))
    version = library.add_version(StoredVersion(version_id(sha, 0, "cv", {}, data[::-1]), "a", None, sha, 0, "cv", {}), data[::-1])
    library.record_headshot(version.id)
    print(version.id, flush=True)
"""


def kill_while_writing(root: Path, who: str, delay: float) -> list[str]:
    """Start the loop, kill it ``delay`` seconds after it has begun; the versions that it had reported as done."""
    with subprocess.Popen([sys.executable, "-c", LOOP, root, who], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        done = child.stdout.read().split()
        assert child.wait() == -signal.SIGKILL
    return done


def test_a_process_that_does_nothing_but_write_is_killed_50_times(tmp_path: Path) -> None:
    root, chance = tmp_path / "library", random.Random(1)
    done: list[str] = []
    interrupted = 0
    for n in range(KILLS):
        done += kill_while_writing(root, f"run {n}", chance.uniform(0, 0.15))
        interrupted += any((root / "pending").glob("*"))
        with Library(root) as library:
            known = [v.id for v in library.versions()] if (root / "library.sqlite").exists() else []
        if not known:
            continue
        assert broken(root) == []
        assert not set(done) - set(known), "what was reported as done is gone"
        assert not list((root / "pending").iterdir())
    assert interrupted >= KILLS / 10, "hardly any kill struck a write: this proves nothing"
    assert done, "no run got anything done: this proves nothing either"
    with Library(root) as library:
        assert all(library.original(id)[0][::-1] == library.version(id).file.read_bytes() for id in done[-20:])


@pytest.mark.parametrize(
    "harm", ["half an original", "half a version", "a lost original", "a stray original", "a lost row", "a torn database"]
)
def test_the_check_above_would_notice(tmp_path: Path, harm: str) -> None:
    root = tmp_path / "library"
    while not kill_while_writing(root, "me", 0.2):
        pass
    with Library(root) as library:
        version = library.versions()[0]
    assert broken(root) == []
    (original,) = root.glob(f"originals/*/{version.original}*")
    if harm == "half an original":
        original.chmod(0o600)
        original.write_bytes(original.read_bytes()[:1000])
    elif harm == "half a version":
        version.file.write_bytes(version.file.read_bytes()[:1000])
    elif harm == "a lost original":
        original.unlink()
    elif harm == "a stray original":
        original.rename(original.with_name("f" * 64))
    elif harm == "a lost row":
        with sqlite3.connect(root / "library.sqlite") as db:
            db.execute("DELETE FROM originals WHERE sha256 = ?", (version.original,))
    else:
        data = bytearray((root / "library.sqlite").read_bytes())
        data[4096 * 2 :] = data[4096 * 2 :][::-1]
        (root / "library.sqlite").write_bytes(data)
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            broken(root)
        return
    assert broken(root) != []


# -- the whole program


class Job:
    """``likeness make`` on a photo of its own, into a library and a folder that all jobs share."""

    def __init__(self, number: int, hopper: Path, folder: Path) -> None:
        self.data = hopper.read_bytes() + f"job {number}".encode()  # bytes after the picture's end: another file, the same picture
        self.sha = hashlib.sha256(self.data).hexdigest()
        self.root, self.out = folder / "library", folder / "out"
        self.photo = folder / "photos" / f"job{number}.jpg"
        self.photo.parent.mkdir(exist_ok=True)
        self.photo.write_bytes(self.data)

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "likeness", "make", self.photo, "--for", "avatar", "--versions", "1", "--backdrop", "keep"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([*command, "--library", self.root, "--out", self.out, "--json"], **quiet)

    def writes(self) -> bool:
        """Whether it has come to the point where it writes: its original is in the library."""
        return (self.root / "originals" / self.sha[:2] / f"{self.sha}.jpg").exists()

    def run(self) -> tuple[float, float]:
        """Run it to its end; seconds until it writes, and from then until it ends. It must end well."""
        began = time.monotonic()
        with self.start() as process:
            while not self.writes() and process.poll() is None:
                time.sleep(0.002)
            wrote = time.monotonic()
            assert process.wait() == 0
        return wrote - began, time.monotonic() - wrote

    def kill(self, *, after: float, once_it_writes: bool) -> bool:
        """Kill it ``after`` seconds; whether it was still running."""
        with self.start() as process:
            while once_it_writes and not self.writes() and process.poll() is None:
                time.sleep(0.002)
            time.sleep(after)
            process.kill()
            return process.wait() == -signal.SIGKILL

    def half_written(self) -> list[str]:
        """Exports and reports that are there but not whole."""
        wrong = []
        for file in self.out.rglob("[!.]*.*"):
            try:
                if file.suffix != ".html":
                    PIL.Image.open(file).load()
                elif not file.read_text("utf-8").rstrip().endswith("</html>"):
                    wrong.append(f"{file.name} ends in the middle")
            except (OSError, SyntaxError) as error:
                wrong.append(f"{file.name}: {error}")
        return wrong


def test_a_running_make_is_killed_50_times(hopper: Path, tmp_path: Path) -> None:
    """Half of the kills fall anywhere before the first write, the others between it and the end."""
    chance = random.Random(2)
    jobs = [Job(0, hopper, tmp_path)]
    start, rest = jobs[0].run()
    killed = writing = tries = 0
    while killed < KILLS:
        tries += 1
        assert tries < 2 * KILLS, f"only {killed} of {tries} kills found it running"
        job, late = Job(tries, hopper, tmp_path), tries % 2 == 0
        jobs.append(job)
        if not job.kill(after=chance.uniform(0, rest if late else start), once_it_writes=late):
            rest *= 0.9  # it was faster than the first time
            continue
        killed += 1
        writing += job.writes()
        assert broken_after_opening(job.root) == []
        assert job.half_written() == []
        assert job.photo.read_bytes() == job.data, "the person's own photo was changed"
    assert writing >= 0.4 * KILLS, "most kills fell before the first write: this proves little"
    kept = {job.sha: job.data for job in jobs}
    with Library(jobs[0].root) as library:
        for version in library.versions():
            assert library.original(version.id)[0] == kept[version.original]
    for job in jobs[-2:]:
        job.run()
        assert broken_after_opening(job.root) == []
        assert job.half_written() == []
        with Library(job.root) as library:
            (version,) = library.versions(job.sha)
            assert library.original(version.id) == (job.data, job.photo)
            assert version.kept


def broken_after_opening(root: Path) -> list[str]:
    with Library(root) as library:
        library.versions()
    return broken(root)


@pytest.mark.parametrize("harm", ["half a picture", "half a report"])
def test_a_half_written_export_would_be_noticed(hopper: Path, tmp_path: Path, harm: str) -> None:
    job = Job(0, hopper, tmp_path)
    job.out.mkdir()
    (job.out / "me.jpg").write_bytes(job.data)
    (job.out / "report.html").write_text("<html>...</html>\n")
    assert job.half_written() == []
    if harm == "half a picture":
        (job.out / "me.jpg").write_bytes(job.data[: len(job.data) // 2])
    else:
        (job.out / "report.html").write_text("<html>..")
    assert len(job.half_written()) == 1
