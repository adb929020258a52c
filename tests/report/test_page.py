"""The page: it holds everything, loads nothing, escapes what others named, and can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import re
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import numpy as np
import PIL.Image
import pytest

from likeness.report import AuditReport, MakeReport, audit_page, facts, make_page, numbers

from .conftest import finding

VOID = {"meta", "img", "br", "link", "input", "hr"}
Make = Callable[..., MakeReport]


class Page(HTMLParser):
    """The elements of a page, and its text; ``wrong`` tells of tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self.open]
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} closes something else")

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag in tags]


@pytest.fixture(params=["make", "make, none kept", "audit"])
def html(request: pytest.FixtureRequest, make_view: Make, audit_view: AuditReport) -> str:
    if request.param == "audit":
        return audit_page(audit_view)
    return make_page(make_view() if request.param == "make" else make_view(kept=None, exports=[]))


def test_the_page_is_well_formed(html: str) -> None:
    page = Page(html)
    assert page.wrong == []
    assert html.startswith("<!DOCTYPE html>")
    assert page.all("html") == [{"lang": "en"}]
    for once in ("title", "main", "h1"):
        assert len(page.all(once)) == 1
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert "{{" not in html
    assert "None" not in page.text


def test_the_page_loads_nothing(html: str) -> None:
    page = Page(html)
    for tag, attrs in page.elements:
        for name in ("src", "href", "srcset", "data", "action", "poster", "xlink:href"):
            value = attrs.get(name) or "#"
            assert value.startswith(("#", "data:image/jpeg;base64,")), f"<{tag} {name}={value[:60]}>"
    assert not page.all("link", "iframe", "object", "embed", "base", "form")
    style = resources.files("likeness.report").joinpath("templates", "style.css").read_text()
    assert not re.search(r"url\(|@import|https?:", style)


