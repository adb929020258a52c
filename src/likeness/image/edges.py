"""The edge between a person and another background: what is mixed there, what sticks out, and what was cut off.

A composite is alpha F + (1 - alpha) B1. Untreated it carries the old background B0 along: rims that are brighter or darker than person and
background, and a tint. Colours are linear and (N, 3): those of the pixels near the edge. Lengths are in the caller's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.color import lab_from_linear, linear_from_srgb, srgb_from_linear

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]

CELL = 0.05  # units; evidence is gathered in cells of this side
ALPHA_ERROR = 0.3  # standard deviation of an alpha that somebody else solved
COLOUR_ERROR = 0.03  # of a colour, as encoded
DOUBT = 20.0  # information that a window needs before its share is believed half
CONTRAST = 0.3  # squared difference of person and background, as encoded, with which a pixel tells half of how hard it is
DOUBTED = 7.0  # times the doubt about the new background is added to that
BEYOND = 0.25  # of their difference; what is so far beyond person and background is a rim and not hard
DARKNESS = 0.03  # linear; darker differences hardly show
STEP = 0.02  # units; the profile across the edge is taken in steps of this
PLATEAU = (0.07, 0.14)  # units from the edge between which person and background are taken as they are
REACH = 0.05  # units: how far from the edge a rim is looked for
LEAST_CONTRAST = 20.0  # L*; a rim between two that are nearer to each other is divided by this
LEAST_PLACES = 8
SLIGHT = 0.3  # share of a pixel in a cell from which on the cell is believed


@dataclass(frozen=True, eq=False)
class Band:
    """The pixels near an edge. ``rows``, ``columns``: where they are. ``distance``: from the edge, units, negative inside the person.

    ``front``, ``old``, ``new``: the person's colour, that of the background that was, and of the one that is; ``seen``: the picture's.
    ``doubt``: the standard deviation of ``new`` as encoded, for nobody sees what is behind a hair.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    distance: Values
    alpha: Values
    front: Values
    old: Values
    new: Values
    seen: Values
    doubt: Values
    unit: float

    @classmethod
    def of(
        cls,
        where: Mask,
        alpha: Plane,
        front: Image,
        old: Image,
        new: Image,
        seen: Image,
        unit: float,
        doubt: Plane | None = None,
    ) -> Band:
        """The pixels ``where`` (H, W) of the layers; ``unit``: pixels. Without ``doubt`` the new background is known."""
        rows, columns = np.nonzero(where)
        distance, share = signed_distance(alpha, unit)[where], alpha[where]
        unsure = np.zeros_like(share) if doubt is None else doubt[where]
        return cls(rows, columns, distance, share, front[where], old[where], new[where], seen[where], unsure, unit)

    def part(self, chosen: Mask) -> Band:
        """The pixels ``chosen``, (N,)."""
        return Band(**{name: values if name == "unit" else values[chosen] for name, values in vars(self).items()})

    @property
    def variance(self) -> Values:
        """Of the colours that a composite of these layers shows, as encoded, (N, 1): the camera's error and the doubt about ``new``."""
        return np.asarray(COLOUR_ERROR**2 + np.square((1 - self.alpha) * self.doubt)[:, None], np.float32)

    def mixed(self, encoded: bool) -> Values:
        """What a proper composite shows, mixed in linear light or, as most programs do, ``encoded`` in sRGB; (N, 3)."""
        if not encoded:
            return self.new + self.alpha[:, None] * (self.front - self.new)
        front, new = (srgb_from_linear(np.clip(colour, 0, 1)) for colour in (self.front, self.new))
        return linear_from_srgb(np.asarray(new + self.alpha[:, None] * (front - new), np.float32))

    def windows(self, sigma: float, *values: Values) -> list[Values]:
        """Sums of ``values`` (N,) in Gaussian windows of ``sigma`` units around each pixel."""
        cell = CELL * self.unit
        rows, columns = (self.rows / cell).astype(int), (self.columns / cell).astype(int)
        height, width = rows.max() + 1, columns.max() + 1
        index, spread = rows * width + columns, sigma / CELL
        gathered = (np.bincount(index, value, height * width).reshape(height, width).astype(np.float32) for value in values)
        blurred = (cv2.GaussianBlur(plane, (0, 0), spread, borderType=cv2.BORDER_CONSTANT) for plane in gathered)
        return [np.asarray(2 * np.pi * spread**2 * plane[rows, columns], np.float32) for plane in blurred]


def signed_distance(alpha: Plane, unit: float) -> Plane:
    """From the line where ``alpha`` is a half, in units of ``unit`` pixels, negative inside, (H, W)."""
    inside = alpha > 0.5
    out, deep = (cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5) for mask in (~inside, inside))
    return np.asarray((np.where(inside, 0.5 - deep, out - 0.5)) / unit, np.float32)


def weighted_quantile(values: Values, weights: Values, share: float) -> float:
    """The least of ``values`` with ``share`` of the ``weights`` at or below it."""
    order = np.argsort(values)
    below = np.cumsum(weights[order] + 1e-12)
    return float(values[order][np.searchsorted(below, share * below[-1])])


class Share(NamedTuple):
    """``share`` of the old background around each pixel (N,), the ``information`` that the pixel gives (N,), and what stays unexplained."""

    share: Values
    information: Values
    misfit: float


