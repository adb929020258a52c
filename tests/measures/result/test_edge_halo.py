from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from calibration.blurring import BLURRING, BLURRING_TEST, PROPER_BLUR
from calibration.composites import backdrop, clean, cut_out, exported, over, scissors
from calibration.edits import Edit
from calibration.lost_pieces import LOST_PIECES
from calibration.painted_over import PAINTED_OVER, PAINTED_OVER_TEST

from likeness.comparison.pair import Pair
from likeness.comparison.repainted import Repainted
from likeness.measures.result.background_leak import background_leak
from likeness.measures.result.edge_halo import edge_halo
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import Make, edited, reading_of


def read(pair: Pair) -> Reading:
    found = edge_halo(pair)
    assert isinstance(found, Reading), found
    return found


def status(pair: Pair) -> str:
    return limits_of("edge_halo").status(read(pair).value)


def rimmed(strength: float) -> Make:
    """A clean composite with a rim painted along the edge: brighter when positive."""

    def make(source: Portrait) -> np.ndarray:
        rim = cv2.GaussianBlur(4 * source.alpha * (1 - source.alpha), (0, 0), 0.01 * source.ipd)[..., None]
        return np.asarray(np.clip(clean("grey")(source) + strength * rim, 0, 1), np.float32)

    return make


def test_a_kept_background_has_no_halo(saved: Pair) -> None:
    assert read(saved).value < 0.1
    assert "source's own" in read(saved).reason


def test_export_sharpening_of_a_kept_background_is_no_halo(hopper_portrait: Portrait) -> None:
    assert read(edited(hopper_portrait, exported(lambda s: s.pixels))).value < 0.1


def before_a_shelf(source: Portrait, edit: Edit) -> Pair:
    shelf = edit.source(source)
    result = edit.result(source)
    assert result is not None
    return Pair(shelf, result)


def test_a_clean_blur_is_said_to_be_one_and_leaves_hair_and_surroundings_alone(hopper_portrait: Portrait) -> None:
    pair = before_a_shelf(hopper_portrait, PROPER_BLUR[0])
    assert status(pair) == "natural"
    assert "blurred. Hair and outline before it are sharp" in read(pair).reason
    beside = reading_of(background_leak, pair)
    assert beside.value < 0.15
    assert "no sharper than elsewhere" in beside.reason


def test_a_blur_that_takes_hair_and_shoulders_along_is_noticed(hopper_portrait: Portrait) -> None:
    pair = before_a_shelf(hopper_portrait, BLURRING[1])
    assert status(pair) == "fail"
    assert "were blurred along" in read(pair).reason


@pytest.mark.parametrize(
    "edit",
    [e for e in (*BLURRING, *BLURRING_TEST) if "rim" in e.name or "run into" in e.name],
    ids=lambda edit: f"{edit.name} {edit.dose:g}",
)
def test_what_neither_the_photo_nor_its_blur_has_beside_the_person_is_noticed(hopper_portrait: Portrait, edit: Edit) -> None:
    source, result = edit.source(hopper_portrait), edit.result(hopper_portrait)
    assert result is not None
    found = read(Pair(source, result))
    assert limits_of("edge_halo").status(found.value) != "natural"
    assert "nor a blur of it" in found.reason


@pytest.mark.parametrize(("share", "words"), [(0.62, "lost 62 % of their detail or more"), (1.12, "lost all of their detail:")])
def test_nothing_loses_more_than_all_of_its_detail(saved: Pair, monkeypatch: pytest.MonkeyPatch, share: float, words: str) -> None:
    monkeypatch.setitem(edge_halo.function.__globals__, "blurred_along", lambda _: share)
    assert words in read(saved).reason


def test_an_old_background_left_sharp_beside_the_person_is_noticed(hopper_portrait: Portrait) -> None:
    found = reading_of(background_leak, before_a_shelf(hopper_portrait, BLURRING[3]))
    assert limits_of("background_leak").status(found.value) == "fail"
    assert "still shows" in found.reason


@pytest.mark.parametrize("backdrop_name", ["sand", "navy"])
def test_a_clean_composite_is_natural(hopper_portrait: Portrait, backdrop_name: str) -> None:
    pair = edited(hopper_portrait, clean(backdrop_name))
    assert status(pair) == "natural"
    assert "cut hard" not in read(pair).reason


