"""What is computed once stays, whoever asks; and loading a library keeps nothing alive."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from likeness.lazy import apart, lazy


@dataclass(frozen=True, eq=False)
class Twice:
    """Something with an attribute that takes its time, and two threads to ask for it."""

    asked: threading.Barrier

    @lazy
    def found(self) -> list[int]:
        """What was found."""
        self.asked.wait(5)
        time.sleep(0.01)
        return [threading.get_ident()]


def test_it_is_computed_once() -> None:
    alone = Twice(threading.Barrier(1))
    assert alone.found is alone.found
    assert Twice.found.__doc__ == "What was found."


def test_threads_that_ask_at_once_are_given_the_same_and_none_waits_for_the_other() -> None:
    """With a lock, the second would not come to the barrier: it would break."""
    shared = Twice(threading.Barrier(2))
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: shared.found, range(2))
    assert one is other is shared.found


def test_two_instances_do_not_wait_for_each_other() -> None:
    both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda twice: twice.found, (Twice(both), Twice(both)))
    assert one != other


class Picture:
    """Something large that a caller holds."""


kept: list[Any] = []


def library() -> str:
    """What mediapipe does: its import keeps its frame, and so those of all callers on the same thread."""
    kept.append(sys._getframe())
    return "loaded"


@pytest.mark.parametrize("load", [apart, lambda work: work()])
def test_what_the_callers_hold_is_let_go(load: Any) -> None:
    def caller() -> weakref.ref[Picture]:
        picture = Picture()
        assert load(library) == "loaded"
        return weakref.ref(picture)

    held = caller()
    gc.collect()
    assert (held() is None) == (load is apart)
    kept.clear()


def test_what_is_raised_apart_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)
