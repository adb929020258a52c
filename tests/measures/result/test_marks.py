from __future__ import annotations

import importlib

import cv2
import numpy as np
import pytest
from calibration.edits import Maker
from calibration.handling import contrast, gamma, rescaled, same
from calibration.marking import (
    FRECKLES,
    LINE,
    Kind,
    brushed,
    cloned,
    healed,
    inpainted,
    levelled,
    mole,
    painted,
    stamped,
    with_marks,
)
from calibration.people import photo_of, portrait_of
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.image import Image
from likeness.measures.result.marks import marks
from likeness.portrait import Portrait
from likeness.regions import region
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import edited

BLOOD = np.array([0.02, 0.40, 0.30], np.float32)


def read(pair: Pair) -> Reading:
    found = marks(pair)
    assert isinstance(found, Reading), found
    return found


def marked(source: Portrait, make: Maker) -> Portrait:
    return source.with_pixels(np.asarray(make(source)))


def without(source: Portrait, make: Maker, healing: Maker, quality: int = 92) -> Pair:
    """The source with marks, against the same with the marks healed."""
    return Pair(marked(source, make), edited(source, healing, quality).result)


@pytest.fixture(scope="module")
def with_mole(hopper_portrait: Portrait) -> Portrait:
    return marked(hopper_portrait, with_marks(painted(mole(4))))


@pytest.fixture(scope="module")
def mole_gone(hopper_portrait: Portrait, with_mole: Portrait) -> Pair:
    return Pair(with_mole, edited(hopper_portrait, healed(painted(mole(4)), inpainted)).result)


def test_saved_again_has_all_its_marks(saved: Pair) -> None:
    found = read(saved)
    assert found.value == 0
    assert "% of the face's skin that was looked at" in found.reason

    assert "Marks under 2.6 mm cannot be seen at 8" in found.reason


def test_a_mole_gone_is_one_clear_mark(mole_gone: Pair) -> None:
    found = read(mole_gone)
    assert found.value == pytest.approx(1, abs=0.3)
    assert limits_of("marks").status(found.value) != "natural"
    assert "A dark mark of 4 mm" in found.reason
    assert "of the source is gone" in found.reason


def test_a_new_mole_is_told_from_one_gone(mole_gone: Pair) -> None:
    found = read(Pair(mole_gone.result, mole_gone.source))
    assert limits_of("marks").status(found.value) != "natural"
    assert "is not in the source" in found.reason
    assert "gone" not in found.reason


def test_the_map_shows_where(mole_gone: Pair) -> None:
    heat = read(mole_gone).heat
    assert heat is not None
    assert heat.shape == mole_gone.faces[0].pixels.shape[:2]
    hot = np.argwhere(np.nan_to_num(heat) > 0.9)
    source, result = (view.pixels.sum(2) for view in mole_gone.faces)
    difference = cv2.GaussianBlur(np.where(np.isfinite(heat), np.abs(source - result), 0), (0, 0), 2)
    worst = np.unravel_index(difference.argmax(), difference.shape)
    assert np.linalg.norm(hot.mean(0) - worst) < 0.08 * mole_gone.ipd


@pytest.mark.parametrize(("kind", "heal"), [(mole(3), cloned), (mole(3), levelled), (FRECKLES, cloned)])
def test_other_paint_and_other_healing_are_noticed(hopper_portrait: Portrait, kind: Kind, heal: object) -> None:
    pair = without(hopper_portrait, with_marks(brushed(kind)), healed(brushed(kind), heal))  # type: ignore[arg-type]
    assert limits_of("marks").status(read(pair).value) != "natural"


def test_a_scar_too_faint_to_be_told_from_grain_is_followed_along_its_length(hopper_portrait: Portrait) -> None:
    scar = Kind(1.8, 2 * LINE.density, LINE.ink, length=LINE.length)
    found = read(without(hopper_portrait, with_marks(painted(scar)), healed(painted(scar), levelled)))
    assert limits_of("marks").status(found.value) != "natural"
    assert "A pale line" in found.reason


@pytest.mark.parametrize("make", [rescaled(0.8), contrast, gamma(1.25), same, lambda s: s.pixels * np.float32(0.6)])
def test_handling_leaves_marks_where_they_are(with_mole: Portrait, make: Maker) -> None:
    assert limits_of("marks").status(read(edited(with_mole, make, 75)).value) == "natural"


