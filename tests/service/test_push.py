"""Pushing again what a build left on its host, without building."""

from __future__ import annotations

import threading

import pytest

from tests.service.world import ADA, World
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build, BuildKind
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.host import HostDraft
from trailer_tui.model.image import PullConfiguration
from trailer_tui.model.status import BuildState, ImageStatus, Phase

DENIED = "denied: requested access to the resource is denied"


async def _with_failed_push(world: World) -> Build:
    world.engine.push_error = DENIED
    build = await world.built((await world.create(name="tool", push=True)).id)
    assert build.state is BuildState.FAILED
    return build


async def test_a_failed_push_is_repeated_without_building(world: World) -> None:
    failed = await _with_failed_push(world)
    row = (await world.service.images.rows(ADA, [failed.image_id]))[0]
    assert (row.status, row.pushable) == (ImageStatus.ERROR, True)
    world.engine.push_error = ""
    await world.service.images.act(ADA, failed.image_id, ImageAction.PUSH)
    push = await world.built(failed.image_id)
    assert (push.kind, push.state, push.number) == (BuildKind.PUSH, BuildState.FINISHED, 2)
    assert (push.docker_image_id, push.size, push.layers) == (failed.docker_image_id, failed.size, failed.layers)
    assert (push.digest or "").startswith("sha256:")
    assert [step.phase for step in push.steps] == [Phase.PUSH]
    assert len(world.engine.requests) == 1
    assert (await world.lines(push.id))[-1].text == "Push finished"
    assert (await world.service.images.get(ADA, failed.image_id)).status is ImageStatus.BUILD_FINISHED


async def test_a_push_that_fails_again_is_an_error_that_can_be_repeated(world: World) -> None:
    failed = await _with_failed_push(world)
    for _ in range(2):
        await world.service.images.act(ADA, failed.image_id, ImageAction.PUSH)
        push = await world.built(failed.image_id)
        assert push.state is BuildState.FAILED
        assert push.failure is not None
        assert (push.failure.phase, push.failure.message) == (Phase.PUSH, DENIED)
        assert push.docker_image_id == failed.docker_image_id


async def test_what_was_pulled_can_be_pushed(world: World) -> None:
    world.engine.offer("registry.lan/tool:2")
    record = await world.create(configuration=PullConfiguration(image="registry.lan/tool:2"))
    await world.built(record.id)
    await world.service.images.act(ADA, record.id, ImageAction.PUSH)
    assert (await world.built(record.id)).state is BuildState.FINISHED
    assert world.engine.pushes == ["registry.lan/tool:2"]


async def test_an_image_that_is_gone_or_another_one_is_not_pushed(world: World) -> None:
    failed = await _with_failed_push(world)
    world.engine.push_error = ""
    world.engine.add_image("tool:latest", size=5)
    for words in ("is another image now", "has no image tool:latest any more"):
        await world.service.images.act(ADA, failed.image_id, ImageAction.PUSH)
        failure = (await world.built(failed.image_id)).failure
        assert failure is not None
        assert words in failure.message
        assert failure.hint
        world.engine.remove_image("tool:latest")
    assert world.engine.pushes == ["tool:latest"]


async def test_nothing_is_pushed_where_nothing_was_built(world: World) -> None:
    record = await world.create(build=False)
    with pytest.raises(NotApplicable, match="left no image"):
        await world.service.images.act(ADA, record.id, ImageAction.PUSH)
    plan = await world.service.images.batch(ADA, ImageAction.PUSH, [record.id], plan=True, remove_docker_image=False)
    assert "left no image" in plan.skipped[0].reason


async def test_a_push_goes_from_where_the_image_lies(world: World) -> None:
    failed = await _with_failed_push(world)
    other = await world.service.hosts.create(ADA, HostDraft(name="other", address="tcp://other:2375"))
    record = await world.service.images.get(ADA, failed.image_id)
    draft = record.draft().model_copy(update={"host_id": other.id})
    await world.service.images.update(ADA, record.id, draft, revision=record.revision, build=False)
    world.engine.push_error = ""
    await world.service.images.act(ADA, record.id, ImageAction.PUSH)
    push = await world.built(record.id)
    assert (push.state, push.host_name) == (BuildState.FINISHED, "local")
    assert world.engine.pushes == ["tool:latest"] * 2


async def test_a_cancelled_push_says_so_and_can_be_repeated(world: World) -> None:
    failed = await _with_failed_push(world)
    world.engine.push_error = ""
    world.engine.transfer_gate = threading.Event()
    await world.service.images.act(ADA, failed.image_id, ImageAction.PUSH)
    await world.until(lambda: bool(world.engine.working))
    await world.service.images.act(ADA, failed.image_id, ImageAction.CANCEL)
    push = await world.built(failed.image_id)
    assert push.state is BuildState.CANCELLED
    assert (await world.lines(push.id))[-1].text == "Push cancelled by ada"
    assert (await world.service.images.rows(ADA, [failed.image_id]))[0].pushable


async def test_an_interrupted_push_is_pushed_again_not_built(world: World) -> None:
    failed = await _with_failed_push(world)
    world.engine.push_error = ""
    world.engine.transfer_gate = threading.Event()
    await world.service.images.act(ADA, failed.image_id, ImageAction.PUSH)
    await world.until(lambda: bool(world.engine.working))
    await world.close()
    world.engine.transfer_gate = None
    await world.start()
    retry = await world.built(failed.image_id)
    assert (retry.kind, retry.state, retry.number) == (BuildKind.PUSH, BuildState.FINISHED, 3)
    interrupted = await world.service.builds.get(ADA, retry.retry_of or 0)
    assert (interrupted.kind, interrupted.state) == (BuildKind.PUSH, BuildState.INTERRUPTED)
    assert len(world.engine.requests) == 1
