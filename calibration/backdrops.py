"""Backgrounds that do not belong to the subject: lit from the other side, in light of another colour, too sharp, free of grain.

Each stands behind a proper cut-out, so nothing but the background's match can give it away; beside them the same backgrounds matched. Many
portraits are lit from the front, or too clean for anyone to miss grain: there the source is prepared first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from calibration.composites import backdrop, grainy, lit_side, over, well_cut
from calibration.edits import Edit
from calibration.handling import daylight
from calibration.scenes import grove, office
from likeness.image import Image
from likeness.image.filters import disc_blur
from likeness.image.noise import BINS, with_noise
from likeness.portrait import Portrait

Maker = Callable[[Portrait], Image]
Scene = Callable[[Portrait], Image]
FAR = 0.14  # IPD: radius of the disc that a point of a background well out of focus becomes
KEY = 1.5  # EV between the lit and the shaded side of a head with its key light 45 degrees to the side


def before(source: Portrait, back: Image, front: Image | None = None) -> Image:
    """The person properly cut out before ``back``."""
    return over(source.foreground if front is None else front, source.alpha, back)


def out_of_focus(scene: Scene, radius: float = FAR) -> Scene:
    return lambda s: disc_blur(scene(s), radius * s.ipd)


# -- grain


def with_grain(sigma: float, seed: int = 5) -> Callable[[Image], Image]:
    """Adds the noise of high sensitivity, ``sigma`` of 255."""
    levels = np.full(BINS, sigma / 255, np.float32)
    return lambda image: with_noise(image, levels, seed=seed)


def noisy_source(sigma: float) -> Maker:
    return lambda s: with_grain(sigma)(np.array(s.pixels))


def grain_on(scene: Scene, sigma: float, *, matched: bool) -> Maker:
    """A subject with grain before ``scene``, which has as much of it or none."""

    def make(source: Portrait) -> Image:
        front, back = with_grain(sigma)(np.array(source.foreground)), scene(source)
        return before(source, with_grain(sigma, seed=6)(grainy(back, source)) if matched else back, front)

    return make


# -- depth


def focused(scene: Scene, radius: float = 0.0) -> Maker:
    """Before ``scene`` out of focus by ``radius`` IPD, 0: sharp to the pixel; in the source's grain."""
    return lambda s: before(s, grainy(out_of_focus(scene, radius)(s), s))


# -- light


def lit_from_the_side(source: Portrait, stops: float = KEY) -> Image:
    """The gains of a key light from the side that lights the face already, (H, W, 3): the head and the body as upright cylinders."""
    side = 1.0 if lit_side(source) >= 0 else -1.0
    x = (np.arange(source.width) - source.landmarks[1, 0]) / source.ipd
    return np.exp2(0.5 * stops * side * np.tanh(x / 0.8))[None, :, None].astype(np.float32) * np.ones_like(source.pixels)


def side_lit_source(source: Portrait) -> Image:
    gains = lit_from_the_side(source)
    return over(source.pixels * gains, source.alpha, source.pixels)


def wall_lit(name: str, stops: float) -> Maker:
    """A side-lit subject before a wall whose light falls by ``stops`` per 5 IPD; negative: from the side that is lit, as it should."""

    def make(source: Portrait) -> Image:
        side = 1.0 if lit_side(source) >= 0 else -1.0
        x = (np.arange(source.width, dtype=np.float32) - source.landmarks[1, 0]) / (5 * source.ipd)
        level = backdrop(name, source).mean((0, 1))
        wall = np.exp2(-side * stops * x)[None, :, None] * level * np.ones_like(source.pixels)
        return before(source, grainy(wall.astype(np.float32), source), source.foreground * lit_from_the_side(source))

    return make


def other_light(scene: Scene, kelvin: float) -> Maker:
    """Before ``scene`` as it looks when the picture is balanced for light ``kelvin`` cooler than its own."""
    gains = (daylight(5500 + kelvin) / daylight(5500)).astype(np.float32)
    return lambda s: before(s, grainy(out_of_focus(scene)(s) * gains, s))


SCENES: dict[str, Scene] = {"an office": office, "a grove": grove}
WALLS: dict[str, Scene] = {"a grey wall": lambda s: backdrop("grey", s), "an office": out_of_focus(office)}
PROPER_SCENES = (
    *(Edit(f"{name}, out of focus", 0, "", focused(scene, FAR)) for name, scene in SCENES.items()),
    *(
        Edit(f"grain matched on {name}", 2, "", grain_on(scene, 2.0, matched=True), prepare=noisy_source(2.0))
        for name, scene in WALLS.items()
    ),
    Edit("light from the same side", 1, "", wall_lit("grey", -1.0), prepare=side_lit_source),
)
MATCHED = tuple(replace(edit, only=well_cut) for edit in PROPER_SCENES)
BACKDROPS = (
    *(Edit(f"too sharp: {name}", 0, "background_depth", focused(scene)) for name, scene in SCENES.items()),
    *(
        Edit(f"no grain on {name}", sigma, "background_grain", grain_on(scene, sigma, matched=False), prepare=noisy_source(sigma))
        for name, scene in WALLS.items()
        for sigma in (2.0, 3.5)
    ),
    *(
        Edit("light from the other side", stops, "background_light", wall_lit("grey", stops), prepare=side_lit_source)
        for stops in (1.0, 1.5)
    ),
    *(Edit("an office in other light", k, "background_light", other_light(office, k)) for k in (-1500.0, 1500.0)),
)
