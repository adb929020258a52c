"""Audit: every measure of a result against its source, under calibrated limits, and the verdict that follows.

The file is not called ``audit``, as its call is: ``likeness.audit`` has to stay the call once this is imported.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Literal

from likeness.comparison.pair import Mode, Pair
from likeness.comparison.picture import Same, photo_share, same, tones_changed, turned
from likeness.errors import unknown
from likeness.findings import Finding
from likeness.limits import Limits, Status
from likeness.measures import result_measures
from likeness.retouch import Retouch, retouch_of
from likeness.schema import Group, Measure

# Of each group, the measures of which one must be known for a keep: those that its neighbours cannot stand in for. Marks are seen on
# smoothed skin, both sides of a face can be slimmed alike. Another photo has its own light, expression, clothes and background: they
# can fail, but need not be known.
_ITSELF: dict[Group, frozenset[str]] = {
    "skin": frozenset({"texture"}),
    "shape": frozenset({"geometry"}),
    "identity": frozenset({"identity"}),
    "colour": frozenset({"skin_colour"}),
}
DECIDING: dict[Mode, dict[Group, frozenset[str]]] = {
    "same-photo": {
        **_ITSELF,
        "light": frozenset({"flatness", "light_direction"}),
        "expression": frozenset({"expression"}),
        "body": frozenset({"body", "clothing"}),
        "background": frozenset({"background_leak", "edge_halo"}),
    },
    "other-photo": _ITSELF,
}
# What ``marks`` says of skin on which nothing that it can see is gone, and what is true of it where the skin was smoothed.
ALL_THERE = "moles, freckles and scars are all there, and none is new."
SMOOTHED = "larger moles and scars are there, and none is new; freckles and finer marks cannot be told, as the skin was smoothed."
WORST_FIRST: tuple[Status, ...] = ("fail", "warn", "not-assessed")
Verdict = Literal["keep", "fix-background", "regenerate", "new-source", "cannot-tell"]


@dataclass(frozen=True)
class Audit:
    """All findings about one result, and what follows from them. ``audit["texture"]`` is the finding of that measure.

    ``mirrored``: the result shows the source the other way round, and was turned back to be compared. ``stretched``: so it was with a
    picture stretched as a whole, by its ``factor`` in ``direction``. ``retouch``: how much was done to the photo altogether; None for
    another photo and where too few pixels tell. ``faces``: how many the result shows; the audit is about the one most like the source.
    ``ipd``: pixels between the eyes at which the two were compared, and which of them has no more: ``smaller``. ``same``: the result is the source's "file", or has its "pixels".
    ``photo_share``: of the result's area, that the source fills; None for another photo and on another background. ``tones``: what the
    whole picture was made, "warmer", "darker"... ``turned``: the degrees by which it shows the source turned clockwise, in quarters.
    """

    source: str
    result: str
    mode: Mode
    verdict: Verdict
    believability: float | None
    findings: tuple[Finding, ...]
    mirrored: bool = False
    retouch: Retouch | None = None
    faces: int = 1
    ipd: float = 0.0
    smaller: Literal["source", "result"] = "result"
    stretched: dict[str, str | float] | None = None
    same: Same | None = None
    photo_share: float | None = None
    tones: tuple[str, ...] = ()
    turned: int = 0

    def __getitem__(self, measure: str) -> Finding:
        for finding in self.findings:
            if finding.measure == measure:
                return finding
        raise KeyError(measure)

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the measures that fail."""
        return tuple(f.measure for f in self.findings if f.status == "fail")

    @property
    def missing(self) -> tuple[str, ...]:
        """Why it cannot be told: the reasons of the measures that a keep needs and that could not be assessed, each once; and how
        many pixels between the eyes would do, where it is these that lack."""
        if self.verdict != "cannot-tell":
            return ()
        groups = _lacking(self.findings, self.mode)
        lacking = [f for f in self.findings if f.measure in DECIDING[self.mode].get(f.group, ()) and f.group in groups]
        reasons = list(dict.fromkeys(f.reason for f in lacking if not f.needs_ipd))
        needs = max((min(f.needs_ipd for f in lacking if f.group == group) for group in {f.group for f in lacking}), default=0.0)
        if needs:
            reasons.insert(
                0,
                f"the eyes are only {int(self.ipd)} pixels apart in the {self.smaller}, and it takes {needs:.0f}: give a larger {self.smaller}",
            )
        return tuple(reasons)

    @property
    def departure(self) -> float:
        """The sum of all departures: what tells two audits of equal believability apart."""
        return sum(f.departure or 0.0 for f in self.findings)

    def without_heat(self) -> Audit:
        """The same without the maps of its findings."""
        return replace(self, findings=tuple(replace(f, heat=None) for f in self.findings))

    def __str__(self) -> str:
        """The verdict, how believable it is, and a line for each finding that is not natural, what fails first."""
        score = None if self.verdict == "cannot-tell" else self.believability
        said = f"{self.result}: {self.verdict}" + ("" if score is None else f", believability {score:.0f} of 100")
        told = (f"  {status}: {f.measure}: {f.reason}" for status in WORST_FIRST for f in self.findings if f.status == status)
        return "\n".join([said, *told])

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "result": self.result,
            "mode": self.mode,
            "verdict": self.verdict,
            "believability": self.believability,
            "findings": [f.as_json() for f in self.findings],
            "missing": list(self.missing),
            "faces": self.faces,
            "mirrored": self.mirrored,
            "stretched": self.stretched,
            "same": self.same,
            "photo_share": None if self.photo_share is None else round(self.photo_share, 3),
            "tones": list(self.tones),
            "turned": self.turned,
            "ipd": round(self.ipd, 1),
            "smaller": self.smaller,
            "retouch": None if self.retouch is None else self.retouch.as_json(),
        }


