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

Maker = Callable[[Portrait], "Image | NDArray[np.uint8]"]


@dataclass(frozen=True)
class Edit:
    """``make`` gives the edited pixels, linear or 8-bit sRGB, of any size. ``measure``: the one that should notice; "" for handling.

    ``visible``: whether people would notice, so that passing it is a miss. ``also``: measures whose notice counts as well.
    ``prepare``: what is done to the source first: a mole is painted on it that the edit then takes away. ``borrow``: instead of
    ``make``, gives the pixels from the source and another person's portrait. ``only``: the sources that it can be made of.
    """

    name: str
    dose: float
    measure: str
    make: Maker | None = None
    quality: int = 93
    visible: bool = True
    also: tuple[str, ...] = ()
    prepare: Maker | None = None
    borrow: Callable[[Portrait, Portrait], Image | NDArray[np.uint8]] | None = None
    only: Callable[[Portrait], bool] | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """All that may notice."""
        return (self.measure, *self.also) if self.measure else ()

    def source(self, source: Portrait) -> Portrait:
        """The source that the result is to be compared with."""
        if self.prepare is None:
            return source
        prepared = portrait_of(photo_of(_encoded(self.prepare(source)), "prepared"))
        return source if prepared is None else prepared

    def result(self, source: Portrait, donor: Portrait | None = None) -> Portrait | None:
        """The edited picture as a file that was saved and opened again, with a mesh of its own; None when no face is found in it.

        None too of a source that it can't be made of.
        """
        if self.only is not None and not self.only(source):
            return None
        if self.make is not None:
            pixels = self.make(source)
        elif self.borrow is not None and donor is not None:
            pixels = self.borrow(source, donor)
        else:
            return None
        return portrait_of(photo_of(jpeg(_encoded(pixels), self.quality), self.name))


def _encoded(pixels: Image | NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(pixels if pixels.dtype == np.uint8 else bytes_from_linear(pixels))


def jpeg(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """``picture`` after JPEG, 4:2:0 below quality 90 as most programs do."""
    out = io.BytesIO()
    PIL.Image.fromarray(picture).save(out, "jpeg", quality=quality, subsampling=0 if quality >= 90 else 2)
    return np.asarray(PIL.Image.open(out).convert("RGB"))
