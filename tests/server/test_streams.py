"""The live events and the log stream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from tests.server.test_interface import draft
from tests.support.fake_engine import FakeStep
from tests.support.live_server import LiveServer
from trailer_tui.client import build_calls as client_module
from trailer_tui.model.errors import NotApplicable, ServerUnavailable
from trailer_tui.model.events import BuildChanged, Event, Heartbeat, Hello, ImageChanged, ServerStopping
from trailer_tui.server.until import until


async def next_of(kind: type[Event], events: AsyncIterator[Event]) -> Event:
    async with asyncio.timeout(20):
        async for event in events:
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind.__name__} came")


async def test_events_begin_with_hello_and_tell_of_changes(server: LiveServer) -> None:
    async with server.client() as watcher, server.client() as writer, aclosing(watcher.events()) as events:
        assert isinstance(await anext(events), Hello)
        assert (await writer.info()).clients == 1
        await writer.create_image(draft("seen"), build=False)
        changed = await next_of(ImageChanged, events)
        assert isinstance(changed, ImageChanged)
        assert (changed.row["name"], changed.created) == ("seen", True)


async def test_an_event_holds_any_separator_of_lines_that_a_build_prints(server: LiveServer) -> None:
    printed = "one\u2028two\x85three\x0bfour\x1cfive"
    server.engine.script = [FakeStep("RUN print", output=[f"{printed}\n"], error="failed", exit_code=3)]
    async with server.client() as client, aclosing(client.events()) as events, asyncio.timeout(20):
        await client.create_image(draft())
        async for event in events:
            if isinstance(event, BuildChanged) and event.build.failure is not None:
                assert event.build.failure.last_output == [printed]
                return


async def test_a_stop_is_announced_and_ends_the_events(server: LiveServer) -> None:
    async with server.client() as client, aclosing(client.events()) as events:
        await anext(events)
        await client.stop_server()
        stopping = await next_of(ServerStopping, events)
        assert isinstance(stopping, ServerStopping)
        assert "stopped it" in stopping.reason
        with pytest.raises(StopAsyncIteration):
            await anext(events)
    assert server.ended.wait(20)
    assert not server.options.socket.exists()


async def test_a_client_that_was_closed_says_so_in_every_call(server: LiveServer) -> None:
    client = server.client()
    await client.info()
    await client.close()
    for call in (client.info(), anext(client.events()), anext(client.log(1))):
        with pytest.raises(ServerUnavailable, match="was closed"):
            await call


async def test_a_running_build_keeps_the_server_and_now_overrules(server: LiveServer) -> None:
    gate = threading.Event()
    server.engine.script = [FakeStep("RUN wait", output=["begun\n"], gate=gate)]
    async with server.client() as client:
        record = await client.create_image(draft())
        assert record.last_build_id is not None
        async with aclosing(client.log(record.last_build_id, follow=True)) as log, asyncio.timeout(20):
            async for chunk in log:
                if b"begun" in chunk:
                    break
            with pytest.raises(NotApplicable, match="a build is running"):
                await client.stop_server()
            await client.stop_server(now=True)
            with pytest.raises(ServerUnavailable):  # a log that was cut must not look complete
                async for _ in log:
                    pass
    assert server.ended.wait(20)


async def test_a_silent_step_outlives_the_read_timeout(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    monkeypatch.setattr(client_module, "STREAM_TIMEOUT", httpx.Timeout(5.0, read=0.1))
    lines = [f"line {number}\n" for number in range(2000)]
    server.engine.script = [
        FakeStep("RUN first", output=lines[:1000], seconds=0.7),
        FakeStep("RUN second", output=lines[1000:], seconds=0.7),
    ]
    async with server.client() as client:
        record = await client.create_image(draft())
        assert record.last_build_id is not None
        followed = b"".join([chunk async for chunk in client.log(record.last_build_id, follow=True)])
        monkeypatch.undo()
        whole = b"".join([chunk async for chunk in client.log(record.last_build_id)])
    assert followed == whole
    assert followed.count(b" line ") == 2000


async def test_a_log_is_read_from_any_byte(server: LiveServer) -> None:
    async with server.client() as client:
        record = await client.create_image(draft())
        assert record.last_build_id is not None
        whole = b"".join([chunk async for chunk in client.log(record.last_build_id, follow=True)])
        rest = b"".join([chunk async for chunk in client.log(record.last_build_id, offset=7)])
    assert rest == whole[7:]
    assert whole


async def test_silence_is_filled_with_heartbeats() -> None:
    end = asyncio.Event()

    async def silent() -> AsyncIterator[Event]:
        yield Hello(version="1")
        await end.wait()

    seen = []
    async with asyncio.timeout(20):
        async for event in until(silent(), end, idle_seconds=0.01, idle=Heartbeat()):
            seen.append(event.event)
            if len(seen) == 4:
                end.set()
    assert seen == ["hello", "heartbeat", "heartbeat", "heartbeat"]
