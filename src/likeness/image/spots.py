"""Spots: small dark or pale discs in a plane, how strong they are, and where two pictures differ by some. Lengths in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane, read_only
from likeness.image.color import luminance
from likeness.image.filters import gaussian
from likeness.image.geometry import Box
from likeness.lazy import lazy

Mask = NDArray[np.bool_]

# What melanin, haemoglobin and shading add to the optical density -log of linear red, green and blue: Tsumura et al. 2003.
PIGMENTS = np.array([[0.4143, 0.3570, 0.8372], [0.2988, 0.6838, 0.6657], [1.0, 1.0, 1.0]])
FLOOR = 0.004  # linear, added before the logarithm: noise in the blacks is held down
RATIO = 1.6  # outer over inner sigma of a difference of Gaussians: close to the Laplacian (Marr & Hildreth 1980)
_EXPONENT = np.log(RATIO**2) / (1 - 1 / RATIO**2)
_PEAK = np.exp(-_EXPONENT / RATIO**2) - np.exp(-_EXPONENT)
SIGMA = float(1 / np.sqrt(8 * _EXPONENT))  # inner sigma over the diameter of the disc that answers most
FINEST = 0.75  # pixels; the smallest inner sigma that a sampled picture can answer
OUTLIER = 3.0  # noise above this many standard deviations is no noise
TRUNCATED = 1.015  # standard deviation of a normal distribution over that of the same clipped at OUTLIER
ENOUGH = 100  # pixels
RING = 0.8  # diameters; so far around a spot lies the opposite that a difference of Gaussians sees there
REACH = 8  # diameters around a spot that a line is followed
FOLLOWED = 0.35  # share of a spot's contrast down to which it goes on
ELONGATED = 1.6  # times as long as wide; what is more so is not taken for a larger disc
ALIKE = 0.9  # share of the strongest change
LEAST_NOISE = 0.004  # log; half a code value of 8 bits in the mid-tones
SAMPLED = 4  # a median is taken of every so many pixels
SPARSER = 3  # times as sparsely are the two pictures' contrasts compared
FOR_A_LINE = 2.6  # what the evidence of a line counts: noise rarely keeps to a line, so that less contrast tells as much


def pigments(density: NDArray[np.float32]) -> NDArray[np.float32]:
    """Melanin, haemoglobin and shading, (..., 3), that make up a ``density`` of red, green and blue, (..., 3) natural log."""
    return np.asarray(density @ np.linalg.inv(PIGMENTS), np.float32)


def density(image: Image) -> Image:
    """Optical density -log(linear + FLOOR) of each channel, (H, W, 3)."""
    return np.asarray(-np.log(np.maximum(image, 0) + np.float32(FLOOR)), np.float32)


def luma_density(image: Image) -> Plane:
    """Optical density -log(Y + FLOOR), (H, W): dark spots stand out upward."""
    return np.asarray(-np.log(np.maximum(luminance(image), 0) + np.float32(FLOOR)), np.float32)


def response(plane: NDArray[np.float32], diameter: float) -> NDArray[np.float32]:
    """How much each place of ``plane`` (H, W[, C]) is the middle of a disc of ``diameter`` pixels: the disc's contrast, same shape.

    A difference of Gaussians, scaled so that a disc of contrast 1 and that very diameter answers with 1 in its middle.
    """
    inner = SIGMA * diameter
    return np.asarray((gaussian(plane, inner) - gaussian(plane, RATIO * inner)) / np.float32(_PEAK), np.float32)


def resolved(diameter: float) -> bool:
    """Whether discs of ``diameter`` pixels can be seen in a sampled picture."""
    return SIGMA * diameter >= FINEST


def noise(plane: Plane, where: Mask, reach: float) -> Plane:
    """Robust standard deviation of ``plane`` (H, W): that of all ``where``, or that within a Gaussian of ``reach`` where it is larger."""
    return Surroundings.of(where, reach).noise(plane)


class Surroundings(NamedTuple):
    """Places where noise is read, within a Gaussian of ``reach`` that has a ``share`` of them: the same for many planes.

    ``weight``: 1 there, else 0; ``sampled``: the indices of some of them.
    """

    sampled: NDArray[np.intp]
    weight: Plane
    share: Plane
    reach: float

    @classmethod
    def of(cls, where: Mask, reach: float) -> Surroundings:
        weight = where.astype(np.float32)
        return cls(np.flatnonzero(where)[::SAMPLED], weight, np.maximum(gaussian(weight, reach), np.float32(1e-3)), reach)

    def noise(self, plane: Plane) -> Plane:
        """See likeness.image.spots.noise."""
        overall = max(1.4826 * float(np.median(np.abs(plane.ravel()[self.sampled]))), LEAST_NOISE)
        held = cv2.min(cv2.multiply(plane, plane), (OUTLIER * overall) ** 2) * self.weight
        local = TRUNCATED * np.sqrt(gaussian(held, self.reach) / self.share)
        return np.asarray(np.maximum(overall, local), np.float32)


@dataclass(frozen=True)
class Spot:
    """A disc that one picture has and the other has not.

    ``x``, ``y``, ``diameter``, ``length``: pixels; a line is longer than its diameter. ``before``, ``after``: its contrast in the one
    and the other, log, dark above 0. ``evidence``: see Scale.
    """

    x: int
    y: int
    diameter: float
    length: float
    before: float
    after: float
    evidence: float

    @property
    def gone(self) -> bool:
        """Whether it was in the first picture; else it is new in the second."""
        return abs(self.before) > abs(self.after)

    @property
    def dark(self) -> bool:
        return (self.before if self.gone else self.after) > 0


@dataclass(frozen=True, eq=False)
class Scale:
    """The answers to discs of one ``diameter``: in the picture before, in that after, and the noise of their difference, (H, W) each.

    ``before`` has the contrast that the picture after has as a whole, ``slope`` times its own. ``slack``: pixels by which a spot may
    have moved. ``span``: pixels of a line along which the answers were averaged, 0 for discs.
    """

    diameter: float
    before: Plane
    after: Plane
    noise: Plane
    slope: np.float32 | Plane | float = 1.0
    slack: int = 0
    span: float = 0.0

    @lazy
    def change(self) -> Plane:
        return read_only(self.after - self.before)

    @lazy
    def evidence(self) -> Plane:
        """Of a spot gone or new, (H, W): the geometric mean of the contrast that changed (log) and of the same in units of the noise.

        Contrast alone would count each speck of JPEG in dark skin, noise alone would count what nobody sees. 0 where less than half
        the contrast changed: what fades or grows a little with all else is no mark gone; nor is new what stayed as it was while all
        else was smoothed.
        """
        own = self.before / self.slope
        weaker = np.where(np.abs(own) < np.abs(self.before), own, self.before)
        low, high = np.minimum(own, self.before), np.maximum(own, self.before)
        change = np.maximum(_beyond(weaker, self.after, self.after, self.slack), _beyond(self.after, low, high, self.slack))
        most = np.maximum(np.abs(weaker), np.abs(self.after))
        worth = np.float32(FOR_A_LINE if self.span else 1)
        return read_only(np.where(change > 0.5 * most, worth * change / np.sqrt(self.noise), 0).astype(np.float32))

    def within(self, where: Mask) -> Scale:
        """The same ``where`` (H, W) says so, nothing elsewhere."""
        return replace(self, before=read_only(self.before * where), after=read_only(self.after * where))

    def had(self, more: Plane, box: Box) -> Scale:
        """In a ``box``, had the picture before ``more`` density there, (h, w)."""
        slope = self.slope if isinstance(self.slope, (float, np.floating)) else box.of(self.slope)
        before = np.asarray(box.of(self.before) + slope * response(more, self.diameter), np.float32)
        after, unsure = box.of(self.after), box.of(self.noise)
        return replace(self, before=read_only(before), after=read_only(after), noise=read_only(unsure), slope=slope)


def _beyond(plane: Plane, low: Plane, high: Plane, slack: int) -> Plane:
    """How much stronger ``plane`` is, either way, than anything between ``low`` and ``high`` within ``slack`` pixels, (H, W)."""
    kernel = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
    return np.maximum(np.where(plane > 0, plane - cv2.dilate(high, kernel), cv2.erode(low, kernel) - plane), 0).astype(np.float32)


def scales(
    before: Plane, after: Plane, where: Mask, diameters: Sequence[float], reach: float, slack: int = 0, textured: float = 0.0
) -> list[Scale]:
    """``before`` and ``after`` (H, W) as discs of each of the ``diameters`` that the pictures resolve.

    A change of contrast of the whole is taken out of ``before``; the noise is read ``where``, locally within ``reach``;
    ``slack``: see Scale. ``textured``: the share of the texture that both have which is counted as noise.
    """
    if where.sum() < ENOUGH:
        return []
    found, around = [], Surroundings.of(where, reach)
    chosen = around.sampled[::SPARSER]
    for diameter in filter(resolved, diameters):
        a, b = response(before, diameter), response(after, diameter)
        slope = np.float32(_slope(a.ravel()[chosen], b.ravel()[chosen]))
        a = a * slope
        unsure = around.noise(b - a)
        if textured:
            shared = np.where(np.abs(a) < np.abs(b), a, b)
            strongest = cv2.dilate(np.abs(shared), np.ones((2 * round(diameter) + 1,) * 2, np.uint8))
            unsure = np.maximum(unsure, np.float32(textured) * np.maximum(around.noise(shared), strongest))
        found.append(Scale(diameter, read_only(a), read_only(b), read_only(unsure), slope, slack))
    return found


def merged(one: Scale, other: Scale, where: Mask) -> Scale:
    """``one`` ``where`` it is known, elsewhere the ``other`` of the same diameter."""
    pairs = ((one.before, other.before), (one.after, other.after), (one.noise, other.noise), (one.slope, other.slope))
    before, after, unsure, slope = (read_only(np.where(where, *two)) for two in pairs)
    return replace(one, before=before, after=after, noise=unsure, slope=slope)


def _slope(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Of ``b`` on ``a``, (N,) each, without the outliers: they are what is looked for."""
    usual = [OUTLIER * max(1.4826 * float(np.median(np.abs(c))), LEAST_NOISE) for c in (a, b)]
    slope, kept = 1.0, (np.abs(a) <= usual[0]) & (np.abs(b) <= usual[1])
    for _ in range(3):
        slope = float(np.clip((a[kept] @ b[kept]) / max(a[kept] @ a[kept], 1e-9), 0.2, 2.5))
        rest = np.abs(b - slope * a)
        kept = rest <= OUTLIER * max(1.4826 * float(np.median(rest)), LEAST_NOISE)
    return slope


