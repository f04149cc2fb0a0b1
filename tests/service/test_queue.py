"""The queue: limits, order, hosts that cannot take work, cancels of what waits."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.service.world import ADA, BOB, LOCAL, World
from tests.support.fake_engine import FakeEngine, FakeStep
from trailer_tui.dockerfile.eligibility import cannot_take
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.events import BuildChanged, Event, ImageChanged
from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.identity import Actor
from trailer_tui.model.image import GenerateConfiguration, ImageRecord
from trailer_tui.model.image_file import ArchiveFile
from trailer_tui.model.status import BuildState, HostState, ImageStatus
from trailer_tui.model.stored_file import FileDraft


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


async def _other(world: World, **options: Any) -> Host:
    return await world.service.hosts.create(ADA, HostDraft(name="other", address="tcp://other:2375", **options))


async def _full(world: World, gate: threading.Event) -> None:
    """Both places of the host are taken until the gate opens."""
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    for number in range(2):
        await world.create(name=f"running-{number}")
    await world.until(lambda: world.service.load().building == 2)


async def _positions(world: World, actor: Actor = ADA) -> dict[str, int | None]:
    return {build.image_name: build.queue_position for build in await world.service.builds.active(actor)}


async def test_the_queue_is_fair_between_users_and_tells_its_order(world: World) -> None:
    gate = threading.Event()
    await _full(world, gate)
    for number in range(3):
        await world.create(name=f"ada-{number}")
    bobs = await world.create(name="bob-0", actor=BOB)
    order = {"running-0": None, "running-1": None, "bob-0": 1, "ada-0": 2, "ada-1": 3, "ada-2": 4}

    async def told() -> bool:
        return await _positions(world) == order

    await world.until(told)
    active = await world.service.builds.active(ADA)
    assert [build.image_name for build in active] == list(order)
    assert await _positions(world, BOB) == {"bob-0": 1}
    assert (await world.service.builds.get(BOB, bobs.last_build_id or 0)).queue_position == 1
    gate.set()
    ended = [await world.built(build.image_id) for build in active]
    starts = [build.started_at for build in ended]
    # Two run at a time, and two that begin together are side by side.
    assert all(str(earlier) <= str(later) for earlier, later in zip(starts, starts[2:], strict=False))
    assert {build.queue_position for build in ended} == {None}


def _told_positions(events: list[Event], record: ImageRecord) -> list[int | None]:
    changed = [event.build for event in events if isinstance(event, BuildChanged)]
    return [build.queue_position for build in changed if build.id == record.last_build_id]


async def test_a_moving_queue_is_told_in_few_events_and_then_rests(world: World) -> None:
    gate = threading.Event()
    await _full(world, gate)
    async with world.recorded_events() as events:
        records = [await world.create(name=f"tool-{number}") for number in range(30)]
        for record in records[:-1]:
            await world.service.images.act(ADA, record.id, ImageAction.CANCEL)

        def told() -> list[int | None]:
            return _told_positions(events, records[-1])

        await world.until(lambda: told()[-1:] == [1])
        # Twenty-nine moves of the last one, most of which nobody had to hear of.
        assert len(told()) < 20

        async def reason_told() -> bool:
            return bool(await _waiting_reason(world, records[-1]))

        await world.until(reason_told)
        # What it would still tell of them comes before what it tells of a later one.
        events.clear()
        added = await world.create(name="added")
        await world.until(lambda: _told_positions(events, added)[-1:] == [2])
        assert told() == []
    gate.set()


async def test_a_queued_build_moves_to_another_host_and_is_built_there(world: World) -> None:
    gate = threading.Event()
    await _full(world, gate)
    other = await _other(world)
    record = await world.create(name="moved")
    async with world.recorded_events() as events:
        moved = await world.service.builds.move(ADA, record.last_build_id or 0, other.id)
        assert (moved.host_name, moved.state) == ("other", BuildState.PENDING)
        build = await world.built(record.id)
        await world.until(lambda: any(isinstance(event, ImageChanged) for event in events))
    assert (build.state, build.host_name, build.number) == (BuildState.FINISHED, "other", 1)
    assert "moved:latest" in world.engines["tcp://other:2375"].images
    assert (await world.service.images.get(ADA, record.id)).host_name == "other"
    gate.set()


async def test_a_build_that_adds_a_file_of_the_archive_moves_too(world: World) -> None:
    gate = threading.Event()
    await _full(world, gate)
    other = await _other(world)
    await world.service.files.upload(ADA, FileDraft(name="tools.txt"), b"tools")
    files = [ArchiveFile(file="tools.txt", destination="/opt/")]
    configuration = GenerateConfiguration(image_name="moved:latest", base_image="ubuntu:24.04", files=files)
    record = await world.create(name="moved", configuration=configuration)
    build = await world.service.builds.get(ADA, record.last_build_id or 0)
    # Without the server nobody knows the file; the screen then leaves it to the server.
    assert cannot_take(other, build, None) == ""
    assert "tools.txt" in cannot_take(other, build, None, BuildInputs())
    assert (await world.service.builds.move(ADA, build.id, other.id)).host_name == "other"
    assert (await world.built(record.id)).state is BuildState.FINISHED
    gate.set()


async def test_a_host_that_cannot_take_a_build_says_why(world: World) -> None:
    gate = threading.Event()
    await _full(world, gate)
    record = await world.create("FROM ubuntu:24.04\nRUN <<EOF\ntrue\nEOF\n", name="queued")
    build_id = record.last_build_id or 0
    other = await _other(world)
    engine = world.engines["tcp://other:2375"]

    async def reason(host_id: int = other.id) -> str:
        with pytest.raises(NotApplicable) as caught:
            await world.service.builds.move(ADA, build_id, host_id)
        return caught.value.cause

    async def reached(**known: object) -> None:
        engine.capabilities = engine.capabilities.model_copy(update=known)
        await world.service.hosts.check(ADA, other.id)

    assert "queued there already" in await reason(1)
    assert "line 2: host other uses the classic builder, which knows no heredocs" in await reason()
    await reached(architecture="arm64")
    assert "builds for arm64, and this build is for amd64" in await reason()
    await reached(operating_system="windows")
    assert "builds for windows" in await reason()
    engine.unreachable = "no route to host"
    await world.service.hosts.check(ADA, other.id)
    assert "offline: no route to host" in await reason()
    await world.service.hosts.update(ADA, other.id, other.draft().model_copy(update={"enabled": False}))
    assert "disabled" in await reason()
    with pytest.raises(NotFound, match="no host 99"):
        await world.service.builds.move(ADA, build_id, 99)
    with pytest.raises(NotFound, match=f"there is no build {build_id}"):
        await world.service.builds.move(BOB, build_id, other.id)
    running = (await world.service.builds.active(ADA))[0]
    with pytest.raises(NotApplicable):
        await world.service.builds.move(ADA, running.id, other.id)
    assert (await world.service.builds.get(ADA, build_id)).host_name == "local"
    gate.set()


async def test_a_moved_build_that_was_never_begun_waits_on_its_new_host_after_a_restart(world: World) -> None:
    gate = threading.Event()
    await _full(world, gate)
    other = await _other(world)
    world.engines["tcp://other:2375"].script = [FakeStep("RUN wait", gate=gate)]
    busy = [await world.create(name=f"busy-{number}", host_id=other.id) for number in range(2)]
    await world.until(lambda: world.service.load().building == 4)
    record = await world.create(name="moved")
    await world.service.builds.move(ADA, record.last_build_id or 0, other.id)
    await world.close()
    gate.set()
    await world.start()
    build = await world.built(record.id)
    assert (build.state, build.host_name, build.number) == (BuildState.FINISHED, "other", 1)
    for earlier in busy:
        assert (await world.built(earlier.id)).state is BuildState.FINISHED
