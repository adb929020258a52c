"""Alpha and the colours under it: the picture is I = alpha F + (1 - alpha) B, in linear light.

Closed-form matting (Levin, Lischinski and Weiss 2008) on the unknown pixels only, coarse to fine; foreground and background
colours by several levels (Germer 2020). Written out here, not taken from a package, because both must run on a thin band of
a large picture: a whole-picture Laplacian of 3 MP takes over 1 GB, and the band's some 60 MB.
"""

from __future__ import annotations

import cv2
import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from likeness.image import Image, Plane
from likeness.image.filters import box
from likeness.image.geometry import resize
from likeness.image.normal import PAIRS, WHOLE, Planes, dot, inverse, normal_around, planes, squared, times

Mask = NDArray[np.bool_]
Rows = NDArray[np.float32]
COLOUR_NOISE = 0.03  # standard deviation of square-root light below which colours are the same
# The most that colour adds to log odds, before a busy and before a plain background: a headband is no less the person for being
# unlike the hair and like something on the shelf, but what is not the colour of a plain wall is no wall.
LIKELIER = (2.0, 8.0)
PLAIN = (0.04, 0.12)  # standard deviation of square-root light of a background that is plain, and of one that is not
FREEDOM = 0.9  # share of the trust that a plain background takes away: there the matting equation alone is best
UNFIT = (12.0, 1.0)  # squared Mahalanobis distance over which trust falls by e, before a busy and before a plain background
EPSILON = 1e-5
ITSELF = 12  # of a pixel's 5x5 neighbours
WINDOWS_AT_ONCE = 40_000  # bounds memory: a chunk takes some 60 MB


def closed_form(
    image: Image,
    alpha: Plane,
    unknown: Mask,
    *,
    prior: Plane | None = None,
    trust: Plane | float = 0.0,
    rows: Rows | None = None,
    epsilon: float = EPSILON,
    tolerance: float = 1e-3,
    iterations: int = 200,
) -> Plane:
    """Alpha in the ``unknown`` pixels, given elsewhere by ``alpha``, which also holds the first guess. Values in 0..1.

    Minimises alpha' L alpha + sum of trust (alpha - prior)^2 with the matting Laplacian of 3x3 windows (Levin 2008, eq. 12).
    ``prior`` is ``alpha`` when absent; ``trust`` 10 outweighs what colours say, 0.1 hardly tells. ``epsilon`` is relative to the window's squared
    brightness, so that shadows count like lights although the colours are linear. ``rows``: the pixels' ``laplacian``, where it is known.
    """
    result = alpha.astype(np.float32, copy=True)
    if not unknown.any() or min(unknown.shape) < 3:
        return result
    rows = laplacian(image, unknown, epsilon) if rows is None else rows.copy()
    pull = np.broadcast_to(np.asarray(trust, np.float32), alpha.shape)[unknown]
    rows[:, ITSELF] += pull
    matrix, right = _system(rows, alpha, unknown)
    right += pull * (alpha if prior is None else prior)[unknown].astype(np.float64)
    diagonal = rows[:, ITSELF].astype(np.float64)
    found = _conjugate_gradients(matrix, diagonal, right, alpha[unknown], tolerance, iterations)
    result[unknown] = np.clip(found, 0, 1)
    return result


def _system(rows: Rows, alpha: Plane, unknown: Mask) -> tuple[scipy.sparse.csr_matrix, NDArray[np.float64]]:
    """The equations of the unknown pixels that ``rows`` are: matrix (n, n) and right side (n,)."""
    height, width = unknown.shape
    pixels = np.flatnonzero(unknown).astype(np.int32)
    number = np.full(height * width, -1, np.int32)
    number[pixels] = np.arange(len(pixels), dtype=np.int32)
    dy, dx = np.mgrid[-2:3, -2:3].reshape(2, 25)
    neighbours = np.clip(pixels[:, None] + (dy * width + dx).astype(np.int32), 0, height * width - 1)
    column = number[neighbours]
    solved = column >= 0
    given = np.where(unknown, 0, alpha).ravel()[neighbours]
    right = -np.einsum("nk,nk->n", rows, given, dtype=np.float64)
    pointers = np.concatenate([[0], np.cumsum(solved.sum(1))]).astype(np.int32)
    return scipy.sparse.csr_matrix((rows[solved].astype(np.float64), column[solved], pointers), (len(pixels),) * 2), right


