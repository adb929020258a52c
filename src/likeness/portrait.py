"""Portrait: the head and shoulders of one person in a photo, and what is known of them, each fact computed once.

Facts travel with the picture. A fact is of *shape* (where things are: it outlives an edit of the colours) or of *colour*
(it is forgotten with the pixels that it was read from). Cropping carries both along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, overload

import numpy as np

from likeness import matte
from likeness.faces import Face, Pose, eye_midpoint, ipd_of, pose_of
from likeness.image import Affine, Image, Plane, Points, read_only
from likeness.image.color import bytes_from_linear
from likeness.image.geometry import Box, compose, crop_and_scale, invert, similarity, transform, warp
from likeness.lazy import once
from likeness.perception.face_embedding import face_embedding
from likeness.photo import Photo
from likeness.regions import skin

Value = TypeVar("Value")
Carry = Callable[[Any, Callable[[Any], Any]], Any]


@dataclass(frozen=True)
class Field:
    """How far a picture reaches from the midpoint of the eyes, in IPD."""

    left: float
    right: float
    up: float
    down: float


EMBEDDING_IPD = 100.0  # pixels: the network sees 150 x 150, eyes about 50 apart
HEAD_AND_SHOULDERS = Field(4.5, 4.5, 3.5, 6.0)
FACE_IPD = 128.0  # pixels: a headshot 800 pixels wide
FACE_FIELD = Field(1.5, 1.5, 1.5, 2.2)


class Fact(Generic[Value]):
    """A lazily computed attribute of a Portrait, kept in its ``facts``.

    ``of``: "shape" or "colour" (see the module). ``is_map``: an array (H, W, ...) that is cropped and resampled with the
    pixels; any other fact is computed anew after a crop.
    """

    def __init__(self, compute: Callable[[Portrait], Value], of: Literal["shape", "colour"], is_map: bool) -> None:
        self.compute, self.of, self.is_map = compute, of, is_map
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        FACTS[name] = self

    @overload
    def __get__(self, portrait: None, owner: type) -> Fact[Value]: ...
    @overload
    def __get__(self, portrait: Portrait, owner: type) -> Value: ...
    def __get__(self, portrait: Portrait | None, owner: type) -> Any:
        if portrait is None:
            return self
        return once(portrait.facts, self.name, lambda: self._computed(portrait))

    def _computed(self, portrait: Portrait) -> Any:
        value = self.compute(portrait)
        return read_only(value) if isinstance(value, np.ndarray) else value


FACTS: dict[str, Fact[Any]] = {}


def fact(of: Literal["shape", "colour"], *, is_map: bool = False) -> Callable[[Callable[[Portrait], Value]], Fact[Value]]:
    """Declare a fact of a Portrait."""
    return lambda compute: Fact(compute, of, is_map)


@dataclass(frozen=True, eq=False)
class Portrait:
    """One person's head and shoulders.

    ``pixels``: (H, W, 3) linear RGB. ``landmarks``: (478, 3) mesh points in these pixels. ``to_photo``: maps these pixels to the
    upright photo's. ``facts``: what has been computed so far.
    """

    photo: Photo
    pixels: Image
    landmarks: Points
    to_photo: Affine
    facts: dict[str, Any] = field(default_factory=dict, repr=False)

    # -- making one

    @classmethod
    def of(cls, photo: Photo, face: Face, *, field: Field = HEAD_AND_SHOULDERS, max_ipd: float = np.inf) -> Portrait:
        """The part of ``photo`` within ``field`` of ``face``, made smaller where its eyes are over ``max_ipd`` pixels apart."""
        (x, y), ipd = eye_midpoint(face.landmarks), face.ipd
        box = Box(
            int(np.floor(x - field.left * ipd)),
            int(np.floor(y - field.up * ipd)),
            int(np.ceil(x + field.right * ipd)) + 1,
            int(np.ceil(y + field.down * ipd)) + 1,
        ).clipped(photo.width, photo.height)
        to_photo, size = crop_and_scale(box, min(1.0, max_ipd / ipd))
        return cls(photo, photo.pixels(box, size), transform(face.landmarks, invert(to_photo)), to_photo)

    def with_pixels(self, pixels: Image) -> Portrait:
        """The same person and place with other colours: facts of shape are kept."""
        kept = {name: value for name, value in self.facts.items() if FACTS[name].of == "shape"}
        return replace(self, pixels=read_only(pixels), facts=kept)

    def cropped(self, box: Box) -> Portrait:
        """The part inside ``box``, with its facts."""
        shift = np.array([[1, 0, box.left], [0, 1, box.top]], np.float64)
        return self._moved(shift, lambda plane: box.of(plane))

    def resampled(self, to_self: Affine, size: tuple[int, int]) -> Portrait:
        """Seen through ``to_self``, the map from the new picture's pixels to these, at ``size`` (width, height)."""
        return self._moved(to_self, lambda plane: warp(plane, to_self, size))

    def aligned(self, ipd: float, field: Field) -> Portrait:
        """Upright and in scale: the irises level and ``ipd`` pixels apart, the picture reaching as far as ``field``."""
        return self.resampled(*self.frame(ipd, field))

    def frame(self, ipd: float, field: Field) -> tuple[Affine, tuple[int, int]]:
        """The map from the picture that ``aligned`` gives to this one, and its (width, height)."""
        centre = np.array([field.left * ipd, field.up * ipd], np.float32)
        reach = np.array([ipd / 2, 0], np.float32)
        to_self = similarity(np.stack([centre - reach, centre + reach]), self._irises_level())
        return to_self, (round((field.left + field.right) * ipd) + 1, round((field.up + field.down) * ipd) + 1)

    def _irises_level(self) -> Points:
        """Two points on the line of the irises, one 3-D IPD apart, (2, 2)."""
        along = self.landmarks[473, :2] - self.landmarks[468, :2]
        along = along / np.linalg.norm(along) * self.ipd / 2
        middle = eye_midpoint(self.landmarks)
        return np.asarray(np.stack([middle - along, middle + along]), np.float32)

    def _moved(self, to_self: Affine, move: Callable[[Any], Any]) -> Portrait:
        carried = {name: read_only(move(value)) for name, value in self.facts.items() if FACTS[name].is_map}
        return Portrait(
            self.photo,
            read_only(move(self.pixels)),
            transform(self.landmarks, invert(to_self)),
            compose(self.to_photo, to_self),
            carried,
        )

    # -- what is known of it

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @fact("shape")
    def ipd(self) -> float:
        """Pixels between the pupils; 63 mm in life."""
        return ipd_of(self.landmarks)

    @fact("shape")
    def pose(self) -> Pose:
        """Head pose, degrees."""
        return pose_of(self.landmarks)

    @fact("colour", is_map=True)
    def srgb(self) -> Any:
        """8-bit sRGB, (H, W, 3): what backends look at."""
        return bytes_from_linear(self.pixels)

    @fact("colour")
    def face(self) -> Portrait:
        """The face alone, upright, with its eyes at most FACE_IPD apart: as measures of a photo alone see it."""
        return replace(self, facts={}).aligned(min(self.ipd, FACE_IPD), FACE_FIELD)

    @fact("shape", is_map=True)
    def skin(self) -> Plane:
        """Where facial skin is seen, not hair, beard, glasses or what covers it, (H, W) in 0..1."""
        return skin(self.pixels, self.landmarks, self.ipd)

    # -- the person cut out

    @fact("shape", is_map=True)
    def person(self) -> Plane:
        """The probability of the person, (H, W) 0..1."""
        return matte.person(self)

    @fact("shape", is_map=True)
    def alpha(self) -> Plane:
        """How much of each pixel is the person, (H, W) 0..1."""
        return matte.alpha(self)

    @fact("shape")
    def guessed(self) -> float:
        """How much of the cut-out is a guess, IPD^2; over matte.GUESSED only the photo's own background holds up, blurred or not."""
        return matte.guessed(self)

    @fact("colour")
    def layers(self) -> tuple[Image, Image]:
        """Foreground and plate, solved together."""
        return matte.layers(self)

    @fact("colour", is_map=True)
    def foreground(self) -> Image:
        """The person's own colours, free of the background, (H, W, 3) linear."""
        return self.layers[0]

    @fact("colour", is_map=True)
    def plate(self) -> Image:
        """The background without the person, (H, W, 3) linear."""
        return self.layers[1]

    @fact("colour")
    def embedding(self) -> Any:
        """Whose face it is, (128,): distances near 0 mean the same person (likeness.perception.face_embedding)."""
        face = replace(self, facts={}).aligned(EMBEDDING_IPD, Field(1.6, 1.6, 1.6, 2.2))
        return face_embedding()(face.srgb, face.landmarks)

    @fact("colour")
    def views(self) -> dict[Any, Any]:
        """What the audits of results against this source have made of it, shared between them (likeness.comparison.pair)."""
        return {}
