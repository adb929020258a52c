from __future__ import annotations

import cv2
import numpy as np
import pytest
from calibration.blurring import before_shelves, bookshelves
from calibration.composites import Maker, over
from calibration.edits import Edit
from calibration.handling import contrast, exposed, messenger, same
from calibration.scenes import grove

from likeness.comparison.behind import what_became
from likeness.comparison.pair import Pair
from likeness.image.filters import gaussian
from likeness.measures.result.background_leak import background_leak
from likeness.measures.result.body import body
from likeness.measures.result.edge_halo import edge_halo
from likeness.portrait import Portrait
from likeness.schema import Measure, Reading


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


@pytest.mark.parametrize(("scene", "found"), [(bookshelves, "blurred"), (grove, "replaced")])
def test_shelves_that_are_all_but_gone_in_a_blur_are_the_own_shelves_still(
    hopper_portrait: Portrait, scene: Maker, found: str
) -> None:
    shelves = Edit("shelves", 0, "", None, prepare=before_shelves).source(hopper_portrait)
    soft = gaussian(scene(hopper_portrait), 0.2 * hopper_portrait.ipd)
    made = pair(shelves, lambda _: over(hopper_portrait.foreground, hopper_portrait.alpha, soft))
    assert what_became(made.even_scenes, made.scenes[0].pixels, made.behind, exchanged=True) == found


def test_a_room_made_brighter_stays_the_own_room(hopper_portrait: Portrait) -> None:
    def lit(source: Portrait) -> np.ndarray:
        behind = cv2.GaussianBlur(1 - source.person, (0, 0), 2)[..., None]
        return np.asarray(source.pixels * (1 + 0.5 * behind), np.float32)

    assert pair(hopper_portrait, lit).background == "kept"


def cropped(source: Portrait, picture: np.ndarray, margin: float) -> np.ndarray:
    """``margin`` IPD around the face."""
    low, high = source.landmarks[:, :2].min(0) - margin * source.ipd, source.landmarks[:, :2].max(0) + margin * source.ipd
    return np.ascontiguousarray(picture[max(0, int(low[1])) : int(high[1]), max(0, int(low[0])) : int(high[0])])


def reading_of(measure: Measure, of: Pair) -> Reading:
    found = measure(of)
    assert isinstance(found, Reading), found
    return found


@pytest.mark.parametrize("margin", [0.05, 0.1, 0.15, 0.2, 0.3, 0.5])
def test_a_crop_never_replaces_the_background_and_keeps_the_body(hopper_portrait: Portrait, margin: float) -> None:
    found = pair(hopper_portrait, lambda s: cropped(s, same(s), margin), 92)
    assert found.background in ("kept", "unseen")
    for measure in (edge_halo, background_leak, body):
        assert measure.limits.status(reading_of(measure, found).value) == "natural"


def test_a_crop_before_another_wall_shows_that_it_is_another(hopper_portrait: Portrait) -> None:
    source = on_wall(hopper_portrait)
    dark = pair(source, lambda s: cropped(s, before_a_wall(hopper_portrait, 0.3), 0.4), 92)
    assert dark.background == "replaced"