def laplacian(image: Image, unknown: Mask, epsilon: float = EPSILON) -> Rows:
    """The matting Laplacian's rows of the ``unknown`` pixels as stencils: (n, 25), neighbours from two up and left to two down and right."""
    width = unknown.shape[1]
    centres = _windows(unknown)
    dy, dx = np.mgrid[-1:2, -1:2].reshape(2, 9)
    offsets = (dy * width + dx).astype(np.int32)
    colours = image.reshape(-1, 3)
    shares = np.zeros((len(centres) + 1, 9, 9), np.float32)  # the last one is of all pixels around which no window lies
    for start in range(0, len(centres), WINDOWS_AT_ONCE):
        window = centres[start : start + WINDOWS_AT_ONCE, None] + offsets
        shares[start : start + len(window)] = _window_laplacian(colours[window], epsilon)
    number = np.full(unknown.size, len(centres), np.int32)
    number[centres] = np.arange(len(centres), dtype=np.int32)
    pixels = np.flatnonzero(unknown).astype(np.int32)
    stencils = np.zeros((5, 5, len(pixels)), np.float32)
    for place, (y, x) in enumerate(np.ndindex(3, 3)):  # the pixel's own, in the windows that it is in
        share = shares[number.take(pixels - offsets[place], mode="clip"), place]
        stencils[2 - y : 5 - y, 2 - x : 5 - x] += share.T.reshape(3, 3, -1)
    return np.ascontiguousarray(stencils.reshape(25, -1).T)


def _windows(unknown: Mask) -> NDArray[np.int32]:
    """The centres of the 3x3 windows that hold ``unknown`` pixels and lie in the picture, as numbers of pixels."""
    touched = cv2.dilate(unknown.astype(np.uint8), np.ones((3, 3), np.uint8))
    touched[[0, -1]] = 0
    touched[:, [0, -1]] = 0
    return np.flatnonzero(touched).astype(np.int32)


def _window_laplacian(colours: NDArray[np.float32], epsilon: float) -> NDArray[np.float32]:
    """Each window's part of the Laplacian, (n, 9, 9), from its colours (n, 9, 3)."""
    centred = colours.astype(np.float64)
    mean = np.einsum("nac->nc", centred)[:, None] / 9
    centred -= mean
    floor = epsilon * (np.square(mean).mean((1, 2)) + 1e-4) / 9
    covariance = centred.transpose(0, 2, 1) @ centred / 9 + floor[:, None, None] * np.eye(3)
    precision, _ = inverse(np.stack([covariance[:, i, j] for i, j in PAIRS]))
    affinity = centred @ (precision / 9)[WHOLE].transpose(2, 0, 1) @ centred.transpose(0, 2, 1)
    return np.asarray(np.eye(9) - 1 / 9 - affinity, np.float32)


def _conjugate_gradients(
    matrix: scipy.sparse.csr_matrix,
    diagonal: NDArray[np.float64],
    right: NDArray[np.float64],
    guess: NDArray[np.float32],
    tolerance: float,
    iterations: int,
) -> NDArray[np.float64]:
    """Solves ``matrix`` x = ``right`` from ``guess`` until no residual, preconditioned by the ``diagonal``, is over ``tolerance``."""
    inverse = 1 / np.maximum(diagonal, 1e-6)
    x = guess.astype(np.float64)
    residual = right - matrix @ x
    step = inverse * residual
    direction, energy = step.copy(), residual @ step
    for _ in range(iterations):
        if np.abs(step).max() < tolerance:
            break
        moved = matrix @ direction
        length = energy / (direction @ moved)
        x += length * direction
        residual -= length * moved
        step = inverse * residual
        energy, before = residual @ step, energy
        direction = step + energy / before * direction
    return x


def finer_alpha(image: Image, small_image: Image, small_alpha: Plane, *, radius: int = 2, epsilon: float = 1e-5) -> Plane:
    """``small_alpha``, solved on ``small_image``, at the size of ``image``, 0..1.

    Alpha is a linear function of colour in small windows; the functions are enlarged and read at the large picture's colours.
    Levin 2008, section 5; He 2015 (fast guided filter).
    """
    height, width = image.shape[:2]
    if small_alpha.shape == (height, width):
        return small_alpha
    slope, offset = _linear_functions(small_image, small_alpha, radius, epsilon)
    size = (width, height)
    slope, offset = (cv2.resize(field, size, interpolation=cv2.INTER_LINEAR) for field in (slope, offset))
    return np.asarray(np.clip(np.einsum("hwc,hwc->hw", slope, image) + offset, 0, 1), np.float32)


def _linear_functions(image: Image, alpha: Plane, radius: int, epsilon: float) -> tuple[Image, Plane]:
    """Slope (H, W, 3) and offset (H, W) of alpha as a function of colour around each pixel, averaged over the windows it is in."""
    colours = planes(image)
    mean, mean_alpha = np.stack([box(plane, radius) for plane in colours]), box(alpha, radius)
    floor = epsilon * (dot(mean, mean) / 3 + 1e-4)
    entries = [box(colours[i] * colours[j], radius) - mean[i] * mean[j] + floor * (i == j) for i, j in PAIRS]
    joint = np.stack([box(plane * alpha, radius) for plane in colours]) - mean * mean_alpha
    slope = times(inverse(np.stack(entries).astype(np.float64))[0], joint)  # single precision can't invert what is nearly grey
    offset = mean_alpha - dot(slope, mean)
    return box(cv2.merge(list(slope.astype(np.float32))), radius), box(np.asarray(offset, np.float32), radius)


