"""Portraits over another background: cut out properly, and in the ways that leave the old background in hair and edges.

A proper cut-out has the person's own colours in its mixed pixels. The untreated ones carry the photo's: by this package's own alpha, by
scissors, by a feathered mask; and, to test on, by what Pillow and GrabCut make of a mask in 8 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.edits import Edit
from calibration.handling import same
from likeness.image import Image, Plane
from likeness.image.color import bytes_from_linear, linear_from_srgb, luminance, srgb_from_linear
from likeness.image.filters import disc_blur, gaussian
from likeness.image.noise import completed, noise_levels, with_noise
from likeness.matte import GUESSED
from likeness.portrait import Portrait
from likeness.steps.background import background

BACKDROPS = {"grey": (0.25, 0.25, 0.25), "white": (0.85, 0.85, 0.85), "navy": (0.02, 0.035, 0.09), "sand": (0.5, 0.4, 0.28)}
Bytes = NDArray[np.uint8]
Maker = Callable[[Portrait], Image]
ByteMaker = Callable[[Portrait], Bytes]
Mask = NDArray[np.bool_]
PIECE, LIMB = (0.04, 0.03), (0.1, 0.3)  # half the width of what makes a cut-out wrong, IPD, and how much of it may be there, IPD^2


def backdrop(name: str, source: Portrait) -> Image:
    """A wall of one colour, lit from the side that lights the face: a soft falloff to the other. Or a sky at dusk, or lights in the evening."""
    if name in ("dusk", "evening"):
        return {"dusk": dusk, "evening": evening}[name](source)
    across = np.linspace(-1, 1, source.width, dtype=np.float32)[None, :, None]
    x = np.exp2(0.26 * lit_side(source) * across)
    y = np.linspace(1.05, 0.9, source.height, dtype=np.float32)[:, None, None]
    return np.asarray(x * y * np.array(BACKDROPS[name], np.float32), np.float32)


def dusk(source: Portrait) -> Image:
    """From blue above to orange below."""
    down = np.linspace(0, 1, source.height, dtype=np.float32)[:, None, None]
    sky = (1 - down) * np.array([0.10, 0.22, 0.52], np.float32) + down * np.array([0.60, 0.32, 0.18], np.float32)
    return np.asarray(np.broadcast_to(sky, source.pixels.shape), np.float32)


def evening(source: Portrait) -> Image:
    """A dim street with coloured lights far out of focus."""
    random, scene = np.random.default_rng(3), np.full(source.pixels.shape, (0.042, 0.036, 0.030), np.float32)
    for x, y, *colour in random.uniform(0.15, 1, (24, 5)):
        at = (round((x - 0.15) / 0.85 * source.width), round((y - 0.15) / 0.85 * source.height * 0.8))
        cv2.circle(scene, at, max(1, round(0.02 * source.ipd)), [60 * c * c for c in colour], -1)
    return np.minimum(disc_blur(scene, 0.16 * source.ipd), 1)


def lit_side(source: Portrait) -> float:
    """The side of the picture that the face is lit from, -1 left .. 1 right: one half of its skin against the other, 0.3 EV is much."""
    skin, light = source.skin > 0.5, luminance(source.pixels)
    right = (np.arange(source.width) > source.landmarks[168, 0])[None]
    halves = [np.median(light[half]) if (half := skin & side).any() else 1.0 for side in (right, ~right)]
    return float(np.tanh(np.log2((halves[0] + 1e-3) / (halves[1] + 1e-3)) / 0.3))


def grainy(back: Image, source: Portrait) -> Image:
    """``back`` with the noise that the source has."""
    return with_noise(back, completed(noise_levels(source.pixels, source.alpha >= 1, least=True)), seed=1)


def over(front: Image, alpha: Plane, back: Image) -> Image:
    return np.asarray(alpha[..., None] * front + (1 - alpha[..., None]) * back, np.float32)


def over_srgb(front: Image, alpha: Plane, back: Image) -> Image:
    """Mixed as encoded, as most programs do."""
    return linear_from_srgb(over(*(srgb_from_linear(np.clip(x, 0, 1)) if x.ndim == 3 else x for x in (front, alpha, back))))


# -- properly


def well_cut(source: Portrait) -> bool:
    """Whether the cut-out of ``source`` is right to the eye, so that what is put behind it is proper.

    Wrong it is where alpha takes a piece for the person that the network surely takes for the background, or leaves out a part that the
    network suspects to be the person: a wedge of sky above the shoulder, a white jacket before a white wall. And where it is half transparent
    over a breadth although person and background are so alike there that it can only be guessed: brown curls before a brick wall, a dark strap
    before a dark meadow. A fringe of fair hair before a dark wall is as broad, and right.
    """
    if "well cut" not in source.views:
        source.views["well cut"] = _agrees(source)
    return bool(source.views["well cut"])


def miscut(source: Portrait) -> bool:
    """Whether it is wrong."""
    return not well_cut(source)


def _agrees(source: Portrait) -> bool:
    taken = (source.alpha > 0.5) & (source.person < 0.1)
    lost = (source.alpha < 0.5) & (source.person > 0.3)
    agrees = all(_broad(mask, width * source.ipd) <= most * source.ipd**2 for mask, (width, most) in ((taken, PIECE), (lost, LIMB)))
    return agrees and source.guessed <= GUESSED


def _broad(mask: Mask, radius: float) -> int:
    """Pixels of ``mask`` within discs of ``radius`` that it holds whole."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(radius) + 1,) * 2)
    return int(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc).sum())


