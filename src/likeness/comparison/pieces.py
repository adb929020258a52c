"""The worst piece of the person, face apart, that the result shows no more: painted over, or lost at the outline."""

from __future__ import annotations

from likeness.comparison.lost import Lost, lost
from likeness.comparison.pair import Pair
from likeness.comparison.repainted import Repainted, repainted

SPOT = 0.28  # of the worst spot; a proper composite changes less of the person, even where hair is mixed anew


def worst_piece(pair: Pair) -> Repainted | Lost | None:
    """The worse of both; what is lost is named only where it is too much. None where neither can be told."""
    over, gone = repainted(pair), lost(pair)
    return gone if gone and gone.share > max(SPOT, over.share if over else 0.0) else over
