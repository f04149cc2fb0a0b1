"""Cancelling work that blocks, in the middle of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from trailer_tui.engine.cancel import CancelToken


def end_of_cancelled(work: Callable[[CancelToken], object], begun: Callable[[], bool]) -> BaseException | None:
    """Start the work in a thread, cancel it once `begun` has seen it run, and return the error that it ended with."""
    cancel = CancelToken()
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work, cancel)
        try:
            assert begun(), "the work did not begin"
        finally:
            cancel.cancel()
        return working.exception(30)


def unique_sleep(seconds: int = 300) -> tuple[str, str]:
    """The words of a command that sleeps, and that no other process has."""
    return "sleep", f"{seconds}.{uuid.uuid4().int % 10**9}"
