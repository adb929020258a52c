"""Still the same person?"""

from __future__ import annotations

import numpy as np

from likeness.comparison.pair import Pair
from likeness.limits import Limits
from likeness.schema import NotAssessed, Reading, measure


@measure(title="Identity", group="identity", unit="distance", min_ipd=30, limits=Limits((0.0, 0.45), (0.0, 0.47)))
def identity(pair: Pair) -> Reading | NotAssessed:
    """Distance between the face embeddings of source and result: 0 is the same picture, two people are some 0.8 apart.

    Of another photo the median distance to all of the person's photos, because one of them may be an odd one. dlib ResNet (King 2017).
    It sees who it is, not whether a jaw was slimmed by 5 %: that is what ``geometry`` is for.
    """
    known = [pair.source] if pair.mode == "same-photo" else [pair.source, *pair.others]
    value = round(float(np.median([np.linalg.norm(photo.embedding - pair.result.embedding) for photo in known])), 3)
    which = "The faces are" if len(known) == 1 else f"The face is, in the median of {len(known)} photos,"
    reason = f"{which} {value:.2f} apart; other photos of one person mostly stay under 0.45, two people are some 0.8 apart."
    return Reading(value, reason, "face", "Start again from the source, with less change to the face.")
