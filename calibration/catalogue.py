"""The edits by set: what to tune on, and what is left to test on."""

from __future__ import annotations

from calibration.colouring import COLOUR, COLOUR_TEST
from calibration.composites import LEAKS, PROPER
from calibration.edits import Edit
from calibration.handling import HANDLING
from calibration.reshaping import RESHAPING, RESHAPING_TEST
from calibration.retouching import SMOOTHING, SMOOTHING_TEST

SETS: dict[str, tuple[Edit, ...]] = {
    "handling": HANDLING,
    "proper": PROPER,
    "defects": (*SMOOTHING, *COLOUR, *RESHAPING, *LEAKS),
    "other defects": (*SMOOTHING_TEST, *COLOUR_TEST, *RESHAPING_TEST, *LEAKS),
}
