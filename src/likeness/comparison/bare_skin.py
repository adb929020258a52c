"""Where a face shows bare skin in two pictures, and where it shows skin that is hard to look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import FACE, SCENE, Pair
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.color import luminance
from likeness.image.filters import fill, gaussian, grown
from likeness.image.geometry import Box, warp
from likeness.image.spots import density, luma_density, response
from likeness.regions import skin_outline

Mask = NDArray[np.bool_]

FACE_MM = 63.0  # between the pupils
EDGE = 0.02  # IPD; skin nearer to hair, eyes or lips than this is not looked at
ARC = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)  # mesh points from temple to temple over the forehead
ABOVE, NARROWER = 0.45, 0.8  # IPD; so far over that arc the forehead may go on, and the share of its width that is left there
HAIRLINE = 0.05  # IPD; skin above the mesh that is nearer than this to something else is not looked at
ROOTED = 0.03  # IPD squared; the least skin below that it must go on from
UNEVEN = 0.35  # log; what differs more from the light on the skin below is none
FINE = 2.6  # mm; hair, beard and frames answer to discs of this diameter everywhere
LEAST_FINE = 0.02  # log; what the smoothest skin is taken to answer
NEAR, CROWDED = 0.08, 0.3  # IPD; within the one, the share that may stand out
OTHER_HUE = np.array([0.35, 0.6], np.float32)  # log of green over red and over blue
CUT_OUT = 0.12  # IPD; the face's outline is not looked at nearer than this where it was cut out
FROM_BEHIND = 0.2  # IPD; nor nearer than this to what was behind the person: a new background shines over the edge
SHINE, SHONE = 0.05, 0.1  # IPD, log; a change as broad and as strong that comes in from outside is the new background
FROM_SHINE = 0.12  # IPD; skin nearer to that is not looked at
HOLE = 0.14  # IPD; a gap in the skin up to this long is a mark in it, a longer one hair or a frame
BRIGHT = 0.92  # linear; nearer to clipping shine comes and goes with the exposure
BURNT, BESIDE_BURNT = 0.97, 0.02  # linear, IPD; highlights that have no detail left, and their rims
SILHOUETTE = 0.04  # IPD; a face's outline is not looked at nearer than this, beard or not
FEATURES = (("eyes", 0.2), ("brows", 0.05), ("lips", 0.05), ("nostrils", 0.03))  # IPD; glasses sit around eyes


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

    @cached_property
    def pixels(self) -> Image:
        return self.box.of(self.view.pixels)

    @cached_property
    def density(self) -> Plane:
        return luma_density(self.pixels)

    @cached_property
    def fine(self) -> Plane:
        return _fine(self.density, self.ipd)

    @cached_property
    def burnt(self) -> Mask:
        return _burnt(self.pixels, self.ipd)

    @cached_property
    def outline(self) -> Mask:
        """Where facial skin is expected."""
        return np.asarray(self.box.of(skin_outline(self.view.landmarks, self.view.size, self.ipd)) > 0.5)

    @cached_property
    def above(self) -> Mask:
        """Where the forehead may go on above the mesh."""
        return np.asarray(self.box.of(_forehead(self.view)) & ~self.outline)

    @cached_property
    def mesh(self) -> Mask:
        """All of the face, as far as the mesh reaches."""
        return np.asarray(self.box.of(self.view.region("face")) > 0.5)

    @cached_property
    def face(self) -> Mask:
        return self.above | self.mesh

    @cached_property
    def inside(self) -> Mask:
        """What a cut along the person's outline cannot have touched."""
        return grown(self.face, -CUT_OUT * self.ipd) & ~self.behind(FROM_BEHIND)

    @cached_property
    def unfeatured(self) -> Mask:
        """The mesh less features and its edge."""
        left = grown(self.mesh, -SILHOUETTE * self.ipd) & ~self.behind(SILHOUETTE)
        for name, margin in FEATURES:
            left &= self.box.of(self.view.region(name, margin)) < 0.5
        return np.asarray(left)

    @cached_property
    def unfeatured_inside(self) -> Mask:
        """The same, less what a cut along the person's outline may have touched."""
        return self.unfeatured & grown(self.mesh, -CUT_OUT * self.ipd) & ~self.behind(FROM_BEHIND)

    def behind(self, reach: float) -> Mask:
        """What lies within ``reach`` IPD of where no person is seen."""
        return np.asarray(self._apart <= reach * self.ipd)

    @cached_property
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

    ``valid``: where both pictures have pixels; ``burnt``: in either; ``cut_out``: the background was changed.
    """

    face: SourceFace
    pixels: Image
    density: Plane
    skin: Mask
    valid: Mask
    burnt: Mask
    cut_out: bool

    @classmethod
    def of(cls, pair: Pair, pixels: Image) -> Shown:
        """``pixels`` of the result as they lie on the source."""
        face, (source, result) = SourceFace.of(pair), pair.faces
        return cls(
            face,
            pixels,
            luma_density(pixels),
            np.asarray(face.box.of(result.skin) > 0.5),
            np.asarray(face.box.of(source.valid * result.valid) > 0),
            face.burnt | _burnt(pixels, pair.ipd),
            pair.background not in ("kept", "unseen"),
        )

    @property
    def ipd(self) -> float:
        return self.face.ipd


def bare_skin(shown: Shown) -> tuple[Mask, Mask]:
    """Bare skin, less clipped highlights, and what of it lies away from its edges, (h, w) each.

    More than the surest skin: shaded cheeks and noses have marks too. It ends where hair, beard, wrinkles or frames fill the place
    in one of the two, or where the source has another colour.
    """
    face, ipd = shown.face, shown.ipd
    outline, above = (mask & face.inside if shown.cut_out else mask for mask in (face.outline, face.above))
    skins = (face.box.of(face.view.skin) > 0.5, shown.skin)
    sure = np.logical_or(*(_mended(skin, outline, ipd) for skin in skins)) & outline
    if not sure.any():
        return sure, sure
    empty = ~(_filled(face.fine, sure, ipd) | _filled(_fine(shown.density, ipd), sure, ipd))
    seen = _bare((face.pixels, shown.pixels), face.face, sure, outline, above, empty, ipd) & shown.valid & ~shown.burnt
    return seen, grown(seen, -EDGE * ipd)


def hard_skin(shown: Shown) -> Mask:
    """All of the face but its features, its edge and burnt highlights, (h, w): bare skin, and what beards, folds and shade make hard to see."""
    face = shown.face
    hard = (face.unfeatured_inside if shown.cut_out else face.unfeatured) & shown.valid & ~shown.burnt
    small = [image[::2, ::2] for image in (face.pixels, shown.pixels)]
    shone = _shone_in(small[0], small[1], face.mesh[::2, ::2], shown.ipd / 2).repeat(2, 0).repeat(2, 1)
    return np.asarray(hard & ~shone[: hard.shape[0], : hard.shape[1]])


def _burnt(image: Image, ipd: float) -> Mask:
    """Highlights without detail, with their rims, (h, w)."""
    light = luminance(image)
    broad = gaussian(light, EDGE * ipd) > BRIGHT
    return grown((light > BURNT) | broad, BESIDE_BURNT * ipd)


def face_box(view: View) -> Box:
    """The box around the face's mesh and the forehead above it."""
    (left, top), (right, bottom) = np.floor(view.landmarks[:, :2].min(0)), np.ceil(view.landmarks[:, :2].max(0))
    return Box(int(left), int(top - ABOVE * view.ipd), int(right) + 1, int(bottom) + 1).clipped(*view.size)


