"""Reading a build's log while it grows, and keeping no more logs than wanted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.service.world import ADA, World
from tests.support.fake_engine import FakeStep
from trailer_tui.config import ServerConfig
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import NotFound
from trailer_tui.model.log import parse_line
from trailer_tui.service.builds import CHUNK_BYTES


async def test_a_follower_sees_lines_while_the_build_runs_and_ends_with_it(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN first", output=["early\n"], gate=gate), FakeStep("RUN last", output=["late"])]
    record = await world.create()
    seen = b""
    async with asyncio.timeout(20):
        async for chunk in await world.service.builds.log(ADA, record.last_build_id or 0, follow=True):
            seen += chunk
            if b"early" in seen:
                gate.set()
    build = await world.built(record.id)
    assert seen == world.store.logs.path(build.id).read_bytes()
    assert [parse_line(line).text for line in seen.splitlines() if b" o " in line] == ["early", "late"]
    assert build.log_size == len(seen)
    assert build.log_lines == seen.count(b"\n")


async def test_a_follower_of_a_pending_build_waits_for_it(world: World) -> None:
    world.engine.unreachable = "down"
    await world.service.hosts.check(ADA, 1)
    record = await world.create()
    stream = await world.service.builds.log(ADA, record.last_build_id or 0, follow=True)

    async def read() -> bytes:
        return b"".join([chunk async for chunk in stream])

    reading = asyncio.create_task(read())
    await world.tick()
    world.engine.unreachable = ""
    await world.service.hosts.check(ADA, 1)
    assert b"hello" in await asyncio.wait_for(reading, 20)


async def test_a_follower_of_a_cancelled_pending_build_ends(world: World) -> None:
    world.engine.unreachable = "down"
    await world.service.hosts.check(ADA, 1)
    record = await world.create()
    stream = await world.service.builds.log(ADA, record.last_build_id or 0, follow=True)

    async def read() -> bytes:
        return b"".join([chunk async for chunk in stream])

    reading = asyncio.create_task(read())
    await world.tick()
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    assert await asyncio.wait_for(reading, 5) == b""


async def test_a_log_is_read_from_an_offset_in_bounded_chunks(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN seq 1 100000\n")
    build = await world.built(record.id)
    whole = world.store.logs.path(build.id).read_bytes()
    chunks = [chunk async for chunk in await world.service.builds.log(ADA, build.id, offset=1000)]
    assert b"".join(chunks) == whole[1000:]
    assert len(chunks) > 1
    assert max(map(len, chunks)) <= CHUNK_BYTES
    beyond = [chunk async for chunk in await world.service.builds.log(ADA, build.id, offset=10**12, follow=True)]
    assert beyond == []


async def test_only_the_newest_logs_are_kept(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    world = World(tmp_path / "data", clock, ServerConfig(kept_logs_per_image=2))
    await world.start()
    try:
        record = await world.create()
        ids = [(await world.built(record.id)).id]
        for _ in range(2):
            await world.service.images.act(ADA, record.id, ImageAction.BUILD)
            ids.append((await world.built(record.id)).id)
        await world.until(lambda: not world.store.logs.path(ids[0]).exists())
        assert all(world.store.logs.path(build_id).exists() for build_id in ids[1:])
        with pytest.raises(NotFound, match="the log of build 1 of tool was removed"):
            await world.service.builds.log(ADA, ids[0])
        assert (await world.service.builds.get(ADA, ids[0])).log_kept is False
    finally:
        await world.close()
