"""Work that takes longer than its host allows, or whose host is away for too long, ends as a failure with its cause."""

from __future__ import annotations

import threading

import pytest

from tests.service.world import ADA, LOCAL, World
from tests.support.fake_engine import FakeEngine, FakeStep
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build, BuildFailure
from trailer_tui.model.host import Capabilities, HostDraft
from trailer_tui.model.image import PullConfiguration
from trailer_tui.model.status import BuildState, ImageStatus, Phase

LIMITS = HostDraft(name="local", address=LOCAL, pull_minutes=2, build_minutes=3, push_minutes=1)


@pytest.fixture(autouse=True)
def _short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.service.time_limits.MINUTE", 0.1)


async def _limited(world: World) -> None:
    await world.service.hosts.update(ADA, 1, LIMITS)


def _failure(build: Build) -> BuildFailure:
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    return build.failure


async def test_a_build_that_takes_too_long_is_ended_on_the_host(world: World) -> None:
    await _limited(world)
    record = await world.create("FROM ubuntu:24.04\nRUN echo begun && sleep 300\n")
    build = await world.built(record.id)
    failure = _failure(build)
    assert failure.message == "The build took longer than the 3 minutes that host local allows"
    assert "build timeout" in failure.hint
    assert (failure.phase, failure.instruction) == (Phase.BUILD, "RUN echo begun && sleep 300")
    assert (failure.line, failure.last_output) == (2, ["begun"])
    assert world.engine.working == set()
    assert (await world.lines(build.id))[-1].text == f"Build failed: {failure.message}"
    assert (await world.service.images.get(ADA, record.id)).status is ImageStatus.ERROR


async def test_a_pull_and_a_push_have_limits_of_their_own(world: World) -> None:
    await _limited(world)
    world.engine.transfer_gate = threading.Event()
    world.engine.offer("registry.lan/tool:2")
    configuration = PullConfiguration(image="registry.lan/tool:2")
    pull = _failure(await world.built((await world.create(configuration=configuration, name="pull")).id))
    assert (pull.phase, pull.message) == (
        Phase.RESOLVE,
        "The pull took longer than the 2 minutes that host local allows",
    )
    build = await world.built((await world.create(name="push", push=True)).id)
    push = _failure(build)
    assert (push.phase, push.message) == (Phase.PUSH, "The push took longer than the one minute that host local allows")
    assert build.docker_image_id == world.engine.images["push:latest"].docker_image_id
    world.engine.transfer_gate.set()
    await world.service.images.act(ADA, build.image_id, ImageAction.PUSH)
    assert (await world.built(build.image_id)).state is BuildState.FINISHED


async def test_a_host_that_does_not_end_the_work_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.service.build_run.CANCEL_GRACE_SECONDS", 0.2)
    await _limited(world)
    world.engine.deaf = threading.Event()
    build = await world.built((await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")).id)
    assert "took longer than" in _failure(build).message
    assert "its work may go on there" in (await world.lines(build.id))[-1].text
    world.engine.deaf.set()


async def test_who_cancels_before_the_limit_has_cancelled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.service.build_run.CANCEL_GRACE_SECONDS", 1.0)
    await _limited(world)
    world.engine.deaf = threading.Event()
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    await world.until(lambda: bool(world.engine.working))
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    assert (await world.built(record.id)).state is BuildState.CANCELLED
    world.engine.deaf.set()


async def test_what_stays_within_its_limit_is_left_alone(world: World) -> None:
    await _limited(world)
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN one", gate=gate)]
    record = await world.create(push=True)
    await world.until(lambda: bool(world.engine.working))
    gate.set()
    assert (await world.built(record.id)).state is BuildState.FINISHED
    threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("limit of")]
    assert threads == []


async def test_a_build_on_a_host_that_is_away_for_too_long_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailer_tui.service.lost_hosts.LOST_SECONDS", 0.2)
    monkeypatch.setattr("trailer_tui.service.build_run.CANCEL_GRACE_SECONDS", 0.2)
    # The connection of the build hangs, as with a host whose network is gone: only the watch notices.
    reached, hangs = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        reached.set()
        hangs.wait(30)

    with monkeypatch.context() as patch:
        patch.setattr(world.engine, "_run", hang)
        record = await world.create("FROM ubuntu:24.04\nRUN echo never\n")
        await world.until(reached.is_set)
    world.engine.unreachable = "no route to host"
    await world.service.hosts.check(ADA, 1)
    failure = _failure(await world.built(record.id))
    assert failure.message == "local: no route to host"
    assert failure.hint == "start the Docker daemon on that machine"
    waiting = await world.create(name="next")
    hangs.set()
    world.engine.unreachable = ""
    await world.service.hosts.check(ADA, 1)
    assert (await world.built(waiting.id)).state is BuildState.FINISHED


async def test_a_build_goes_on_where_it_runs_when_its_host_gets_another_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailer_tui.service.lost_hosts.LOST_SECONDS", 0.0)
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN long", gate=gate)]
    running = await world.create()
    await world.until(lambda: bool(world.engine.working))
    elsewhere = "tcp://elsewhere:2375"
    world.engines[elsewhere] = FakeEngine()
    world.engines[elsewhere].unreachable = "no route to host"
    await world.service.hosts.update(ADA, 1, HostDraft(name="local", address=elsewhere))
    waiting = await world.create(name="waiting")

    async def told_to_wait() -> bool:
        return (await world.service.images.get(ADA, waiting.id)).status_detail == "local is offline"

    await world.until(told_to_wait)
    gate.set()
    assert (await world.built(running.id)).state is BuildState.FINISHED


async def test_what_waits_for_a_host_that_died_waits_until_it_is_back(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN long", gate=gate)]
    running = [await world.create(name=f"running-{number}") for number in range(2)]
    await world.until(lambda: len(world.engine.requests) == 2 and bool(world.engine.working))
    waiting = await world.create(name="waiting")
    world.engine.unreachable = "connection reset by peer"
    for record in running:
        assert _failure(await world.built(record.id)).message == "connection reset by peer"
    await world.until(lambda: world.service.load().hosts_online == 0)
    assert (await world.service.images.get(ADA, waiting.id)).status is ImageStatus.BUILD_PENDING
    world.engine.unreachable = ""
    gate.set()
    await world.service.hosts.check(ADA, 1)
    build = await world.built(waiting.id)
    assert (build.state, build.number) == (BuildState.FINISHED, 1)


async def test_a_host_that_comes_back_in_time_keeps_its_build(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.service.lost_hosts.LOST_SECONDS", 30.0)
    gate = threading.Event()
    reach = world.engine._reach
    world.engine.script = [FakeStep("RUN long", gate=gate)]
    record = await world.create()
    await world.until(lambda: bool(world.engine.working))
    monkeypatch.setattr(world.engine, "_reach", lambda: None)  # the build's own connection lives

    def probe() -> Capabilities:
        reach()
        return world.engine.capabilities

    monkeypatch.setattr(world.engine, "probe", probe)
    world.engine.unreachable = "no answer"
    await world.service.hosts.check(ADA, 1)
    world.engine.unreachable = ""
    await world.service.hosts.check(ADA, 1)
    gate.set()
    assert (await world.built(record.id)).state is BuildState.FINISHED