def spots(found: Sequence[Scale], where: Mask, least: float) -> list[Spot]:
    """The spots ``where`` the evidence is ``least`` or more, the clearest first.

    Each counts once, by the diameter that tells most, and is as large as the disc that changed most there; what runs on from it
    belongs to it, as all of a line does, and so does the opposite that a difference of Gaussians sees around it.
    """
    peaks = sorted(((e, x, y, scale) for scale in found for e, x, y in _peaks(scale, where, least)), key=lambda peak: -peak[0])
    taken = np.zeros(where.shape, np.int8)  # by a spot that grew darker, 1, or paler, -1
    chosen: list[Spot] = []
    for evidence, x, y, scale in peaks:
        sign = 1 if scale.change[y, x] > 0 else -1
        if taken[y, x] or (_around(taken, x, y, RING * scale.diameter) == -sign).any():
            continue
        body, length, width = _body(scale, x, y)
        diameter = scale.diameter
        if not scale.span and length < ELONGATED * width:
            larger = _as_large(found, x, y, sign)
            diameter, (body, length, _) = larger.diameter, _body(larger, x, y)
        taken[body > 0] = sign
        before, after = float(scale.before[y, x]), float(scale.after[y, x])
        chosen.append(Spot(x, y, diameter, max(length, diameter), before, after, evidence))
    return chosen


