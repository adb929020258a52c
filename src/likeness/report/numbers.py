"""Numbers as people write them: quantities with their units, values of findings beside what is natural, and what the words mean."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from likeness.report.views import Json

IPD_MM = 63  # one eye distance in life
DIGITS, MOST_DIGITS = 2, 7  # of a finding's value
NOTHING = math.ulp(0.0)  # of a range without width: whatever lies beside it is at an end of the bar
AS_SOFT = 8.0  # background_depth tells no more than this

GLOSSARY = (
    ("Source", "Your own photo that the result is compared with."),
    (
        "Made from the source",
        "The result shows the pixels of your photo, however they were edited; then small changes can be told. Of another photo, or of a"
        " generated picture, only what outlasts the moment is judged: whose face it is, its shape, its skin and its colour.",
    ),
    ("Natural", "The range in which ordinary handling leaves a photo: saving, scaling, cropping, exposure, white balance."),
    (
        "Believability",
        "100 where all that was measured is natural, 50 where the worst of it reaches the limit from which on it fails, less beyond.",
    ),
    ("Not assessed", "It could not be measured, and the reason says why. It is never a pass."),
    (
        "Eye distance",
        "From pupil to pupil, some 63 mm in life. Lengths are told as a share of it, so that they mean the same in every"
        " picture: 1 % is 0.6 mm.",
    ),
    (
        "Colour step",
        "The smallest difference between two colours that is seen side by side. In the JSON it is dE00, the colour difference"
        " CIEDE2000.",
    ),
    (
        "L*",
        "A colour's lightness, from 0 for black to 100 for white. A change of 1 is just seen.",
    ),
    ("Chroma", "The strength of a colour: 0 is grey, skin has some 15 to 40."),
    (
        "Apart",
        "How unlike two faces look to a recognition network: two photos of one person mostly stay under 0.45, two people"
        " are some 0.8 apart.",
    ),
    ("Grain", "The fine noise of the camera. A background that was put in has another, or none."),
    (
        "Smoothing and reshaping",
        "How much was done of these two: 0 untouched, 100 as far as it gets. Light, colour, marks and background do not count"
        " in it, and it decides nothing. Each is told only where a finding bears it out.",
    ),
)


def quantity(value: float | None, unit: str) -> str:
    """A value with its unit as people write it."""
    if value is None:
        return "not measured"
    if unit == "share":
        return f"{number(100 * value)} %"
    if unit == "IPD":
        return f"{number(value)} eye distances ({value * IPD_MM:.2g} mm)"
    if unit == "EV":
        return f"{value:+.2g} EV"
    return f"{number(value)}{_UNIT.get(unit, ' ' + unit if unit else '')}"


_UNIT = {"ratio": " ×", "degrees": "°", "px": " px", "": ""}


@dataclass(frozen=True)
class Said:
    """How values of a unit are said: ``of`` turns them into the number told, ``unit`` follows it, ``{s}`` being its plural, ``below`` follows
    one below 0 in its place, and ``more`` follows a value alone."""

    unit: str
    of: Callable[[float], float] = float
    more: Callable[[float], str] = lambda _: ""
    below: str = ""


def _share(value: float) -> float:
    return 100 * value


def _power(value: float) -> float:
    return float(100 * 2**value)


_BY_UNIT = {
    "ratio": Said(" %", _share),
    "share": Said(" %", _share),
    "log2 ratio": Said(" %", _power),
    "% IPD": Said(" % of the eye distance", more=lambda value: f" ({value * IPD_MM / 100:.1g} mm)" if value else ""),
    "dE00": Said(" colour step{s}"),
    "marks": Said(" mark{s}"),
    "distance": Said(" apart"),
    "times noticeable": Said(" × what is just noticed"),
    "degrees": Said("°"),
}
_BY_MEASURE = {
    "background_depth": Said(" × as soft as the person"),
    "background_grain": Said(" % of the photo's", _power),
    "background_leak": Said(" % of it left", _share, below=" % too much of it taken out"),
}


def measured(finding: Json) -> str:
    """The value of a finding for people, with as few digits as tell on which side of its limits it lies."""
    value, said = finding["value"], _said(finding)
    if value is None:
        return "not measured"
    if finding.get("measure") == "background_depth" and value >= AS_SOFT:
        return "nothing too sharp"
    shown, edges = said.of(value), [said.of(edge) for edge in finding["natural"] if edge is not None]
    digits = next((d for d in range(DIGITS, MOST_DIGITS) if all(_tells(shown, edge, d) for edge in edges)), MOST_DIGITS)
    counts, of = ("counts as ", " of all skin") if _of_a_part(finding) else ("", "")
    return counts + _told(number(shown, digits), said) + of + said.more(value)


def _of_a_part(finding: Json) -> bool:
    """Whether the value weighs a change of a part, whose own number its sentence tells, as one of the whole skin."""
    return finding.get("measure") == "skin_colour" and finding.get("region") not in (None, "", "skin")


def _tells(shown: float, edge: float, digits: int) -> bool:
    """Whether ``shown``, written with ``digits``, still lies on its side of ``edge`` as that is written."""
    written = float(number(shown, digits)) - float(number(edge))
    return (shown > edge) == (written > 0) and (shown < edge) == (written < 0)


def natural_range(finding: Json) -> str:
    """The natural range of a finding, in words; "" when it has none."""
    low, high = finding["natural"]
    if low is None and high is None:
        return ""
    said = _said(finding)
    if finding["unit"] == "marks" and high is not None and high < 1:
        return "not one clear mark"
    if said.below and low is not None and low < 0 and high is not None:
        return f"at most {_told(number(said.of(high)), said)}, or {_told(number(said.of(low)), said)}"
    if low is None or (low == 0 and high is not None):
        return f"at most {_told(number(said.of(high)), said)}"
    if high is None:
        return f"at least {_told(number(said.of(low)), said)}"
    return f"{number(said.of(low))} to {_told(number(said.of(high)), said)}"


def _said(finding: Json) -> Said:
    unit = finding["unit"]
    return _BY_MEASURE.get(finding.get("measure", ""), _BY_UNIT.get(unit, Said(f" {unit}" if unit else "")))


def _told(text: str, said: Said) -> str:
    if said.below and text.startswith("-"):
        return text[1:] + said.below
    return text + said.unit.replace("{s}", "" if text == "1" else "s")


@dataclass(frozen=True)
class Gauge:
    """Where on a bar of 100 the natural range begins and ends, and where the value stands."""

    low: float
    high: float
    at: float


def gauge(finding: Json) -> Gauge | None:
    """The bar of a finding: its natural range in the middle, or from one end where it has no limit there. None without a value."""
    value, (low, high) = finding["value"], finding["natural"]
    if value is None or (low is None and high is None):
        return None
    if high is None:
        return Gauge(50, 100, _clamped(50 + 50 * (value - low) / (abs(low) or 1.0)))
    if low is None or low == 0:
        return Gauge(0, 50, _clamped(50 + 50 * (value - high) / (abs(high) or 1.0)))
    return Gauge(30, 70, _clamped(30 + 40 * (value - low) / ((high - low) or NOTHING)))


def _clamped(share: float) -> float:
    return round(min(98.0, max(2.0, share)), 1)


def number(value: float, digits: int = 3) -> str:
    """``digits`` significant digits, those before the point all told, no exponent, no needless zeros."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size(count: int) -> str:
    """A number of bytes."""
    return f"{number(count / 1e6)} MB" if count >= 1e6 else f"{number(count / 1e3)} kB"
