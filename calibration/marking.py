"""Planted defects of skin's marks: moles, freckles and scars painted on a source and healed away, or painted where there were none.

Contrasts are those of marks in portraits: a clear mole of 2 to 3 mm is 0.2-0.3, 0.4-0.6 and 0.45-0.75 denser (log, red, green, blue)
than the skin around it, a freckle about a third of that; the largest, of 4 to 8 mm, are also nearly black and sharply bounded. Two
paintings each and four healings; one painting of each and two healings are for tuning.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter
from numpy.typing import NDArray

from calibration.edits import Edit, Maker
from calibration.handling import same
from likeness.image import Image, Plane
from likeness.image.color import LINEAR_FROM_8BIT, bytes_from_linear
from likeness.portrait import Portrait

Spot = tuple[float, float]  # x, y in the source's pixels
Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Painter = Callable[[Portrait], tuple[Image, Mask]]

MOLE = np.array([0.24, 0.46, 0.62], np.float32)  # log density over the skin's
FRECKLE = np.array([0.09, 0.18, 0.26], np.float32)
SCAR = np.array([-0.10, -0.18, -0.18], np.float32)  # old scars are pale
MOLE_INK, FRECKLE_INK, SCAR_INK = (222, 202, 190), (243, 234, 226), (28, 36, 36)  # 8-bit: to multiply by; the scar's to screen with
BLACK = np.array([1.6, 2.0, 2.2], np.float32)
BLACKEST = 0.4  # share of the skin's 8-bit brightness
BESIDE = 1.0  # mm healed around a mark
ROUGHEST = 0.08  # share of its brightness that healed skin varies by at most
FROM = 2.2  # diameters of what is healed from its middle to the skin that is copied there


@dataclass(frozen=True)
class Kind:
    """``count`` marks of ``size`` mm across, of a painting's ``ink``; ``length`` mm where it is a line."""

    size: float
    density: NDArray[np.float32]
    ink: tuple[int, int, int]
    count: int = 1
    length: float = 0.0


def mole(size: float) -> Kind:
    return Kind(size, MOLE, MOLE_INK)


FRECKLES = Kind(1.8, FRECKLE, FRECKLE_INK, count=12)
LINE = Kind(1.3, SCAR, SCAR_INK, length=14.0)


def px(source: Portrait) -> float:
    """Pixels in a millimetre."""
    return source.ipd / 63


