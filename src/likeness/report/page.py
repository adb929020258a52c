"""Views to HTML. Text is escaped by the templates; pictures become JPEG data inside the page; nothing is loaded from anywhere."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
from importlib import resources

import jinja2
import numpy as np
import PIL.Image
from markupsafe import Markup

from likeness.image.geometry import resize
from likeness.report import facts, numbers, recipes, words
from likeness.report.views import AuditReport, MakeReport, Picture

QUALITY = 85
CROP_QUALITY = 92
CARD = 420  # pixels, the pictures of versions that the page is not about
THUMBNAIL = 150
CIRCLE = 112  # pixels: what a profile picture is seen at


def make_page(report: MakeReport) -> str:
    """The report on a ``make`` as one HTML page."""
    return _page("make.html", report)


def audit_page(report: AuditReport) -> str:
    """The report on an ``audit`` as one HTML page."""
    return _page("audit.html", report)


def _page(template: str, report: MakeReport | AuditReport) -> str:
    script = _file("compare.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _templates().get_template(template)
    return page.render(report=report, style=Markup(_file("style.css")), script=Markup(script), script_hash=digest)


@functools.cache
def _templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("likeness.report", "templates")
    page = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    page.globals |= {
        "words": words,
        "facts": facts,
        "numbers": numbers,
        "recipes": recipes,
        "picture": picture,
        "CARD": CARD,
        "THUMBNAIL": THUMBNAIL,
        "CIRCLE": CIRCLE,
    }
    return page


def _file(name: str) -> str:
    return resources.files("likeness.report").joinpath("templates", name).read_text("utf-8")


def picture(shown: Picture, long_side: int | None = None, *, crop: bool = False) -> Markup:
    """An <img> of ``shown``, at most ``long_side`` pixels long; ``crop``: a pixel per pixel, hardly compressed."""
    pixels = shown.pixels
    scale = 1.0 if long_side is None else min(1.0, long_side / max(shown.width, shown.height))
    if scale < 1:
        pixels = np.asarray(resize(pixels, (max(1, round(shown.width * scale)), max(1, round(shown.height * scale)))), np.uint8)
    height, width = pixels.shape[:2]
    out = io.BytesIO()
    quality, subsampling = (CROP_QUALITY, 0) if crop else (QUALITY, 2)
    PIL.Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=subsampling)
    data = base64.b64encode(out.getvalue()).decode()
    return Markup('<img src="data:image/jpeg;base64,{}" width="{}" height="{}" alt="{}">').format(data, width, height, shown.alt)
