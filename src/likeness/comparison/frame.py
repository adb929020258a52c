"""A picture's frame: a bar, a border or a round mask of one colour around it, which shows nothing of the scene."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.view import View
from likeness.image import Image, Plane, read_only
from likeness.image.color import lab_from_linear
from likeness.image.filters import grown, length

FLAT = 1.2  # CIELAB; what differs by less from its neighbours has no grain, after JPEG too
ONE_COLOUR = 2.0  # CIELAB between parts of one frame
OTHER = 15.0  # CIELAB; more than the light does to a dark, plain jacket that is no bar
SOLID = 0.97  # of its convex hull; windows fill theirs, a person before a plain wall does not
RINGING = 0.05  # IPD; as far as JPEG carries an edge into the frame
LEAST = 0.12  # IPD squared that a frame hides of the source, or adds to it
ROUND = 0.97  # of an ellipse: a window that no wall behind a person leaves
LEAST_EDGE = 20  # pixels
LEAST_FRAME = 0.05  # IPD squared
NOSE_TIP = 1  # mesh point


def within_frame(source: View, result: View) -> Plane:
    """Where ``result`` shows the scene, (H, W) 0 or 1: what is valid in it less a frame of one colour.

    A frame is flat, reaches to the picture's edge, leaves a convex window with the face in it, and lies over what surely is the person
    in ``source``, in another colour, or outside the photo: so a plain backdrop is none. A round window needs no such proof.
    """
    valid = cv2.erode(result.valid, np.ones((5, 5)), borderValue=1.0) > 0
    lab = lab_from_linear(result.pixels)
    other = length(source.lab - lab) > OTHER
    lost = valid & ((source.person > 0.9) & other | (source.valid == 0))
    frame = _flat_rim(lab, valid, lost)
    if frame.sum() < LEAST_FRAME * source.ipd**2:
        return result.valid
    window = grown(grown(_around_face(valid & ~frame, result), -RINGING * source.ipd), RINGING * source.ipd) & valid
    points = np.argwhere(window)[:, ::-1].astype(np.int32)
    if not len(points) or ((frame & lost).sum() < LEAST * source.ipd**2 and not _round(window, valid)):
        return result.valid
    hull = cv2.fillConvexPoly(np.zeros(window.shape, np.uint8), cv2.convexHull(points), 1) > 0
    if window.sum() < SOLID * (hull & valid).sum():
        return result.valid
    return read_only(cv2.erode(window.astype(np.float32), np.ones((3, 3))))


def _round(window: NDArray[np.bool_], valid: NDArray[np.bool_]) -> bool:
    """Whether ``window`` is the part of an ellipse that ``valid`` shows, fitted to where the two differ, both (H, W)."""
    outside = (valid & ~window).astype(np.uint8)
    edge = np.argwhere(window & (cv2.dilate(outside, np.ones((3, 3))) > 0))[:, ::-1]
    if len(edge) < LEAST_EDGE:
        return False
    ellipse = cv2.ellipse(np.zeros(window.shape, np.uint8), cv2.fitEllipseDirect(edge.astype(np.float32)), 1, cv2.FILLED) > 0
    ellipse &= valid
    return bool((window & ellipse).sum() > ROUND * (window | ellipse).sum())


def _flat_rim(lab: Image, valid: NDArray[np.bool_], lost: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where one colour reaches in from the edge of what is ``valid``, the one that covers most of what is ``lost``, (H, W)."""
    count, parts = cv2.connectedComponents((_flat(lab) & valid).astype(np.uint8), connectivity=4)
    at_rim = np.unique(parts[valid & (cv2.erode(valid.astype(np.uint8), np.ones((3, 3)), borderValue=0) == 0)])
    sizes, covers = (np.bincount(parts[mask], minlength=count) for mask in (valid, lost))
    at_rim = at_rim[(at_rim > 0) & (sizes[at_rim] > 8)]
    if not len(at_rim):
        return np.zeros_like(valid)
    colours = {int(part): np.median(lab[parts == part], axis=0) for part in at_rim}
    usual = colours[max(colours, key=lambda part: covers[part])]
    alike = [part for part, colour in colours.items() if np.linalg.norm(colour - usual) < ONE_COLOUR]
    rim = np.isin(parts, alike) & (length(lab - usual) < ONE_COLOUR)
    return np.asarray(cv2.dilate(rim.astype(np.uint8), np.ones((3, 3))) > 0) & valid


def _flat(lab: Image) -> NDArray[np.bool_]:
    return np.asarray(cv2.morphologyEx(lab, cv2.MORPH_GRADIENT, np.ones((3, 3))).max(2) < FLAT)


def _around_face(content: NDArray[np.bool_], result: View) -> NDArray[np.bool_]:
    """The part of ``content`` that holds the face, its holes filled, (H, W)."""
    _, parts = cv2.connectedComponents(content.astype(np.uint8), connectivity=4)
    x, y = np.clip(result.landmarks[NOSE_TIP, :2].round().astype(int), 0, np.array(result.size) - 1)
    part = (parts == parts[y, x]) & (parts[y, x] > 0)
    outlines, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros(part.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0)