def places(source: Portrait, kind: Kind, salt: str) -> list[Spot]:
    """Where the marks go, anywhere on the skin with room for healing; the same for the same photo."""
    random = np.random.default_rng(zlib.crc32(f"{source.photo.path.name} {salt} {kind.size}".encode()))
    room = cv2.distanceTransform((source.skin > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    least = min((kind.size / 2 + 2.5 + kind.length / 4) * px(source), 0.9 * float(room.max()))
    rows, columns = np.nonzero(room >= least)
    found: list[Spot] = []
    for i in random.permutation(len(rows)):
        spot = float(columns[i]), float(rows[i])
        if all(np.hypot(spot[0] - x, spot[1] - y) > 2.5 * kind.size * px(source) for x, y in found):
            found.append(spot)
        if len(found) == kind.count:
            break
    return found


def _distance(source: Portrait, spot: Spot, kind: Kind, random: np.random.Generator) -> Plane:
    """From a mark's outline, mm, negative inside, (H, W): irregular as marks are."""
    y, x = np.mgrid[: source.height, : source.width].astype(np.float32)
    x, y = (x - spot[0]) / px(source), (y - spot[1]) / px(source)
    turn = random.uniform(0, np.pi)
    along, across = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    if kind.length:
        bent = across + 0.02 * along**2 - 0.02 * (kind.length / 4) ** 2
        return np.asarray(np.maximum(np.abs(bent) - kind.size / 2, np.abs(along) - kind.length / 2), np.float32)
    angle = np.arctan2(across, along)
    wave = 1 + 0.08 * np.cos(2 * angle) + 0.05 * np.cos(3 * angle + random.uniform(0, 6))
    return np.asarray(np.hypot(x, y) - kind.size / 2 * wave, np.float32)


def painted(kind: Kind) -> Painter:
    """Pigment in the skin: light that comes through it is dimmed by its density. The picture, and what a retoucher would heal."""

    def make(source: Portrait) -> tuple[Image, Mask]:
        random = np.random.default_rng(zlib.crc32(source.photo.path.name.encode()))
        density, where = np.zeros((source.height, source.width), np.float32), np.zeros((source.height, source.width), bool)
        for spot in places(source, kind, "painted"):
            distance = _distance(source, spot, kind, random)
            strength = random.uniform(0.7, 1.3) if kind.count > 1 else 1.0
            density = np.maximum(density, strength / (1 + np.exp(np.clip(distance / 0.18, -30, 30))))
            where |= distance < BESIDE
        lens = cv2.GaussianBlur(density, (0, 0), 0.7)
        return np.asarray(source.pixels * np.exp(-lens[..., None] * kind.density), np.float32), where

    return make


def brushed(kind: Kind) -> Painter:
    """Second implementation: dabs of a soft brush in 8-bit sRGB, with Pillow; ink multiplies, a scar is screened."""

    def make(source: Portrait) -> tuple[Image, Mask]:
        random = np.random.default_rng(zlib.crc32(source.photo.path.name.encode()) + 1)
        dabs, healed = (PIL.Image.new("L", (source.width * 4, source.height * 4)) for _ in range(2))
        for x, y in places(source, kind, "brushed"):
            radius, turn = 2 * kind.size * px(source), random.uniform(0, np.pi)
            reach = 2 * kind.length * px(source) * np.array([np.cos(turn), np.sin(turn)])
            for t in np.linspace(-1, 1, 40 if kind.length else 1):
                cx, cy = np.array([4 * x, 4 * y]) + t * reach if kind.length else (4 * x, 4 * y)
                for canvas, r, fill in (
                    (dabs, radius, int(255 * random.uniform(0.75, 1))),
                    (healed, radius + 4 * BESIDE * px(source), 255),
                ):
                    PIL.ImageDraw.Draw(canvas).ellipse((cx - r, cy - 0.9 * r, cx + r, cy + 0.9 * r), fill=fill)
        size = (source.width, source.height)
        soft = np.asarray(dabs.resize(size, PIL.Image.Resampling.BOX).filter(PIL.ImageFilter.GaussianBlur(0.25 * px(source) + 0.4)))
        dab, picture, ink = soft[..., None] / 255.0, same(source) / 255.0, np.array(kind.ink) / 255
        inked = 1 - (1 - picture) * (1 - ink) if kind.length else picture * ink
        mixed = (255 * (picture + dab * (inked - picture))).round().astype(np.uint8)
        return LINEAR_FROM_8BIT[mixed], np.asarray(healed.resize(size, PIL.Image.Resampling.BOX)) > 127

    return make


def inked(size: float) -> Painter:
    """A dark mole with a sharp edge: the outline of a painted one, antialiased over a pixel, and as dark all over."""
    kind = Kind(size, BLACK, MOLE_INK)

    def make(source: Portrait) -> tuple[Image, Mask]:
        random = np.random.default_rng(zlib.crc32(source.photo.path.name.encode()))
        distance = _distance(source, places(source, kind, "inked")[0], kind, random)
        cover = np.clip(0.5 - distance * px(source), 0, 1)
        return np.asarray(source.pixels * (1 - cover[..., None] * (1 - np.exp(-BLACK))), np.float32), distance < BESIDE

    return make


def stamped(size: float) -> Painter:
    """Second implementation: a polygon of one dark colour, drawn over the 8-bit picture with Pillow, its edge as rough as pixels are."""
    kind = Kind(size, BLACK, MOLE_INK)

    def make(source: Portrait) -> tuple[Image, Mask]:
        random = np.random.default_rng(zlib.crc32(source.photo.path.name.encode()) + 2)
        (x, y), radius = places(source, kind, "stamped")[0], size / 2 * px(source)
        skin = same(source)[round(y), round(x)]
        turns = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        radii = radius * random.uniform(0.85, 1.1, len(turns))
        picture, healed = PIL.Image.fromarray(same(source)), PIL.Image.new("L", (source.width, source.height))
        for canvas, more, fill in ((picture, 0.0, tuple(int(BLACKEST * v) for v in skin)), (healed, BESIDE * px(source), 255)):
            corners = [(x + (r + more) * np.cos(t), y + (r + more) * np.sin(t)) for r, t in zip(radii, turns, strict=True)]
            PIL.ImageDraw.Draw(canvas).polygon(corners, fill=fill)
        return LINEAR_FROM_8BIT[np.asarray(picture)], np.asarray(healed) > 127

    return make


# -- healing


def inpainted(image: Image, where: Mask) -> Image:
    """Telea's inpainting: smooth."""
    return LINEAR_FROM_8BIT[cv2.inpaint(bytes_from_linear(image), where.astype(np.uint8), 3, cv2.INPAINT_TELEA)]


def patched(image: Image, where: Mask) -> Image:
    """Skin from beside each mark, its light fitted to that around the mark, under a soft edge."""
    out = image.copy()
    for part in _parts(where):
        shift, ring = _beside(part, where), _ring(part)
        moved = np.roll(image, shift, (0, 1))
        light = np.median(image[ring], axis=0) / np.maximum(np.median(moved[ring], axis=0), 1e-4)
        soft = cv2.GaussianBlur(part.astype(np.float32), (0, 0), 1.2)[..., None]
        out += soft * (moved * light - out)
    return np.asarray(out, np.float32)


def cloned(image: Image, where: Mask) -> Image:
    """Second implementation: Poisson cloning (seamlessClone) of skin from beside each mark, as healing brushes do."""
    out = bytes_from_linear(image)
    for part in _parts(where):
        rows, columns = np.nonzero(part)
        top, left, bottom, right = rows.min() - 6, columns.min() - 6, rows.max() + 7, columns.max() + 7
        dy, dx = _beside(part, where)
        patch = np.roll(out, (dy, dx), (0, 1))[top:bottom, left:right]
        mask = cv2.dilate(part.astype(np.uint8) * 255, np.ones((7, 7)))[top:bottom, left:right]  # seamlessClone shrinks it by 3
        inside = np.argwhere(mask)
        middle = (inside.min(0) + inside.max(0) + 1) // 2
        out = cv2.seamlessClone(patch, out, mask, (int(left + middle[1]), int(top + middle[0])), cv2.NORMAL_CLONE)
    return LINEAR_FROM_8BIT[out]


def levelled(image: Image, where: Mask) -> Image:
    """Second implementation: a plane through the skin around each mark, under grain as strong as that skin's."""
    out, random = image.copy(), np.random.default_rng(5)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    for part in _parts(where):
        ring, (cy, cx) = _ring(part), np.argwhere(part).mean(0)
        basis = np.stack([np.ones(x.shape), x - cx, y - cy], -1)
        fit, *_ = np.linalg.lstsq(basis[ring], image[ring], rcond=None)
        plane = basis @ fit
        rough = np.abs(image[ring] / np.maximum(plane[ring], 1e-3) - 1)
        grain = cv2.GaussianBlur(random.normal(0, 1, x.shape), (0, 0), 0.8)
        flat = plane * (1 + grain / grain.std() * min(1.48 * float(np.median(rough)), ROUGHEST))[..., None]
        soft = cv2.GaussianBlur(part.astype(np.float32), (0, 0), 0.8)[..., None]
        out += soft * (flat - out)
    return np.asarray(out, np.float32)


def _parts(where: Mask) -> list[Mask]:
    count, labels = cv2.connectedComponents(where.astype(np.uint8))
    return [labels == i for i in range(1, count)]


def _ring(part: Mask) -> Mask:
    """The skin right around ``part``."""
    inner, outer = (cv2.dilate(part.astype(np.uint8), np.ones((n, n))) for n in (3, 9))
    return np.asarray((outer - inner) > 0)


def _beside(part: Mask, where: Mask) -> tuple[int, int]:
    """The step down and right from clean skin near ``part`` to ``part``."""
    rows, columns = np.nonzero(part)
    reach = FROM / 2 * min(np.ptp(rows) + 1, np.ptp(columns) + 1) + 3
    steps = [(round(reach * np.sin(t)), round(reach * np.cos(t))) for t in np.linspace(0, 2 * np.pi, 16, endpoint=False)]
    return min(steps, key=lambda step: int((np.roll(where, step, (0, 1)) & part).sum()))


def with_marks(paint: Painter) -> Maker:
    """The source with the marks on it."""
    return lambda source: paint(source)[0]


def healed(paint: Painter, heal: Callable[[Image, Mask], Image]) -> Maker:
    """The source with the marks painted and healed away again."""
    return lambda source: heal(*paint(source))


def _gone(name: str, dose: float, paint: Painter, heal: Callable[[Image, Mask], Image]) -> Edit:
    return Edit(name, dose, "marks", healed(paint, heal), prepare=with_marks(paint))


LARGE = (3.0, 4.0, 6.0, 8.0)
MARKING = (
    *(_gone("mole inpainted", mm, painted(mole(mm)), inpainted) for mm in (2.0, 3.0, 5.0)),
    *(_gone("mole patched", mm, painted(mole(mm)), patched) for mm in (2.0, 3.0, 5.0)),
    _gone("freckles inpainted", 12, painted(FRECKLES), inpainted),
    _gone("scar patched", 14, painted(LINE), patched),
    *(Edit("mole painted", mm, "marks", with_marks(painted(mole(mm)))) for mm in (2.0, 3.0, 5.0)),
    *(_gone("black mole patched", mm, inked(mm), patched) for mm in LARGE),
    *(Edit("black mole inked", mm, "marks", with_marks(inked(mm))) for mm in LARGE),
)
MARKING_TEST = (
    *(_gone("mole cloned over", mm, brushed(mole(mm)), cloned) for mm in (2.0, 3.0, 5.0)),
    *(_gone("mole levelled", mm, brushed(mole(mm)), levelled) for mm in (2.0, 3.0, 5.0)),
    _gone("freckles cloned over", 12, brushed(FRECKLES), cloned),
    _gone("scar levelled", 14, brushed(LINE), levelled),
    *(Edit("mole brushed on", mm, "marks", with_marks(brushed(mole(mm)))) for mm in (2.0, 3.0, 5.0)),
    *(_gone("black mole cloned over", mm, stamped(mm), cloned) for mm in LARGE),
    *(Edit("black mole stamped", mm, "marks", with_marks(stamped(mm))) for mm in LARGE),
)
