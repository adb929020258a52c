"""What the light of the whole scene became, read off what nobody retouches: hair, clothes and a background that was kept."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from likeness.comparison.recolouring import like_skin
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.tone import Along, Tone, tone_between

CURVES: tuple[Along, ...] = ("channel", "luminance")
KEPT = 0.15  # log; a background that departs less from the person's change of light tells of that change too


def tones_of(source: View, result: View, *, other_wall: bool) -> tuple[Tone, ...]:
    """The changes of light that may lie between two scenes, the likelier first; ``other_wall``: what is behind is not the source's."""
    a, b = source.softened(), result.softened()
    others = cv2.erode(source.valid * result.valid, np.ones((3, 3))) * ~like_skin(a, source) * (1 - source.region("face", 0.1))
    person = source.person
    worn, behind = others * (person > 0.95), others * (person < 0.05) * (not other_wall)
    return tuple(sorted((tone for tone in map(partial(_tone, a, b, worn, behind), CURVES) if tone), key=lambda t: t.misfit))


def _tone(a: Image, b: Image, worn: Plane, behind: Plane, along: Along) -> Tone | None:
    """The change from ``a`` to ``b`` as told by what is ``worn``, and by what is ``behind`` too where that agrees."""
    tone = tone_between(a, b, worn, along)
    background = behind > 0.5
    if not background.any():
        return tone
    kept = tone is None or float(np.median(tone.residual(a[background], b[background]))) < KEPT
    return tone_between(a, b, worn + behind, along) if kept else tone
