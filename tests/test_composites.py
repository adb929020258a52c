"""What is planted as a proper composite stands on a cut-out that is right."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from calibration.composites import PROPER, well_cut

from likeness.image import read_only
from likeness.portrait import Portrait


def with_alpha(source: Portrait, alpha: np.ndarray) -> Portrait:
    return replace(source, facts={"alpha": read_only(alpha.astype(np.float32)), "person": source.person})


def test_a_right_cut_out_serves(hopper_portrait: Portrait) -> None:
    assert well_cut(hopper_portrait)


def test_a_piece_of_background_or_a_lost_limb_makes_no_proper_composite(hopper_portrait: Portrait) -> None:
    source, alpha = hopper_portrait, np.array(hopper_portrait.alpha)
    rows, columns = np.nonzero(cv2.erode((source.person < 0.05).astype(np.uint8), np.ones((2 * round(0.2 * source.ipd) + 1,) * 2)))
    wedge = cv2.circle(
        alpha.copy(), (int(columns[len(columns) // 2]), int(rows[len(rows) // 2])), round(0.15 * source.ipd), 1.0, -1
    )
    below = np.arange(source.height)[:, None] > source.landmarks[152, 1] + 0.5 * source.ipd
    for wrong in (wedge, np.where(below, 0, alpha)):
        cut = with_alpha(source, wrong)
        assert not well_cut(cut)
        assert PROPER[0].result(cut) is None
