"""Wakes those who follow a build's log when there is more of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class LogBell:
    """One bell per build. Used on the event loop only."""

    def __init__(self) -> None:
        self._rung: dict[int, int] = defaultdict(int)
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}

    def count(self, build_id: int) -> int:
        """How often it rang; taken before looking, so that no ring is missed."""
        return self._rung[build_id]

    def ring(self, build_id: int) -> None:
        """The log grew, or the build ended."""
        self._rung[build_id] += 1
        for future in self._waiting.pop(build_id, ()):
            if not future.done():
                future.set_result(None)

    async def wait(self, build_id: int, count: int, seconds: float) -> None:
        """Until it rang more often than `count` times, at most `seconds`."""
        if self._rung[build_id] != count:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(build_id, set())
        waiting.add(future)
        try:
            await asyncio.wait({future}, timeout=seconds)
        finally:
            waiting.discard(future)
            if not waiting and self._waiting.get(build_id) is waiting:
                del self._waiting[build_id]