def test_the_page_forbids_everything_but_itself(html: str) -> None:
    page = Page(html)
    (policy,) = [a["content"] or "" for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy, "its own script would be refused"


def test_every_picture_is_described_and_sized(html: str) -> None:
    pictures = Page(html).all("img")
    assert pictures
    for attrs in pictures:
        assert attrs["alt"]
        data = base64.b64decode((attrs["src"] or "").removeprefix("data:image/jpeg;base64,"))
        assert PIL.Image.open(io.BytesIO(data)).size == (int(attrs["width"] or 0), int(attrs["height"] or 0))


def test_headings_descend_a_step_at_a_time(html: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(html).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 or (a, b) == (2, 4) for a, b in itertools.pairwise(levels)), levels


def test_a_make_is_told_completely(make_view: Make) -> None:
    report = make_view()
    text = Page(make_page(report)).text
    told = [report.source_sha256, report.source_name, report.outcome_title, report.made_at, "Two faces were seen."]
    for version in report.versions:
        told += [version.id, *(f["reason"][1:] for f in version.audit["findings"])]
    told += [
        "Move nothing.",
        "Less of it.",
        "Skin texture",
        "0.72 % of the eye distance (0.5 mm)",
        "at most 0.5 % of the eye distance",
    ]
    told += ["85 to 115 %", "Natural", "Borderline", "Fails", "Not assessed", "not measured"]
    told += ["93", "of 100", "Make it again", "Cannot tell", "refined from aaaaaaaaaaaa"]
    told += ["Frame the head", "52 %", "0.14 eye distances (8.8 mm)", "+0.35 EV", "Gone since", "(no effect)"]
    told += ["background, blur: 0.14 → 0.07", "IMG 1-linkedin.jpg", "1600 × 1600 px, 346 kB, JPEG"]
    told += [
        "IMG 2.jpg",
        "turned 60°",
        "Not usable",
        "Somebody else",
        "Chosen",
        "IMG 4.jpg",
        "Is empty; take it from the camera again.",
    ]
    told += ["likeness original aaaaaaaaaaaa --out 'IMG 1-original.heic'"]
    assert [words for words in told if words not in text] == []


def test_an_audit_is_told_completely(audit_view: AuditReport) -> None:
    text = Page(audit_page(audit_view)).text
    told = [
        "One of two results holds up against the source; one file could not be audited.",
        "a.png",
        "b.png",
        "me.jpg",
        "Keep",
        "Why texture is natural.",
    ]
    told += [
        "Somebody else",
        "Why identity is fail.",
        "0.93 apart",
        "at most 0.45 apart",
        "c.png",
        "No face was found.",
        "Not made from the source’s pixels",
    ]
    assert [words for words in told if words not in text] == []


def one(report: AuditReport, at: int = 0, **changes: Any) -> str:
    """The page on one of the results, its audit changed."""
    result = report.results[at]
    return audit_page(replace(report, results=[replace(result, audit=result.audit | changes)], errors=[]))


def test_no_believability_is_shown_where_it_cannot_be_told(audit_view: AuditReport) -> None:
    assert 'class="score' in one(audit_view)
    page = one(audit_view, verdict="cannot-tell", believability=100.0, missing=["the eyes are 9 pixels apart: give larger files"])
    assert 'class="score' not in page
    assert "100" not in Page(page).text.partition("Reshaping: ")[0]
    assert "The eyes are 9 pixels apart: give larger files." in Page(page).text


def test_of_a_stranger_the_identity_alone_is_shown(audit_view: AuditReport) -> None:
    findings = [*audit_view.results[1].audit["findings"], *audit_view.results[0].audit["findings"]]
    text = Page(one(audit_view, 1, findings=findings)).text
    assert "It shows somebody else." in text
    assert facts.STRANGER in text
    assert "Why texture is natural" not in text
    assert "Smoothing and reshaping:" not in text


def test_how_the_photo_is_shown_is_said(audit_view: AuditReport) -> None:
    stretched = {"direction": "height", "factor": 1.02, "of": "picture"}
    page = one(audit_view, mirrored=True, stretched=stretched)
    assert "the other way round" in page
    assert "stretched by 2 % in height" in page
    assert "stretched by" not in one(audit_view)


@pytest.mark.parametrize(("many", "said"), [(1, "One needs 56 pixels"), (2, "Two need 56 pixels")])
def test_one_and_many_are_told_as_such(audit_view: AuditReport, many: int, said: str) -> None:
    plain = audit_view.results[0].audit["findings"][0]
    small = [plain | {"measure": name, "status": "not-assessed", "value": None, "needs_ipd": 56.0} for name in ("texture", "grain")]
    assert said in Page(one(audit_view, findings=small[:many])).text


def test_over_other_tones_it_is_the_person_of_whom_nothing_departs(audit_view: AuditReport) -> None:
    natural = {"verdict": "keep", "findings": [finding("texture"), finding("body", group="body")]}
    assert "Nothing that was measured departs" in one(audit_view, **natural)
    page = one(audit_view, **natural, tones=["warmer"])
    assert "Nothing of the person that was measured departs" in page
    assert "The whole picture was made warmer." in page


def test_what_is_natural_is_folded_and_what_departs_is_not(audit_view: AuditReport) -> None:
    page = one(audit_view)
    folded = " ".join(re.findall(r"<details.*?</details>", page, re.DOTALL))
    assert "Why texture is natural" in folded
    assert "Why geometry is warn" in page
    assert "Why geometry is warn" not in folded
    assert "One more is as in the source: skin texture" in Page(page).text


def test_the_amount_is_told_low_in_the_page_as_what_it_counts(audit_view: AuditReport) -> None:
    text = Page(one(audit_view)).text
    assert "Retouched" not in text
    assert text.index("Close up") < text.index("Reshaping: 12 of 100") < text.index("How to read this")


def test_what_holds_for_all_results_is_said_once(audit_view: AuditReport) -> None:
    page = Page(audit_page(replace(audit_view, results=[*audit_view.results] * 3)))
    assert page.text.count("how many teeth there are") == 1
    assert page.text.index("c.png") < page.text.index("a.png"), "what was not audited stands near the top"
    assert all(meaning in page.text for _, meaning in numbers.GLOSSARY)


def test_what_would_tell_more_of_many_stands_at_the_top(audit_view: AuditReport) -> None:
    pose = {"measure": "geometry", "group": "shape", "status": "not-assessed", "reason": "no photo shows the head so"}
    unknown = [audit_view.results[0].audit["findings"][2] | pose]
    result = audit_view.results[0]
    unclear = replace(
        result, audit=result.audit | {"mode": "other-photo", "verdict": "cannot-tell", "findings": unknown}, brief=True
    )
    text = Page(audit_page(replace(audit_view, results=[unclear] * 14, errors=[]))).text
    top = text.partition("Close up")[0]
    assert top.count(facts.POSE) == 1
    assert "Shape of the face, in" in top


HOSTILE = "<script>alert(1)</script>\"' onerror=alert(1) & {{ 7*7 }} <img src=x>.jpg"


def test_names_from_outside_stay_text(make_view: Make, audit_view: AuditReport) -> None:
    plain = make_view()
    bad = {"measure": HOSTILE, "group": "skin", "value": 1.0, "unit": HOSTILE, "natural": [0.5, 2.0], "status": "fail"}
    audit = plain.versions[0].audit | {"findings": [bad | {"region": HOSTILE, "reason": HOSTILE, "advice": HOSTILE}]}
    recipe = {"steps": [{"step": HOSTILE, "params": {HOSTILE: HOSTILE}}]}
    picture = replace(plain.versions[0].after, alt=HOSTILE)
    version = replace(plain.versions[0], name=HOSTILE, audit=audit, recipe=recipe, after=picture, detail=HOSTILE)
    photo = replace(plain.ranking[0], name=HOSTILE, thumbnail=picture)
    hostile = make_view(
        source_name=HOSTILE,
        outcome_title=HOSTILE,
        versions=[version, *plain.versions[1:]],
        exports=[{"file": HOSTILE, "width": 1, "height": 1, "bytes": 1, "format": "jpeg"}],
        ranking=[photo],
        errors=[{"path": HOSTILE, "error": HOSTILE}],
        advice=[HOSTILE],
    )
    audited = replace(audit_view.results[0], name=HOSTILE, source_name=HOSTILE, audit=audit)
    before = [Page(make_page(plain)), Page(audit_page(audit_view))]
    after = [Page(make_page(hostile)), Page(audit_page(replace(audit_view, results=[audited, *audit_view.results[1:]])))]
    for harmless, page in zip(before, after, strict=True):
        assert page.wrong == []
        assert len(page.all("script")) == len(harmless.all("script")) == 1
        assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]
        assert HOSTILE in page.text
        assert not [a for a in page.all("img") if a["src"] == "x"]


