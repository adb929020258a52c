"""What is computed once stays, whoever asks; and loading a library keeps nothing alive."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from likeness.lazy import apart, lazy, once


@dataclass(frozen=True, eq=False)
class Slow:
    """Something with attributes that take their time. ``together``: who has to be at work at the same moment; ``done``: who was."""

    together: threading.Barrier
    done: list[str] = field(default_factory=list)

    @lazy
    def found(self) -> list[int]:
        """What was found."""
        self.done.append("found")
        self.together.wait(5)
        time.sleep(0.01)
        return [threading.get_ident()]

    @lazy
    def other(self) -> list[int]:
        self.done.append("other")
        self.together.wait(5)
        return [threading.get_ident()]

    @lazy
    def one(self) -> int:
        self.together.wait(5)
        return self.shared + 1

    @lazy
    def two(self) -> int:
        self.together.wait(5)
        return self.shared + 2

    @lazy
    def shared(self) -> int:
        self.done.append("shared")
        time.sleep(0.01)
        return 1


def test_it_is_computed_once() -> None:
    alone = Slow(threading.Barrier(1))
    assert alone.found is alone.found
    assert Slow.found.__doc__ == "What was found."


def test_threads_that_ask_at_once_wait_for_the_first() -> None:
    shared = Slow(threading.Barrier(1))
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: shared.found, range(4)))
    assert all(found is given[0] for found in given)
    assert shared.done == ["found"]


@pytest.mark.parametrize("asked", [("found", "other"), ("one", "two")])
def test_two_attributes_are_computed_side_by_side_be_it_that_both_need_a_third(asked: tuple[str, str]) -> None:
    """Under one lock the second would not come to the barrier: it would break."""
    both = Slow(threading.Barrier(2))
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda name: getattr(both, name), asked)
    assert one != other
    assert both.done.count("shared") == (asked == ("one", "two"))


def test_two_instances_do_not_wait_for_each_other() -> None:
    both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda slow: slow.found, (Slow(both), Slow(both)))
    assert one != other


def test_after_an_error_the_next_one_tries_again() -> None:
    known: dict[str, int] = {}
    with pytest.raises(ZeroDivisionError):
        once(known, "share", lambda: 1 // 0)
    assert known == {}
    assert once(known, "share", lambda: 3) == 3
    assert once(known, "share", lambda: 4) == 3


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
