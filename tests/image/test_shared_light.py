from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from likeness.image import Image
from likeness.image.color import luminance
from likeness.image.shared_light import ENCODED, HSV, KNOTS, LINEAR, Part, Way, shared_light, usual_curves
from likeness.image.tone import Along

SKIN = np.array([0.4, 0.22, 0.15], np.float32)


def colours(seed: int, low: float, high: float, tint: tuple[float, float, float], count: int = 300) -> Image:
    """Pixels of one hue, lighter and darker."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.uniform(np.log(low), np.log(high), (count, 1)))
    return np.asarray(level * np.array(tint) * rng.uniform(0.97, 1.03, (count, 3)), np.float32)


def parts(change: object, skin_too: object = None) -> dict[str, Part]:
    """Dark hair, grey clothes, a neck and a face under ``change``; the face under ``skin_too`` as well."""
    hair, clothes = colours(1, 0.02, 0.06, (1.2, 1, 0.8)), colours(2, 0.05, 0.3, (1, 1, 1.1))
    neck, face = colours(3, 0.3, 0.9, (0.4, 0.22, 0.15)), colours(4, 0.5, 1.0, (0.4, 0.22, 0.15))
    edited = face if skin_too is None else skin_too(face)  # type: ignore[operator]
    pictures = {"hair": (hair, hair, 0.005, None), "clothes": (clothes, clothes, 0.005, None)}
    pictures |= {"neck": (neck, neck, 0.02, 0.3), "face": (face, edited, 0.5, None)}  # type: ignore[dict-item]
    one = np.ones(300, np.float32)
    return {name: Part(a, change(b), one, slack, or_else) for name, (a, b, slack, or_else) in pictures.items()}  # type: ignore[operator]


@pytest.mark.parametrize("along", ["channel", "luminance"])
@settings(max_examples=8, deadline=None)
@given(red=st.floats(0.85, 1.2), blue=st.floats(0.8, 1.25), stops=st.floats(-0.8, 0.8))
def test_light_is_shared_and_nothing_is_left_over(along: Along, red: float, blue: float, stops: float) -> None:
    gains = np.array([red, 1, blue], np.float32) * np.float32(2**stops)
    light = shared_light(parts(lambda x: x * gains), along)
    assert light is not None
    assert np.allclose(light.of(SKIN), SKIN * gains, rtol=0.02)
    assert np.abs(light.offsets["face"]).max() < 0.02


@pytest.mark.parametrize("power", [0.8, 1.25])
def test_a_curve_is_bridged_to_levels_that_only_the_face_has(power: float) -> None:
    light = shared_light(parts(lambda x: np.float32(0.9) * x ** np.float32(power)), "channel")
    assert light is not None
    assert np.allclose(light.of(SKIN), 0.9 * SKIN**power, rtol=0.05)


@settings(max_examples=8, deadline=None)
@given(stops=st.floats(-0.7, 0.7), lighter=st.floats(-0.3, 0.3))
def test_an_edit_of_the_face_is_its_offset(stops: float, lighter: float) -> None:
    light = shared_light(parts(lambda x: x * np.float32(2**stops), lambda x: x * np.float32(np.exp(lighter))), "channel")
    assert light is not None
    assert np.allclose(light.offsets["face"], lighter, atol=0.04)
    assert np.allclose(light.of(SKIN), SKIN * 2**stops, rtol=0.04)


def test_a_saturation_is_told_from_light() -> None:
    def saturated(x: Image) -> Image:
        grey = luminance(x[None])[0][:, None]
        return np.asarray(grey + np.float32(1.2) * (x - grey), np.float32)

    light = shared_light(parts(saturated), "channel")
    assert light is not None
    assert light.saturation > 0.1
    assert np.allclose(light.of(SKIN), SKIN, rtol=0.06)
    assert np.allclose(light.of(SKIN, saturated=True), saturated(SKIN[None])[0], rtol=0.06)


@pytest.mark.parametrize("way", [LINEAR, ENCODED, HSV])
@pytest.mark.parametrize("factor", [0.0, 0.7, 1.4])
def test_in_which_way_it_was_saturated_is_found(way: Way, factor: float) -> None:
    def saturated(x: Image) -> Image:
        code = x ** (1 / way.power)
        grey = code.max(1, keepdims=True) if way.grey == "largest" else luminance(code[None])[0][:, None]
        return np.asarray(np.maximum(grey + np.float32(factor) * (code - grey), 0) ** way.power, np.float32)

    light = shared_light(parts(saturated), "luminance")
    assert light is not None
    assert light.saturation == pytest.approx(factor - 1, abs=0.05)
    assert np.allclose(light.of(SKIN, saturated=True), saturated(SKIN[None])[0], rtol=0.06)


def test_a_neck_that_was_edited_too_does_not_vouch() -> None:
    given_parts = parts(lambda x: x, lambda x: x * np.float32(1.2))
    neck = given_parts["neck"]
    light = shared_light(given_parts | {"neck": neck._replace(after=neck.after * np.float32(1.2))}, "channel")
    assert light is not None
    assert np.allclose(light.offsets["face"], np.log(1.2), atol=0.06)
    assert np.allclose(light.offsets["neck"], np.log(1.2), atol=0.06)


def test_nothing_to_go_by_is_none() -> None:
    few = Part(SKIN[None], SKIN[None], np.ones(1, np.float32), 0.5)
    assert shared_light({"face": few}, "channel") is None


def test_usual_curves_are_a_proper_prior() -> None:
    precision = usual_curves()
    assert precision.shape == (len(KNOTS), len(KNOTS))
    assert np.linalg.eigvalsh(precision).min() > 0
