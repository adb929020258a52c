"""The source's face as marks are looked for on it, and a result as it lies on that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import FACE, SCENE, Pair
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import fill, gaussian, grown
from likeness.image.flow import Flow, positions
from likeness.image.geometry import Box, resize, warp
from likeness.image.spots import luma_density, response
from likeness.lazy import lazy
from likeness.regions import skin_outline

Mask = NDArray[np.bool_]

FACE_MM = 63.0  # between the pupils
ARC = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)  # mesh points from temple to temple over the forehead
ABOVE, NARROWER = 0.45, 0.8  # IPD; so far over that arc the forehead may go on, and the share of its width that is left there
FINE = 2.6  # mm; hair, beard and frames answer to discs of this diameter everywhere
CUT_OUT = 0.12  # IPD; the face's outline is not looked at nearer than this where it was cut out
FROM_BEHIND = 0.2  # IPD; nor nearer than this to what was behind the person: a new background shines over the edge
BRIGHT = 0.92  # linear; nearer to clipping shine comes and goes with the exposure
BURNT, BESIDE_BURNT = 0.97, 0.02  # linear, IPD; highlights that have no detail left, and their rims
SILHOUETTE = 0.04  # IPD; a face's outline is not looked at nearer than this, beard or not
FEATURES = (("eyes", 0.2), ("brows", 0.05), ("lips", 0.05), ("nostrils", 0.03))  # IPD; glasses sit around eyes
SMOOTH = 0.05  # IPD; the flow is believed as far as it is as smooth as this
ASTRAY = 1.0  # pixels; a flow that does not lead back so nearly follows nothing
TRUSTED = 0.25  # IPD; nearer to a picture's border the flow is that of what lies further in
BROAD = 0.02  # IPD over which skin burns out
BORDER = 0.02  # IPD; what lies nearer to a picture's border is not looked at
DARK = 0.004  # linear, added before a logarithm


@dataclass(frozen=True, eq=False)
class SourceFace:
    """What the source alone tells of its face, (h, w) in the ``box`` around it: found once for all results. ``scene``: who is a person."""

    view: View
    scene: View
    box: Box

    @classmethod
    def of(cls, pair: Pair) -> SourceFace:
        known, key = pair.source.views, ("source face", pair.ipd)
        if key not in known:
            known[key] = cls(pair.faces[0], pair.scenes[0], face_box(pair.faces[0]))
        face: SourceFace = known[key]
        return face

    @property
    def ipd(self) -> float:
        return self.view.ipd

    @lazy
    def pixels(self) -> Image:
        return self.box.of(self.view.pixels)

    @lazy
    def density(self) -> Plane:
        return luma_density(self.pixels)

    @lazy
    def fine(self) -> Plane:
        return fine(self.density, self.ipd)

    @lazy
    def burnt(self) -> Mask:
        return burnt(self.pixels, self.ipd)

    @lazy
    def outline(self) -> Mask:
        """Where facial skin is expected."""
        return np.asarray(self.box.of(skin_outline(self.view.landmarks, self.view.size, self.ipd)) > 0.5)

    @lazy
    def above(self) -> Mask:
        """Where the forehead may go on above the mesh."""
        return np.asarray(self.box.of(_forehead(self.view)) & ~self.outline)

    @lazy
    def mesh(self) -> Mask:
        """All of the face, as far as the mesh reaches."""
        return np.asarray(self.box.of(self.view.region("face")) > 0.5)

    @lazy
    def face(self) -> Mask:
        return self.above | self.mesh

    @lazy
    def inside(self) -> Mask:
        """What a cut along the person's outline cannot have touched."""
        return grown(self.face, -CUT_OUT * self.ipd) & ~self.behind(FROM_BEHIND)

    @lazy
    def unfeatured(self) -> Mask:
        """The mesh less features and its edge."""
        left = grown(self.mesh, -SILHOUETTE * self.ipd) & ~self.behind(SILHOUETTE)
        for name, margin in FEATURES:
            left &= self.box.of(self.view.region(name, margin)) < 0.5
        return np.asarray(left)

    @lazy
    def unfeatured_inside(self) -> Mask:
        """The same, less what a cut along the person's outline may have touched."""
        return self.unfeatured & grown(self.mesh, -CUT_OUT * self.ipd) & ~self.behind(FROM_BEHIND)

    def behind(self, reach: float) -> Mask:
        """What lies within ``reach`` IPD of where no person is seen."""
        return np.asarray(self._apart <= reach * self.ipd)

    @lazy
    def _apart(self) -> Plane:
        """From where no person is seen, pixels."""
        scale = self.scene.ipd / self.ipd
        left, top = (scale * (self.box.left - FACE.left * self.ipd), scale * (self.box.top - FACE.up * self.ipd))
        to_scene = np.array(
            [[scale, 0, left + SCENE.left * self.scene.ipd], [0, scale, top + SCENE.up * self.scene.ipd]], np.float64
        )
        person = warp(self.scene.person, to_scene, (self.box.width, self.box.height)) >= 0.5
        return np.asarray(cv2.distanceTransform(person.astype(np.uint8), cv2.DIST_L2, 5))


