"""The room on a host's disk: measured now and then, told when it matters, and in nobody's way."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from tests.service.world import ADA, World
from tests.support.fake_engine import FakeEngine
from trailer_tui.engine.interface import FreeSpace
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.events import HostChanged
from trailer_tui.model.host import DiskSpace, Host, HostDraft, PruneTarget
from trailer_tui.model.server import Finding
from trailer_tui.model.status import HostState
from trailer_tui.service import host_disk
from trailer_tui.service.host_disk import is_news

GB = 1_000_000_000


async def local(world: World) -> Host:
    return next(host for host in await world.service.hosts.all(ADA) if host.id == 1)


async def test_a_host_shows_its_room(world: World) -> None:
    disk = (await local(world)).disk
    assert disk is not None
    assert (disk.total, disk.free) == (world.engine.space.total, world.engine.space.free)


async def test_looks_are_rare_and_a_build_causes_one(world: World) -> None:
    asked = world.engine.space_asked
    for _ in range(3):
        await world.service.hosts.check(ADA, 1)
    assert world.engine.space_asked == asked
    world.engine.space = FreeSpace(100 * GB, 30 * GB)
    await world.built((await world.create()).id)

    async def known() -> bool:
        disk = (await local(world)).disk
        return disk is not None and disk.free == 30 * GB

    await world.until(known)
    assert world.engine.space_asked == asked + 1


async def test_builds_that_end_together_cause_one_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_disk, "SETTLED_SECONDS", 0.3)
    asked = world.engine.space_asked
    for number in range(3):
        await world.built((await world.create(name=f"tool{number}")).id)
    world.engine.space = FreeSpace(100 * GB, 30 * GB)

    async def known() -> bool:
        disk = (await local(world)).disk
        return disk is not None and disk.free == 30 * GB

    await world.until(known)
    assert world.engine.space_asked - asked < 3


async def test_a_costly_look_is_not_repeated_after_a_build(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_disk, "SETTLED_SECONDS", 0.0)
    world.engine.space = FreeSpace(100 * GB, 30 * GB, costly=True)
    await world.built((await world.create()).id)

    async def known() -> bool:
        disk = (await local(world)).disk
        return disk is not None and disk.free == 30 * GB

    await world.until(known)
    asked = world.engine.space_asked
    for _ in range(2):
        await world.service.images.act(ADA, 1, ImageAction.BUILD)
        await world.built(1)
    assert world.engine.space_asked == asked


async def test_why_it_is_not_known_is_told(world: World) -> None:
    world.engines["tcp://blind:2375"] = FakeEngine(space_error="not known: no image has df")
    host = await world.service.hosts.create(ADA, HostDraft(name="blind", address="tcp://blind:2375"))

    async def told() -> bool:
        hosts = {found.id: found for found in await world.service.hosts.all(ADA)}
        return (hosts[host.id].disk, hosts[host.id].disk_note) == (None, "not known: no image has df")

    await world.until(told)


async def test_a_disk_that_never_answers_holds_up_nobody(world: World) -> None:
    gate = threading.Event()
    world.engine.space_gate = gate
    await world.service.hosts.update(ADA, 1, HostDraft(name="local", address="tcp://other:2375"))
    world.engines["tcp://other:2375"].space_gate = gate
    try:
        assert (await world.service.hosts.check(ADA, 1)).state is HostState.ONLINE
    finally:
        gate.set()


async def test_another_address_forgets_the_room(world: World) -> None:
    world.engines["tcp://other:2375"] = FakeEngine(space_error="not known")
    await world.service.hosts.update(ADA, 1, HostDraft(name="local", address="tcp://other:2375"))

    async def forgotten() -> bool:
        host = await local(world)
        return host.disk is None and host.disk_note == "not known"

    await world.until(forgotten)


async def test_small_changes_are_no_news(world: World) -> None:
    async with world.recorded_events() as events:
        for free in (40 * GB - 50_000_000, 40 * GB - 90_000_000, 20 * GB):
            world.engine.space = FreeSpace(100 * GB, free)
            await world.service.hosts.prune(ADA, 1, [PruneTarget.BUILD_CACHE])
            await world.service.hosts.usage(ADA, 1)
        await world.until(lambda: bool(events))
    assert [event.host.disk and event.host.disk.free for event in events if isinstance(event, HostChanged)] == [20 * GB]


async def test_a_diagnosis_tells_of_a_disk_that_is_nearly_full(world: World) -> None:
    async def finding() -> Finding:
        return next(found for found in await world.service.diagnose(ADA) if found.subject == "host local")

    assert ("40.0 GB free" in (await finding()).detail, (await finding()).state) == (True, "ok")
    world.engine.space = FreeSpace(100 * GB, 4 * GB)
    await world.built((await world.create()).id)

    async def warned() -> bool:
        found = await finding()
        return found.state == "warning" and "trailer hosts prune local" in found.remedy

    await world.until(warned)


@pytest.mark.parametrize(
    ("told", "found", "news"),
    [
        (None, 5 * GB, True),
        (5 * GB, None, True),
        (None, None, False),
        (5 * GB, 5 * GB - 99_000_000, False),
        (5 * GB, 5 * GB - 100_000_000, True),
        (500 * GB, 496 * GB, False),
        (500 * GB, 495 * GB, True),
    ],
)
def test_what_is_news(told: int | None, found: int | None, news: bool) -> None:
    def disk(free: int | None) -> DiskSpace | None:
        return None if free is None else DiskSpace(total=1000 * GB, free=free, measured_at=datetime.now(UTC))

    assert is_news(disk(told), disk(found)) is news