def clean(name: str) -> Maker:
    """alpha F + (1 - alpha) B, with the source's grain on B."""
    return lambda s: over(s.foreground, s.alpha, grainy(backdrop(name, s), s))


def clean_soft(name: str) -> Maker:
    """A clean composite with another, slightly softer and tighter alpha than the audit's."""

    def make(source: Portrait) -> Image:
        soft = np.clip(cv2.GaussianBlur(source.alpha, (0, 0), 0.006 * source.ipd) * 1.04 - 0.04, 0, 1)
        return over(source.foreground, soft, grainy(backdrop(name, source), source))

    return make


def careful(name: str) -> Maker:
    """Another alpha (solved at half the size), other foreground colours (blur fusion, Forte and Pitie 2021), mixed in sRGB."""

    def make(source: Portrait) -> Image:
        half = np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]])
        small = replace(source, facts={}).resampled(half, (source.width // 2, source.height // 2)).alpha
        alpha = np.clip(cv2.resize(small, (source.width, source.height), interpolation=cv2.INTER_CUBIC), 0, 1)
        front = _fused(source.pixels, alpha, 0.6 * source.ipd)
        return over_srgb(_fused(source.pixels, alpha, 0.05 * source.ipd, front), alpha, grainy(backdrop(name, source), source))

    return make


def _fused(image: Image, alpha: Plane, sigma: float, front: Image | None = None) -> Image:
    """The person's colours under ``alpha``: averaged nearby, then corrected by what they leave unexplained."""
    a = alpha[..., None]
    near = gaussian((image if front is None else front) * a, sigma) / (gaussian(alpha, sigma)[..., None] + 1e-4)
    behind = gaussian(image * (1 - a), sigma) / (gaussian(1 - alpha, sigma)[..., None] + 1e-4)
    return np.asarray(np.clip(near + a * (image - a * near - (1 - a) * behind), 0, 1), np.float32)


def produced(name: str, **params: float) -> Maker:
    """By this package's own step."""
    return lambda s: background(s, backdrop=name, **params).pixels


def exported(make: Maker) -> ByteMaker:
    """``make``, sharpened for export."""

    def sharpened(source: Portrait) -> Bytes:
        picture = bytes_from_linear(make(source)).astype(np.float32)
        return np.asarray(np.clip(picture + 0.35 * (picture - cv2.GaussianBlur(picture, (0, 0), 0.7)), 0, 255), np.uint8)

    return sharpened


# -- untreated


def cut_out(name: str) -> Maker:
    """The picture itself under its alpha: every hair carries the old background's colour."""
    return lambda s: over(s.pixels, s.alpha, backdrop(name, s))


def scissors(name: str) -> Maker:
    """The picture itself under a binary mask."""
    return lambda s: over(s.pixels, (s.alpha > 0.5).astype(np.float32), backdrop(name, s))


def feathered(name: str) -> Maker:
    """The picture itself under the network's mask, feathered: what most quick tools do."""
    return lambda s: over(s.pixels, gaussian(s.person, 0.03 * s.ipd), backdrop(name, s))


def pasted(name: str, mask: Callable[[Portrait], Mask], feather: float) -> ByteMaker:
    """The photo in 8 bits pasted over the backdrop under a ``mask`` that Pillow feathered by ``feather`` pixels."""

    def make(source: Portrait) -> Bytes:
        paste = PIL.Image.fromarray(mask(source).astype(np.uint8) * 255).filter(PIL.ImageFilter.GaussianBlur(feather))
        below = PIL.Image.fromarray(bytes_from_linear(backdrop(name, source)))
        return np.asarray(PIL.Image.composite(PIL.Image.fromarray(same(source)), below, paste))

    return make


def masked(grow: int) -> Callable[[Portrait], Mask]:
    """The network's mask, ``grow`` pixels wider (negative: narrower)."""

    def mask(source: Portrait) -> Mask:
        binary = (source.person > 0.5).astype(np.uint8)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(grow) + 1,) * 2)
        return np.asarray((cv2.dilate if grow > 0 else cv2.erode)(binary, kernel) > 0)

    return mask