class Shown(NamedTuple):
    """The result on the source's ``face``: its ``pixels`` (h, w, 3), their ``density`` and the result's surest ``skin``.

    ``valid``: where both pictures have pixels, which elsewhere are taken to be the source's in the light of those; ``burnt``: in
    either; ``cut_out``: the background was changed.
    """

    face: SourceFace
    pixels: Image
    density: Plane
    skin: Mask
    valid: Mask
    burnt: Mask
    cut_out: bool

    @classmethod
    def of(cls, pair: Pair) -> Shown:
        """The result laid on the source along the flow, so that a reshaped face has its marks in place."""
        face = SourceFace.of(pair)
        pixels, valid = _laid_on(pair, face)
        return cls(
            face,
            pixels,
            luma_density(pixels),
            np.asarray(face.box.of(pair.faces[1].skin) > 0.5),
            valid,
            face.burnt | burnt(pixels, pair.ipd),
            pair.background not in ("kept", "unseen"),
        )

    @property
    def ipd(self) -> float:
        return self.face.ipd


def _laid_on(pair: Pair, face: SourceFace) -> tuple[Image, Mask]:
    """The result's pixels where the source has them, (h, w, 3), and where both pictures have some, (h, w).

    Beyond a picture's border a flow follows nothing, and filters would read the border itself: a crop has lost no marks.
    """
    box, (source, result) = face.box, pair.faces
    both = (source.valid * result.valid) > 0
    inside = box.of(grown(both, -TRUSTED * pair.ipd))
    flow, error = (np.array(box.of(plane), np.float32) for plane in (pair.registration.flow, pair.registration.error))
    smooth = gaussian(_followed(flow, inside & (error < ASTRAY)), SMOOTH * pair.ipd)
    at = positions(np.array([[1, 0, box.left], [0, 1, box.top]], np.float64), (box.width, box.height)) + smooth
    at = at.astype(np.float32)
    moved = cv2.remap(result.pixels, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    pixels = np.asarray(moved, np.float32)
    if inside.all():
        return pixels, np.ones(pixels.shape[:2], bool)
    shown = cv2.remap(result.valid, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    valid = grown((shown > 0.99) & (box.of(source.valid) > 0), -BORDER * pair.ipd)
    return _continued(pixels, face.pixels, valid), valid


def _followed(flow: Flow, known: Mask) -> Flow:
    """``flow`` where it is ``known``, smoothly continued from there: told on a picture of half the size."""
    height, width = known.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    weight = resize(known.astype(np.float32), size)
    small = resize(flow * known[..., None], size) / np.maximum(weight, 1e-6)[..., None]
    told = fill(np.asarray(small, np.float32), weight)
    return np.asarray(cv2.resize(told, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _continued(pixels: Image, source: Image, valid: Mask) -> Image:
    """``pixels`` where they are ``valid``, elsewhere the ``source`` in the light that they have nearby."""
    before, after = (np.maximum(image, 0) + np.float32(DARK) for image in (source, pixels))
    light = fill(np.log(after / before), valid.astype(np.float32))
    return np.asarray(np.where(valid[..., None], pixels, before * np.exp(light) - np.float32(DARK)), np.float32)


def burnt(image: Image, ipd: float) -> Mask:
    """Highlights without detail, with their rims, (h, w)."""
    light = luminance(image)
    broad = gaussian(light, BROAD * ipd) > BRIGHT
    return grown((light > BURNT) | broad, BESIDE_BURNT * ipd)


def fine(density: Plane, ipd: float) -> Plane:
    """How much stands out like a spot or a line, (h, w)."""
    return np.asarray(np.abs(response(density, FINE * ipd / FACE_MM)))


def face_box(view: View) -> Box:
    """The box around the face's mesh and the forehead above it."""
    (left, top), (right, bottom) = np.floor(view.landmarks[:, :2].min(0)), np.ceil(view.landmarks[:, :2].max(0))
    return Box(int(left), int(top - ABOVE * view.ipd), int(right) + 1, int(bottom) + 1).clipped(*view.size)


def _forehead(view: View) -> Mask:
    """Where a forehead may be, up from the brows to a head's top, (H, W): the mesh ends halfway to the hair."""
    arc = view.landmarks[list(ARC), :2]
    middle = arc.mean(0)
    risen = (arc - middle) * np.array([NARROWER, 1], np.float32) + middle - np.array([0, ABOVE * view.ipd], np.float32)
    mask = np.zeros(view.valid.shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.concatenate([arc, risen]).round().astype(np.int32)), 1)
    return np.asarray((mask > 0) & (view.region("brows", 0.06) < 0.5) & (view.region("eyes", 0.06) < 0.5))
