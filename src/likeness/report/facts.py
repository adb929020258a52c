"""The findings of an audit in the order in which they matter to a person, and the useful facts of one result in a line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from likeness.audits import STRANGERS
from likeness.report.views import Json

ORDER = ("fail", "warn", "not-assessed", "natural")
BEST_FIRST = ("keep", "cannot-tell", "fix-background", "regenerate", "new-source")
# What another photo has of its own: of a picture that was not made from the source's pixels these are never known.
OF_THE_MOMENT = frozenset(
    {"background_leak", "body", "clothing", "expression", "flatness", "grain", "light_direction", "marks", "symmetry"}
)
ONLY_FROM_THE_SOURCE = "can be told only of a picture made from the source itself"
STRANGER = "Do not use it. If it is you after all, audit it again with more photos of you as sources (--source PHOTO)."
UNLIKE = "Use a picture in which you are recognised. If it is a photo of you, audit it with more photos of you as sources (--source PHOTO)."
POSE = "Add a photo of you that shows the head so (--source PHOTO)."

_GROUPS = {
    "identity": "face",
    "skin": "skin",
    "shape": "shape",
    "expression": "expression",
    "colour": "colour",
    "light": "light",
    "body": "body and clothes",
    "background": "background",
}
_CHANGED = {"fail": "changed", "warn": "a little changed", "not-assessed": "unknown"}
_FACE = {"natural": "yes", "warn": "perhaps", "fail": "no", "not-assessed": "unknown"}
_LIKE = {
    "shape": {"natural": "roughly like yours", "warn": "a little off", "fail": "not yours", "not-assessed": "unknown"},
    "colour": {"natural": "natural", "warn": "a little off", "fail": "off", "not-assessed": "unknown"},
    "background": {"warn": "a little off", "fail": "does not hold up"},
}


def is_stranger(audit: Json) -> bool:
    """Whether the result is another photo, and surely shows somebody else."""
    face = _failing_face(audit)
    return face is not None and audit["mode"] == "other-photo" and face["value"] >= STRANGERS


def is_exchanged(audit: Json) -> bool:
    """Whether the result is the person's photo with a face that surely is not theirs any more."""
    face = _failing_face(audit)
    return face is not None and audit["mode"] == "same-photo" and face["value"] >= STRANGERS


def is_unlike(audit: Json) -> bool:
    """Whether the result is another picture in which the person is not recognised: a drawing, a poor photo, or somebody alike."""
    face = _failing_face(audit)
    return face is not None and audit["mode"] == "other-photo" and face["value"] < STRANGERS


def _failing_face(audit: Json) -> Json | None:
    face = _named(audit, "identity")
    return face if face is not None and face["status"] == "fail" else None


def best_first(audit: Json) -> tuple[int, float]:
    """What results are sorted by: those that may be kept first, the most believable before the others."""
    return BEST_FIRST.index(audit["verdict"]), -(audit["believability"] or 0.0)


def believable(audit: Json) -> float | None:
    """The believability where it says something: not when what decides is unknown."""
    return None if audit["verdict"] == "cannot-tell" else audit["believability"]


def laid(audit: Json) -> str:
    """How the result lies beside the source, where not as it does; "" where it does."""
    turned = {90: "lying on its side", 180: "upside down", 270: "lying on its side"}.get(audit["turned"], "")
    return " and ".join(filter(None, ("the other way round" if audit["mirrored"] else "", turned)))


def standing(kept: Json, audits: Sequence[Json]) -> str:
    """How the version that was ``kept`` stands among all that were made: others may be as believable, or more, with an edge that is a guess."""
    scores = sorted((audit["believability"] or 0.0 for audit in audits if audit["verdict"] == "keep"), reverse=True)
    own = kept["believability"] or 0.0
    if own < scores[0]:
        return "the surest"
    return "the most believable" if len(scores) < 2 or own > scores[1] else "as believable as any"


