from __future__ import annotations

import numpy as np
import pytest

from likeness.faces import eye_midpoint, find_faces
from likeness.image import read_only
from likeness.image.filters import fill, gaussian, grown
from likeness.image.matting import foreground_and_background
from likeness.matte import GUESSED, _decided, _wide
from likeness.photo import open_photo
from likeness.portrait import Portrait
from likeness.regions import region


@pytest.fixture(scope="module")
def astronaut_portrait(astronaut) -> Portrait:
    photo = open_photo(astronaut)
    return Portrait.of(photo, find_faces(photo)[0])


def known(portrait: Portrait, back: np.ndarray) -> tuple[Portrait, np.ndarray]:
    """The person with a drawn outline (slightly inside their own, soft by a pixel or two) before ``back``, and that known alpha."""
    inside = grown(portrait.alpha > 0.99, -0.06 * portrait.ipd)
    truth = gaussian(inside.astype(np.float32), 1.2)
    front = fill(portrait.pixels, grown(inside, -2).astype(np.float32))
    pixels = np.asarray(truth[..., None] * front + (1 - truth[..., None]) * back, np.float32)
    return Portrait(portrait.photo, read_only(pixels), portrait.landmarks, portrait.to_photo), truth


def busy(portrait: Portrait, seed: int = 3) -> np.ndarray:
    """Blotches of many colours, some like hair, a tenth of the eyes' distance wide."""
    random = np.random.default_rng(seed)
    spots = gaussian(random.random((portrait.height, portrait.width, 3), np.float32), 0.06 * portrait.ipd)
    return np.asarray(np.clip(0.25 + 4 * (spots - 0.5), 0.02, 0.9), np.float32)


@pytest.mark.parametrize("which", ["hopper_portrait", "astronaut_portrait"])
def test_the_face_is_the_person_and_the_corners_are_not(which: str, request: pytest.FixtureRequest) -> None:
    portrait: Portrait = request.getfixturevalue(which)
    face = region(portrait.landmarks, (portrait.width, portrait.height), "face", grow=-0.1 * portrait.ipd) > 0.5
    assert portrait.person[face].min() > 0.5
    assert (portrait.alpha[face] == 1).all()
    assert portrait.alpha[:10, :10].max() < 0.02
    assert 0.25 < portrait.alpha.mean() < 0.85


def test_layers_make_the_photo_again_and_the_plate_is_without_the_person(hopper_portrait: Portrait) -> None:
    p = hopper_portrait
    share = p.alpha[..., None]
    front, back = foreground_and_background(p.pixels, p.alpha)
    mixed = (p.alpha > 0.02) & (p.alpha < 0.98)
    assert np.abs(share * front + (1 - share) * back - p.pixels)[mixed].mean() < 0.02
    assert np.array_equal(p.foreground[p.alpha == 1], p.pixels[p.alpha == 1])
    x, y = np.round(eye_midpoint(p.landmarks)).astype(int)
    around = p.plate[grown(p.alpha > 0.01, 0.4 * p.ipd) & (p.alpha < 0.01)]
    behind = p.plate[y - 20 : y + 20, x - 20 : x + 20].reshape(-1, 3)
    assert (behind.mean(0) > around.min(0)).all()
    assert (behind.mean(0) < np.percentile(around, 99, axis=0)).all()


@pytest.mark.parametrize("kind", ["plain", "busy"])
def test_a_known_outline_is_found_better_than_the_mask_finds_it(hopper_portrait: Portrait, kind: str) -> None:
    plain = np.broadcast_to(np.float32([0.13, 0.25, 0.33]), hopper_portrait.pixels.shape)
    found, truth = known(hopper_portrait, plain if kind == "plain" else busy(hopper_portrait))
    zone = grown(truth > 0.5, 0.3 * found.ipd) & ~grown(truth > 0.5, -0.3 * found.ipd)
    mask, alpha = (np.square((a - truth)[zone]).mean() for a in (found.person, found.alpha))
    assert alpha < 0.6 * mask
    assert alpha < 0.006


def test_more_is_a_guess_where_the_person_melts_into_the_background(hopper_portrait: Portrait) -> None:
    plain, _ = known(hopper_portrait, np.broadcast_to(np.float32([0.13, 0.25, 0.33]), hopper_portrait.pixels.shape))
    lost, _ = known(hopper_portrait, gaussian(hopper_portrait.pixels, 0.1 * hopper_portrait.ipd))
    assert plain.guessed < GUESSED < lost.guessed


def test_another_person_is_left_out(hopper_portrait: Portrait) -> None:
    """The same woman twice, side by side: only the one whose portrait it is stays."""
    p = hopper_portrait
    gap = np.broadcast_to(p.plate.mean((0, 1)), (p.height, p.width // 3, 3))
    pixels = read_only(np.ascontiguousarray(np.concatenate([p.pixels, gap, p.pixels], 1), np.float32))
    both = Portrait(p.photo, pixels, p.landmarks, p.to_photo)
    x, y = np.round(eye_midpoint(p.landmarks)).astype(int)
    other = x + p.width + p.width // 3
    assert both.alpha[y - 15 : y + 15, x - 15 : x + 15].min() == 1
    assert both.alpha[y - 15 : y + 15, other - 15 : other + 15].max() < 0.05


def test_facts_of_the_cutout_are_cropped_with_the_picture_and_colours_are_forgotten(hopper_portrait: Portrait) -> None:
    p = hopper_portrait
    assert p.layers[0] is p.foreground
    brighter = p.with_pixels(p.pixels * np.float32(1.2))
    assert brighter.alpha is p.alpha
    assert "foreground" not in brighter.facts
    assert not p.alpha.flags.writeable
    assert p.person.dtype == p.alpha.dtype == p.plate.dtype == np.float32


def test_edge_colours_stay_within_the_persons_own(hopper_portrait: Portrait) -> None:
    sure = hopper_portrait.pixels[hopper_portrait.alpha >= 0.99]
    near = hopper_portrait.foreground[(hopper_portrait.alpha < 0.99) & (hopper_portrait.alpha > 0.3)]
    assert near.min() >= sure.min() - 1e-6
    assert near.max() <= sure.max() + 1e-6


def test_what_is_half_transparent_over_a_width_is_found_and_an_edge_or_a_strand_is_not() -> None:
    matte = np.clip((np.mgrid[:60, :120][1] - 40) / 6, 0, 1).astype(np.float32)  # an edge over 6 pixels
    matte[:, 10] = 0.5  # a strand
    assert not _wide(matte, 3.0).any()
    matte[20:, 70:] = 0.7
    wide = _wide(matte, 3.0)
    assert wide[30:50, 80:110].all()
    assert not wide[:, :60].any()
    assert (_decided(matte, wide)[wide] == 1).all()
    assert (_decided(matte - 0.4, wide)[wide] == 0).all()
