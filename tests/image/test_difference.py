from __future__ import annotations

import colour
import numpy as np

from likeness.image.difference import delta_e_2000


def test_agrees_with_colour_science() -> None:
    rng = np.random.default_rng(5)
    first = np.column_stack([rng.uniform(0, 100, 3000), rng.uniform(-90, 90, (3000, 2))])
    second = first + rng.normal(0, 12, (3000, 3))
    second[:200] = np.column_stack([rng.uniform(0, 100, 200), rng.uniform(-90, 90, (200, 2))])
    second[200:210, 1:] = 0
    expected = colour.delta_E(first, second, method="CIE 2000")
    assert (
        np.abs(delta_e_2000(first, second) - expected).max() < 1e-4
    )  # where the hues are opposite, rounding decides which way round


def test_published_pair() -> None:
    assert round(float(delta_e_2000([50, 2.6772, -79.7751], [50, 0, -82.7485])), 4) == 2.0425
    assert float(delta_e_2000([50, 0, 0], [50, 0, 0])) == 0
