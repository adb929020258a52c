"""Still the same person?"""

from __future__ import annotations

import numpy as np

from likeness.limits import Limits
from likeness.pair import Pair
from likeness.schema import NotAssessed, Reading, measure


@measure(title="Identity", group="identity", unit="distance", min_ipd=30, limits=Limits((0.0, 0.45), (0.0, 0.55)))
def identity(pair: Pair) -> Reading | NotAssessed:
    """Distance between the face embeddings of source and result: 0 is the same picture, two people are some 0.8 apart.

    dlib ResNet (King 2017). It sees who it is, not whether a jaw was slimmed by 5 %: that is what ``geometry`` is for.
    """
    value = round(float(np.linalg.norm(pair.source.embedding - pair.result.embedding)), 3)
    reason = f"The faces are {value:.2f} apart; other photos of one person mostly stay under 0.45, two people are some 0.8 apart."
    return Reading(value, reason, "face", "Start again from the source, with less change to the face.")
