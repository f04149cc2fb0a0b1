"""A standalone server ends by itself when nobody and nothing has needed it for a while."""

from __future__ import annotations

import asyncio
import time

from trailer_tui.server.running import Running


def is_needed(running: Running) -> bool:
    """Whether a request or stream is open, or a build runs or waits."""
    load = running.service.load()
    return running.requests > 0 or load.building > 0 or load.queued > 0


async def stop_when_idle(running: Running, *, after_seconds: float, look_every: float = 15.0) -> None:
    """Stop the server once it was not needed for `after_seconds`; 0 means never."""
    while after_seconds > 0 and not running.stopping.is_set():
        if is_needed(running):
            running.last_active = time.monotonic()
        elif time.monotonic() - running.last_active >= after_seconds:
            running.stop("nobody needed it")
            return
        await asyncio.sleep(min(look_every, after_seconds))