def _bare(images: tuple[Image, Image], face: Mask, sure: Mask, outline: Mask, above: Mask, empty: Mask, ipd: float) -> Mask:
    """Skin of the ``face``: what is ``sure``, and of the ``outline`` and ``above`` it what is ``empty`` and like that, (h, w).

    Told on a picture of half the size, where all of it can still be seen.
    """
    height, width = face.shape
    before, after = (cv2.resize(image, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA) for image in images)
    face, sure, outline, above, empty = (mask[::2, ::2] for mask in (face, sure, outline, above, empty))
    like = empty & _coloured_like(before, sure, ipd / 2) if sure.any() else sure
    skin = sure | (outline & like)
    skin |= _risen((before, after), above, like, skin, ipd / 2)
    skin &= ~_shone_in(before, after, face, ipd / 2)
    return np.asarray(skin.repeat(2, 0).repeat(2, 1)[:height, :width])


def _shone_in(before: Image, after: Image, face: Mask, ipd: float) -> Mask:
    """What of the ``face`` became paler or darker from its outline inward, and its surroundings: a new background ate into it, (h, w).

    A change of tone as a whole, which depends on the brightness alone, is none.
    """
    a, b = (gaussian(luma_density(image), SHINE * ipd) for image in (before, after))
    low, high = np.quantile(a[face], (0.05, 0.95))
    known = face & (a >= low) & (a <= high)
    tone = np.polyfit(a[known][::3], (b - a)[known][::3], 2)
    changed = face & (np.abs(b - a - np.polyval(tone, np.clip(a, low, high))) > SHONE)
    _, labels = cv2.connectedComponents(changed.astype(np.uint8))
    reaching = np.zeros(labels.max() + 1, bool)
    reaching[labels[face & ~grown(face, -1.5)]] = True
    reaching[0] = False
    return grown(np.asarray(reaching[labels]), FROM_SHINE * ipd) if reaching.any() else np.zeros_like(face)


