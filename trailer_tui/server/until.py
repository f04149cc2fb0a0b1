"""Iterating over what may never come: with a way out, and with a word when nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any, TypeVar

Item = TypeVar("Item")


async def until(
    items: AsyncIterator[Item], end: asyncio.Event, *, idle_seconds: float | None = None, idle: Item | None = None
) -> AsyncGenerator[Item, None]:
    """`items` until they end or `end` is set.

    Args:
        items: the source; never cancelled in the middle of an item except when this ends early.
        end: set to leave.
        idle_seconds: after so many seconds without an item, `idle` is given.
        idle: what is given then.
    """
    leave = asyncio.ensure_future(end.wait())
    upcoming: asyncio.Future[Item] | None = None
    try:
        while True:
            if upcoming is None:
                upcoming = asyncio.ensure_future(anext(items))
            waiting: set[asyncio.Future[Any]] = {upcoming, leave}
            await asyncio.wait(waiting, timeout=idle_seconds, return_when=asyncio.FIRST_COMPLETED)
            if upcoming.done():
                try:
                    item = upcoming.result()
                except StopAsyncIteration:
                    return
                upcoming = None
                yield item
            elif leave.done():
                return
            elif idle is not None:
                yield idle
    finally:
        await _end(leave)
        if upcoming is not None:
            await _end(upcoming)


async def _end(future: asyncio.Future[Any]) -> None:
    future.cancel()
    with suppress(asyncio.CancelledError, StopAsyncIteration):
        await future
