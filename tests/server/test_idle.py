"""When a server may end by itself."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from tests.support.live_server import own_options
from trailer_tui.server.idle import stop_when_idle
from trailer_tui.server.running import Running


def running(*, building: int = 0, queued: int = 0, requests: int = 0) -> Running:
    service = SimpleNamespace(load=lambda: SimpleNamespace(building=building, queued=queued))
    return Running(own_options(), cast("Any", service), requests=requests)


async def test_a_server_that_nobody_needs_stops() -> None:
    server = running()
    async with asyncio.timeout(20):
        await stop_when_idle(server, after_seconds=0.02)
    assert server.stopping.is_set()
    assert "nobody" in server.stop_reason


async def test_work_and_open_streams_keep_it() -> None:
    for server in (running(building=1), running(queued=1), running(requests=1)):
        waiting = asyncio.create_task(stop_when_idle(server, after_seconds=0.01, look_every=0.001))
        await asyncio.wait({waiting}, timeout=0.1)
        assert not server.stopping.is_set()
        waiting.cancel()


async def test_zero_means_never() -> None:
    server = running()
    await stop_when_idle(server, after_seconds=0)
    assert not server.stopping.is_set()