def _risen(images: tuple[Image, Image], above: Mask, like: Mask, skin: Mask, ipd: float) -> Mask:
    """What of ``above`` is ``like`` the ``skin`` below it and goes on from there as evenly as a forehead does, up to the hair, (h, w)."""
    luma = gaussian(np.stack([luma_density(image) for image in images], -1), 0.02 * ipd)
    even = above & like & (np.abs(luma - fill(luma, skin.astype(np.float32))) < UNEVEN).all(-1)
    whole = _mended(even | skin, above | skin, ipd)
    both = grown(grown(whole, -HAIRLINE * ipd), HAIRLINE * ipd)
    _, labels = cv2.connectedComponents((both | skin).astype(np.uint8), connectivity=4)
    below = np.bincount(labels[skin], minlength=labels.max() + 1) > ROOTED * ipd**2
    below[0] = False
    return np.asarray(both & above & below[labels])


def _coloured_like(image: Image, skin: Mask, ipd: float) -> Mask:
    """Where ``image`` has about the hue and saturation of its ``skin``, however dark, (h, w)."""
    told = density(gaussian(image, 0.02 * ipd))
    hue = told[..., [0, 2]] - told[..., 1:2]
    return np.asarray((np.abs(hue - np.median(hue[skin], axis=0)) < OTHER_HUE).all(-1))


def _fine(density: Plane, ipd: float) -> Plane:
    """How much stands out like a spot or a line, (h, w)."""
    return np.asarray(np.abs(response(density, FINE * ipd / FACE_MM)))


def _filled(fine: Plane, skin: Mask, ipd: float) -> Mask:
    """Where more stands out (``fine``, see _fine) than single marks would, (h, w)."""
    usual = max(1.4826 * float(np.median(fine[skin])), LEAST_FINE)
    return np.asarray(gaussian((fine > 3 * usual).astype(np.float32), NEAR * ipd) > CROWDED)


def _forehead(view: View) -> Mask:
    """Where a forehead may be, up from the brows to a head's top, (H, W): the mesh ends halfway to the hair."""
    arc = view.landmarks[list(ARC), :2]
    middle = arc.mean(0)
    risen = (arc - middle) * np.array([NARROWER, 1], np.float32) + middle - np.array([0, ABOVE * view.ipd], np.float32)
    mask = np.zeros(view.valid.shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.concatenate([arc, risen]).round().astype(np.int32)), 1)
    return np.asarray((mask > 0) & (view.region("brows", 0.06) < 0.5) & (view.region("eyes", 0.06) < 0.5))


def _mended(skin: Mask, outline: Mask, ipd: float) -> Mask:
    """``skin`` with the small holes filled that it has within ``outline``: a large mole was taken for none."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((outline & ~skin).astype(np.uint8), connectivity=4)
    small = boxes[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1) < HOLE * ipd
    small[0] = False
    return np.asarray(skin | small[labels])
