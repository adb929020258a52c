"""Pair: a source and a result, and what is known of the two together, each fact computed once.

Measures of a result are given a Pair, never a recipe: the audit doesn't trust the editor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from likeness.portrait import Field, Portrait

FACE = Field(1.6, 1.6, 1.8, 2.4)  # forehead to below the chin, ear to ear
MAX_IPD = 240.0  # pixels: pores become assessable at 231, and more costs time without telling more


@dataclass(frozen=True, eq=False)
class Pair:
    """Two pictures to compare: the person's ``source`` and a ``result`` that says it shows the same person."""

    source: Portrait
    result: Portrait

    @cached_property
    def ipd(self) -> float:
        """Pixels between the pupils at which the two are compared: the lower resolution of the two, at most MAX_IPD."""
        return min(self.source.ipd, self.result.ipd, MAX_IPD)

    @cached_property
    def mode(self) -> Literal["same-photo", "other-photo"]:
        """Whether the result's pixels derive from this source."""
        raise NotImplementedError

    @cached_property
    def faces(self) -> tuple[Portrait, Portrait]:
        """Source and result, upright, in scale and cut to the face."""
        return self.source.aligned(self.ipd, FACE), self.result.aligned(self.ipd, FACE)
