"""Long work for a caller that may leave: it ends when nobody waits for the answer any more."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from trailer_tui.server.border import StreamCut

T = TypeVar("T")

_LOOK_SECONDS = 0.5


async def attended(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled when the caller closes the connection. The body must be read before."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_LOOK_SECONDS)
            if not task.done() and await request.is_disconnected():
                task.cancel()
                await asyncio.wait({task})
                raise StreamCut
        return task.result()
    finally:
        task.cancel()
