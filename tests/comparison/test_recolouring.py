"""Which changes of light are believed, of parts whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from likeness.comparison.recolouring import AT_TOP, BEHIND, EDITED, FREE, NECK, WORN, lights, within_range
from likeness.image import Image
from likeness.image.shared_light import Part

SKIN = np.array([0.5, 0.28, 0.19], np.float32)


def colours(colour: NDArray[Any], low: float, high: float, count: int = 300) -> Image:
    """From ``low`` to ``high`` times a colour, (N, 3)."""
    return np.asarray(np.linspace(low, high, count)[:, None] * colour, np.float32)


def part(before: Image, after: Image, slack: float, or_else: float | None = None) -> Part:
    return Part(before, after, np.ones(len(before), np.float32), slack, or_else)


def scene(of_skin: float, of_all: float) -> dict[str, Part]:
    """A grey wall, blue clothes with a rim of skin, neck and face; levels to the power of ``of_all``, skin colours ``of_skin`` too."""
    wall, cloth, skin = colours(np.ones(3), 0.1, 0.7), colours(np.array([0.5, 0.8, 1.5]), 0.02, 0.2), colours(SKIN, 0.6, 1.4)
    rim = skin[::3]
    return {
        "worn": part(np.concatenate([cloth, rim]), np.concatenate([cloth**of_all, rim ** (of_skin * of_all)]), WORN),
        "behind": part(wall, wall**of_all, BEHIND),
        "neck": part(skin, skin ** (of_skin * of_all), NECK, EDITED),
        "skin": part(skin, skin ** (of_skin * of_all), FREE),
    }


@settings(max_examples=15, deadline=None)
@given(st.floats(0.8, 1.25))
def test_a_curve_over_everything_is_agreed_on(power: float) -> None:
    parts = scene(1.0, power)
    found = [np.abs(np.log(light.of(parts["skin"].before, saturated=True) / parts["skin"].after)).max() for light in lights(parts)]
    assert min(found) < 0.03


@pytest.mark.parametrize("power", [0.85, 0.9, 1.12, 1.2])
def test_what_was_done_to_skin_tones_is_not_the_light(power: float) -> None:
    parts = scene(power, 1.0)
    (light,) = lights(parts)
    wall, skin = parts["behind"].before, parts["skin"].before
    assert np.median(np.abs(np.log(light.of(wall) / wall))) < 0.03
    share = np.log(light.of(skin, saturated=True) / skin).mean() / np.log(parts["skin"].after / skin).mean()
    assert abs(share) < 0.25


def test_with_nothing_but_skin_tones_one_curve_is_believed() -> None:
    skin = colours(SKIN, 0.3, 1.5)
    parts = {"worn": part(skin, skin**0.8, WORN), "behind": part(skin, skin, BEHIND), "skin": part(skin, skin**0.8, FREE)}
    assert len(lights(parts)) == 2


@given(st.floats(1.0, 1.6), st.floats(0.9, 1.1))
def test_red_at_its_top_goes_as_green_went(brighter: float, edited: float) -> None:
    light = (brighter * np.array([[0.97, 0.5, 0.35]])).astype(np.float32)
    after = np.minimum(light * np.float32(edited), 1)
    shown, told = within_range(light, after)
    assert told.all()
    if after[0, 0] > AT_TOP:
        assert np.allclose(after / shown, edited, rtol=0.01)
    assert (shown[:, 1:] == light[:, 1:]).all()


def test_what_the_light_does_not_bring_to_the_top_counts() -> None:
    light, after = np.array([[0.7, 0.5, 0.4]], np.float32), np.array([[0.99, 0.5, 0.4]], np.float32)
    assert (within_range(light, after)[0] == light).all()


def test_with_two_channels_at_their_top_no_colour_is_told() -> None:
    light = np.array([[1.3, 1.05, 0.8], [1.3, 0.8, 0.6]], np.float32)
    assert within_range(light, np.minimum(light, 1))[1].tolist() == [False, True]
