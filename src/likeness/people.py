"""Which photos show the same person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

SAME_PERSON = 0.5  # mean embedding distance: 0.05 % of pairs of strangers lie below it (design, section 6)


def same_people(embeddings: Sequence[NDArray[np.float32]]) -> list[int]:
    """A number for each embedding (128,), from 1 in the order of first sight; equal for the same person. Average linkage."""
    if len(embeddings) < 2:
        return [1] * len(embeddings)
    clusters = fcluster(linkage(np.stack(embeddings), "average"), SAME_PERSON, "distance")
    order = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters.tolist()), 1)}
    return [order[cluster] for cluster in clusters.tolist()]
