"""What is planted as a proper composite stands on a cut-out that is right."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from calibration.composites import PROPER, well_cut

from likeness.image import read_only
from likeness.image.filters import gaussian
from likeness.portrait import Portrait


def with_alpha(source: Portrait, alpha: np.ndarray) -> Portrait:
    return replace(source, facts={"alpha": read_only(alpha.astype(np.float32)), "person": source.person})


def crisp(source: Portrait) -> np.ndarray:
    """Before the flag hopper's own alpha is a guess over a breadth beside the cheek, so the outline alone is taken of it."""
    return gaussian((source.alpha > 0.5).astype(np.float32), 0.006 * source.ipd)


def test_a_right_cut_out_serves(hopper_portrait: Portrait) -> None:
    cut = with_alpha(hopper_portrait, crisp(hopper_portrait))
    assert well_cut(cut)
    assert PROPER[0].result(cut) is not None


def test_a_piece_of_background_or_a_lost_limb_makes_no_proper_composite(hopper_portrait: Portrait) -> None:
    source, alpha = hopper_portrait, crisp(hopper_portrait)
    rows, columns = np.nonzero(cv2.erode((source.person < 0.05).astype(np.uint8), np.ones((2 * round(0.2 * source.ipd) + 1,) * 2)))
    wedge = cv2.circle(
        alpha.copy(), (int(columns[len(columns) // 2]), int(rows[len(rows) // 2])), round(0.15 * source.ipd), 1.0, -1
    )
    below = np.arange(source.height)[:, None] > source.landmarks[152, 1] + 0.5 * source.ipd
    for wrong in (wedge, np.where(below, 0, alpha)):
        cut = with_alpha(source, wrong)
        assert not well_cut(cut)
        assert PROPER[0].result(cut) is None


def test_a_breadth_of_half_transparency_is_right_where_the_colours_tell_it_and_a_guess_where_they_do_not(
    hopper_portrait: Portrait,
) -> None:
    soft = gaussian(np.array(hopper_portrait.alpha), 0.06 * hopper_portrait.ipd)
    person = hopper_portrait.person[..., None]
    for behind, told in ((0.5, False), (0.45, False), (0.02, True)):
        pixels = read_only(np.repeat(behind + person * (0.5 - behind), 3, axis=2).astype(np.float32))
        facts = {"alpha": read_only(soft), "person": hopper_portrait.person}
        assert well_cut(replace(hopper_portrait, pixels=pixels, facts=facts)) == told
