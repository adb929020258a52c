"""The shape of a face as its mesh tells it: how its two sides differ, and how it moved from a source to a result."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Plane, Points
from likeness.image.filters import gaussian
from likeness.image.flow import Flow, positions, settled, structure
from likeness.image.geometry import IDENTITY, resize
from likeness.regions import OUTLINES

# The mesh numbers the right side's points first, with the midline's among them, then the left side's in the same order.
MIDLINE = (0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 94, 151, 152, 164, 168, 175, 195, 197, 199, 200)
RIGHT = tuple(point for point in range(248) if point not in MIDLINE)
LEFT = tuple(range(248, 468))
OUTLINE = frozenset(OUTLINES["face"][0])


def _partners() -> NDArray[np.intp]:
    partner = np.arange(468)
    partner[list(RIGHT)], partner[list(LEFT)] = LEFT, RIGHT
    return partner


PARTNER = _partners()  # of each of the 468 mesh points, the one on the other side; itself on the midline

INNER = np.array([point not in OUTLINE and PARTNER[point] not in OUTLINE for point in range(468)])  # where no silhouette slides

# Points that no expression moves much: bridge, wings and tip of the nose, corners of the eyes, forehead, temples and cheekbones.
STILL = (
    33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278, 10, 109, 338, 67, 297, 54, 284, 127, 356, 234, 454,
    93, 323, 132, 361, 50, 280, 117, 346, 118, 347, 9, 8, 151,
)  # fmt: skip
DISTANCE = 0.2  # IPD over the distance of the camera, by which that of two photos may differ

ROUNDS = 4  # more moves no point by 0.1 % IPD

WINDOW = 0.04  # IPD within which pixels share what is known of their motion
ROUND_TRIP = 0.3  # pixels: a pixel that comes back no nearer counts half
LOST = 1.0  # pixels: one that does not come back nearer is not believed
EDGE = 0.03  # IPD inside the outline of the face that are left out: a new background moves there
FINE = 0.01  # IPD; finer than that the pictures differ by noise and compression
# 1/128 IPD that a difference in pattern is worth, of which a pixel counts half: a feature that moved leaves 0.05, burnt skin and the rim
# of a new background 0.5 and more.
UNLIKE = 0.35
STEEP = 2.5  # levels per 1/128 IPD: weaker structure is skin burnt white, where the flow drifts


class Movement(NamedTuple):
    """How the face moved from the source to the result, once size and position are matched: ``by`` (H, W, 2), % of the IPD, to the
    picture's right and down; ``known``: where it could be followed, (H, W)."""

    by: Flow
    known: NDArray[np.bool_]

    @property
    def length(self) -> Plane:
        """How far, % of the IPD, (H, W); NaN where it is not known."""
        return np.where(self.known, np.linalg.norm(self.by, axis=2), np.nan).astype(np.float32)


def movement(source: View, result: View, flow: Flow, error: Plane) -> Movement:
    """The ``flow`` between two views of one photo and its round-trip ``error`` (pixels) as what is known of the face's motion.

    Each pixel counts by the structure that both pictures have there, by how well it comes back, and by how alike the two are where the
    flow lays them on each other: it is drawn astray where skin was burnt white, and along the outline by a new background, but then
    the pattern it arrives at is another.
    """
    ipd = source.ipd
    common = np.minimum(*(structure(view.pattern, WINDOW * ipd) for view in (source, result))) * (ipd / 128)
    inside = (source.region("face", -EDGE) > 0.5) & (result.valid > 0) & (error <= LOST)
    alike = 1 / (1 + (_unlike(source, result, flow) / np.maximum(UNLIKE * common, 1e-3)) ** 4)
    certainty = np.where(inside, alike * common**2 / (1 + (error / ROUND_TRIP) ** 2), 0).astype(np.float32)
    by, sure = settled(flow, certainty, WINDOW * ipd)
    return Movement(by * np.float32(100 / ipd), inside & (sure > STEEP**2))


def _unlike(source: View, result: View, flow: Flow) -> Plane:
    """How far the patterns of two views differ once the result is laid back by ``flow``: root-mean-square in WINDOW, levels, (H, W)."""
    at = positions(IDENTITY, source.size) + flow
    back = cv2.remap(result.pattern, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    off = gaussian(back.astype(np.float32) - source.pattern, FINE * source.ipd)
    return np.asarray(np.sqrt(_local_mean(off * off, WINDOW * source.ipd)), np.float32)


def _local_mean(plane: Plane, sigma: float) -> Plane:
    """Gaussian mean, ``sigma`` pixels, in half as many pixels: it is smooth."""
    small = resize(plane, ((plane.shape[1] + 1) // 2, (plane.shape[0] + 1) // 2))
    return np.asarray(cv2.resize(gaussian(small, sigma / 2), plane.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def at_points(plane: NDArray[np.float32], points: Points) -> NDArray[np.float32]:
    """What a map (H, W[, C]) says at ``points`` (N, 2 or more columns), (N[, C]): bilinear; beyond its border, the border's."""
    x, y = (np.ascontiguousarray(points[None, :, k], np.float32) for k in (0, 1))
    return np.asarray(cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0], np.float32)


def asymmetry(landmarks: Points) -> NDArray[np.float64]:
    """How far each mesh point lies from its partner's mirror image, (468, 3), in the landmarks' unit. Half of it, taken away, makes
    the face symmetric.

    The mirror is the affine map of space that lays the mesh, left and right exchanged, best on itself: with it go the head's pose,
    most of the perspective, and depths that the mesh has misjudged, which would look like a crooked face as soon as it turns.
    """
    points = landmarks[:468].astype(np.float64)
    exchanged = np.column_stack([points[PARTNER], np.ones(468)])
    mirror, *_ = np.linalg.lstsq(exchanged[INNER], points[INNER], rcond=None)
    return np.asarray(points - exchanged @ mirror)


def fitted(points: Points, onto: Points | NDArray[np.float64], ipd: float) -> NDArray[np.float64]:
    """A mesh moved, turned and scaled in space onto another of the same person with eyes ``ipd`` apart, (468, 3): less what the camera did.

    The best similarity of space over the parts that no expression moves (Kabsch 1976, Umeyama 1991), then the camera farther away
    or nearer, which scales what lies at another depth: x goes to x (1 - k z), z in IPD, at most as from 0.3 to 1.5 m.
    """
    a, b = points[:468].astype(np.float64), onto[:468].astype(np.float64)
    still = list(STILL)
    moving, to = a - a[still].mean(0), b[still] - b[still].mean(0)
    shift = np.zeros_like(a)
    for _ in range(ROUNDS):  # the similarity, less the camera; then the camera, less the similarity
        placed = moving @ _similarity(moving[still], to - shift[still])
        away = placed[:, :2] * placed[:, 2:] / ipd
        rest = to[:, :2] - placed[still, :2]
        nearer = np.clip((away[still] * rest).sum() / np.square(away[still]).sum(), -DISTANCE, DISTANCE)
        shift[:, :2] = nearer * away
    return np.asarray(placed + shift + b[still].mean(0))


def _similarity(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn and scale (3, 3) that takes the rows of ``a`` nearest to those of ``b``, both about their mean."""
    u, stretch, v = np.linalg.svd(a.T @ b)
    proper = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    return np.asarray((u * proper) @ v * ((stretch * proper).sum() / np.square(a).sum()))