def foreground_and_background(image: Image, alpha: Plane, *, rounds: int = 2) -> tuple[Image, Image]:
    """The colours F and B of image = alpha F + (1 - alpha) B, (H, W, 3) each, both smooth where alpha is.

    Minimises (alpha F + (1 - alpha) B - I)^2 + sum over neighbours of (eps + |alpha_i - alpha_j|)(|F_i - F_j|^2 + |B_i - B_j|^2),
    eps = 1e-5, from a picture of a few pixels up to the whole. Germer, Uelwer, Conrad and Harmeling 2020. Where alpha is 1, F is
    the image; where it is 0, B is.
    """
    height, width = alpha.shape
    if max(height, width) <= 4:
        weight = alpha[..., None] + 1e-3
        front = (image * weight).sum((0, 1)) / weight.sum((0, 1))
        back = (image * (1.002 - weight)).sum((0, 1)) / (1.002 - weight).sum((0, 1))
        return np.broadcast_to(front, image.shape).copy(), np.broadcast_to(back, image.shape).copy()
    half = ((width + 1) // 2, (height + 1) // 2)
    coarser = foreground_and_background(resize(image, half), resize(alpha, half), rounds=rounds if max(half) > 32 else 10)
    front, back = (np.asarray(cv2.resize(c, (width, height), interpolation=cv2.INTER_LINEAR), np.float32) for c in coarser)
    np.copyto(front, image, where=(alpha >= 0.998)[..., None])
    np.copyto(back, image, where=(alpha <= 0.002)[..., None])
    mixed = (alpha > 0.002) & (alpha < 0.998) if max(height, width) > 64 else np.ones_like(alpha, bool)
    for _ in range(rounds):
        _relax(image, alpha, front, back, mixed)
    return front, back


def _relax(image: Image, alpha: Plane, front: Image, back: Image, mixed: Mask) -> None:
    """One Jacobi round on the ``mixed`` pixels, in place: each pixel's F and B given its four neighbours'."""
    height, width = alpha.shape
    y, x = np.nonzero(mixed)
    a = alpha[y, x]
    aa, ab, bb = a * a, a * (1 - a), (1 - a) * (1 - a)
    colour = image[y, x]
    right_front, right_back = a[:, None] * colour, (1 - a)[:, None] * colour
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        ny, nx = np.clip(y + dy, 0, height - 1), np.clip(x + dx, 0, width - 1)
        tie = 1e-5 + np.abs(a - alpha[ny, nx])
        aa, bb = aa + tie, bb + tie
        right_front += tie[:, None] * front[ny, nx]
        right_back += tie[:, None] * back[ny, nx]
    scale = 1 / (aa * bb - ab * ab)
    front[y, x] = np.maximum((bb * scale)[:, None] * right_front - (ab * scale)[:, None] * right_back, 0)
    back[y, x] = np.maximum((aa * scale)[:, None] * right_back - (ab * scale)[:, None] * right_front, 0)


def colour_evidence(image: Image, person: Mask, background: Mask, belief: Plane, reach: float) -> tuple[Plane, Plane]:
    """What colour makes of ``belief`` (H, W), the probability of the person: the posterior, and how far to trust it, 0..1.

    The known ``person`` and ``background`` within some ``reach`` pixels give each pixel two normal distributions of colour (in
    square-root light, where they are more nearly normal); Bayes' rule does the rest. Not to be trusted: a colour that is like
    neither, as mixed ones are, and any before a plain background, where alpha follows from the colours. After Wang and Cohen 2007.
    """
    colours = planes(np.sqrt(np.maximum(image, 0)))
    front, spread, _ = _colour_model(colours, person, reach)
    back, back_spread, unevenness = _colour_model(colours, background, reach)
    bounded = np.clip(belief, 1e-4, 1 - 1e-4)
    plain = np.clip((PLAIN[1] - unevenness) / (PLAIN[1] - PLAIN[0]), 0, 1)
    most = LIKELIER[0] + (LIKELIER[1] - LIKELIER[0]) * plain
    evidence = np.clip(0.5 * (back - front + back_spread - spread), -most, most)
    posterior = 1 / (1 + np.exp(-evidence) * (1 - bounded) / bounded)
    fits = np.exp(-np.maximum(np.minimum(front, back) - 1, 0) / (UNFIT[0] + (UNFIT[1] - UNFIT[0]) * plain))
    return np.asarray(posterior, np.float32), np.asarray(np.square(2 * posterior - 1) * fits * (1 - FREEDOM * plain), np.float32)


def _colour_model(colours: Planes, known: Mask, reach: float) -> tuple[Plane, Plane, Plane]:
    """Each pixel's squared Mahalanobis distance from the ``known`` colours around it, their log determinant and mean spread, (H, W) each."""
    weight = known.astype(np.float32) + np.float32(1e-4)  # where none is near, all the picture's
    mean, covariance = normal_around(colours, weight, reach, COLOUR_NOISE)
    precision, determinant = inverse(covariance)
    unevenness = np.sqrt((covariance[0] + covariance[3] + covariance[5]) / 3)
    return squared(colours - mean, precision), np.log(determinant), unevenness
