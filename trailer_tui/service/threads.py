"""Blocking work in threads of its own, awaited from the event loop.

The threads are daemons: a host that never answers cannot keep the server from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def start_thread(name: str, work: Callable[[], T]) -> asyncio.Future[T]:
    """Run `work` in a new thread; the future gets its result or its exception.

    Cancelling the future leaves the thread running and drops its result.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    # Whoever stopped waiting is not interested in how it ended.
    future.add_done_callback(lambda done: done.cancelled() or done.exception())

    def deliver(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # T may itself be None

    def body() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = work()
        except BaseException as caught:  # handed to whoever awaits
            error = caught
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, result, error)

    threading.Thread(target=body, name=name, daemon=True).start()
    return future


class ThreadCalls:
    """Short blocking calls, a bounded number at a time."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._slots = asyncio.Semaphore(limit)

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, which runs in a thread; waits while `limit` calls are under way."""
        await self._slots.acquire()
        try:
            future = start_thread(self._name, work)
        except BaseException:
            self._slots.release()
            raise
        # The slot is taken for as long as the thread lives, even when the caller stops waiting.
        ended = asyncio.ensure_future(_settled(future))
        ended.add_done_callback(lambda _: self._slots.release())
        return await asyncio.shield(future)


async def _settled(future: asyncio.Future[T]) -> None:
    with suppress(BaseException):
        await asyncio.shield(future)
