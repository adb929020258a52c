"""Work that is done when it is first asked for, and where."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):
    """An attribute that is computed once and kept: as functools.cached_property, but without its lock, which in Python 3.11 all
    instances of a class share.

    Threads that ask at the same moment may each compute it; all of them are given the first one's. The instance is not written
    to otherwise, so a frozen dataclass may have it.
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
        return self if instance is None else vars(instance).setdefault(self.name, self.compute(instance))


def apart(work: Callable[[], Value]) -> Value:
    """What ``work`` returns or raises, from a thread of its own: some libraries keep the frames that import them as long as the
    process lives, and with these every picture that the callers hold."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
