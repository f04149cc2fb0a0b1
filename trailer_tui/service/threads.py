"""Blocking work in threads of its own, awaited from the event loop.

The threads are daemons: a host that never answers cannot keep the server from ending.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

IDLE_SECONDS = 20.0
"""How long a thread for short calls waits for the next one."""


def start_thread(name: str, work: Callable[[], T]) -> asyncio.Future[T]:
    """Run `work` in a new thread; the future gets its result or its exception.

    Cancelling the future leaves the thread running and drops its result.
    """
    future, body = _delivered(work)
    threading.Thread(target=body, name=name, daemon=True).start()
    return future


def _delivered(work: Callable[[], T]) -> tuple[asyncio.Future[T], Callable[[], None]]:
    """A future of the running loop, and what runs `work` in any thread and gives it the outcome."""
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

    return future, body


_Inbox = queue.SimpleQueue[Callable[[], None] | None]


class _Idle:
    """Threads that wait for their next work. Starting one holds up the loop until it runs, waking one does not."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._ended = False
        self._waiting: deque[_Inbox] = deque()

    def run(self, work: Callable[[], None]) -> None:
        """Run `work`, which raises nothing, in a thread that waits, or in a new one."""
        with self._lock:
            waiting = self._waiting.pop() if self._waiting else None
        inbox: _Inbox = waiting or queue.SimpleQueue()
        inbox.put(work)
        if waiting is None:
            threading.Thread(target=self._serve, args=(inbox,), name=self._name, daemon=True).start()

    def end(self) -> None:
        """End the threads that wait, and each other one after its work."""
        with self._lock:
            self._ended = True
            while self._waiting:
                self._waiting.pop().put(None)

    def _serve(self, inbox: _Inbox) -> None:
        work = inbox.get()
        while work is not None:
            work()
            # What the work held must not live for as long as the thread waits.
            work = None
            work = self._next(inbox)

    def _next(self, inbox: _Inbox) -> Callable[[], None] | None:
        """What comes into the inbox of a thread that has nothing to do; None when it is to end."""
        with self._lock:
            if self._ended:
                return None
            self._waiting.append(inbox)
        try:
            return inbox.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            with self._lock:
                if inbox in self._waiting:
                    self._waiting.remove(inbox)
                    return None
            return inbox.get()  # it was given work in the same moment


class ThreadCalls:
    """Short blocking calls, a bounded number at a time."""

    def __init__(self, name: str, limit: int) -> None:
        self._slots = asyncio.Semaphore(limit)
        self._threads = _Idle(name)

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, which runs in a thread; waits while `limit` calls are under way."""
        await self._slots.acquire()
        try:
            future, body = _delivered(work)
            self._threads.run(body)
        except BaseException:
            self._slots.release()
            raise
        # The slot is taken for as long as the thread lives, even when the caller stops waiting.
        ended = asyncio.ensure_future(_settled(future))
        ended.add_done_callback(lambda _: self._slots.release())
        return await asyncio.shield(future)

    def close(self) -> None:
        """End the threads that wait for calls; a later call still runs, in a thread of its own."""
        self._threads.end()


async def _settled(future: asyncio.Future[T]) -> None:
    with suppress(BaseException):
        await asyncio.shield(future)
