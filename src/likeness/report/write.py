"""Writing reports to files: whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from likeness.photo import write_atomically
from likeness.report.gather import of_audits, of_make
from likeness.report.page import audit_page, make_page
from likeness.results import Audits, Headshot


def write_make_report(headshot: Headshot, file: Path) -> Headshot:
    """Write the report on a ``make``; the headshot that knows of it. LikenessError when it cannot be written."""
    write_atomically(file, make_page(of_make(headshot)).encode())
    return replace(headshot, report=file)


def write_audit_report(audits: Audits, file: Path) -> None:
    """Write the report on an ``audit``. LikenessError when it cannot be written."""
    write_atomically(file, audit_page(of_audits(audits)).encode())
