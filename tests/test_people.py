"""Which photos show the same person."""

from __future__ import annotations

import numpy as np

from likeness.people import same_people


def test_people_are_numbered_by_first_sight() -> None:
    rng = np.random.default_rng(1)
    anna, ben = rng.normal(0, 0.08, (2, 128)).astype(np.float32)
    nearby = [(who + rng.normal(0, 0.01, 128)).astype(np.float32) for who in (anna, ben, anna, anna, ben)]
    assert same_people(nearby) == [1, 2, 1, 1, 2]
    assert same_people(nearby[:1]) == [1]
    assert same_people([]) == []
