"""A server that ends in the middle of builds, and the one after it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.service.world import ADA, World
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.status import BuildState, ImageStatus

SLOW = "FROM ubuntu:24.04\nRUN echo begun && sleep 300\n"


async def _stopped_in_the_middle(world: World) -> int:
    record = await world.create(SLOW)
    await world.until(lambda: bool(world.engine.working))
    await world.close()
    return record.id


async def test_an_interrupted_build_is_queued_again_once(world: World) -> None:
    image_id = await _stopped_in_the_middle(world)
    assert world.engine.working == set()
    world.engine.script = []
    await world.start()
    retry = await world.built(image_id)
    assert (retry.number, retry.state, retry.requested_by) == (2, BuildState.FINISHED, "ada")
    first = await world.service.builds.get(ADA, retry.retry_of or 0)
    assert first.state is BuildState.INTERRUPTED
    assert first.failure is not None
    assert "server ended" in first.failure.message
    assert "begun" in [line.text for line in await world.lines(first.id)]
    assert (first.log_lines, first.log_size) == (len(await world.lines(first.id)), world.store.logs.size(first.id))
    await world.restart()
    assert len(await world.service.builds.for_image(ADA, image_id)) == 2


async def test_a_log_that_was_cut_by_a_kill_says_so(world: World) -> None:
    image_id = await _stopped_in_the_middle(world)
    path = next((world.folder / "logs").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"begun") + 3])
    world.engine.script = []
    await world.start()
    first = await world.service.builds.get(ADA, (await world.built(image_id)).retry_of or 0)
    lines = await world.lines(first.id)
    assert lines[-2].text == "beg"
    assert "server was killed here" in lines[-1].text
    assert (first.log_lines, first.log_size) == (len(lines), path.stat().st_size)


async def test_a_build_interrupted_twice_ends_as_an_error(world: World) -> None:
    image_id = await _stopped_in_the_middle(world)
    await world.start()
    await world.until(lambda: bool(world.engine.working))
    await world.restart()
    builds = await world.service.builds.for_image(ADA, image_id)
    assert [build.state for build in builds] == [BuildState.FAILED, BuildState.INTERRUPTED]
    assert builds[0].failure is not None
    assert "interrupted twice" in builds[0].failure.message
    assert (await world.service.images.get(ADA, image_id)).status is ImageStatus.ERROR


async def test_a_recovery_that_was_cut_short_is_completed(world: World) -> None:
    record = await world.create(SLOW)
    build_id = record.last_build_id
    assert build_id is not None
    await world.until(lambda: bool(world.engine.working))
    await world.service.stop(interrupt=True)
    await world.store.settings.set("service.recovery", f"[{build_id}]")
    await world.store.builds.finish(build_id, state=BuildState.INTERRUPTED)
    await world.store.close()
    world.engine.script = []
    await world.start()
    retry = await world.built(record.id)
    assert (retry.retry_of, retry.state) == (build_id, BuildState.FINISHED)


async def _cancel_that_takes_long(world: World) -> int:
    world.engine.deaf = threading.Event()
    record = await world.create(SLOW)
    await world.until(lambda: bool(world.engine.working))
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    return record.id


async def _is_cancelled_for_good(world: World, image_id: int) -> bool:
    builds = await world.service.builds.for_image(ADA, image_id)
    status = (await world.service.images.get(ADA, image_id)).status
    return [build.state for build in builds] == [BuildState.CANCELLED] and status is ImageStatus.BUILD_CANCELLED


async def test_a_cancelled_build_is_not_queued_again_by_a_server_that_stops(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailer_tui.service.build_run.CANCEL_GRACE_SECONDS", 0.2)
    image_id = await _cancel_that_takes_long(world)
    deaf = world.engine.deaf
    await world.restart()
    assert await _is_cancelled_for_good(world, image_id)
    assert deaf is not None
    deaf.set()


async def test_a_cancelled_build_is_not_queued_again_after_a_killed_server(
    world: World, tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    image_id = await _cancel_that_takes_long(world)
    # What a killed server leaves is what its files hold at that moment.
    shutil.copytree(world.folder, tmp_path / "left")
    assert world.engine.deaf is not None
    world.engine.deaf.set()
    after = World(tmp_path / "left", clock)
    await after.start()
    try:
        assert await _is_cancelled_for_good(after, image_id)
    finally:
        await after.close()


async def test_pending_builds_stay_queued_over_a_restart(world: World) -> None:
    world.engine.unreachable = "down"
    await world.service.hosts.check(ADA, 1)
    record = await world.create()
    await world.close()
    world.engine.unreachable = ""
    await world.start()
    build = await world.built(record.id)
    assert (build.number, build.state) == (1, BuildState.FINISHED)


async def test_stop_without_interrupt_waits_for_running_builds(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 0.3\n")
    await world.until(lambda: bool(world.engine.working))
    await world.service.stop(interrupt=False)
    build = await world.store.builds.get(record.last_build_id or 0)
    assert build.state is BuildState.FINISHED


async def test_nothing_goes_on_after_stop(world: World) -> None:
    before = set(threading.enumerate())
    await _stopped_in_the_middle(world)
    await world.until(
        lambda: not [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("build")]
    )
    assert world.engine.closed.is_set()
    await world.start()