def test_crops_are_the_pixels_themselves(make_view: Make) -> None:
    report = make_view()
    page = Page(make_page(report))
    for pair in report.shown.crops:
        for picture in (pair.before, pair.after):
            shown = next(a for a in page.all("img") if a["alt"] == picture.alt)
            data = base64.b64decode((shown["src"] or "").partition(",")[2])
            pixels = np.asarray(PIL.Image.open(io.BytesIO(data)), np.int16)
            assert pixels.shape == picture.pixels.shape
            assert np.abs(pixels - picture.pixels).mean() < 4, "compressed too hard to judge texture by"
    style = resources.files("likeness.report").joinpath("templates", "style.css").read_text()
    assert re.search(r"\.pair img \{[^}]*max-width: none[^}]*image-rendering: pixelated", style)


def test_the_page_is_small_and_quickly_made(make_view: Make) -> None:
    report = make_view(ranking=[make_view().ranking[0]] * 24)
    make_page(report)
    began = time.process_time()
    page = make_page(report)
    assert time.process_time() - began < 0.25
    assert len(page.encode()) < 1_500_000


@pytest.mark.parametrize("kept", ["aaaaaaaaaaaa", None])
def test_the_version_shown_is_the_kept_one_or_the_closest(make_view: Make, kept: str | None) -> None:
    report = make_view(kept=kept)
    assert report.shown.id == "aaaaaaaaaaaa"
    html = make_page(report)
    assert html.count("<details>") == 2, "the others are folded away, not left out"


# -- readable by everybody


def colours(scheme: str) -> dict[str, str]:
    """The colour variables of the style sheet, light or dark or in print."""
    style = resources.files("likeness.report").joinpath("templates", "style.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light, dark, print_ = (dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in blocks)
    return {"light": light, "dark": light | dark, "print": light | print_}[scheme]


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        full = colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])
        parts = [int(full[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    colour: dict[str, Any] = colours(scheme)
    pairs = [(text, ground) for text in ("ink", "soft") for ground in ("paper", "card", "tint")]
    pairs += [(status, f"{status}-tint") for status in ("natural", "warn", "fail", "not-assessed")]
    poor = {pair: contrast(colour[pair[0]], colour[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


def test_a_status_is_never_told_by_colour_alone(make_view: Make) -> None:
    html = make_page(make_view())
    marks = re.findall(
        r'<span class="status ([\w-]+)"><svg aria-hidden="true"><use href="#i-([\w-]+)"></use></svg>([^<]+)</span>', html
    )
    assert len(marks) == html.count('class="status ') > 10
    assert all(kind == icon and word.strip() for kind, icon, word in marks)
