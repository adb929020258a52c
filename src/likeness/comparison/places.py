"""Where on a face something is, in words; left and right are the person's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.shown import SourceFace
from likeness.image import Points
from likeness.lazy import lazy
from likeness.portrait import Portrait

Mask = NDArray[np.bool_]

GLASSES = 0.25  # IPD around the eyes
SAMPLED = 37  # pixels; every so many are asked in which part of the face they lie


@dataclass(frozen=True, eq=False)
class Places:
    """The parts of ``face`` in its pixels, found once for all results."""

    face: SourceFace

    @classmethod
    def of(cls, face: SourceFace, source: Portrait) -> Places:
        known = source.views.setdefault(("places of marks", face.ipd), cls(face))
        places: Places = known
        return places

    @lazy
    def points(self) -> Points:
        return self.face.view.landmarks[:, :2] - np.array([self.face.box.left, self.face.box.top], np.float32)

    @lazy
    def nose(self) -> Mask:
        return np.asarray(self.face.box.of(self.face.view.region("nose", 0.02)) > 0.5)

    @lazy
    def sampled(self) -> dict[str, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Every so many pixels where skin is expected, rows and columns, by part of the face, with its article."""
        at = np.argwhere(self.face.outline)[::SAMPLED]
        names = self._names(at[:, 1], at[:, 0])
        return {f"the {name}": (at[names == name, 0], at[names == name, 1]) for name in np.unique(names)}

    def coverable(self, edge: float) -> Mask:
        """The face less the surroundings of the eyes and ``edge`` IPD of its outline, (h, w)."""
        if edge not in self._coverable:
            view = self.face.view
            left = self.face.box.of(view.region("face", -edge) * (1 - view.region("eyes", GLASSES))) > 0.5
            self._coverable[edge] = np.asarray(left & ~self.face.behind(edge))
        return self._coverable[edge]

    @lazy
    def _coverable(self) -> dict[float, Mask]:
        return {}

    def named(self, x: int, y: int) -> str:
        return str(self._names(np.array([x]), np.array([y]))[0])

    def _names(self, x: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.str_]:
        """The part of the face at each ``x``, ``y``, (N,): the first that it lies in."""
        points = self.points
        across = (x - points[4, 0]) / self.face.ipd
        left, off = across > 0, np.abs(across)
        high, low = y < points[[105, 334], 1].mean(), y > points[17, 1]
        parts = (
            (self.nose[y, x], "nose"),
            (high & (off < 0.2), "forehead"),
            (high, np.where(left, "left side of the forehead", "right side of the forehead")),
            (low & (off < 0.4), "chin"),
            (low, np.where(left, "left jaw", "right jaw")),
            ((points[2, 1] < y) & (y < points[13, 1]) & (off < 0.35), "upper lip"),
            (y > points[[145, 374], 1].mean(), np.where(left, "left cheek", "right cheek")),
        )
        beside = np.where(left, "skin beside the left eye", "skin beside the right eye")
        return np.select([where for where, _ in parts], [name for _, name in parts], beside)
