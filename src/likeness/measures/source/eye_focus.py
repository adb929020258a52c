"""Whether the eyes are in focus."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.faces import eye_midpoint
from likeness.image import Plane
from likeness.image.color import luminance
from likeness.image.geometry import scale_of
from likeness.portrait import FACE_FIELD, FACE_IPD, Portrait
from likeness.regions import region
from likeness.schema import NotAssessed, Reading, measure

MM = 63 / FACE_IPD  # millimetres in life of a pixel of the pictures that are compared
FINE, COARSE = 0.8, 2.0  # pixels: the two blurs whose gradients are compared
DIRECTIONS = np.arange(4) * np.pi / 4
FLAT = 0.15  # quantile of the face's blocks that is taken for noise


@measure(title="Focus in the eyes", group="source", unit="mm", min_ipd=16, about="source")
def eye_focus(portrait: Portrait) -> Reading | NotAssessed:
    """Blur (standard deviation, in millimetres at the face) of the sharper eye, so that it compares across sizes: less is sharper.

    The energy of gradients after a blur of s pixels falls as 1 / (b^2 + s^2) where the eye itself is blurred by b: seen at two
    s, less the noise of the face's smoothest parts, it gives b. On photos blurred by known amounts this exponent, between that of an
    edge and of a line, gives back what was added (reblur method: Zhuo and Sim 2011).
    """
    view = portrait.face if portrait.ipd >= FACE_IPD else portrait.aligned(FACE_IPD, FACE_FIELD)
    size = (view.width, view.height)
    light = np.asarray(np.clip(luminance(view.pixels), 1e-4, None) ** np.float32(1 / 2.2), np.float32)
    face = region(view.landmarks, size, "face", grow=-0.05 * FACE_IPD) > 0.5
    if not face.any():
        return NotAssessed("the face lies outside the picture", "eyes")
    fine, coarse = (_gradients(light, blur) for blur in (FINE, COARSE))
    eyes = region(view.landmarks, size, "eyes", grow=0.06 * FACE_IPD)
    left = np.arange(view.width)[None] >= eye_midpoint(view.landmarks)[0]
    blur = MM * min(_blur(_energies(fine, eyes * side, face), _energies(coarse, eyes * side, face)) for side in (left, ~left))
    pixel = 63 / (portrait.ipd * scale_of(portrait.to_photo) * portrait.photo.scale)
    if blur > 1.2 * pixel:
        advice = "The eyes are blurred: tap them to focus, hold the camera still, and use more light."
    else:
        advice = "The eyes are as sharp as so small a picture allows: come closer."
    return Reading(blur, f"the eyes are blurred by {blur:.1f} mm", region="eyes", advice=advice)


def _gradients(light: Plane, blur: float) -> tuple[Plane, Plane]:
    """Gradient across and down after a Gaussian blur of ``blur`` pixels, (H, W) each."""
    smooth = cv2.GaussianBlur(light, (0, 0), blur)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _energies(gradients: tuple[Plane, Plane], where: Plane, face: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean squared gradient ``where``, less the noise of the face's smoothest blocks, along each of DIRECTIONS."""
    across, down = gradients
    noise = float(np.quantile(cv2.blur(across**2 + down**2, (11, 11))[face], FLAT)) / 2
    weight = float(where.sum()) or 1.0
    xx, yy, xy = (float((product * where).sum()) / weight for product in (across**2, down**2, across * down))
    energy = xx * np.cos(DIRECTIONS) ** 2 + yy * np.sin(DIRECTIONS) ** 2 + xy * np.sin(2 * DIRECTIONS)
    return np.asarray(np.maximum(energy - noise, 0.0), np.float64)


def _blur(fine: NDArray[np.float64], coarse: NDArray[np.float64]) -> float:
    """Standard deviation in pixels along the direction in which it is largest: a shaken camera blurs one.

    Infinite where nothing stands out of the noise.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = fine / coarse
        squared = (COARSE**2 - ratio * FINE**2) / (ratio - 1)
    blurs = np.where(ratio > 1, np.sqrt(np.maximum(squared, 0)), np.inf)
    return float(blurs.max())
