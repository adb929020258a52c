"""While likeness works, BLAS starts no threads; before and after, it is as its owner left it."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from likeness.cores import lean


def blas_threads() -> set[int]:
    """How many threads the BLAS of numpy and scipy may start."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {
        pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas" and pool["threading_layer"] != "disabled"
    }


@lean
def working(fail: bool = False) -> set[int]:
    """What is said while it works."""
    if fail:
        raise ZeroDivisionError
    return blas_threads()


def test_matrices_stay_on_one_core_as_long_as_a_call_works() -> None:
    with threadpool_limits(2, user_api="blas"):
        assert blas_threads() == {2}
        assert working() == {1}
        assert blas_threads() == {2}


def test_an_error_restores_them_too() -> None:
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(ZeroDivisionError):
            working(fail=True)
        assert blas_threads() == {2}


def test_a_call_keeps_its_name() -> None:
    assert (working.__name__, working.__doc__) == ("working", "What is said while it works.")