def audit_pair(pair: Pair, *, source: str, result: str, threads: int = 1) -> Audit:
    """Every measure of ``pair``, and the verdict. ``source`` and ``result`` are what the two are called; ``threads`` measure at once."""
    measures, score = result_measures().values(), calibration()["retouch"]
    with ThreadPoolExecutor(threads, "measure") as pool:
        if pair.mode == "same-photo":
            pool.submit(lambda: pair.source_alpha)
        whole = pool.submit(_of_the_whole, pair)
        retouched = pool.submit(retouch_of, pair, score["usual"], score["weights"])
        readings = list(pool.map(lambda measure: measure(pair), measures))
    findings = tuple(Finding.of(m, reading, _limits(m, pair.mode)) for m, reading in zip(measures, readings, strict=True))
    stretch = pair.registration.stretch if pair.mode == "same-photo" else None
    size: tuple[float, Literal["source", "result"]] = (pair.ipd, "source" if pair.source.ipd < pair.result.ipd else "result")
    facts = (pair.mirrored, retouched.result(), pair.faces_seen, *size, stretch.as_json() if stretch else None, *whole.result())
    verdict = verdict_of(findings, pair.mode)
    return Audit(source, result, pair.mode, verdict, believability_of(findings), agreeing(findings), *facts)


def _of_the_whole(pair: Pair) -> tuple[Same | None, float | None, tuple[str, ...], int]:
    if pair.mode == "other-photo":
        return None, None, (), 0
    return same(pair), None if pair.background == "replaced" else photo_share(pair), tones_changed(pair), turned(pair)


def agreeing(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """``findings``, none of whose sentences contradicts another: over skin that was smoothed nobody can say that the freckles are there."""
    smoothed = any(f.measure == "texture" and f.status in ("warn", "fail") and (f.value or 0) < f.natural[0] for f in findings)
    if not smoothed:
        return findings
    return tuple(replace(f, reason=f.reason.replace(ALL_THERE, SMOOTHED)) if f.measure == "marks" else f for f in findings)


def verdict_of(findings: Sequence[Finding], mode: Mode = "same-photo") -> Verdict:
    """What follows from ``findings``: a failure decides; else what could not be assessed is never a pass: of each group that decides,
    one of the measures in DECIDING must have been."""
    failing = [f for f in findings if f.status == "fail"]
    if failing:
        return "fix-background" if all(f.group == "background" for f in failing) else "regenerate"
    decides = any(f.group in DECIDING[mode] for f in findings)
    return "keep" if decides and not _lacking(findings, mode) else "cannot-tell"


def _lacking(findings: Iterable[Finding], mode: Mode) -> set[Group]:
    """The groups of ``findings`` that decide, and of which nothing is known that a keep needs."""
    found = list(findings)
    known = {f.measure for f in found if f.status != "not-assessed"}
    needed = DECIDING[mode]
    return {f.group for f in found if f.group in needed and not needed[f.group] & known}


def believability_of(findings: Iterable[Finding]) -> float | None:
    """0..100: 100 where nothing departs from its natural range, 50 where the worst reaches its fail limit, then halved at each
    further such distance. None where nothing was assessed."""
    departures = [f.departure for f in findings if f.departure is not None]
    return round(100 * 0.5 ** max(departures), 1) if departures else None


def limits_of(measure: str, mode: Mode = "same-photo") -> Limits:
    """The calibrated limits of a measure of results, else those that its declaration aims at."""
    known = result_measures()
    if measure not in known:
        raise unknown("measure", measure, known)
    return _limits(known[measure], mode)


def _limits(measure: Measure, mode: Mode) -> Limits:
    entry = calibration()["measures"].get(measure.name, {})
    entry = entry if mode == "same-photo" else entry.get("other-photo", {})
    if not entry:
        return measure.limits if mode == "same-photo" else measure.other_photo
    return Limits.from_json({key: entry[key] for key in ("natural", "fail", "log")})


@functools.cache
def calibration() -> Any:
    """calibration.json: per measure its limits, false-alarm and miss rates, and what they were measured on."""
    return json.loads(resources.files("likeness").joinpath("calibration.json").read_text("utf-8"))