def test_blood_under_the_skin_may_pass(hopper_portrait: Portrait) -> None:
    pimple = Kind(4, BLOOD, (255, 255, 255))
    found = read(without(hopper_portrait, with_marks(painted(pimple)), healed(painted(pimple), inpainted)))
    assert "A red mark" in found.reason
    assert "If the red one was a pimple, that is no fault" in found.reason
    assert "may be healed" in found.advice
    assert limits_of("marks").status(found.value) == "natural"


def test_many_pimples_healed_are_no_permanent_marks(hopper_portrait: Portrait) -> None:
    pimples = Kind(4, BLOOD, (255, 255, 255), count=6)
    found = read(without(hopper_portrait, with_marks(painted(pimples)), same))
    assert found.value > 0.2
    assert "If the red ones were pimples, that is no fault" in found.reason
    assert "gone" in found.reason
    assert limits_of("marks").status(found.value) == "natural"


def test_colour_that_jpeg_has_halved_still_tells_a_pimple_from_a_freckle(hopper_portrait: Portrait) -> None:
    def told(density: NDArray[np.float32]) -> str:
        spots = Kind(4, density, (255, 255, 255), count=4)
        return read(
            Pair(edited(hopper_portrait, with_marks(painted(spots)), 80).result, edited(hopper_portrait, same).result)
        ).reason

    assert "A dark mark" not in told(0.6 * BLOOD)
    assert "A red mark" not in told(2 * FRECKLES.density)


def test_the_advice_is_about_what_was_found(mole_gone: Pair) -> None:
    assert "Leave moles" in read(mole_gone).advice
    assert "Put nothing on the skin" in read(Pair(mole_gone.result, mole_gone.source)).advice


def test_a_reshaped_face_keeps_its_marks(with_mole: Portrait) -> None:
    def narrowed(portrait: Portrait) -> Image:
        y, x = np.mgrid[: portrait.height, : portrait.width].astype(np.float32)
        (cx, cy), reach = portrait.landmarks[4, :2], portrait.ipd
        pull = 0.03 * reach * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * reach**2))
        return np.asarray(cv2.remap(np.array(portrait.pixels), x + pull, y, cv2.INTER_CUBIC), np.float32)

    assert limits_of("marks").status(read(edited(with_mole, narrowed)).value) == "natural"


def test_a_mark_above_the_mesh_is_looked_at_too(hopper_portrait: Portrait) -> None:
    """The forehead is drawn out upward, where this portrait wears a hat."""
    points, ipd = hopper_portrait.landmarks, hopper_portrait.ipd
    brow = points[[105, 334], 1].mean() - 0.1 * ipd
    y, x = np.mgrid[: hopper_portrait.height, : hopper_portrait.width].astype(np.float32)
    high = cv2.remap(np.array(hopper_portrait.pixels), x, np.where(y < brow, brow - (brow - y) / 3, y), cv2.INTER_CUBIC)
    spot = np.hypot(x - points[67, 0], y - points[67, 1] + 0.15 * ipd) < 0.03 * ipd
    source = hopper_portrait.with_pixels(np.where(spot[..., None], 0.6 * high, high))
    found = read(Pair(source, edited(hopper_portrait, lambda _: high).result))
    assert limits_of("marks").status(found.value) != "natural"
    assert "on the right side of the forehead of the source is gone" in found.reason


def test_a_background_that_eats_into_the_face_is_no_mark(hopper_portrait: Portrait) -> None:
    def eaten(portrait: Portrait) -> Image:
        x = np.arange(portrait.width, dtype=np.float32)[None, :, None]
        edge = portrait.landmarks[454, 0] - 0.25 * portrait.ipd
        share = np.clip((x - edge) / (0.05 * portrait.ipd), 0, 1)
        return np.asarray(portrait.pixels + share * (0.8 - portrait.pixels), np.float32)

    assert limits_of("marks").status(read(edited(hopper_portrait, eaten)).value) == "natural"


def test_too_small_is_not_assessed(hopper_portrait: Portrait) -> None:
    found = marks(edited(hopper_portrait, rescaled(0.6)))
    assert isinstance(found, NotAssessed)
    assert found.needs_ipd == 60


