"""The source: the best usable photo that the outcome's frame fits, and how it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from likeness.candidates import PhotoError, RankedPhoto, Ranking
from likeness.errors import LikenessError, NoUsableSource
from likeness.framing import Framed, Rule, framing
from likeness.outcomes import Outcome
from likeness.photo import open_photo
from likeness.portrait import Portrait

ROOMIEST = 1.25  # a small photo may be framed so many times wider than the ideal to reach the outcome's least size
TIGHT = 1.2  # times the ideal height of the head from which a frame is worth a word of advice


@dataclass(frozen=True, eq=False)
class Source:
    """``frame``: the parameters of the step ``frame`` that suit it. ``passed_over``: better ranked photos, and what kept them out."""

    ranked: RankedPhoto
    portrait: Portrait
    frame: Mapping[str, Any]
    fit: Framed
    passed_over: tuple[PhotoError, ...]

    @property
    def advice(self) -> tuple[str, ...]:
        """What would have allowed the ideal frame, when it is missed by far."""
        told = self.fit.advice
        return (f"{told[0].upper()}{told[1:]}.",) if told and self.fit.tighter > TIGHT else ()


def choose_source(ranking: Ranking, outcome: Outcome, frame: Mapping[str, Any], limit_mp: float) -> Source:
    """The first of the ranking's usable photos that a ``frame`` with these parameters fits. NoUsableSource when none does."""
    passed_over: list[PhotoError] = []
    refusal = LikenessError("")
    for candidate in ranking.usable:
        photo = open_photo(candidate.path, limit_mp=limit_mp)
        portrait = Portrait.of(photo, candidate.face, field=outcome.field, max_ipd=outcome.max_ipd)
        try:
            suited, fit = _fitted(portrait, outcome, frame)
        except LikenessError as error:
            refusal = error
            passed_over.append(PhotoError(candidate.path, str(error)))
        else:
            return Source(candidate, portrait, suited, fit, tuple(passed_over))
    if not passed_over:
        raise ranking.no_source()
    if len(passed_over) == 1:
        raise NoUsableSource(f"{refusal.what} (for {outcome.name})", where=passed_over[0].path, advice=[refusal.hint])
    raise NoUsableSource(f"no photo fits '{outcome.name}'", advice=[f"{e.path.name}: {e.error}" for e in passed_over])


def _fitted(portrait: Portrait, outcome: Outcome, frame: Mapping[str, Any]) -> tuple[Mapping[str, Any], Framed]:
    """``frame``, made roomier when that is what the exports' least size takes, and the frame that it gives."""
    fit = framing(portrait, Rule.of(**frame))
    short = max(max(e.min_width / fit.box.width, e.min_height / fit.box.height) for e in outcome.exports)
    if 1 < short <= ROOMIEST:
        frame = {**frame, "head_height": frame["head_height"] * fit.tighter / short, "head_tolerance": 0.0}
        fit = framing(portrait, Rule.of(**frame))
    for export in outcome.exports:
        export.size(fit.box.width, fit.box.height)
    return frame, fit
