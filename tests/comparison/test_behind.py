from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.composites import over
from calibration.edits import Edit
from calibration.handling import contrast, exposed, messenger, same

from likeness.comparison.pair import Pair
from likeness.image.filters import gaussian
from likeness.portrait import Portrait


def vignette(source: Portrait, stops: float = 0.6) -> np.ndarray:
    """Falls off to both sides, 1 in the middle, (H, W, 1)."""
    x = np.abs(np.linspace(-1, 1, source.width, dtype=np.float32))
    return np.exp2(-stops * x)[None, :, None] * np.ones((source.height, 1, 1), np.float32)


def before_a_wall(source: Portrait, fall: np.ndarray | float = 1.0) -> np.ndarray:
    """The person with all their hair before a grey wall."""
    return over(source.foreground, source.alpha, np.full_like(source.pixels, 0.3) * fall)


def on_wall(source: Portrait) -> Portrait:
    return Edit("on a wall", 0, "", None, prepare=lambda s: before_a_wall(s, vignette(s))).source(source)


def pair(source: Portrait, make: object, quality: int = 90) -> Pair:
    result = Edit("made", 0, "", make, quality).result(source)  # type: ignore[arg-type]
    assert result is not None
    return Pair(source, result)


@pytest.mark.parametrize("make", [same, contrast, exposed(0.7), messenger])
def test_handling_keeps_a_wall_and_a_room(hopper_portrait: Portrait, make: object) -> None:
    assert pair(hopper_portrait, make, 75).background == "kept"
    assert pair(on_wall(hopper_portrait), make, 75).background == "kept"


def test_a_wall_exchanged_for_one_of_the_same_grey_is_replaced_though_the_hair_stays(hopper_portrait: Portrait) -> None:
    source = on_wall(hopper_portrait)
    level = float(np.median(vignette(source)))
    assert pair(source, lambda s: before_a_wall(hopper_portrait, level)).background == "replaced"


def test_a_room_as_bright_as_the_wall_is_replaced(hopper_portrait: Portrait) -> None:
    source = on_wall(hopper_portrait)

    def tiled(_: Portrait) -> np.ndarray:
        rows, columns = (np.arange(n) // round(0.3 * source.ipd) % 2 for n in (source.height, source.width))
        return before_a_wall(hopper_portrait, vignette(source) * (1 + 0.2 * (rows[:, None] ^ columns)[..., None]))

    assert pair(source, tiled).background == "replaced"


def test_the_own_room_out_of_focus_is_blurred(hopper_portrait: Portrait) -> None:
    def soft(source: Portrait) -> np.ndarray:
        return over(source.foreground, source.alpha, gaussian(source.plate, 0.08 * source.ipd))

    assert pair(hopper_portrait, soft).background == "blurred"


def test_a_room_made_brighter_stays_the_own_room(hopper_portrait: Portrait) -> None:
    def lit(source: Portrait) -> np.ndarray:
        behind = cv2.GaussianBlur(1 - source.person, (0, 0), 2)[..., None]
        return np.asarray(source.pixels * (1 + 0.5 * behind), np.float32)

    assert pair(hopper_portrait, lit).background == "kept"
