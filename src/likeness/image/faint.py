"""Alpha where it is low: how much of a pixel is the person follows from the colours beside it, where the background there is even.

The matting Laplacian leaves a veil of a few percent over the whole of its unknown band, and faint strands less than they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.filters import gaussian
from likeness.image.normal import dot, inverse, mean_around, normal_around, planes, squared, times

EMPTY, FULL = 0.01, 0.9  # alpha up to which a pixel shows the background's colours, and from which the person's
FAINT = (0.2, 0.5)  # alpha up to which it is told anew, and from which it is left
NOISE = 0.012  # standard deviation of square-root light below which colours are the same
STRANGE = 3.0  # squared Mahalanobis distance from which a colour counts less as the background's: strands that alpha missed
APART = 6.0  # standard deviations of the background between it and the person, from which alpha follows from the colour
NEAR_ENOUGH = 0.02  # share of the pixels around that must show either
DARKEST = 0.05  # square-root light below which noise no longer falls

ANY = np.float32(1e-6)  # weight of all colours, which tells where none that is asked for is near
EVERY = 4.0  # pixels of the reach for each pixel between those that the colours are gathered from

Numbers = NDArray[np.float32]
Mask = NDArray[np.bool_]


def faint_alpha(image: Image, alpha: Plane, hair: Plane, reach: float, thin: float) -> Plane:
    """``alpha`` (H, W) of ``image`` with what is faint told by its colour, as far as the background within ``reach`` pixels allows.

    On the way from the background's mean colour to the person's, a pixel lies as far as it is the person: I - B = alpha (F - B), in linear
    light, by least squares weighted with the background's covariance. Alpha falls to that. It rises to that less one standard deviation, but
    only in what is thinner than twice ``thin`` pixels, as far as ``hair`` (H, W) says, 0..1: a stain on the wall is wide, a shelf is by the arm.
    Where the background is too uneven to tell, it falls to 0 within ``thin`` pixels of where nothing is the person, so that it ends in no step.
    """
    faint = (alpha > EMPTY) & (alpha < FAINT[1])
    if not faint.any():
        return alpha
    was = alpha[faint]
    told, apart = _by_colour(image, alpha, reach, faint)
    certainty = apart**4 / (apart**4 + APART**4)
    result = alpha.copy()
    result[faint] = told
    fine = (result - _opened(result, thin))[faint]
    higher = np.minimum(told - 1 / np.maximum(apart, 1e-3), was + fine) - was
    among = np.minimum(was, told) + hair[faint] * certainty**2 * np.maximum(higher, 0)  # to add takes more than to take away
    inside = cv2.distanceTransform((alpha > EMPTY).astype(np.uint8), cv2.DIST_L2, 5)[faint]
    ending = was * np.clip((inside - 0.5) / thin, 0, 1)
    share = np.clip((FAINT[1] - was) / (FAINT[1] - FAINT[0]), 0, 1)
    result[faint] = was + share * (certainty * among + (1 - certainty) * ending - was)
    return result


def _opened(plane: Plane, radius: float) -> Plane:
    """``plane`` without what is bright and narrower than a disc of ``radius`` pixels."""
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(
        cv2.morphologyEx(plane, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))), np.float32
    )


def _by_colour(image: Image, alpha: Plane, reach: float, where: Mask) -> tuple[Numbers, Numbers]:
    """``where`` (n pixels), alpha by colour alone, 0..1, and how many standard deviations of the background the person is from it: 0 far from either."""
    every = max(1, round(reach / EVERY))
    some, known = planes(np.sqrt(np.maximum(image[::every, ::every], 0))), alpha[::every, ::every]
    behind, person = ((known <= EMPTY).astype(np.float32), (known >= FULL).astype(np.float32))
    reach = reach / every
    back, spread = normal_around(some, behind + ANY, reach, NOISE)
    strange = squared(some - back, inverse(spread)[0])
    back, spread = normal_around(some, behind / np.square(1 + strange / STRANGE) + ANY, reach, NOISE)
    front, precision = mean_around(some, person + ANY, reach), inverse(spread)[0]
    both = np.minimum(gaussian(behind, reach), gaussian(person, reach)) > NEAR_ENOUGH
    apart = np.sqrt(np.maximum(squared(front - back, precision), 0)) * both
    read = _enlarged([*back, *front, apart, *precision], (alpha.shape[1], alpha.shape[0]), where)
    back, front, apart, precision = read[:3], read[3:6], read[6], read[7:]
    seen = image[where].T
    slope = 0.5 / np.maximum(np.sqrt(np.maximum(seen, 0)), DARKEST)
    way, gone = slope * (front**2 - back**2), slope * (seen - back**2)
    weighed = times(precision, way)
    return np.clip(dot(weighed, gone) / np.maximum(dot(weighed, way), 1e-9), 0, 1), apart


def _enlarged(fields: Sequence[Plane], size: tuple[int, int], where: Mask) -> Numbers:
    """``fields``, k planes (h, w), at ``size``, read ``where``: (k, n)."""
    return np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[where] for plane in fields])