def old_share(band: Band, sigma: float, *, encoded: bool = False) -> Share:
    """How much of the old background that ``band`` had is left in it: lambda in windows of ``sigma`` units.

    Generalised least squares of seen - mixed = lambda (1 - alpha) (B0 - B1) + error, in differences as the eye weighs them. An error of alpha
    moves a colour along F - B1, so errors have the covariance s^2 (F - B1) (F - B1)' + t^2 I: what may be alpha's counts little.
    """
    usual = band.mixed(encoded)
    weight = _weight(np.maximum(usual, band.seen))
    rest = (band.seen - usual) * weight
    ghost = (1 - band.alpha[:, None]) * (band.old - band.new) * weight
    along = (band.front - band.new) * weight
    trusted, trusted_rest = (whitened(vectors, along, COLOUR_ERROR**2) for vectors in (ghost, rest))
    shown, known = (trusted * rest).sum(1), (trusted * ghost).sum(1)
    there, full = band.windows(sigma, shown, known)
    share = np.asarray(there / (full + DOUBT), np.float32)
    misfit = (trusted_rest * rest).sum(1) - 2 * share * shown + share**2 * known
    return Share(share, np.asarray(known, np.float32), float(misfit.mean()))


def _weight(colour: Values) -> Values:
    """How much a small linear difference at ``colour`` shows, about the slope of the sRGB curve."""
    return np.asarray(0.5 * (np.maximum(colour, 0) + DARKNESS) ** -0.6, np.float32)


def whitened(vectors: Values, along: Values, variance: Values | float) -> Values:
    """``vectors`` (N, 3) times the inverse of the covariance of errors: those of alpha, which lie ``along``, and of colours, ``variance`` (N, 1).

    By Sherman and Morrison 1950.
    """
    s = ALPHA_ERROR**2
    size = (along**2).sum(1, keepdims=True)
    return np.asarray(
        (vectors - s * along * (along * vectors).sum(1, keepdims=True) / (variance + s * size)) / variance, np.float32
    )


def cut_short(band: Band, sigma: float, *, encoded: bool = False) -> tuple[Values, Values]:
    """How much of the half transparent was made whole or nothing, in windows of ``sigma`` units, and its weights: (N,) each.

    0: as soft as alpha says; 1: as hard as paper. a (1 - a) with the a that the picture shows, against that of ``band.alpha``. Lights out of
    focus differ much from hair, but nobody foresees where behind it they end: what is in doubt counts little.
    """
    front, new, seen = band.front, band.new, band.seen
    if encoded:
        front, new, seen = (srgb_from_linear(np.clip(colour, 0, 1)) for colour in (front, new, seen))
    scale = 1.0 if encoded else _weight(band.mixed(False))
    along = (front - new) * scale
    size = (along**2).sum(1)
    found = ((seen - new) * scale * along).sum(1) / (size + 1e-3)
    shown = np.clip(found, 0, 1)
    counts = (abs(found - shown) < BEYOND) * size / (size + CONTRAST + np.square(DOUBTED * band.doubt))
    full = band.alpha * (1 - band.alpha) * counts
    there, whole = band.windows(sigma, shown * (1 - shown) * counts, full)
    return np.asarray(1 - there / (whole + 1e-4), np.float32), np.asarray(full, np.float32)


class Rim(NamedTuple):
    """At each place along an edge (N,): how far it overshoots both sides, as a share of their difference, + brighter, - darker; and weights."""

    overshoot: Values
    length: Values


def rims(band: Band, sigma: float, usual: Values | None) -> Rim | None:
    """Lightness across the edge, averaged at places ``sigma`` units apart: by how much it goes beyond person and background.

    ``usual`` (N, 3): a proper composite, whose own overshoot (a rim light) is taken off; None: nothing is known of one. None: too little edge.
    """
    near = np.abs(band.distance) < PLATEAU[1]
    edge = band.part(near)
    steps = round(2 * PLATEAU[1] / STEP)
    step = np.clip(((edge.distance + PLATEAU[1]) / STEP).astype(int), 0, steps - 1)
    rows, columns = ((at / (sigma * band.unit)).astype(int) for at in (edge.rows, edge.columns))
    if not len(rows):
        return None
    shape = (rows.max() + 1, columns.max() + 1, steps)
    index = (rows * shape[1] + columns) * steps + step

    def gathered(values: Values) -> Values:
        summed = np.bincount(index, values, int(np.prod(shape))).reshape(shape).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(summed, (0, 0), 1.0))

    count = gathered(np.ones(len(index), np.float32))
    middle = (np.arange(steps) + 0.5) * STEP - PLATEAU[1]
    enough = (count > SLIGHT).all(2)
    if enough.sum() < LEAST_PLACES:
        return None
    seen = (gathered(_lightness(edge.seen)) / np.maximum(count, 1e-3))[enough]
    proper = seen if usual is None else (gathered(_lightness(usual[near])) / np.maximum(count, 1e-3))[enough]
    person, behind = (proper[:, side].mean(1) for side in (middle < -PLATEAU[0], middle > PLATEAU[0]))
    rim = np.abs(middle) < REACH

    def beyond(profile: Values, sign: int) -> Values:
        return np.asarray(np.maximum((sign * profile[:, rim]).max(1) - np.maximum(sign * person, sign * behind), 0))

    excess = (beyond(seen, sign) - (0.0 if usual is None else beyond(proper, sign)) for sign in (1, -1))
    bright, dark = (np.maximum(over, 0) for over in excess)
    over = np.where(bright >= dark, bright, -dark) / np.maximum(np.abs(person - behind), LEAST_CONTRAST)
    return Rim(np.asarray(over, np.float32), count[enough][:, rim].sum(1))


def _lightness(colours: Values) -> Values:
    return np.asarray(lab_from_linear(np.ascontiguousarray(colours[None]))[0, :, 0])