def _as_large(found: Sequence[Scale], x: int, y: int, sign: int) -> Scale:
    """The largest disc of those that changed about as much as any at ``x``, ``y``."""
    discs = {scale.diameter: scale for scale in found if not scale.span}
    most = max(sign * float(scale.change[y, x]) for scale in discs.values())
    return discs[max(diameter for diameter, scale in discs.items() if sign * float(scale.change[y, x]) >= ALIKE * most)]


def _peaks(scale: Scale, where: Mask, least: float) -> list[tuple[float, int, int]]:
    """Evidence, x and y of each local maximum."""
    evidence = np.where(where, scale.evidence, 0).astype(np.float32)
    if evidence.max() < least:
        return []
    highest = cv2.dilate(evidence, np.ones((3, 3)))
    rows, columns = np.nonzero((evidence >= max(least, 1e-6)) & (evidence == highest))
    return [(float(evidence[y, x]), int(x), int(y)) for y, x in zip(rows, columns, strict=True)]


def _body(scale: Scale, x: int, y: int) -> tuple[NDArray[np.uint8], float, float]:
    """What changed together with ``x``, ``y``, (H, W) 0 or 1, with the ring around it, and how long and wide that is, pixels."""
    change = scale.change
    reach = REACH * scale.diameter
    near = _around(change, x, y, reach) / change[y, x]
    _, labels = cv2.connectedComponents((near > FOLLOWED).astype(np.uint8))
    part = (labels == labels[min(y, round(reach)), min(x, round(reach))]).astype(np.uint8)
    sides = cv2.minAreaRect(cv2.findNonZero(part))[1]
    body = np.zeros(change.shape, np.uint8)
    _around(body, x, y, reach)[:] = part
    room = 2 * round(RING * scale.diameter + scale.span / 2) + 1
    grown = cv2.dilate(body, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (room, room)))
    return grown.astype(np.uint8), max(sides) + 1.0 + max(0.0, scale.span - scale.diameter), min(sides) + 1.0


def _around(plane: NDArray[Any], x: int, y: int, reach: float) -> NDArray[Any]:
    """A view of ``plane`` within ``reach`` of ``x``, ``y``."""
    side = round(reach)
    return plane[max(0, y - side) : y + side + 1, max(0, x - side) : x + side + 1]