def grab_cut(source: Portrait) -> Mask:
    """GrabCut (Rother 2004) at half the size, started from a coarse outline as a user draws one."""
    small = (source.width // 2, source.height // 2)
    picture = cv2.resize(same(source), small, interpolation=cv2.INTER_AREA)
    person = cv2.resize(source.person, small, interpolation=cv2.INTER_AREA)
    rough = cv2.GaussianBlur(person, (0, 0), 0.05 * source.ipd)
    labels = np.select([rough > 0.95, rough > 0.5, rough > 0.05], [cv2.GC_FGD, cv2.GC_PR_FGD, cv2.GC_PR_BGD], cv2.GC_BGD)
    labels = np.asarray(labels, np.uint8)
    cv2.setRNGSeed(1)
    cv2.grabCut(picture, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    inside = np.isin(labels, [cv2.GC_FGD, cv2.GC_PR_FGD]).astype(np.float32)
    return np.asarray(cv2.resize(inside, (source.width, source.height), interpolation=cv2.INTER_CUBIC) > 0.5)


def keyed(source: Portrait) -> Mask:
    """By colour: near the mask's outline whatever differs enough from the background beside it, as a magic wand does."""
    lab = cv2.cvtColor(same(source), cv2.COLOR_RGB2LAB).astype(np.float32)
    sure = (source.person < 0.05).astype(np.float32)
    sigma = 0.3 * source.ipd
    behind = gaussian(lab * sure[..., None], sigma) / (gaussian(sure, sigma)[..., None] + 1e-3)
    differs = np.linalg.norm(lab - behind, axis=2) > 22
    return np.asarray((source.person > 0.9) | (differs & (source.person > 0.15)))


def untreated(name: str, make: Maker | ByteMaker) -> Edit:
    """People see it at the edge or in the hair: either measure may say so."""
    return Edit(name, 1, "background_leak", make, also=("edge_halo",))


COMPOSITES = (
    *(Edit(f"clean on {name}", 0, "", clean(name)) for name in BACKDROPS),
    Edit("clean, other alpha, on grey", 0, "", clean_soft("grey")),
    Edit("clean, other alpha, on navy", 0, "", clean_soft("navy")),
    *(Edit(f"careful on {name}", 0, "", careful(name)) for name in ("sand", "white", "navy", "dusk", "evening")),
    *(Edit(f"produced on {name}", 0, "", produced(name)) for name in ("studio", "white", "dark", "blur")),
    Edit("produced on warm, wrapped in light", 0, "", produced("warm", wrap=0.15)),
    Edit("produced, slightly blurred", 0, "", produced("blur", blur=0.06)),
    Edit("clean on grey, export sharpening", 0, "", exported(clean("grey")), 90),
    Edit("produced on studio, sent", 0, "", produced("studio"), 78),
)
PROPER = tuple(replace(edit, only=well_cut) for edit in COMPOSITES)
MISCUT = tuple(replace(edit, only=miscut) for edit in COMPOSITES)
LEAKS = tuple(untreated(f"{kind.__name__} on {name}", kind(name)) for kind in (cut_out, scissors, feathered) for name in BACKDROPS)
LEAKS_TEST = (
    *(untreated(f"pasted on {name}", pasted(name, masked(0), 2)) for name in ("dusk", "evening", "white")),
    *(
        untreated(f"pasted, {grow:+d} px, on {name}", pasted(name, masked(grow), 1))
        for grow in (-2, 1, 3)
        for name in ("dusk", "navy")
    ),
    *(untreated(f"grab cut on {name}", pasted(name, grab_cut, 1)) for name in ("sand", "evening")),
    *(untreated(f"keyed on {name}", pasted(name, keyed, 1)) for name in ("grey", "dusk")),
)
