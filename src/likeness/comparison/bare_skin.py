"""Where a face shows bare skin in two pictures, and where it shows skin that is hard to look at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.shown import Shown, fine
from likeness.image import Image, Plane
from likeness.image.filters import fill, gaussian, grown, median
from likeness.image.spots import density, luma_density

Mask = NDArray[np.bool_]

EDGE = 0.02  # IPD; skin nearer to hair, eyes or lips than this is not looked at
HAIRLINE = 0.05  # IPD; skin above the mesh that is nearer than this to something else is not looked at
ROOTED = 0.03  # IPD squared; the least skin below that it must go on from
UNEVEN = 0.35  # log; what differs more from the light on the skin below is none
LEAST_FINE = 0.02  # log; what the smoothest skin is taken to answer
NEAR, CROWDED = 0.08, 0.3  # IPD; within the one, the share that may stand out
OTHER_HUE = np.array([0.35, 0.6], np.float32)  # log of green over red and over blue
SHINE, SHONE = 0.05, 0.1  # IPD, log; a change as broad and as strong that comes in from outside is the new background
LARGEST = 0.16  # IPD; a change narrower than four fifths of this is a mark
FROM_SHINE = 0.12  # IPD; skin nearer to that is not looked at
HOLE = 0.14  # IPD; a gap in the skin up to this long is a mark in it, a longer one hair or a frame


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
    empty = ~(_filled(face.fine, sure, ipd) | _filled(fine(shown.density, ipd), sure, ipd))
    seen = _bare((face.pixels, shown.pixels), face.face, sure, outline, above, empty, ipd) & shown.valid & ~shown.burnt
    return seen, grown(seen, -EDGE * ipd)


def hard_skin(shown: Shown) -> Mask:
    """All of the face but its features, its edge and burnt highlights, (h, w): bare skin, and what beards, folds and shade make hard to see."""
    face = shown.face
    hard = (face.unfeatured_inside if shown.cut_out else face.unfeatured) & shown.valid & ~shown.burnt
    small = [image[::2, ::2] for image in (face.pixels, shown.pixels)]
    shone = _shone_in(small[0], small[1], face.mesh[::2, ::2], shown.ipd / 2).repeat(2, 0).repeat(2, 1)
    return np.asarray(hard & ~shone[: hard.shape[0], : hard.shape[1]])


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

    A change of tone as a whole, which depends on the brightness alone, is none; nor is a mark, however dark, that lies near the outline.
    """
    first, second = luma_density(before), luma_density(after)
    a, change = gaussian(first, SHINE * ipd), gaussian(median(second - first, LARGEST * ipd), SHINE * ipd)
    low, high = np.quantile(a[face], (0.05, 0.95))
    known = face & (a >= low) & (a <= high)
    tone = np.polyfit(a[known][::3], change[known][::3], 2)
    changed = face & (np.abs(change - np.polyval(tone, np.clip(a, low, high))) > SHONE)
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


def _filled(told: Plane, skin: Mask, ipd: float) -> Mask:
    """Where more stands out (``told``, see likeness.comparison.shown.fine) than single marks would, (h, w)."""
    usual = max(1.4826 * float(np.median(told[skin])), LEAST_FINE)
    return np.asarray(gaussian((told > 3 * usual).astype(np.float32), NEAR * ipd) > CROWDED)


def _mended(skin: Mask, outline: Mask, ipd: float) -> Mask:
    """``skin`` with the small holes filled that it has within ``outline``: a large mole was taken for none."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((outline & ~skin).astype(np.uint8), connectivity=4)
    small = boxes[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1) < HOLE * ipd
    small[0] = False
    return np.asarray(skin | small[labels])
