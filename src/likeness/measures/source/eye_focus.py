"""Whether the eyes are in focus."""

from __future__ import annotations

import cv2
import numpy as np

from likeness.image import Plane
from likeness.image.color import luminance
from likeness.image.geometry import scale_of
from likeness.portrait import Field, Portrait
from likeness.regions import region
from likeness.schema import NotAssessed, Reading, measure

SIZE = 128  # pixels between the pupils at which photos are compared: a headshot 800 pixels wide
MM = 63 / SIZE  # millimetres in life of one such pixel
FINE, COARSE = 0.8, 2.0  # pixels: the two blurs whose gradients are compared
EYES = Field(1.1, 1.1, 0.7, 1.1)
FLAT = 0.15  # quantile of the face's blocks that is taken for noise


@measure(title="Focus in the eyes", group="source", unit="mm", min_ipd=16, about="source")
def eye_focus(portrait: Portrait) -> Reading | NotAssessed:
    """Blur (standard deviation, in millimetres at the face) of the sharper eye, so that it compares across sizes: less is sharper.

    The energy of gradients after a blur of s pixels falls as 1 / (b^2 + s^2) where the eye itself is blurred by b: seen at two
    s, less the noise of the face's smoothest parts, it gives b. On photos blurred by known amounts this exponent, between that of an
    edge and of a line, gives back what was added (reblur method: Zhuo and Sim 2011).
    """
    view = portrait.aligned(SIZE, EYES)
    size = (view.width, view.height)
    light = np.asarray(np.clip(luminance(view.pixels), 1e-4, None) ** np.float32(1 / 2.2), np.float32)
    fine, coarse = (_gradient_energy(light, blur) for blur in (FINE, COARSE))
    face = region(view.landmarks, size, "face", grow=-0.05 * SIZE) > 0.5
    if not face.any():
        return NotAssessed("the face lies outside the picture", "eyes")
    noise = [float(np.quantile(cv2.blur(energy, (11, 11))[face], FLAT)) for energy in (fine, coarse)]
    eyes = region(view.landmarks, size, "eyes", grow=0.06 * SIZE)
    left = np.arange(view.width)[None] >= EYES.left * SIZE
    blur = MM * min(_blur(fine, coarse, eyes * side, noise) for side in (left, ~left))
    pixel = 63 / (portrait.ipd * scale_of(portrait.to_photo) * portrait.photo.scale)
    if blur > 1.2 * pixel:
        advice = "The eyes are blurred: tap them to focus, hold the camera still, and use more light."
    else:
        advice = "The eyes are as sharp as so small a picture allows: come closer."
    return Reading(blur, f"the eyes are blurred by {blur:.1f} mm", region="eyes", advice=advice)


def _gradient_energy(light: Plane, blur: float) -> Plane:
    """Squared gradient after a Gaussian blur of ``blur`` pixels, (H, W)."""
    smooth = cv2.GaussianBlur(light, (0, 0), blur)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(across**2 + down**2, np.float32)


def _blur(fine: Plane, coarse: Plane, where: Plane, noise: list[float]) -> float:
    """Standard deviation in pixels; infinite where nothing stands out of the noise."""
    weight = float(where.sum()) or 1.0
    a, b = (max(0.0, float((energy * where).sum()) / weight - floor) for energy, floor in zip((fine, coarse), noise, strict=True))
    if a <= b or b == 0:
        return float("inf")
    ratio = a / b
    return float(np.sqrt(max(0.0, (COARSE**2 - ratio * FINE**2) / (ratio - 1))))
