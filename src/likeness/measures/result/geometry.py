"""Reshaped features."""

from __future__ import annotations

import numpy as np

from likeness.limits import Limits
from likeness.pair import Pair
from likeness.schema import NotAssessed, Reading, measure

# Parts of the face: how far beyond their outline (IPD) they are looked at, and what to call them.
REGIONS = {"eyes": (0.10, "eyes"), "nose": (0.08, "nose"), "lips": (0.10, "mouth"), "brows": (0.06, "brows"), "jaw": (0.04, "jaw")}
SHARE = 0.9  # the displacement that this share of a part's pixels stays under: a reshape moves a good part of it
EDGE = 0.03  # IPD inside the outline of the face that are left out: a new background moves there
ROUND_TRIP = 1.0  # pixels: a pixel that does not come back is not believed


@measure(title="Shape of the face", group="shape", unit="% IPD", min_ipd=40, limits=Limits((0.0, 0.5), (0.0, 1.5)))
def geometry(pair: Pair) -> Reading | NotAssessed:
    """How far a part of the face was moved, % of the eye distance, in the part that was moved most.

    Dense flow (Kroeger 2016) from the source to the result, both contrast-normalised, after the similarity that fits the steadiest
    60 % of the face; 90th percentile of its length in each of eyes, nose, mouth, brows and jaw. Another photo cannot be assessed:
    pose and lens move the mesh by more than a retouch does.
    """
    if pair.mode == "other-photo":
        return NotAssessed("the result was not made from this photo; a reshape cannot be told from another pose")
    source, result = pair.faces
    registration = pair.registration
    moved = np.linalg.norm(registration.flow, axis=2) * 100 / pair.ipd
    sure = (registration.error <= ROUND_TRIP) & (result.valid > 0)
    sure &= source.region("face", -EDGE) > 0.5
    found = {}
    for name, (grow, called) in REGIONS.items():
        inside = source.region(name, grow) > 0.5
        seen = inside & sure
        if seen.sum() >= 0.2 * inside.sum() > 0:
            found[called] = float(np.quantile(moved[seen], SHARE))
    if not found:
        return NotAssessed("no part of the face could be followed from the source to the result")
    worst = max(found, key=lambda name: found[name])
    value = round(found[worst], 3)
    reason = f"The {worst} moved most, by {value:.2f} % of the eye distance, once size and position are matched."
    return Reading(value, reason, worst, f"Leave the shape of the {worst} as it is in the source.")
