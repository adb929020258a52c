from __future__ import annotations

import numpy as np
import pytest
from calibration.handling import contrast, exposed
from calibration.lighting import flattened, graded, key_light, relit
from calibration.people import photo_of, portrait_of

from likeness.comparison.mesh import normals
from likeness.comparison.pair import Pair
from likeness.image.color import luminance
from likeness.image.filters import gaussian
from likeness.measures.result.light_direction import light_direction
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading
from likeness.verdict import limits_of

from .conftest import edited


def read(pair: Pair) -> Reading:
    found = light_direction(pair)
    assert isinstance(found, Reading), found
    return found


@pytest.mark.parametrize("make", [contrast, exposed(-0.7), flattened(0.4), flattened(-0.5)])
def test_contrast_and_flattening_turn_nothing(hopper_portrait: Portrait, make: object) -> None:
    assert limits_of("light_direction").status(read(edited(hopper_portrait, make)).value) == "natural"  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [relit(0.6), relit(1.0), graded(1.0), key_light(0.7)])
def test_light_from_the_other_side_is_noticed(hopper_portrait: Portrait, make: object) -> None:
    assert limits_of("light_direction").status(read(edited(hopper_portrait, make)).value) != "natural"  # type: ignore[arg-type]


def test_a_vignette_turns_nothing(hopper_portrait: Portrait) -> None:
    """Cut so that the face lies beside the vignette's centre, where it would read as 10 degrees."""
    width = int(hopper_portrait.landmarks[:, 0].max() + 0.3 * hopper_portrait.ipd)
    beside = portrait_of(photo_of(np.ascontiguousarray(hopper_portrait.pixels[:, :width]), "beside"))
    assert beside is not None

    def darkened(source: Portrait) -> np.ndarray:
        y, x = np.indices(source.pixels.shape[:2], np.float32)
        radius = np.hypot(x - (source.width - 1) / 2, y - (source.height - 1) / 2) / np.hypot(source.width, source.height) * 2
        return np.asarray(source.pixels * np.exp2(-0.7 * radius**2)[..., None], np.float32)

    assert read(edited(beside, darkened)).value < 4


def test_more_of_it_turns_more(hopper_portrait: Portrait) -> None:
    values = [read(edited(hopper_portrait, relit(share))).value for share in (0.0, 0.3, 0.6, 1.0)]
    assert values == sorted(values)
    assert values[0] < 2


def under_lamp(portrait: Portrait, across: float, up: float) -> Portrait:
    """The face's mesh under one lamp, by Lambert's law, with the photo's own features and texture; the rest as it was."""
    a, u = np.radians(across), np.radians(up)
    lamp = np.array([np.sin(a) * np.cos(u), np.sin(u), np.cos(a) * np.cos(u)])
    facing = normals(portrait.landmarks, (portrait.width, portrait.height), 0.03 * portrait.ipd)
    light = 0.35 + 0.65 * np.maximum(facing @ lamp, 0)
    luma = luminance(portrait.pixels)
    detail = np.clip(luma / np.maximum(gaussian(luma, 0.15 * portrait.ipd), 0.01), 0.05, 2)
    skin = (0.25 * light * detail)[..., None] * np.array([1.2, 0.95, 0.8])
    face = gaussian((facing[..., 2] > 0).astype(np.float32), 3)[..., None]
    return portrait.with_pixels(np.asarray(face * skin + (1 - face) * portrait.pixels, np.float32))


@pytest.mark.parametrize(("across", "side"), [(-45, "right"), (45, "left")])
def test_the_side_is_named_from_where_the_person_sits(hopper_portrait: Portrait, across: float, side: str) -> None:
    found = read(edited(under_lamp(hopper_portrait, across, 10), lambda source: np.array(source.pixels)))
    assert f"comes from the {side}" in found.reason
    assert "as in the source" in found.reason
    assert found.value < 2


def test_what_cannot_be_known_is_said(hopper_portrait: Portrait) -> None:
    other = Pair(hopper_portrait, hopper_portrait)
    other.__dict__["mode"] = "other-photo"
    found = light_direction(other)
    assert isinstance(found, NotAssessed)
    assert "light of its own" in found.reason