def test_another_photo_is_not_assessed(hopper_portrait: Portrait) -> None:
    pair = edited(hopper_portrait, same)
    pair.__dict__["mode"] = "other-photo"
    assert isinstance(marks(pair), NotAssessed)


def lettered(portrait: Portrait) -> Image:
    """White bars over the mouth."""
    (x, y), ipd = portrait.landmarks[13, :2], portrait.ipd
    covered = np.array(portrait.pixels)
    for k in range(-3, 3):
        covered[int(y - 0.2 * ipd) : int(y + 0.2 * ipd), int(x + 0.2 * k * ipd) : int(x + (0.2 * k + 0.1) * ipd)] = 0.9
    return covered


def test_what_lies_over_the_mouth_is_large_new_marks(hopper_portrait: Portrait) -> None:
    found = read(edited(hopper_portrait, lettered))
    assert limits_of("marks").status(found.value) == "fail"
    assert "Something lies over the face on the mouth" in found.reason
    assert "nothing over the face" in found.advice
    assert "none is new" not in found.reason


def test_a_dark_mole_in_a_stubbly_or_shaded_place_is_noticed(hopper_portrait: Portrait) -> None:
    points, ipd = hopper_portrait.landmarks, hopper_portrait.ipd
    y, x = np.mgrid[: hopper_portrait.height, : hopper_portrait.width].astype(np.float32)
    stubble = np.random.default_rng(1).normal(0, 0.08, (hopper_portrait.height, hopper_portrait.width, 1)).astype(np.float32)
    jaw = np.hypot(x - points[199, 0], y - points[199, 1])[..., None] < 0.35 * ipd
    source = hopper_portrait.with_pixels(
        np.where(jaw, hopper_portrait.pixels * np.exp(stubble), hopper_portrait.pixels).astype(np.float32)
    )
    spot = np.hypot(x - points[199, 0], y - points[199, 1])[..., None] < 0.03 * ipd
    found = read(edited(source, lambda s: np.where(spot, 0.3 * s.pixels, s.pixels)))
    assert limits_of("marks").status(found.value) != "natural"
    assert "on the chin is not in the source" in found.reason


def test_burnt_highlights_are_not_looked_at(with_mole: Portrait) -> None:
    found = marks(edited(with_mole, lambda s: np.minimum(4 * s.pixels, 1)))
    assert isinstance(found, NotAssessed) or (
        limits_of("marks").status(found.value) == "natural" and "could not be looked at" in found.reason
    )


def dotted(portrait: Portrait, point: int, size: float, left: float) -> Image:
    """A disc of ``size`` mm around a mesh point, with a hard edge, that leaves a share of the light."""
    x, y = portrait.landmarks[point, :2]
    rows, columns = np.mgrid[: portrait.height, : portrait.width]
    disc = np.hypot(columns - x, rows - y) < size / 2 * portrait.ipd / 63
    return np.where(disc[..., None], np.float32(left) * portrait.pixels, portrait.pixels)


PLACES = {"cheek": 280, "chin": 175, "forehead": 151, "nose": 195}


@pytest.mark.parametrize(
    ("place", "size", "left"),
    [("cheek", 4, 0.13), ("cheek", 8, 0.02), ("chin", 3, 0.13), ("chin", 6, 0.13), ("forehead", 8, 0.13), ("nose", 5, 0.02)],
)
def test_a_hard_dark_mole_is_one_mark_however_large(hopper_portrait: Portrait, place: str, size: float, left: float) -> None:
    new = edited(hopper_portrait, lambda s: dotted(s, PLACES[place], size, left))
    for pair, said in ((new, "not in the source"), (Pair(new.result, new.source), "of the source is gone")):
        found = read(pair)
        assert limits_of("marks").status(found.value) != "natural", said
        assert found.value < 1.6, found.reason
        assert found.reason.startswith("A dark mark of "), found.reason
        assert said in found.reason
        assert place in found.reason


