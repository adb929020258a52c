"""Writing reports to files: whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from likeness.audits import Audits
from likeness.errors import LikenessError
from likeness.photo import write_atomically
from likeness.report.gather import of_audits, of_make
from likeness.report.page import audit_page, make_page
from likeness.results import Headshot

SUFFIXES = (".html", ".htm")
MARK = b'<meta name="generator" content="likeness">'


def report_file(file: Path) -> Path:
    """``file``, which a report may be written to; LikenessError where it is not called a web page, or exists and is no report of ours."""
    if file.suffix.lower() not in SUFFIXES:
        raise LikenessError("is not the name of a web page, which a report is", where=file, hint="let its name end in .html")
    if not file.parent.is_dir():
        raise LikenessError("cannot be written: its folder does not exist", where=file, hint="make the folder, or name another")
    if file.exists() and not (file.is_file() and MARK in file.read_bytes()[:2000]):
        raise LikenessError("exists and is no report of likeness", where=file, hint="name another file for the report")
    return file


def _write(file: Path, page: str) -> None:
    write_atomically(report_file(file), page.encode())


def write_make_report(headshot: Headshot, file: Path) -> Headshot:
    """Write the report on a ``make``; the headshot that knows of it. LikenessError when it cannot be written."""
    _write(file, make_page(of_make(headshot)))
    return replace(headshot, report=file)


def write_audit_report(audits: Audits, file: Path) -> None:
    """Write the report on an ``audit``. LikenessError when it cannot be written."""
    _write(file, audit_page(of_audits(audits)))
