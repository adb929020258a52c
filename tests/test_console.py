"""What the command line shows of audits, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from likeness import console
from likeness.report import facts

Shown = Callable[..., str]


def finding(measure: str, status: str = "natural", **changes: Any) -> dict[str, Any]:
    plain = {"measure": measure, "group": "skin", "value": 1.0, "unit": "ratio", "natural": [0.85, 1.15], "status": status}
    return (
        plain | {"region": "skin", "reason": f"why {measure} is {status}", "advice": f"mend {measure}", "needs_ipd": None} | changes
    )


def audit(result: str, verdict: str, findings: list[Any], **changes: Any) -> dict[str, Any]:
    plain = {"source": "me.jpg", "result": result, "mode": "same-photo", "verdict": verdict, "believability": 88.0}
    usual = {
        "missing": [],
        "faces": 1,
        "mirrored": False,
        "stretched": None,
        "ipd": 84.0,
        "smaller": "result",
        "turned": 0,
        "retouch": None,
    }
    usual |= {"same": None, "photo_share": 1.0, "tones": []}
    return plain | {"findings": findings} | usual | changes


IDENTITY: dict[str, Any] = {"group": "identity", "unit": "distance", "natural": [0.0, 0.45]}
SAME, SOMEBODY = finding("identity", **IDENTITY | {"value": 0.3}), finding("identity", "fail", **IDENTITY | {"value": 0.9})
POSE = finding("geometry", "not-assessed", group="shape", value=None, reason="no photo shows the head so")
MOMENT = finding("body", "not-assessed", group="body", value=None, reason="other clothes are natural")


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """What ``console.audits`` prints of these results."""

    def show(*results: dict[str, Any]) -> str:
        console.audits({"results": list(results), "errors": []})
        return capsys.readouterr().out

    return show


def test_one_result_is_told_from_the_worst_to_the_natural(shown: Shown) -> None:
    findings = [
        finding("body"),
        finding("texture"),
        MOMENT | {"measure": "clothing"},
        finding("grain", "warn"),
        finding("marks", "fail"),
    ]
    text = shown(audit("x.jpg", "regenerate", findings, retouch={"score": 20.4, "of_shape": 0.4, "of_texture": 20.0}))
    order = [
        "regenerate: do not use it",
        "Why marks is fail",
        "Why grain is warn",
        "Other clothes",
        "Two more are as in your photo: body",
    ]
    assert sorted(order, key=text.index) == order
    assert "Why texture is natural" not in text
    assert "Mend marks." in text
    assert text.splitlines()[0] == "x.jpg"
    assert "Smoothing: 20 of 100" in text.splitlines()[-1]
    assert "Believability 88 of 100" in text


def test_of_a_stranger_the_identity_alone_is_told(shown: Shown) -> None:
    stranger = audit(
        "x.jpg", "regenerate", [SOMEBODY, finding("texture", "fail"), MOMENT], mode="other-photo", retouch={"score": 9.0}
    )
    text = shown(stranger)
    assert "regenerate: this is somebody else" in text
    assert facts.STRANGER in text
    for other in ("texture", "Other clothes", "Smoothing", "Mend identity"):
        assert other not in text


def test_how_the_photo_is_shown_is_said_of_one_and_of_many(shown: Shown) -> None:
    stretched = {"direction": "width", "factor": 1.0312, "of": "picture"}
    odd = audit("x.jpg", "keep", [SAME], faces=3, mirrored=True, stretched=stretched)
    for text in (shown(odd), shown(odd, audit("y.jpg", "keep", [SAME]))):
        for said in ("3 faces", "the other way round", "the photo stretched by 3.1 % in width"):
            assert text.count(said) == 1, said
    assert "the person stretched by" in shown(audit("x.jpg", "keep", [SAME], stretched=stretched | {"of": "person"}))
    assert "It shows" not in shown(audit("x.jpg", "keep", [SAME]))


def test_what_cannot_be_told_shows_no_believability(shown: Shown) -> None:
    text = shown(audit("x.jpg", "cannot-tell", [SAME, POSE], mode="other-photo", believability=100.0))
    assert "100" not in text
    assert "cannot-tell: what decides could not be measured." in text
    assert facts.POSE in text


def test_too_few_pixels_are_one_line(shown: Shown) -> None:
    small = [
        finding(name, "not-assessed", value=None, needs_ipd=needs) for name, needs in (("texture", 56), ("grain", 56), ("body", 30))
    ]
    text = shown(audit("x.jpg", "cannot-tell", small, ipd=29.8))
    (line,) = [line for line in text.splitlines() if "pixels apart" in line]
    said = "The eyes are only 29 pixels apart in the result. It takes 30 for body; 56 for skin texture and grain on the skin."
    assert f"{said} Give a larger result." in line


def test_many_results_are_a_line_each_and_their_gaps_are_told_once(shown: Shown) -> None:
    unclear = [audit(f"v/{n}.jpg", "cannot-tell", [SAME, POSE, MOMENT, finding("texture")], mode="other-photo") for n in range(40)]
    waxy = audit("v/waxy.jpg", "regenerate", [SAME, POSE, MOMENT, finding("texture", "fail", value=0.1)], mode="other-photo")
    stranger = audit("w/0.jpg", "regenerate", [SOMEBODY, POSE], mode="other-photo")
    text = shown(*unclear, waxy, stranger)
    lines = text.splitlines()
    assert len(lines) < 42 + 12
    for once in (
        facts.POSE,
        "no photo shows the head so",
        facts.ONLY_FROM_THE_SOURCE,
        "do not use it; ask for another",
        "Why texture is fail",
    ):
        assert text.lower().count(once.lower()) == 1, once
    assert "Mend texture" not in text
    assert sum("Your face: yes, 0.30 apart. Skin: not waxy." in line for line in lines) == 40
    (line,) = [line for line in lines if "Somebody else." in line]
    assert "regenerate" in line
    assert {"v/0.jpg", "w/0.jpg"} <= set(text.split())
    assert "v/1.jpg" not in text, "only names that are alike need their folder"
    assert [line.split()[:2] for line in lines if "what decides" in line] == [["40", "cannot-tell"]]
    assert "in 41 of 42" in text


def test_the_best_of_many_come_first(shown: Shown) -> None:
    good, better = (audit(name, "keep", [SAME], believability=value) for name, value in (("b.jpg", 80.0), ("a.jpg", 99.0)))
    text = shown(audit("c.jpg", "cannot-tell", [POSE], believability=100.0), good, better)
    assert sorted(("a.jpg", "b.jpg", "c.jpg"), key=text.index) == ["a.jpg", "b.jpg", "c.jpg"]


def test_the_person_is_untouched_only_where_nothing_of_them_departs(shown: Shown) -> None:
    halo = finding("edge_halo", "fail", group="background")
    body = finding("body", "warn", group="body")
    untouched = "fix-background: the person is untouched, the background does not hold up."
    assert untouched in shown(audit("x.jpg", "fix-background", [halo, SAME]))
    assert "fix-background: the background does not hold up." in shown(audit("x.jpg", "fix-background", [halo, body, SAME]))
    assert "untouched" not in shown(audit("x.jpg", "fix-background", [halo, finding("texture", "not-assessed"), SAME]))


def test_whose_left_it_is_is_said_once_where_one_is_named(shown: Shown) -> None:
    sided = [finding("marks", "fail", reason="a mole on the left cheek is gone"), finding("grain", "warn", reason="on the right")]
    one = audit("x.jpg", "regenerate", sided)
    for text in (shown(one), shown(one, one | {"result": "y.jpg"})):
        assert text.count("Left and right are the person's own.") == 1
    gone = finding("texture", "warn", reason="40 % of the texture is left")
    assert "person's own" not in shown(audit("x.jpg", "keep", [gone, finding("body", reason="on the left all is well")]))


def test_a_drawing_of_the_person_is_not_called_somebody_else(shown: Shown) -> None:
    drawn = finding("identity", "fail", **IDENTITY | {"value": 0.49})
    text = shown(audit("x.jpg", "regenerate", [drawn, finding("texture", "fail", value=0.2)], mode="other-photo"))
    assert "regenerate: it does not look like you." in text
    assert "somebody else" not in text
    assert "Your face: not recognised, 0.49 apart" in text
    assert facts.UNLIKE in text
    assert "Why texture is fail" in text


def test_what_was_done_to_the_whole_picture_is_said_and_no_departure_of_the_person(shown: Shown) -> None:
    toned = audit("x.jpg", "keep", [SAME], tones=["warmer", "paler"])
    for text in (shown(toned), shown(toned, audit("y.jpg", "keep", [SAME]))):
        assert text.count("The whole picture was made warmer and paler.") == 1
        assert "true to it apart from the tones of the whole picture" in text
    assert "keep: nothing of you departs from your photo." in shown(toned)
    assert "keep: nothing departs from your photo." in shown(audit("x.jpg", "keep", [SAME]))


def test_the_source_itself_and_a_border_are_noted(shown: Shown) -> None:
    assert "the two files are the same, byte for byte" in shown(audit("x.jpg", "keep", [SAME], same="file"))
    assert "every pixel is the same" in shown(audit("x.jpg", "keep", [SAME], same="pixels"))
    assert "Your photo fills only 46 % of the picture" in shown(audit("x.jpg", "keep", [SAME], photo_share=0.462))
    for share in (None, 0.98, 1.0):
        assert "fills" not in shown(audit("x.jpg", "keep", [SAME], photo_share=share))


def test_names_are_no_markup(shown: Shown) -> None:
    for results in (1, 2):
        text = shown(*(audit(f"[bold]{n}.jpg", "keep", [finding("texture", "warn", reason="[red]x")]) for n in range(results)))
        assert "[bold]0.jpg" in text
        assert "[red]x" in text


def test_on_a_terminal_the_bar_names_the_file_and_the_share(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(**how: bool) -> str:
        with console.progress(**how) as tell:
            tell("audited me.jpg", 0.25)
        return capsys.readouterr().err

    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert said(quiet=False) == "", "stderr is no terminal"
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert " 25%" in said(quiet=False)
    assert "audited me.jpg" in said(quiet=False)
    assert said(quiet=True) == ""