@pytest.mark.parametrize("size", [4.0, 7.0])
def test_a_mole_with_a_rough_edge_is_noticed(hopper_portrait: Portrait, size: float) -> None:
    found = read(edited(hopper_portrait, with_marks(stamped(size))))
    assert limits_of("marks").status(found.value) != "natural"
    assert "A dark mark" in found.reason


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.3])
def test_a_tight_crop_has_lost_and_gained_no_marks(with_mole: Portrait, margin: float) -> None:
    def cropped(portrait: Portrait) -> Image:
        (left, top), (right, bottom) = (
            portrait.landmarks[:, :2].min(0) - margin * portrait.ipd,
            portrait.landmarks[:, :2].max(0) + margin * portrait.ipd,
        )
        return np.array(portrait.pixels[max(0, int(top)) : int(bottom), max(0, int(left)) : int(right)])

    assert limits_of("marks").status(read(edited(with_mole, cropped)).value) == "natural"


def test_what_is_natural_accuses_of_nothing_and_what_warns_acquits_of_nothing() -> None:
    module = importlib.import_module("likeness.measures.result.marks")
    nothing, faint = module._Cover(0.0, ""), module.Mark(0.3, False, "dark mark", 3.0, "chin")
    said = module._sentence(nothing, [faint], 0.3, 0.9)
    assert "What might be a dark mark of 3 mm on the chin is too faint" in said
    assert "not in the source" not in said
    clear = [module.Mark(1.0, True, "dark mark", 3.0, "chin")] * 4
    said = module._sentence(module._Cover(1.0, "Something lies over the face."), clear, 5.0, 0.9)
    assert said.startswith("Something lies over the face. A dark mark of 3 mm on the chin of the source is gone.")
    assert said.endswith(" One more is gone or new.")
    assert "none is new" not in said


def test_smoothed_skin_has_no_new_lines(hopper_portrait: Portrait) -> None:
    def smoothed(portrait: Portrait) -> NDArray[np.uint8]:
        return np.asarray(cv2.bilateralFilter(same(portrait), 0, 40, 0.05 * portrait.ipd))

    assert "not in the source" not in read(edited(hopper_portrait, smoothed)).reason


def test_lipstick_is_no_mark_of_the_skin(hopper_portrait: Portrait) -> None:
    def painted_lips(portrait: Portrait) -> Image:
        lips = region(portrait.landmarks, (portrait.width, portrait.height), "lips")
        soft = 0.6 * cv2.GaussianBlur(lips, (0, 0), 0.02 * portrait.ipd)[..., None]
        return np.asarray(portrait.pixels + soft * (np.array([0.4, 0.003, 0.02], np.float32) - portrait.pixels), np.float32)

    assert limits_of("marks").status(read(edited(hopper_portrait, painted_lips)).value) == "natural"


@pytest.fixture(scope="module")
def with_frame(hopper_portrait: Portrait) -> Portrait:
    """Eyes 150 px apart, and a spectacle frame's black bar, two pixels thin, over the cheek."""
    scale = 150 / hopper_portrait.ipd
    large = cv2.resize(same(hopper_portrait), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    source = portrait_of(photo_of(large, "large"))
    assert source is not None
    (left, top), (y, x) = source.landmarks[50, :2], np.mgrid[: source.height, : source.width].astype(np.float32)
    bar = np.clip(1.5 - np.abs((y - top) - 0.12 * (x - left)), 0, 1) * (np.abs(x - left) < 0.45 * source.ipd)
    return source.with_pixels(np.asarray(source.pixels * (1 - 0.97 * bar[..., None]), np.float32))


@pytest.mark.parametrize("interpolation", [cv2.INTER_CUBIC, cv2.INTER_LINEAR])
def test_a_thin_frame_that_beats_with_the_pixels_is_no_mark(with_frame: Portrait, interpolation: int) -> None:
    found = read(edited(with_frame, rescaled(0.65, interpolation), 90))
    assert limits_of("marks").status(found.value) == "natural", found.reason
    assert found.heat is not None
    assert np.nanmax(found.heat) < 0.5


@pytest.mark.parametrize("interpolation", [cv2.INTER_CUBIC, cv2.INTER_LINEAR])
def test_a_mole_gone_from_a_picture_made_smaller_without_a_filter_is_noticed(with_frame: Portrait, interpolation: int) -> None:
    source = marked(with_frame, with_marks(painted(mole(3))))
    found = read(Pair(source, edited(with_frame, rescaled(0.65, interpolation), 90).result))
    assert limits_of("marks").status(found.value) != "natural"
    assert found.reason.startswith("A dark mark of ")
    assert "of the source is gone" in found.reason
