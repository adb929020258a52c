"""Exposure."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from likeness.image.color import luminance, srgb_from_linear
from likeness.image.geometry import Box, resize
from likeness.image.light import exposed
from likeness.image.noise import BINS, completed, noise_levels
from likeness.params import Param
from likeness.portrait import Portrait
from likeness.regions import region
from likeness.schema import step

EVIDENCE_IPD = 48.0  # pixels between the pupils where light is read: highlights, not sensor noise
# Stops below white. Of well-exposed portraits 95 % lie on the natural side of each bound (the even half of our photos).
SCENE_WHITE, SCENE_DULL = -0.45, -0.8  # 99 % of the picture: usual, and where it becomes suspicious
SUBJECT_DARK, SKIN_DARK = -1.5, -2.7  # 98 % of the person (shirt, teeth, shine), and the skin's median: both must be darker
SKIN_ENOUGH = -1.4  # the skin's median: a dull scene is not lifted so far that light skin gets lighter than this
EYES_ENOUGH = -1.8  # the whites of the eyes: as light as this, nothing is missing, however dark skin, clothes and wall are
SKIN_BRIGHT = -0.55  # the skin's median; above, it loses its colour
RAMP = 0.6  # stops over which suspicion becomes certainty
LEAST = 0.05  # EV; less is not seen
NOISE_LIMIT = 0.03  # sRGB-encoded standard deviation in the face that lifting may lead to


@step(title="Exposure", changes=("flatness", "skin_colour", "grain"), needs=("skin", "person"))
def exposure(
    portrait: Portrait,
    *,
    amount: Annotated[float, Param("share of the missing or excess exposure to put right", 0, 1, "share", neutral=0)] = 1.0,
    limit: Annotated[float, Param("the largest change", 0, 3, "EV", ui=(0, 1.5), neutral=0)] = 1.0,
    knee: Annotated[
        float, Param("luminance up to which light stays proportional; above it the shoulder", 0.2, 0.95, "share")
    ] = 0.6,
) -> Portrait:
    """Expose the whole scene for the face, in linear light, with a shoulder that keeps the highlights.

    The exposure is read from the scene's and the person's brightest parts, shirt, teeth and the whites of the eyes, not from how light
    the skin is: dark skin stays dark, and what is exposed well is left alone. Up to the knee every pixel is multiplied alike; above it a curve with no corner leads to
    white, one factor for the three channels, so hue and saturation stay. Lifting stops where noise would show.
    """
    stops = float(np.clip(stops_missing(portrait), -limit, limit)) * amount
    if abs(stops) < LEAST:
        return portrait
    return portrait.with_pixels(exposed(portrait.pixels, 2.0**stops, knee))


def stops_missing(portrait: Portrait) -> float:
    """EV by which the scene should be brighter (darker when negative); 0 for a well-exposed one."""
    scale = min(1.0, EVIDENCE_IPD / portrait.ipd)
    size = (max(8, round(portrait.width * scale)), max(8, round(portrait.height * scale)))
    light = np.log2(np.maximum(luminance(resize(portrait.pixels, size)), 1e-4))
    face, person = resize(portrait.skin, size) > 0.5, resize(portrait.person, size) > 0.8
    if face.sum() < 20 or person.sum() < 100:
        return 0.0
    skin, subject, scene = float(np.median(light[face])), float(np.percentile(light[person], 98)), float(np.percentile(light, 99))
    eyes = region(portrait.landmarks * scale, size, "eyes") > 0.5
    whites = float(np.percentile(light[eyes], 95)) if eyes.any() else skin
    dull = min((SCENE_WHITE - scene) * _ramp(SCENE_DULL - scene), max(0.0, SKIN_ENOUGH - skin), max(0.0, EYES_ENOUGH - whites))
    backlit = max(0.0, min(SUBJECT_DARK - subject, SKIN_DARK - skin))
    wanted = max(dull, backlit)
    if wanted > LEAST:
        return min(wanted, _noise_room(portrait, skin))
    return min(0.0, SKIN_BRIGHT - skin)


def _ramp(excess: float) -> float:
    """0 up to 0, 1 from RAMP on, smooth between."""
    t = min(max(excess / RAMP, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _noise_room(portrait: Portrait, skin: float) -> float:
    """EV by which the face can be lifted before its noise reaches NOISE_LIMIT; encoded noise grows as the gain to the power 1 / 2.2."""
    points = portrait.landmarks[:, :2]
    low, high = points.min(0).astype(int), points.max(0).astype(int) + 1
    face = Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clipped(portrait.width, portrait.height)
    levels = completed(noise_levels(face.of(portrait.pixels), face.of(portrait.skin) > 0.5), least=1e-4)
    bin_of_skin = min(BINS - 1, int(float(srgb_from_linear(np.array([2.0**skin], np.float32))[0]) * BINS))
    return max(0.0, 2.2 * float(np.log2(NOISE_LIMIT / levels[bin_of_skin])))