@dataclass(frozen=True)
class Told:
    """The findings of one audit as they are told: what departs, what could not be measured, what lacks pixels, what can never be
    known of another photo, and what is natural."""

    departing: Sequence[Json]
    unknown: Sequence[Json] = ()
    small: Sequence[Json] = ()
    of_the_moment: Sequence[Json] = ()
    natural: Sequence[Json] = ()


def told(audit: Json) -> Told:
    """Of a stranger the identity alone: nothing else about them matters, and its advice is another."""
    findings = sorted(audit["findings"], key=lambda f: (ORDER.index(f["status"]), f["measure"] != "identity"))
    if is_stranger(audit):
        return Told([{**f, "advice": STRANGER} for f in findings if f["measure"] == "identity"])
    if is_unlike(audit):
        findings = [{**f, "advice": UNLIKE} if f["measure"] == "identity" else f for f in findings]
    unknown = [{**f, "advice": remedy(f, audit)} for f in findings if f["status"] == "not-assessed"]
    return Told(
        [f for f in findings if f["status"] in ("fail", "warn")],
        [f for f in unknown if not f["needs_ipd"] and not _of_the_moment(f, audit)],
        [f for f in unknown if f["needs_ipd"]],
        [f for f in unknown if _of_the_moment(f, audit)],
        [f for f in findings if f["status"] == "natural"],
    )


def _of_the_moment(finding: Json, audit: Json) -> bool:
    return audit["mode"] == "other-photo" and finding["measure"] in OF_THE_MOMENT and not finding["needs_ipd"]


def remedy(finding: Json, audit: Json) -> str:
    """What would make a finding that was not assessed known; "" where nothing would."""
    if finding["needs_ipd"]:
        return "Give larger files." if audit["smaller"] == "result" else "Give a larger source."
    return POSE if audit["mode"] == "other-photo" and finding["measure"] == "geometry" else ""


def pixels_needed(findings: Sequence[Json]) -> str:
    """Up to how many pixels between the eyes ``findings`` need, from the least on: "30" or "30 to 60"."""
    needs = sorted({f"{finding['needs_ipd']:.0f}" for finding in findings}, key=int)
    return needs[0] if len(needs) == 1 else f"{needs[0]} to {needs[-1]}"


def missing(audit: Json) -> list[str]:
    """Why it cannot be told, with what to do, a line each; without what could not be known anyhow."""
    by_reason = {f["reason"]: f for f in audit["findings"] if f["status"] == "not-assessed"}
    lines = []
    for reason in audit["missing"]:
        finding = by_reason.get(reason)
        if finding is None:
            lines.append(reason)
        elif not _of_the_moment(finding, audit):
            lines.append(". ".join(filter(None, (reason.rstrip("."), remedy(finding, audit)))))
    return lines or list(audit["missing"])


def facts(audit: Json) -> str:
    """One line of a result: what was made of the photo, or, of another photo, whose face it is and what can be said of it."""
    if all(f["status"] == "not-assessed" for f in audit["findings"]):
        return "Nothing could be measured"
    if is_exchanged(audit):
        return f"Made from your photo, with a face that is not yours, {_apart(audit)}"
    if audit["mode"] == "same-photo":
        return _edited(audit)
    if is_stranger(audit):
        return _face(audit)
    said = [_face(audit), f"Skin: {_skin(audit)}", f"Colour: {_LIKE['colour'][_worst(audit, 'colour')]}"]
    said.append(f"Shape: {_LIKE['shape'][_worst(audit, 'shape')]}")
    background = _LIKE["background"].get(_worst(audit, "background"))
    said += [f"Background: {background}"] if background else []
    return ". ".join(said)


def _edited(audit: Json) -> str:
    worst = {group: _worst(audit, group) for group in _GROUPS if any(f["group"] == group for f in audit["findings"])}
    departing = sorted((group for group in worst if worst[group] != "natural"), key=lambda group: ORDER.index(worst[group]))
    unknown = any(f["status"] == "not-assessed" for f in audit["findings"] if f["group"] not in departing)
    if not departing:
        return f"Made from your photo, and true to it{_but_for(audit)}{', as far as it could be measured' if unknown else ''}"
    said = [f"{_GROUPS[group].capitalize()}: {_CHANGED[worst[group]]}" for group in departing]
    rest = f"The rest{', as far as it could be measured' if unknown else ''}: true to it"
    return ". ".join(["Made from your photo", *said, *([] if len(departing) == len(worst) or _most_depart(audit) else [rest])])


