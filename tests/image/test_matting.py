from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image.filters import gaussian, grown
from likeness.image.geometry import resize
from likeness.image.matting import (
    _window_laplacian,
    closed_form,
    colour_evidence,
    finer_alpha,
    foreground_and_background,
    laplacian,
)


def head_of_hair(size: int = 200) -> np.ndarray:
    """Known alpha: a disc with 160 drawn strands of one to two pixels, and a soft edge."""
    random = np.random.default_rng(5)
    large = np.zeros((4 * size, 4 * size), np.uint8)
    middle, radius = 2 * size, int(1.1 * size)
    cv2.circle(large, (middle, middle), radius, 255, -1, cv2.LINE_AA)
    for angle in random.uniform(0, 2 * np.pi, 160):
        lengths = radius + np.linspace(-20, random.uniform(0.1, 0.35) * radius, 12)
        bend = angle + np.linspace(0, random.uniform(-0.15, 0.15), 12)
        points = middle + np.stack([np.cos(bend) * lengths, np.sin(bend) * lengths], 1)
        cv2.polylines(large, [points.astype(np.int32)], False, 255, int(random.integers(3, 7)), cv2.LINE_AA)
    return resize(large.astype(np.float32) / 255, (size, size))


def colours(kind: str, size: int = 200) -> np.ndarray:
    """A smooth or a busy picture, linear."""
    random = np.random.default_rng(6)
    if kind == "hair":
        base = gaussian(random.random((size, size, 1), np.float32), 1.0)
        return np.asarray((0.04 + 0.06 * base[..., None]) * np.array([1.2, 0.9, 0.6]), np.float32)
    waves = gaussian(random.random((size, size, 3), np.float32), 20 if kind == "smooth" else 3)
    return np.asarray(0.45 + (waves - waves.mean()) * (2 if kind == "smooth" else 3), np.float32).clip(0.02, 1)


