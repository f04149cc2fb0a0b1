"""An error that nobody foresaw is logged, and the work that goes on for ever goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.service.world import ADA, World
from tests.support.fake_engine import FakeStep
from trailer_tui.engine.interface import FreeSpace
from trailer_tui.model.events import BuildChanged, StepsChanged
from trailer_tui.model.host import DiskSpace
from trailer_tui.model.status import BuildState, HostState
from trailer_tui.service.host_disk import DiskGauge
from trailer_tui.service.live import LiveState


class Stumble:
    """Lets a method of the live state fail once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, method: str, when: Callable[..., bool]) -> None:
        self.happened = False
        real = getattr(LiveState, method)

        def stumbling(live: LiveState, *arguments: Any, **named: Any) -> None:
            if not self.happened and when(*arguments):
                self.happened = True
                raise RuntimeError("nobody foresaw this")
            real(live, *arguments, **named)

        monkeypatch.setattr(LiveState, method, stumbling)


def _task() -> str:
    task = asyncio.current_task()
    return task.get_name() if task is not None else ""


@pytest.mark.parametrize("state", [HostState.OFFLINE, HostState.ONLINE])
async def test_a_host_stays_under_watch(world: World, monkeypatch: pytest.MonkeyPatch, state: HostState) -> None:
    unreachable = {HostState.OFFLINE: "connection refused", HostState.ONLINE: ""}
    other = HostState.ONLINE if state is HostState.OFFLINE else HostState.OFFLINE
    world.engine.unreachable = unreachable[other]
    assert (await world.service.hosts.check(ADA, 1)).state is other
    stumble = Stumble(monkeypatch, "tell_host", lambda host: host.state is state)
    world.engine.unreachable = unreachable[state]
    await world.service.hosts.check(ADA, 1)
    assert stumble.happened
    world.engine.unreachable = unreachable[other]
    assert (await world.service.hosts.check(ADA, 1)).state is other
    world.engine.unreachable = ""
    await world.service.hosts.check(ADA, 1)
    assert (await world.built((await world.create()).id)).state is BuildState.FINISHED


async def test_the_order_of_the_queue_is_told_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    for number in range(2):
        await world.create(name=f"runs-{number}")
    await world.until(lambda: world.service.load().building == 2)
    stumble = Stumble(monkeypatch, "tell_build", lambda *_: _task() == "news of the build queue")
    async with world.recorded_events() as events:
        await world.create(name="first")
        await world.until(lambda: stumble.happened)
        second = await world.create(name="second")

        def told() -> bool:
            changed = [event.build for event in events if isinstance(event, BuildChanged)]
            return any((build.id, build.queue_position) == (second.last_build_id, 2) for build in changed)

        await world.until(told)
    gate.set()


async def test_the_progress_of_a_build_is_told_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = threading.Event(), threading.Event()
    world.engine.script = [FakeStep("RUN first", gate=first), FakeStep("RUN last", gate=last)]
    stumble = Stumble(monkeypatch, "tell_steps", lambda *_: True)
    async with world.recorded_events() as events:
        record = await world.create()
        await world.until(lambda: stumble.happened)
        first.set()
        await world.until(lambda: any(isinstance(event, StepsChanged) for event in events))
        last.set()
        assert (await world.built(record.id)).state is BuildState.FINISHED


async def test_a_disk_is_looked_at_again() -> None:
    found: list[DiskSpace | None] = []

    def take(disk: DiskSpace | None, note: str) -> None:
        found.append(disk)
        if len(found) == 1:
            raise RuntimeError("nobody foresaw this")

    gate = threading.Event()

    def measure() -> FreeSpace:
        gate.wait(20)
        return FreeSpace(100, 40)

    gauge = DiskGauge("local", measure, lambda: datetime(2026, 1, 1, tzinfo=UTC), take)
    gauge.refresh()
    gauge.refresh(older_than=0)
    gate.set()
    async with asyncio.timeout(20):
        while len(found) < 2:
            await gauge.look(20)
    assert [disk and disk.free for disk in found] == [40, 40]
