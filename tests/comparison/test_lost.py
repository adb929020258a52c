"""Locks and pieces of cloth that a cut-out lost are missed without asking an alpha; handling and proper cut-outs lose nothing."""

from __future__ import annotations

import numpy as np
import pytest
from calibration.backdrops import out_of_focus
from calibration.composites import Maker, clean, over
from calibration.edits import Edit
from calibration.handling import contrast, exposed, rescaled
from calibration.lost_pieces import LOST_PIECES, LOST_PIECES_TEST, with_locks, without_locks
from calibration.scenes import office

from likeness.comparison.lost import lost
from likeness.comparison.pair import Pair
from likeness.image import Image
from likeness.image.color import luminance
from likeness.portrait import Portrait

FULL = 0.28
PLANTED = [edit for edit in (*LOST_PIECES, *LOST_PIECES_TEST) if edit.dose in (15, 30)]


def pair_of(source: Portrait, edit: Edit) -> Pair:
    prepared, result = edit.source(source), edit.result(source)
    assert result is not None
    return Pair(prepared, result)


def share(source: Portrait, make: Maker, prepare: Maker | None = None) -> float:
    found = lost(pair_of(source, Edit("edit", 0, "", make, prepare=prepare)))
    assert found is not None
    return found.share


@pytest.mark.parametrize("edit", PLANTED, ids=lambda e: f"{e.name} {e.dose}")
def test_planted_losses_are_found(hopper_portrait: Portrait, edit: Edit) -> None:
    found = lost(pair_of(hopper_portrait, edit))
    assert found is not None
    assert found.share > FULL


def test_the_same_locks_kept_are_no_loss(hopper_portrait: Portrait) -> None:
    kept = with_locks(0.3)
    assert share(hopper_portrait, kept, kept) < 0.1


@pytest.mark.parametrize("make", [exposed(0.7), exposed(-0.7), contrast, rescaled(0.7)])
def test_handling_loses_nothing(hopper_portrait: Portrait, make: Maker) -> None:
    assert share(hopper_portrait, make) < 0.1


@pytest.mark.parametrize("name", ["white", "navy", "grey"])
def test_proper_cut_outs_lose_little(hopper_portrait: Portrait, name: str) -> None:
    assert share(hopper_portrait, clean(name), without_locks(out_of_focus(office))) < 0.2


def jointed(source: Portrait, height: float = 0.2) -> Image:
    """The person before a plain wall with a pale joint that runs from behind the head out of the picture."""
    wall = np.full_like(source.pixels, 0.12) * np.array([1.6, 1, 0.6], np.float32)
    row, thick = round(float(source.landmarks[168, 1] + height * source.ipd)), round(0.05 * source.ipd)
    wall[row - thick : row + thick, round(float(source.landmarks[168, 0])) :] = 0.6
    return over(source.foreground, source.alpha, wall)


def test_a_joint_of_the_wall_that_leaves_the_picture_is_not_the_persons(hopper_portrait: Portrait) -> None:
    assert share(hopper_portrait, clean("grey"), jointed) < 0.15


def grey(source: Portrait) -> Image:
    return np.repeat(luminance(source.pixels)[..., None], 3, axis=2)


def dyed(source: Portrait) -> Image:
    low = np.arange(source.height)[:, None] > source.landmarks[152, 1] + 0.3 * source.ipd
    worn = (low & (source.person > 0.5))[..., None]
    return np.asarray(np.where(worn, source.pixels * np.array([3, 0.6, 0.6], np.float32), source.pixels), np.float32)


@pytest.mark.parametrize("make", [grey, dyed])
def test_other_colours_are_another_matter(hopper_portrait: Portrait, make: Maker) -> None:
    assert share(hopper_portrait, make) < 0.2


def test_alpha_is_not_asked(hopper_portrait: Portrait) -> None:
    pair = pair_of(hopper_portrait, PLANTED[0])
    pair.__dict__["source_layers"] = None
    found = lost(pair)
    assert found is not None
    assert found.share > FULL


@pytest.mark.parametrize("unknown", [{"tones": ()}, {"mode": "other-photo"}, {"background": "unseen"}])
def test_without_light_or_background_nothing_is_said(hopper_portrait: Portrait, unknown: dict[str, object]) -> None:
    pair = pair_of(hopper_portrait, PLANTED[0])
    pair.__dict__.update(unknown)
    assert lost(pair) is None