def trimap(alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    person = grown(alpha > 0.99, -4)
    unknown = grown(alpha > 0.5, 28) & ~person
    return unknown, person


def solved(kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    alpha = head_of_hair()
    front, back = colours("hair"), colours(kind)
    image = alpha[..., None] * front + (1 - alpha[..., None]) * back
    unknown, person = trimap(alpha)
    found = closed_form(image, np.where(unknown, 0.5, person).astype(np.float32), unknown, iterations=400)
    return alpha, found, unknown, image, back


def test_drawn_strands_before_a_smooth_background_are_found() -> None:
    alpha, found, unknown, _, _ = solved("smooth")
    error = (found - alpha)[unknown]
    assert np.abs(error).mean() < 0.02
    assert np.square(error).mean() < 0.002
    blurred = gaussian((alpha > 0.5).astype(np.float32), 2)
    assert np.square(error).mean() < 0.1 * np.square((blurred - alpha)[unknown]).mean(), "no better than a soft mask"


def test_a_prior_holds_where_colours_say_nothing() -> None:
    flat = np.full((60, 60, 3), 0.3, np.float32)
    truth = np.zeros((60, 60), np.float32)
    truth[:, :30] = 1
    unknown = np.zeros((60, 60), bool)
    unknown[:, 15:45] = True
    given_ = np.where(unknown, 0.5, truth).astype(np.float32)
    free = closed_form(flat, given_, unknown, iterations=500)
    held = closed_form(flat, given_, unknown, prior=truth, trust=10.0)
    assert np.abs(free - truth)[unknown].mean() > 0.15
    assert np.abs(held - truth)[unknown].mean() < 0.04


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_known_pixels_stay_and_alpha_stays_in_range(seed: int) -> None:
    random = np.random.default_rng(seed)
    image = random.random((24, 31, 3), np.float32)
    alpha = random.random((24, 31), np.float32)
    unknown = random.random((24, 31)) < 0.5
    found = closed_form(image, alpha, unknown)
    assert np.array_equal(found[~unknown], alpha[~unknown])
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_solution_is_that_of_levins_equation_written_out() -> None:
    """Against the whole Laplacian, summed window by window and solved densely."""
    random = np.random.default_rng(7)
    image = gaussian(random.random((14, 15, 3), np.float32), 1)
    unknown = np.zeros((14, 15), bool)
    unknown[4:10, 5:11] = True
    alpha = (np.arange(15)[None] < 8) * np.ones((14, 1), np.float32)
    whole = np.zeros((210, 210))
    for y in range(1, 13):
        for x in range(1, 14):
            index = (np.arange(y - 1, y + 2)[:, None] * 15 + np.arange(x - 1, x + 2)).ravel()
            whole[np.ix_(index, index)] += _window_laplacian(image.reshape(-1, 3)[index][None], 1e-4)[0]
    assert np.abs(whole.sum(1)).max() < 1e-4
    assert np.linalg.eigvalsh(whole).min() > -1e-4
    u, k = unknown.ravel(), ~unknown.ravel()
    expected = np.linalg.solve(whole[np.ix_(u, u)], -whole[np.ix_(u, k)] @ alpha.ravel()[k])
    found = closed_form(image, alpha.astype(np.float32), unknown, epsilon=1e-4, tolerance=1e-7, iterations=2000)
    assert np.abs(found[unknown] - np.clip(expected, 0, 1)).max() < 1e-3


def test_a_laplacian_serves_each_part_of_its_pixels() -> None:
    random = np.random.default_rng(8)
    image = gaussian(random.random((30, 40, 3), np.float32), 1)
    alpha = random.random((30, 40), np.float32)
    unknown = random.random((30, 40)) < 0.6
    part = unknown & (random.random((30, 40)) < 0.5)
    rows = laplacian(image, unknown)
    expected = closed_form(image, alpha, part, prior=alpha, trust=0.1)
    assert np.allclose(closed_form(image, alpha, part, prior=alpha, trust=0.1, rows=rows[part[unknown]]), expected, atol=1e-4)


def test_a_coarse_matte_regains_its_strands_from_the_large_picture() -> None:
    alpha = head_of_hair()
    image = alpha[..., None] * np.float32([0.05, 0.04, 0.03]) + (1 - alpha[..., None]) * np.float32([0.3, 0.5, 0.7])
    small_image, small = resize(image, (80, 80)), resize(alpha, (80, 80))
    plain = cv2.resize(small, (200, 200), interpolation=cv2.INTER_LINEAR)
    finer = finer_alpha(image, small_image, small)
    assert np.square(finer - alpha).mean() < 0.25 * np.square(plain - alpha).mean()


@pytest.mark.parametrize("kind", ["smooth", "busy"])
def test_foreground_colours_are_free_of_the_background(kind: str) -> None:
    alpha = head_of_hair()
    front, back = np.broadcast_to(np.float32([0.06, 0.04, 0.03]), (200, 200, 3)), colours(kind)
    image = np.asarray(alpha[..., None] * front + (1 - alpha[..., None]) * back, np.float32)
    found, behind = foreground_and_background(image, alpha)
    edge = (alpha > 0.2) & (alpha < 0.8)
    assert np.abs(found - front)[edge].mean() < 0.25 * np.abs(image - front)[edge].mean()
    again = alpha[..., None] * found + (1 - alpha[..., None]) * behind
    assert np.abs(again - image)[edge].mean() < 0.01
    assert np.array_equal(found[alpha == 1], image[alpha == 1])
    assert np.array_equal(behind[alpha == 0], image[alpha == 0])


def two_halves(busy: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dark hair left, a bright background right, a mixed column between, and what is known of each."""
    random = np.random.default_rng(8)
    image = np.empty((90, 90, 3), np.float32)
    image[:, :45], image[:, 45:] = (0.05, 0.04, 0.03), (0.5, 0.6, 0.7)
    if busy:
        image[:, 45:] *= random.choice(np.float32([0.5, 1.3]), (90, 45, 1))
    image[:, 43:47] = (0.13, 0.15, 0.17)
    image += 0.005 * random.standard_normal(image.shape).astype(np.float32)
    person, background = np.zeros((2, 90, 90), bool)
    person[:, :25], background[:, 65:] = True, True
    return image, person, background


def test_colour_corrects_an_undecided_belief_and_mixtures_are_not_trusted() -> None:
    image, person, background = two_halves(busy=True)
    posterior, trust = colour_evidence(image, person, background, np.full((90, 90), 0.5, np.float32), 20)
    assert posterior[:, 30:42].min() > 0.8
    assert posterior[:, 50:60].max() < 0.2
    assert trust[:, 30:42].mean() > 0.5
    assert trust[:, 44:46].mean() < 0.85 * trust[:, 30:42].mean()


def test_before_a_plain_background_the_equation_is_left_free() -> None:
    image, person, background = two_halves(busy=False)
    posterior, trust = colour_evidence(image, person, background, np.full((90, 90), 0.5, np.float32), 20)
    assert posterior[:, 30:42].min() > 0.95
    assert trust[:, 43:60].max() < 0.2


def test_before_a_busy_background_a_strong_belief_outweighs_colour() -> None:
    image, person, background = two_halves(busy=True)
    image[40:50, 30:36] = (0.6, 0.7, 0.8)  # a headband
    belief = np.where(np.arange(90)[None] < 45, 0.98, 0.02).astype(np.float32) * np.ones((90, 1), np.float32)
    posterior, _ = colour_evidence(image, person, background, belief, 20)
    assert posterior[40:50, 30:36].min() > 0.5
