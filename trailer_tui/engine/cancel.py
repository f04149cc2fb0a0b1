"""Cancelling work that blocks in a thread: whoever holds the token closes what the thread waits on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Cancelled(Exception):
    """The work ended because its token was cancelled; no error of Trailer's or the engine's."""

    def __init__(self, *, confirmed: bool = True) -> None:
        """`confirmed` is False when the host was told to end the work and did not answer that."""
        super().__init__()
        self.confirmed = confirmed


class CancelToken:
    """Shared by a working thread and those who may end its work. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._closers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def check(self) -> None:
        """Raise `Cancelled` when the token was cancelled."""
        if self._cancelled:
            raise Cancelled

    def cancel(self) -> None:
        """End the work: every registered closer runs once, and later ones run at once."""
        with self._lock:
            self._cancelled = True
            closers, self._closers = self._closers, []
        for close in closers:
            with suppress(OSError):
                close()

    @contextmanager
    def closing(self, close: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `cancel` calls `close` (from another thread; it must not block)."""
        with self._lock:
            if not self._cancelled:
                self._closers.append(close)
        if self._cancelled:
            raise Cancelled
        try:
            yield
        finally:
            with self._lock, suppress(ValueError):
                self._closers.remove(close)
