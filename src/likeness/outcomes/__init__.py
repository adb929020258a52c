"""What a headshot is for: one TOML file per use, and the loader that checks every word of it.

A head is HEAD_IPD eye distances from chin to crown in the typical case; from that follow the eye distance that an outcome
demands, the one beyond which more pixels are not used, and how far around the eyes a picture is needed.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field, model_validator

from likeness.errors import LikenessError, NoUsableSource, unknown
from likeness.portrait import Field as Reach

HEAD_IPD = 3.7  # chin to crown with hair, median over portraits
TALL_HEAD_IPD = 4.2  # 95 % of heads with their hair are no taller
SIDEWAYS_IPD = 0.3  # room to centre the head rather than the eyes

Share = Annotated[float, Field(gt=0, lt=1)]
Pixels = Annotated[int, Field(ge=16, le=20000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Frame(_Strict):
    """Where the head stands in the picture. Shares are of the frame's height."""

    aspect: float = Field(gt=0.3, lt=3, description="width over height")
    shape: Literal["rectangle", "circle"] = Field(description="circle: shown as one, so the head stays inside the inscribed circle")
    head_height: Share = Field(description="chin to crown, hair included")
    head_tolerance: float = Field(ge=0, le=1, description="how much larger the head may be, as a share of head_height")
    eye_line: Share = Field(description="from the top to the eyes")
    eye_tolerance: float = Field(ge=0, le=0.3, description="how far the eyes may stand higher or lower")
    hair_trim: float = Field(ge=0, le=0.3, description="share of the head's height that may be cut off the hair")


class Export(_Strict):
    """One file to hand over: the frame's own pixels, reduced to at most ``width`` x ``height``, never enlarged."""

    name: str = Field(pattern=r"[a-z0-9]+(-[a-z0-9]+)*")
    format: Literal["jpeg", "png"]
    width: Pixels
    height: Pixels
    min_width: Pixels
    min_height: Pixels
    max_bytes: int = Field(ge=10_000)
    quality: int = Field(ge=50, le=100)

    @model_validator(mode="after")
    def _ordered(self) -> Export:
        if self.min_width > self.width or self.min_height > self.height:
            raise ValueError("the least size is larger than the largest")
        return self

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The (width, height) of this export of a frame of that size; NoUsableSource when it falls below the least."""
        scale = min(1.0, self.width / width, self.height / height)
        size = (round(width * scale), round(height * scale))
        if size[0] < self.min_width or size[1] < self.min_height:
            raise NoUsableSource(
                f"the frame has {width} x {height} pixels, '{self.name}' needs {self.min_width} x {self.min_height}",
                advice=("photograph from closer, or send the camera's full-size file",),
            )
        return size


class Outcome(_Strict):
    """One clear use of a headshot."""

    name: str
    title: str
    description: str
    frame: Frame
    exports: tuple[Export, ...] = Field(min_length=1)
    polish: float = Field(ge=0, le=1, description="how much polish this use can bear: 0 none, 1 all that honest editing allows")
    backdrops: tuple[str, ...] = Field(min_length=1, description="which backgrounds to offer, the preferred one first")

    @model_validator(mode="after")
    def _same_shape(self) -> Outcome:
        for export in self.exports:
            if abs(export.width / export.height - self.frame.aspect) > 0.01 * self.frame.aspect:
                raise ValueError(f"the export '{export.name}' has another aspect than the frame")
        if len({export.name for export in self.exports}) < len(self.exports):
            raise ValueError("two exports have the same name")
        return self

    @property
    def height_ipd(self) -> float:
        """The frame's height around a typical head, in IPD."""
        return HEAD_IPD / self.frame.head_height

    @property
    def min_ipd(self) -> float:
        """Pixels between the pupils below which the frame is smaller than the least size of an export."""
        return max(export.min_height for export in self.exports) / self.height_ipd

    @property
    def max_ipd(self) -> float:
        """Pixels between the pupils at which the frame reaches the largest export: more are not used."""
        return max(export.height for export in self.exports) / self.height_ipd

    @property
    def field(self) -> Reach:
        """How far around the eyes a picture is needed to frame all but the tallest heads, in IPD."""
        height = TALL_HEAD_IPD / self.frame.head_height
        side = height * self.frame.aspect / 2 + SIDEWAYS_IPD
        return Reach(side, side, self.frame.eye_line * height, (1 - self.frame.eye_line) * height)


def outcome(name: str) -> Outcome:
    """The outcome of that name; LikenessError with the closest names when there is none."""
    known = all_outcomes()
    if name not in known:
        raise unknown("outcome", name, known)
    return known[name]


def outcome_names() -> list[str]:
    """The names of all outcomes, sorted."""
    return sorted(all_outcomes())


@functools.cache
def all_outcomes() -> dict[str, Outcome]:
    """Every outcome by name."""
    return {name: read_outcome(name, file.read_text("utf-8")) for name, file in sorted(_files())}


def _files() -> Iterator[tuple[str, Traversable]]:
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".toml"):
            yield file.name.removesuffix(".toml"), file


def read_outcome(name: str, toml: str) -> Outcome:
    """The outcome that ``toml`` describes. LikenessError names the first key that is unknown, missing or out of range."""
    where = f"{name}.toml"
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise LikenessError(f"is not TOML ({error})", where=where, hint="correct the file") from error
    try:
        return Outcome.model_validate({"name": name} | data)
    except pydantic.ValidationError as error:
        raise _explained(error, where) from error


def _explained(error: pydantic.ValidationError, where: str) -> LikenessError:
    """The first thing that is wrong, in one line; for an unknown key the closest known ones."""
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")  # a misspelt key also lacks the right one
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return unknown("key", str(first["loc"][-1]), _keys_at(first["loc"][:-1]), where=where)
    if first["type"] == "missing":
        return LikenessError(f"lacks the key '{place}'", where=where, hint="add it")
    return LikenessError(f"'{place}': {first['msg']}" if place else first["msg"], where=where, hint="correct the value")


def _keys_at(place: tuple[int | str, ...]) -> list[str]:
    """The keys that are known in that table of an outcome."""
    tables: dict[str, type[BaseModel]] = {"frame": Frame, "exports": Export}
    model: Any = tables[str(place[0])] if place else Outcome
    return list(model.model_fields)