@pytest.mark.parametrize(("strength", "side"), [(0.4, "brighter"), (-0.25, "darker")])
def test_a_painted_rim_is_noticed_and_named(hopper_portrait: Portrait, strength: float, side: str) -> None:
    found = read(edited(hopper_portrait, rimmed(strength)))
    assert limits_of("edge_halo").status(found.value) != "natural"
    assert side in found.reason


def test_more_rim_reads_more(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, rimmed(strength))).value for strength in (0.0, 0.15, 0.4)]
    assert values == sorted(values)
    assert values[2] > values[0] + 0.1


def test_a_cut_out_has_more_halo_than_a_clean_composite(hopper_portrait: Portrait) -> None:
    good, bad = (read(edited(hopper_portrait, kind("navy"))).value for kind in (clean, cut_out))
    assert bad > good


def test_scissors_are_harder_than_a_clean_composite(hopper_portrait: Portrait) -> None:
    good, bad = (read(edited(hopper_portrait, kind("white"))).value for kind in (clean, scissors))
    assert bad > good


def test_a_rim_light_of_the_photo_is_no_halo(hopper_portrait: Portrait) -> None:
    """A bright rim that belongs to the person, on source and result alike."""
    inside = hopper_portrait.alpha * cv2.GaussianBlur(1 - hopper_portrait.alpha, (0, 0), 0.04 * hopper_portrait.ipd)
    lit = np.asarray(hopper_portrait.foreground + 0.4 * inside[..., None], np.float32)
    own = replace(hopper_portrait, pixels=over(lit, hopper_portrait.alpha, hopper_portrait.plate), facts={})
    pair = edited(own, lambda s: over(lit, hopper_portrait.alpha, backdrop("grey", s)))
    assert status(pair) == "natural"


def test_another_photo_is_judged_by_itself(hopper_portrait: Portrait) -> None:
    """Without the source's layers: the rim alone, under wider limits."""
    good, bad = (edited(hopper_portrait, rimmed(strength)) for strength in (0.0, 0.5))
    for pair in (good, bad):
        pair.__dict__["mode"] = "other-photo"
    wide = limits_of("edge_halo", "other-photo")
    assert wide.status(read(good).value) == "natural"
    assert read(bad).value > read(good).value + 0.1


@pytest.mark.parametrize("edit", [PAINTED_OVER[1], PAINTED_OVER[6], PAINTED_OVER_TEST[4]], ids=lambda edit: edit.name)
def test_a_piece_that_was_painted_over_or_eaten_is_noticed(hopper_portrait: Portrait, edit: Edit) -> None:
    result = edit.result(hopper_portrait)
    assert result is not None
    pair = Pair(hopper_portrait, result)
    assert status(pair) == "fail"
    assert "painted over or cut away" in read(pair).reason


def test_a_piece_is_noticed_though_the_edge_cannot_be_measured(hopper_portrait: Portrait, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = edited(hopper_portrait, clean("navy"))
    for share, kind in ((0.2, NotAssessed), (0.6, Reading)):
        monkeypatch.setattr("likeness.measures.result.edge_halo.cut_of", lambda _: NotAssessed("no edge is seen"))
        monkeypatch.setattr("likeness.comparison.pieces.repainted", lambda _, share=share: Repainted(share, "Beside the face"))
        assert isinstance(edge_halo(pair), kind)


def test_what_is_natural_does_not_accuse(hopper_portrait: Portrait, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = edited(hopper_portrait, clean("navy"))
    monkeypatch.setattr("likeness.comparison.pieces.repainted", lambda _: Repainted(0.2, "Beside the face"))
    assert "painted" not in read(pair).reason
    assert status(pair) == "natural"


def test_without_tones_nothing_is_said(saved: Pair) -> None:
    blind = Pair(saved.source, saved.result)
    blind.__dict__.update(mode="same-photo", tones=(), registration=saved.registration)
    assert isinstance(edge_halo(blind), NotAssessed)


@pytest.mark.parametrize("edit", [e for e in LOST_PIECES if e.dose == 30], ids=lambda e: e.name)
def test_locks_that_a_cut_out_lost_are_noticed(hopper_portrait: Portrait, edit: Edit) -> None:
    pair = before_a_shelf(hopper_portrait, edit)
    assert status(pair) == "fail"
    assert "cut away" in read(pair).reason
