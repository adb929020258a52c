"""A face lit from another side than it was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.shading import form_of
from likeness.image.harmonics import angle_between, direction
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure

AS_IT_WAS = 9.0  # degrees
LEAST_LEFT = (
    0.35  # share of the light's contrast; with less left, and no more than FAINT of it new, there is no direction to compare
)
FAINT = 0.03  # log
EVEN = 0.01  # log; less shading than this has no direction


@measure(
    title="Light direction", group="light", unit="degrees", min_ipd=30, min_quality=30, limits=Limits((0.0, AS_IT_WAS), (0.0, 30.0))
)
def light_direction(pair: Pair) -> Reading | NotAssessed:
    """How far light and shade on the face have turned, degrees: 0 where they were, 90 nothing in common, 180 dark where it was light.

    In both pictures second-order spherical harmonics of the face mesh's normals are fitted to the skin's log luminance (tone curve
    taken out, see flatness; without eyes, brows, lips), and their shadings compared as vectors over the skin: the angle whose
    cosine is their correlation. Albedo, make-up and the mesh's errors are alike in both and cancel; flattening alone turns
    nothing. Another photo has its own light, which nothing of the source foretells. Catchlights (Johnson and Farid
    2007) are not read: pairs are compared at 128 px between the eyes at most, where an iris has a radius of 12 px instead of the
    20 that are needed. On 20 portraits with irises of 9 to 14 px they pointed 26 degrees (median) from the light in the shading, and
    37 degrees from its mirror image, which tells the two apart hardly better than chance (AUC 0.57). So of another photo nothing is
    said either.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result is another photo, taken in light of its own")
    found = pair.shading
    if isinstance(found, str):
        return NotAssessed(found, "face")
    form = form_of(pair.faces[0], found)
    if form is None:
        return NotAssessed("the face is turned too far away to tell where its light comes from", "face")
    had, has = form.contrasts
    if max(had, has) < EVEN:
        return NotAssessed("the face is lit evenly from everywhere, in the source and in the result", "face")
    turned = angle_between(*form.shadings, form.weight)
    if has < LEAST_LEFT * had and has * np.sin(np.radians(turned)) < FAINT:
        return NotAssessed("too little light and shade is left on the face to tell where the light comes from", "face")
    was, now = (_side(direction(light)) for light in form.lights)
    advice = "Keep the light where it was in the photo; choose a background lit from that side."
    return Reading(round(turned, 2), _sentence(turned, was, now), "face", advice)


def _sentence(turned: float, was: str, now: str) -> str:
    by = f"{turned:.0f} degree{'s' * (round(turned) != 1)}"
    if turned <= AS_IT_WAS:
        return f"The light on the face comes from {was}, as in the source{f', to {by}' if round(turned) else ''}."
    if was == now:
        return f"The light on the face comes from {now} as in the source, but light and shade on it have turned by {by}."
    return f"The light on the face comes from {now}, in the source from {was}: light and shade on it have turned by {by}."


def _side(towards: NDArray[np.float64]) -> str:
    """In words where a light stands; left and right are the person's own."""
    x, y, z = towards
    across, up = np.degrees(np.arctan2(x, max(z, 1e-6))), np.degrees(np.arcsin(np.clip(y, -1, 1)))
    words = ["the left" if across > 0 else "the right"] if abs(across) > 12 else ["the front"]
    if abs(up) > 20:
        words.append("above" if up > 0 else "below")
    return " and ".join(words)
