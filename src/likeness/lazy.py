"""Work that is done when it is first asked for, and where."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")
_locks: dict[tuple[int, Hashable], threading.RLock] = {}  # of what is being computed, by where it will be kept and its name


def once(known: MutableMapping[Any, Any], name: Hashable, compute: Callable[[], Value]) -> Value:
    """``known[name]``, computed by the first that asks for it; threads that ask meanwhile wait for that.

    Each name has a lock of its own: what is computed may ask for other names, in any order, as long as none needs itself. After an
    error nothing is known, and the next one to ask tries again.
    """
    if name not in known:
        place = id(known), name
        with _locks.setdefault(place, threading.RLock()):
            try:
                if name not in known:
                    known[name] = compute()
            finally:
                _locks.pop(place, None)
    value: Value = known[name]
    return value


class lazy(Generic[Value]):
    """An attribute that is computed once and kept: as functools.cached_property, but with a lock for each attribute of each instance,
    where in Python 3.11 all instances of a class share one.

    The instance is not written to otherwise, so a frozen dataclass may have it.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[Value]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else once(vars(instance), self.name, lambda: self.compute(instance))


def apart(work: Callable[[], Value]) -> Value:
    """What ``work`` returns or raises, from a thread of its own: some libraries keep the frames that import them as long as the
    process lives, and with these every picture that the callers hold."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
