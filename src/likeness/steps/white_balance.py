"""White balance."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from likeness.image import Plane
from likeness.image.color import luminance
from likeness.image.geometry import resize, transform
from likeness.image.light import Cast, Evidence, balanced, chroma_of, estimate_cast, gains_against
from likeness.params import Param
from likeness.portrait import Portrait
from likeness.regions import region
from likeness.schema import step

EVIDENCE_IPD = 24.0  # pixels between the pupils where evidence is gathered: surfaces, not threads
SKIN_RADIUS = 0.25  # in log2 chroma: nearer than this to the facial skin's median a pixel is taken for skin and says nothing
DARKEST, BRIGHTEST = 0.008, 0.93  # below, noise and flare tint a surface; above, a channel is clipped
LEAST_CAST = 0.04  # log2; about 1 degree: a smaller one is neither seen nor certain, and the picture is left alone
FAINT = 0.08  # luminance at which a surface counts half: in the shadows stray light tints what is grey
MONOCHROME = 0.02  # mean deviation of log2 chroma below which a picture is grey or toned on purpose
# How much each set counts, and the share of the picture at which it counts half.
CLOTHES, BACKGROUND, HAIR, HALF_TRUST = 1.5, 1.0, 0.3, 0.02


@step(title="White balance", changes=("skin_colour", "saturation", "clothing"), needs=("skin", "person"))
def white_balance(
    portrait: Portrait,
    *,
    amount: Annotated[float, Param("share of the estimated cast to remove", 0, 1, "share", neutral=0)] = 1.0,
    limit: Annotated[float, Param("the largest shift of red or blue against green", 0, 1, "EV", ui=(0, 0.6), neutral=0)] = 0.4,
) -> Portrait:
    """Remove a colour cast, by gains of red, green and blue in linear light that keep the luminance of grey.

    The cast is read from clothes, background and hair, never from skin: surfaces that agree on a light under which they are grey
    (von Kries 1902; colour by correlation, Finlayson 2001). Weak or contradicting evidence leaves the picture nearly as it is;
    grey-only and toned pictures are left alone, and what was clipped white stays white.
    """
    cast = cast_of(portrait) * amount
    size = float(np.abs(cast).max())
    if size * min(1.0, limit / max(size, 1e-9)) < LEAST_CAST:
        return portrait
    return portrait.with_pixels(balanced(portrait.pixels, gains_against(cast * min(1.0, limit / size))))


def cast_of(portrait: Portrait) -> Cast:
    """log2 of red over green and of blue over green that grey is thought to show here, (2,); zeros where nothing can be told."""
    scale = min(1.0, EVIDENCE_IPD / portrait.ipd)
    size = (max(8, round(portrait.width * scale)), max(8, round(portrait.height * scale)))
    small, person = resize(portrait.pixels, size), resize(portrait.person, size)
    chroma, light, face = chroma_of(small), luminance(small), resize(portrait.skin, size) > 0.5
    spread = np.abs(chroma - np.median(chroma.reshape(-1, 2), axis=0)).mean()
    if face.sum() < 20 or spread < MONOCHROME:
        return np.zeros(2)
    skin = np.median(chroma[face], axis=0)
    points = transform(portrait.landmarks, np.array([[scale, 0, 0], [0, scale, 0]]))
    bare = region(points, size, "face", grow=2) < 0.5
    off_skin = np.linalg.norm(chroma - skin, axis=-1) > min(SKIN_RADIUS, 0.5 * float(np.linalg.norm(skin)))
    usable = bare & off_skin & (light > DARKEST) & (small.max(axis=2) < BRIGHTEST)
    below = np.arange(size[1])[:, None] > points[:, 1].max()
    sets = (((person > 0.8) & below, CLOTHES), (person < 0.15, BACKGROUND), ((person > 0.8) & ~below, HAIR))
    return estimate_cast([_evidence(chroma, light, where & usable, counts) for where, counts in sets])


def _evidence(chroma: NDArray[Any], light: Plane, where: NDArray[Any], counts: float) -> Evidence:
    """What the pixels ``where`` say: brighter ones more, the set as a whole by its lit area."""
    seen = light[where]
    area = float((seen / (seen + FAINT)).sum()) / light.size
    return Evidence(chroma[where], (np.minimum(seen, 0.6) + 0.01) ** 1.5, counts * area / (area + HALF_TRUST))
