"""An edit of known kind and dose, and the result that it makes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from calibration.people import photo_of, portrait_of
from likeness.image import Image
from likeness.image.color import bytes_from_linear
from likeness.portrait import Portrait


@dataclass(frozen=True)
class Edit:
    """``make`` gives the edited pixels, linear or 8-bit sRGB, of any size. ``measure``: the one that should notice; "" for handling.

    ``visible``: whether people would notice, so that passing it is a miss.
    """

    name: str
    dose: float
    measure: str
    make: Callable[[Portrait], Image | NDArray[np.uint8]]
    quality: int = 93
    visible: bool = True

    def result(self, source: Portrait) -> Portrait | None:
        """The edited picture as a file that was saved and opened again, with a mesh of its own; None when no face is found in it."""
        pixels = self.make(source)
        encoded = pixels if pixels.dtype == np.uint8 else bytes_from_linear(pixels)
        return portrait_of(photo_of(jpeg(encoded, self.quality), self.name))


def jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """``picture`` after JPEG, 4:2:0 below quality 90 as most programs do."""
    out = io.BytesIO()
    PIL.Image.fromarray(picture).save(out, "jpeg", quality=quality, subsampling=0 if quality >= 90 else 2)
    return np.asarray(PIL.Image.open(out).convert("RGB"))
