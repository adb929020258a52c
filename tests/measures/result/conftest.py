"""A portrait, edited, saved and opened again, against its source."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from calibration.edits import Edit
from calibration.people import portrait_of

from likeness.comparison.pair import Pair
from likeness.faces import find_faces
from likeness.image.color import bytes_from_linear
from likeness.photo import decode_photo, open_photo
from likeness.portrait import Portrait
from likeness.schema import Measure, Reading

Make = Callable[[Portrait], Any]


def edited(source: Portrait, make: Make, quality: int = 92) -> Pair:
    """``source`` and what ``make`` makes of it, after JPEG, with a mesh of its own."""
    result = Edit("edit", 0, "", make, quality).result(source)
    assert result is not None
    return Pair(source, result)


def saved_as(source: Portrait, make: Make, kind: str, **options: Any) -> Pair:
    """``source`` and what ``make`` makes of it, saved as a ``kind`` of file that Pillow writes."""
    out = io.BytesIO()
    PIL.Image.fromarray(bytes_from_linear(make(source))).save(out, kind, **options)
    result = portrait_of(decode_photo(out.getvalue(), Path(f"result.{kind}")))
    assert result is not None
    return Pair(source, result)


def darkened_corners(stops: float, make: Make = lambda source: np.array(source.pixels)) -> Make:
    """A vignette over the whole picture, ``stops`` in its corners, after ``make``, whose pixels are linear."""

    def shaded(source: Portrait) -> Any:
        image = np.asarray(make(source))
        y, x = np.indices(image.shape[:2], np.float32)
        radius = np.hypot(x - (image.shape[1] - 1) / 2, y - (image.shape[0] - 1) / 2) / np.hypot(*image.shape[:2]) * 2
        return np.asarray(image * np.exp2(stops * radius**2)[..., None], np.float32)

    return shaded


def reading_of(measure: Measure, pair: Pair) -> Reading:
    """What ``measure`` says of ``pair``, which it must be able to assess."""
    found = measure(pair)
    assert isinstance(found, Reading), found
    return found


def status_of(measure: Measure, pair: Pair) -> str:
    """Under the limits that ``measure`` declares for such a pair."""
    limits = measure.other_photo if pair.mode == "other-photo" else measure.limits
    return limits.status(reading_of(measure, pair).value)


@pytest.fixture(scope="session")
def saved(hopper_portrait: Portrait) -> Pair:
    """Nothing but saved again as JPEG 92."""
    return edited(hopper_portrait, lambda s: np.array(s.pixels))


@pytest.fixture(scope="session")
def astronaut_portrait(astronaut: Path) -> Portrait:
    photo = open_photo(astronaut)
    return Portrait.of(photo, find_faces(photo)[0])
