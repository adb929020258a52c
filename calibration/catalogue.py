"""The edits by set: what to tune on, and what is left to test on."""

from __future__ import annotations

from calibration.backdrops import BACKDROPS, MATCHED
from calibration.blurring import BLURRING, BLURRING_TEST, PROPER_BLUR
from calibration.bodies import BODIES, BODIES_TEST
from calibration.colouring import COLOUR, COLOUR_TEST
from calibration.composites import LEAKS, LEAKS_TEST, MISCUT, PROPER
from calibration.dyeing import DYEING, DYEING_TEST
from calibration.edits import Edit
from calibration.expressions import EXPRESSIONS, EXPRESSIONS_TEST, SYMMETRY, SYMMETRY_TEST
from calibration.handling import HANDLING
from calibration.lighting import FLATTENING, FLATTENING_TEST, RELIGHTING, RELIGHTING_TEST
from calibration.lost_pieces import LOST_PIECES, LOST_PIECES_TEST
from calibration.marking import MARKING, MARKING_TEST
from calibration.painted_over import PAINTED_OVER, PAINTED_OVER_TEST
from calibration.pasted import BACKDROPS_TEST
from calibration.reshaping import RESHAPING, RESHAPING_TEST
from calibration.retouching import SMOOTHING, SMOOTHING_TEST

SETS: dict[str, tuple[Edit, ...]] = {
    "handling": HANDLING,
    "proper": (*PROPER, *PROPER_BLUR, *MATCHED),
    "miscut": MISCUT,  # the same composites of people whose cut-out is visibly wrong: neither proper nor planted, so told apart
    "defects": (
        *FLATTENING,
        *RELIGHTING,
        *BODIES,
        *SMOOTHING,
        *COLOUR,
        *RESHAPING,
        *MARKING,
        *EXPRESSIONS,
        *SYMMETRY,
        *LEAKS,
        *BLURRING,
        *PAINTED_OVER,
        *DYEING,
        *LOST_PIECES,
        *BACKDROPS,
    ),
    "other defects": (
        *FLATTENING_TEST,
        *RELIGHTING_TEST,
        *BODIES_TEST,
        *SMOOTHING_TEST,
        *COLOUR_TEST,
        *RESHAPING_TEST,
        *MARKING_TEST,
        *EXPRESSIONS_TEST,
        *SYMMETRY_TEST,
        *LEAKS_TEST,
        *BLURRING_TEST,
        *PAINTED_OVER_TEST,
        *DYEING_TEST,
        *LOST_PIECES_TEST,
        *BACKDROPS_TEST,
    ),
}