def _but_for(audit: Json) -> str:
    return " apart from the tones of the whole picture" if audit["tones"] else ""


def _most_depart(audit: Json) -> bool:
    """Whether most of what was measured departs: then nothing is said of the rest."""
    known = [f["status"] in ("fail", "warn") for f in audit["findings"] if f["status"] != "not-assessed"]
    return 2 * sum(known) > len(known)


def _worst(audit: Json, group: str) -> str:
    """The worst status of a group; ``not-assessed`` when nothing of it could be measured."""
    statuses = {f["status"] for f in audit["findings"] if f["group"] == group}
    return next((status for status in ("fail", "warn", "natural") if status in statuses), "not-assessed")


def _face(audit: Json) -> str:
    face = _named(audit, "identity")
    apart = f", {_apart(audit)}" if face and face["value"] is not None else ""
    known = "not recognised" if is_unlike(audit) else _FACE[face["status"] if face else "not-assessed"]
    return f"Your face: {known}{apart}"


def _apart(audit: Json) -> str:
    face = _named(audit, "identity")
    return f"{face['value'] if face else 0.0:.2f} apart"


def _skin(audit: Json) -> str:
    skin = _named(audit, "texture")
    if skin is None or skin["value"] is None:
        return "unknown"
    if skin["status"] == "natural":
        return "not waxy"
    how = "waxy" if skin["value"] < (skin["natural"][0] or 0.0) else "too sharp, or drawn over"
    return f"a little {how}" if skin["status"] == "warn" else how


def _named(audit: Json, measure: str) -> Json | None:
    return next((f for f in audit["findings"] if f["measure"] == measure), None)


# -- many results


@dataclass(frozen=True)
class Gap:
    """What could not be measured, and why: ``measures`` by name, of these ``results``, and what to do about it. ``needs_ipd``: the
    pixels between the eyes that all of them would need."""

    measures: Sequence[str]
    reason: str
    advice: str
    results: Sequence[str]
    needs_ipd: float = 0.0


def gaps(audits: Sequence[Json]) -> list[Gap]:
    """What could not be measured in any of ``audits``, each reason once, what concerns most results first."""
    alike: dict[tuple[str, str], list[tuple[Json, str]]] = defaultdict(list)
    for audit in audits:
        said = told(audit)
        for finding in (*said.unknown, *said.small, *said.of_the_moment):
            alike[_why(finding, audit), finding["advice"]].append((finding, audit["result"]))
    return sorted((_gap(*why, found) for why, found in alike.items()), key=lambda gap: -len(gap.results))


def _gap(reason: str, advice: str, found: Sequence[tuple[Json, str]]) -> Gap:
    measures, results = (
        list(dict.fromkeys(names)) for names in ((f["measure"] for f, _ in found), (result for _, result in found))
    )
    return Gap(measures, reason, advice, results, max(f["needs_ipd"] or 0.0 for f, _ in found))


def _why(finding: Json, audit: Json) -> str:
    if finding["needs_ipd"]:
        return "too few pixels between the eyes" + ("" if audit["smaller"] == "result" else " of the source")
    return str(ONLY_FROM_THE_SOURCE if _of_the_moment(finding, audit) else finding["reason"])


def short_names(paths: Iterable[str]) -> dict[str, str]:
    """Each path's file name, after that of its folder where two files have the same."""
    files: dict[str, PurePath] = {path: PurePath(path) for path in paths}
    often = Counter(file.name for file in files.values())
    return {path: file.name if often[file.name] == 1 else f"{file.parent.name}/{file.name}" for path, file in files.items()}
