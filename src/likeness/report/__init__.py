"""The report: one self-contained HTML file that shows what was made of a photo, what was measured, and why it was kept or not.

It loads nothing from anywhere, reads without JavaScript, prints, and follows the reader's light or dark setting.
"""

from __future__ import annotations

from likeness.report.gather import audited_view
from likeness.report.page import audit_page, make_page
from likeness.report.views import AuditedView, AuditReport, CropPair, HeatView, MakeReport, Picture, RankedView, VersionView
from likeness.report.write import report_file, write_audit_report, write_make_report

__all__ = [
    "AuditReport",
    "AuditedView",
    "CropPair",
    "HeatView",
    "MakeReport",
    "Picture",
    "RankedView",
    "VersionView",
    "audit_page",
    "audited_view",
    "make_page",
    "report_file",
    "write_audit_report",
    "write_make_report",
]
