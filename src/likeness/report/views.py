"""What a report shows: pictures as 8-bit arrays, everything else in the JSON shapes of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Picture:
    """8-bit sRGB (H, W, 3), and what it shows in words, for those who cannot see it."""

    pixels: NDArray[np.uint8] = field(repr=False)
    alt: str

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, eq=False)
class CropPair:
    """The same spot of source and result, a pixel of the result per pixel."""

    name: str
    before: Picture
    after: Picture


@dataclass(frozen=True, eq=False)
class VersionView:
    """One version. ``before``: the source in the version's frame. ``detail``: how source and version compare in pixels, a sentence."""

    id: str
    name: str
    parent: str | None
    recipe: Json
    audit: Json
    attempts: Sequence[Json]
    before: Picture
    after: Picture
    crops: Sequence[CropPair] = ()
    detail: str = ""


@dataclass(frozen=True, eq=False)
class RankedView:
    """One photo of the ranking."""

    name: str
    score: float
    usable: bool
    chosen: bool
    findings: Sequence[Json]
    advice: Sequence[str]
    thumbnail: Picture | None = None
    somebody_else: bool = False


@dataclass(frozen=True, eq=False)
class MakeReport:
    """What ``make`` did. ``errors``: {"path", "error"} of files that could not be used. ``circle``: the outcome is shown as one."""

    source_name: str
    source_sha256: str
    outcome: str
    outcome_title: str
    circle: bool
    versions: Sequence[VersionView]
    kept: str | None
    exports: Sequence[Json]
    ranking: Sequence[RankedView]
    errors: Sequence[Json]
    advice: Sequence[str]
    made_at: str
    made_by: str

    @property
    def shown(self) -> VersionView:
        """The version that the report is about: the kept one, or the one that came closest."""
        if self.kept is not None:
            return next(version for version in self.versions if version.id == self.kept)
        return max(self.versions, key=lambda version: version.audit["believability"] or 0.0)

    @property
    def original_copy(self) -> str:
        """A file name to give the original back under, so that nothing is overwritten."""
        stem, dot, suffix = self.source_name.rpartition(".")
        return f"{stem}-original.{suffix}" if stem and dot else f"{self.source_name}-original"


@dataclass(frozen=True, eq=False)
class HeatView:
    """Where in the picture a measure departs from its natural range. ``below``: somewhere it lies below it."""

    measure: str
    picture: Picture
    below: bool


@dataclass(frozen=True, eq=False)
class AuditedView:
    """One result that was audited. ``aligned``: ``before`` shows the source in the frame of ``after``. ``brief``: one of many."""

    name: str
    source_name: str
    audit: Json
    before: Picture
    after: Picture
    aligned: bool
    crops: Sequence[CropPair] = ()
    detail: str = ""
    heats: Sequence[HeatView] = ()
    brief: bool = False


@dataclass(frozen=True, eq=False)
class AuditReport:
    """What ``audit`` found."""

    results: Sequence[AuditedView]
    errors: Sequence[Json]
    made_at: str
    made_by: str

    @property
    def heats(self) -> list[HeatView]:
        """The maps of all results."""
        return [heat for result in self.results for heat in result.heats]
