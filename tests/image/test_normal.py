from __future__ import annotations

import numpy as np

from likeness.image.normal import PAIRS, WHOLE, dot, inverse, mean_around, normal_around, planes, squared, times


def test_six_planes_do_what_whole_matrices_do() -> None:
    random = np.random.default_rng(3)
    factors = random.standard_normal((50, 3, 3))
    whole = factors @ factors.transpose(0, 2, 1) + 0.1 * np.eye(3)
    vectors = random.standard_normal((50, 3))
    six = np.stack([whole[:, i, j] for i, j in PAIRS])
    inverted, determinant = inverse(six)
    np.testing.assert_allclose(six[WHOLE].transpose(2, 0, 1), whole)
    np.testing.assert_allclose(inverted[WHOLE].transpose(2, 0, 1), np.linalg.inv(whole), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(determinant, np.linalg.det(whole))
    np.testing.assert_allclose(times(six, vectors.T).T, np.einsum("nij,nj->ni", whole, vectors))
    np.testing.assert_allclose(dot(vectors.T, vectors.T), np.square(vectors).sum(1))
    np.testing.assert_allclose(squared(vectors.T, six), np.einsum("ni,nij,nj->n", vectors, whole, vectors))


def test_the_colours_around_a_pixel_are_those_that_count() -> None:
    random = np.random.default_rng(4)
    spread = np.float32([[0.05, 0, 0], [0.02, 0.04, 0], [0, 0.01, 0.03]])
    image = (random.standard_normal((80, 80, 3)) @ spread.T + 0.5).astype(np.float32)
    image[:, 40:] = 9.0  # of another, which counts nothing
    weight = np.float32(1e-6) + np.broadcast_to(np.arange(80) < 40, (80, 80)).astype(np.float32)
    mean, covariance = normal_around(planes(image), weight, 12.0, 0.02)
    np.testing.assert_allclose(mean[:, 40, 15], 0.5, atol=0.01)
    expected = spread @ spread.T + 0.02**2 * np.eye(3)
    np.testing.assert_allclose(covariance[WHOLE][:, :, 40, 15], expected, atol=4e-4)
    np.testing.assert_allclose(mean_around(planes(image), weight, 12.0), mean, rtol=1e-6)
