"""The queue: limits, order, hosts that cannot take work, cancels of what waits."""

from __future__ import annotations

import threading

from tests.service.world import ADA, LOCAL, World
from tests.support.fake_engine import FakeEngine, FakeStep
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.host import HostDraft
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.status import BuildState, HostState, ImageStatus


async def _waiting_reason(world: World, record: ImageRecord) -> str:
    assert record.last_build_id is not None
    return (await world.service.builds.get(ADA, record.last_build_id)).waiting_reason


async def test_builds_of_a_host_start_in_order_up_to_its_limit(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    records = [await world.create(name=f"tool-{number}") for number in range(5)]
    await world.until(lambda: world.service.load().building == 2)

    async def reasons() -> bool:
        return await _waiting_reason(world, records[4]) == "local runs 2 builds at a time"

    await world.until(reasons)
    active = await world.service.builds.active(ADA)
    assert [build.state.value for build in active] == ["running"] * 2 + ["pending"] * 3
    assert [build.image_name for build in active] == [f"tool-{number}" for number in range(5)]
    row = (await world.service.images.rows(ADA, [records[4].id]))[0]
    assert row.status_detail == "local runs 2 builds at a time"
    host = (await world.service.hosts.all(ADA))[0]
    assert (host.running, host.queued) == (2, 3)
    gate.set()
    builds = [await world.built(record.id) for record in records]
    assert {build.state for build in builds} == {BuildState.FINISHED}
    starts = [build.started_at for build in builds]
    assert starts == sorted(starts, key=str)


async def test_a_cancelled_pending_build_ends_at_once_and_never_starts(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    records = [await world.create(name=f"tool-{number}") for number in range(3)]
    await world.until(lambda: world.service.load().building == 2)
    row = await world.service.images.act(ADA, records[2].id, ImageAction.CANCEL)
    assert row.status is ImageStatus.BUILD_CANCELLED
    gate.set()
    assert (await world.built(records[2].id)).state is BuildState.CANCELLED
    for record in records[:2]:
        await world.built(record.id)
    assert len(world.engine.requests) == 2


async def test_an_offline_host_leaves_builds_pending_until_it_is_back(world: World) -> None:
    world.engine.unreachable = "connection refused"
    assert (await world.service.hosts.check(ADA, 1)).state is HostState.OFFLINE
    record = await world.create()

    async def told() -> bool:
        return await _waiting_reason(world, record) == "local is offline"

    await world.until(told)
    world.engine.unreachable = ""
    await world.service.hosts.check(ADA, 1)
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED
    assert build.waiting_reason == ""


async def test_a_disabled_host_takes_no_work_until_it_is_enabled(world: World) -> None:
    draft = HostDraft(name="local", address=LOCAL, enabled=False)
    assert (await world.service.hosts.update(ADA, 1, draft)).state is HostState.DISABLED
    record = await world.create()

    async def told() -> bool:
        return await _waiting_reason(world, record) == "local is disabled"

    await world.until(told)
    await world.service.hosts.update(ADA, 1, draft.model_copy(update={"enabled": True}))
    assert (await world.built(record.id)).state is BuildState.FINISHED


async def test_a_higher_limit_starts_what_waits(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    records = [await world.create(name=f"tool-{number}") for number in range(4)]
    await world.until(lambda: world.service.load().building == 2)
    await world.service.hosts.update(ADA, 1, HostDraft(name="local", address=LOCAL, parallel_builds=4))
    await world.until(lambda: world.service.load().building == 4)
    gate.set()
    builds = [await world.built(record.id) for record in records]
    assert {build.state for build in builds} == {BuildState.FINISHED}


async def test_a_dead_host_holds_up_no_other(world: World) -> None:
    dead = FakeEngine(probe_gate=threading.Event())
    world.engines["tcp://dead:2375"] = dead
    made = await world.store.hosts.create(HostDraft(name="dead", address="tcp://dead:2375"))
    world.service._watch.put(made)
    stuck = await world.create(name="stuck", host_id=made.id)
    fine = await world.create(name="fine")
    assert (await world.built(fine.id)).state is BuildState.FINISHED

    async def told() -> bool:
        return await _waiting_reason(world, stuck) == "waiting for dead to answer"

    await world.until(told)
    assert dead.probe_gate is not None
    dead.probe_gate.set()
    assert (await world.built(stuck.id)).state is BuildState.FINISHED
