"""Settings that libraries keep for the whole process, held only while some thread decodes, and given back as they were."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType

import PIL.Image

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else a complaint of Pillow's ends on stderr


class Held:
    """A context that the first of several threads enters and the last one leaves."""

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self.make, self.lock, self.users = make, threading.Lock(), 0
        self.inner = make()

    def __enter__(self) -> None:
        with self.lock:
            if self.users == 0:
                self.inner = self.make()
                self.inner.__enter__()
            self.users += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self.inner.__exit__(None, None, None)


@contextmanager
def _our_rules() -> Iterator[None]:
    pixels = PIL.Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            PIL.Image.MAX_IMAGE_PIXELS = pixels


@contextmanager
def _no_stderr() -> Iterator[None]:
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


_rules = Held(_our_rules)
without_stderr = Held(_no_stderr)  # for C libraries that complain there: what matters of it arrives as an exception


@contextmanager
def pillow_under_our_rules(limit_mp: float) -> Iterator[None]:
    """Pillow's own size limit out of the way (what a file nests stays bounded by ours) and its warnings off stderr."""
    with _rules:
        PIL.Image.MAX_IMAGE_PIXELS = max(PIL.Image.MAX_IMAGE_PIXELS or 0, int(limit_mp * 1e6))
        yield
