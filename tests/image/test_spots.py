from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Plane
from likeness.image.spots import PIGMENTS, luma_density, merged, noise, pigments, resolved, response, scales, spots

SIZE = 120
FEW = settings(max_examples=30)
EVERYWHERE = np.ones((SIZE, SIZE), bool)


def disc(diameter: float, contrast: float, x: float = 60, y: float = 60) -> Plane:
    rows, columns = np.mgrid[:SIZE, :SIZE]
    return np.asarray(contrast * np.clip(diameter / 2 + 0.5 - np.hypot(rows - y, columns - x), 0, 1), np.float32)


def grain(sd: float, seed: int = 1) -> Plane:
    return np.random.default_rng(seed).normal(0, sd, (SIZE, SIZE)).astype(np.float32)


@FEW
@given(st.floats(4, 16), st.floats(-0.6, 0.6))
def test_a_disc_answers_with_its_contrast_at_its_own_diameter(diameter: float, contrast: float) -> None:
    assert response(disc(diameter, contrast), diameter)[60, 60] == pytest.approx(contrast, abs=0.02 + 0.06 * abs(contrast))


def test_its_own_diameter_tells_most() -> None:
    answers = [response(disc(8, 1), d)[60, 60] for d in (4, 8, 16)]
    assert answers[1] == max(answers)


@FEW
@given(st.floats(-3, 3), st.floats(-0.02, 0.02))
def test_brightness_and_shading_answer_nothing(level: float, tilt: float) -> None:
    plane = np.asarray(level + tilt * np.arange(SIZE)[None, :].repeat(SIZE, 0), np.float32)
    assert np.abs(response(plane, 8)[30:90, 30:90]).max() < 0.01


@FEW
@given(st.lists(st.floats(0, 2), min_size=3, max_size=3))
def test_pigments_are_found_again(amounts: list[float]) -> None:
    mixed = np.array(amounts) @ PIGMENTS
    assert pigments(mixed.astype(np.float32)) == pytest.approx(amounts, abs=1e-3)


def test_density_of_a_darker_place_is_higher() -> None:
    picture = np.full((4, 4, 3), 0.4, np.float32)
    picture[2] *= 0.5
    assert luma_density(picture)[2, 0] - luma_density(picture)[0, 0] == pytest.approx(np.log(2), abs=0.01)


def test_tiny_discs_are_not_resolved() -> None:
    assert [resolved(d) for d in (1.0, 2.0, 3.0)] == [False, False, True]


def test_noise_is_the_local_one_where_that_is_more() -> None:
    plane = grain(0.02)
    plane[:, 60:] *= 3
    found = noise(plane, EVERYWHERE, 8)
    assert found[:, :40].mean() == pytest.approx(np.median(found), rel=0.3)
    assert found[:, 80:].mean() > 1.3 * found[:, :40].mean()


def test_noise_does_not_mind_a_mole() -> None:
    plane = grain(0.02)
    with_mole = plane + disc(8, 1.0)
    assert noise(with_mole, EVERYWHERE, 20)[60, 60] < 1.4 * noise(plane, EVERYWHERE, 20)[60, 60]


def found_between(before: Plane, after: Plane) -> list[tuple[int, int, bool, bool]]:
    found = spots(scales(before, after, EVERYWHERE, (4, 6, 9), 20), EVERYWHERE, 1.0)
    return [(s.x, s.y, s.gone, s.dark) for s in found]


@pytest.mark.parametrize("contrast", [0.5, -0.5])
def test_a_disc_gone_is_one_spot_at_its_place(contrast: float) -> None:
    texture = grain(0.05)
    assert found_between(texture + disc(6, contrast, 40, 70), texture + grain(0.01, 2)) == [(40, 70, True, contrast > 0)]
    assert found_between(texture, texture + disc(6, contrast, 40, 70) + grain(0.01, 2)) == [(40, 70, False, contrast > 0)]


def test_what_fades_with_all_else_is_no_spot() -> None:
    texture = grain(0.05) + disc(6, 0.5) + disc(6, 0.4, 25, 80)
    assert found_between(texture, 0.7 * texture + grain(0.01, 2)) == []


def test_what_stayed_while_all_else_was_smoothed_is_not_new() -> None:
    texture, kept = grain(0.08), disc(6, 0.5)
    assert found_between(texture + kept, 0.3 * texture + 0.9 * kept + grain(0.01, 2)) == []
    assert found_between(texture, 0.3 * texture + kept) == [(60, 60, False, True)]
    assert found_between(texture + kept, 0.3 * texture) == [(60, 60, True, True)]


@FEW
@given(st.floats(4, 14), st.floats(0.5, 3), st.booleans())
def test_a_hard_disc_is_one_dark_spot_however_large_and_black(diameter: float, contrast: float, gone: bool) -> None:
    two = (grain(0.03) + disc(diameter, contrast), grain(0.03) + grain(0.01, 2))
    before, after = two if gone else two[::-1]
    found = spots(scales(before, after, EVERYWHERE, (4, 6, 9, 13), 20), EVERYWHERE, 1.0)
    assert [(abs(s.x - 60) <= 1, abs(s.y - 60) <= 1, s.gone, s.dark) for s in found] == [(True, True, gone, True)]
    assert found[0].diameter == pytest.approx(diameter, rel=0.4)
    assert found[0].length < 2 * found[0].diameter


def test_two_discs_are_two_and_a_line_is_one_long_one() -> None:
    texture = grain(0.03)
    two = texture + disc(6, 0.5, 40, 40) + disc(6, 0.5, 60, 40)
    assert len(found_between(two, texture)) == 2
    line = texture.copy()
    line[58:62, 48:74] += 0.4
    found = spots(scales(line, texture, EVERYWHERE, (4, 6, 9), 20), EVERYWHERE, 1.0)
    assert len(found) == 1
    assert found[0].length > 3 * found[0].diameter


def test_nothing_is_told_of_too_little() -> None:
    few = np.zeros((SIZE, SIZE), bool)
    few[:5, :5] = True
    assert scales(disc(6, 1), disc(6, 0), few, (6,), 20) == []


def test_what_both_show_is_noise_where_there_is_texture() -> None:
    frame = grain(0.02) + disc(6, 1.0, 40, 70)
    plain, textured = (scales(frame, 0.8 * frame, EVERYWHERE, (6,), 20, 0, share)[0] for share in (0.0, 0.5))
    assert textured.noise[70, 40] > 0.3
    assert textured.noise[20, 100] == pytest.approx(plain.noise[20, 100], abs=0.02)
    new = scales(grain(0.02), grain(0.02) + disc(6, 1.0, 40, 70), EVERYWHERE, (6,), 20, 0, 0.5)[0]
    assert new.evidence[70, 40] > 2


def test_two_scales_are_joined_place_by_place() -> None:
    one, other = (scales(grain(0.02), grain(0.02) + disc(6, 1.0, x, 60), EVERYWHERE, (6,), 20)[0] for x in (30, 90))
    joined = merged(one, other, np.arange(SIZE)[None, :].repeat(SIZE, 0) < 60)
    assert joined.evidence[60, [30, 90]] == pytest.approx([one.evidence[60, 30], other.evidence[60, 90]])
    assert not one.within(~EVERYWHERE).evidence.any()
