"""How the cores are shared out: among pictures and measures, never within one product of matrices."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

Given = ParamSpec("Given")
Found = TypeVar("Found")

THREADS = min(2, os.cpu_count() or 1)  # that measure one result; more wait for one another, as they share facts


def matrices_on_one_core() -> threadpool_limits:
    """From now on, in this process, or as long as the context that this is lasts: BLAS starts no threads.

    Between products they wait spinning, and take the time of those that work: an audit's matrices are small, and its time is a quarter
    less without them.
    """
    return threadpool_limits(1, user_api="blas")


def lean(call: Callable[Given, Found]) -> Callable[Given, Found]:
    """``call`` with ``matrices_on_one_core``."""

    @functools.wraps(call)
    def called(*given: Given.args, **named: Given.kwargs) -> Found:
        with matrices_on_one_core():
            return call(*given, **named)

    return called
