"""Builds from the key to the recorded end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.service.world import ADA, World
from tests.support.fake_engine import FakeStep
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.events import BuildChanged, ImageChanged, StepsChanged
from trailer_tui.model.image import GenerateConfiguration, PullConfiguration
from trailer_tui.model.status import BuildState, ImageStatus, Phase, StepState


async def test_a_new_image_is_built_and_found_on_the_host(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN echo one && echo two\n")
    assert record.status is ImageStatus.BUILD_PENDING
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED
    assert build.docker_image_id == world.engine.images["tool:latest"].docker_image_id
    assert (build.size, build.layers, build.number) == (81_000_000, 3, 1)
    assert build.dockerfile == "FROM ubuntu:24.04\nRUN echo one && echo two\n"
    assert [(step.instruction, step.state) for step in build.steps] == [
        ("FROM ubuntu:24.04", StepState.DONE),
        ("RUN echo one && echo two", StepState.DONE),
        ("Tag tool:latest", StepState.DONE),
    ]
    assert [line.text for line in await world.lines(build.id) if line.stream == "o"] == ["one", "two"]
    assert (await world.service.images.get(ADA, record.id)).status is ImageStatus.BUILD_FINISHED


async def test_an_unchanged_build_says_cached(world: World) -> None:
    record = await world.create()
    await world.built(record.id)
    await world.service.images.act(ADA, record.id, ImageAction.BUILD)
    build = await world.built(record.id)
    assert build.number == 2
    assert [step.state for step in build.steps if step.number] == [StepState.DONE, StepState.CACHED]


async def test_a_failed_step_is_named_with_line_exit_code_and_last_output(world: World) -> None:
    dockerfile = (
        "FROM ubuntu:24.04\n\nRUN echo first\n# a comment\nRUN echo a && echo b >&2 && exit 3\nRUN echo never\n"
    )
    record = await world.create(dockerfile)
    build = await world.built(record.id)
    assert build.state is BuildState.FAILED
    failure = build.failure
    assert failure is not None
    assert (failure.phase, failure.step, failure.line, failure.exit_code) == (Phase.BUILD, 3, 5, 3)
    assert failure.instruction == "RUN echo a && echo b >&2 && exit 3"
    assert failure.last_output == ["a", "b"]
    assert build.steps[-1].state is StepState.FAILED
    assert (await world.service.images.get(ADA, record.id)).status is ImageStatus.ERROR


async def test_a_broken_dockerfile_fails_before_the_host_is_asked(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nFOO bar\n")
    failure = (await world.built(record.id)).failure
    assert failure is not None
    assert (failure.phase, failure.line, failure.instruction) == (Phase.PREPARE, 2, "FOO bar")
    assert "FOO" in failure.message
    assert world.engine.requests == []


async def test_heredocs_are_refused_for_a_builder_that_knows_none(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN <<EOF\necho hi\nEOF\n")
    failure = (await world.built(record.id)).failure
    assert failure is not None
    assert (failure.phase, failure.line) == (Phase.PREPARE, 2)
    assert "heredoc" in failure.message
    assert world.engine.requests == []


async def test_missing_bases_are_pulled_and_present_ones_are_not(world: World) -> None:
    world.engine.offer("debian:12")
    record = await world.create(
        "ARG VERSION=12\nFROM ubuntu:24.04 AS first\nRUN echo 1\nFROM debian:${VERSION}\nCOPY --from=first /etc /e\n"
        "FROM scratch\nFROM first\n"
    )
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED
    assert world.engine.pulls == ["debian:12"]
    pull = build.steps[0]
    assert (pull.phase, pull.instruction, pull.line) == (Phase.RESOLVE, "Pull debian:12", 4)


async def test_a_forced_pull_pulls_a_present_base(world: World) -> None:
    world.engine.offer("ubuntu:24.04")
    record = await world.create(pull_base=True)
    assert (await world.built(record.id)).state is BuildState.FINISHED
    assert world.engine.pulls == ["ubuntu:24.04"]


async def test_a_base_that_cannot_be_pulled_is_the_cause(world: World) -> None:
    record = await world.create("# here\nFROM nowhere:1\n")
    failure = (await world.built(record.id)).failure
    assert failure is not None
    assert (failure.phase, failure.line, failure.instruction) == (Phase.RESOLVE, 2, "Pull nowhere:1")
    assert "manifest unknown" in failure.message
    assert failure.hint


async def test_generate_mode_builds_from_its_base(world: World) -> None:
    record = await world.create(configuration=GenerateConfiguration(image_name="made:1", base_image="ubuntu:24.04"))
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED
    assert "FROM ubuntu:24.04" in (build.dockerfile or "")
    assert "made:1" in world.engine.images


async def test_pull_mode_pulls_and_keeps_the_digest(world: World) -> None:
    world.engine.offer("registry.lan/tool:2")
    record = await world.create(configuration=PullConfiguration(image="registry.lan/tool:2"))
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED
    assert build.dockerfile is None
    assert (build.digest or "").startswith("sha256:")
    assert (build.size, build.layers) == (30_000_000, 2)
    assert world.engine.requests == []


async def test_squash_and_push_run_when_asked_for(world: World) -> None:
    record = await world.create(squash=True, push=True)
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED
    assert [step.phase for step in build.steps][-3:] == [Phase.SQUASH, Phase.TAG, Phase.PUSH]
    assert (build.layers, world.engine.pushes) == (1, ["tool:latest"])
    assert (build.digest or "").startswith("sha256:")


async def test_a_failed_push_is_an_error_that_still_names_the_image(world: World) -> None:
    world.engine.push_error = "denied: requested access to the resource is denied"
    build = await world.built((await world.create(push=True)).id)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert (build.failure.phase, build.failure.message) == (Phase.PUSH, world.engine.push_error)
    assert build.docker_image_id == world.engine.images["tool:latest"].docker_image_id


async def _running(world: World, build_id: int) -> Build:
    async def runs() -> bool:
        return bool(world.engine.working)

    await world.until(runs)
    return await world.service.builds.get(ADA, build_id)


async def test_cancel_of_a_running_build_ends_the_work_on_the_host(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN echo before && sleep 300\n")
    assert record.last_build_id is not None
    await _running(world, record.last_build_id)
    row = await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    assert row.status is ImageStatus.BUILDING
    assert row.status_detail == "cancelling"
    build = await world.built(record.id)
    assert build.state is BuildState.CANCELLED
    assert world.engine.working == set()
    assert [step.state for step in build.steps] == [StepState.DONE, StepState.CANCELLED]
    assert (await world.lines(build.id))[-1].text == "Build cancelled by ada"
    shown = await world.service.images.rows(ADA, [record.id])
    assert (shown[0].status, shown[0].status_detail) == (ImageStatus.BUILD_CANCELLED, "")


async def test_a_host_that_does_not_confirm_a_cancel_does_not_hold_the_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailer_tui.service.build_run.CANCEL_GRACE_SECONDS", 0.2)
    world.engine.deaf = threading.Event()
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    assert record.last_build_id is not None
    await _running(world, record.last_build_id)
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    build = await world.built(record.id)
    assert build.state is BuildState.CANCELLED
    assert "did not confirm" in (await world.lines(build.id))[-1].text
    world.engine.deaf.set()


async def test_a_cancel_that_the_engine_could_not_confirm_says_so(world: World) -> None:
    world.engine.silent = True
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    assert record.last_build_id is not None
    await _running(world, record.last_build_id)
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    build = await world.built(record.id)
    assert build.state is BuildState.CANCELLED
    assert "its work may go on there" in (await world.lines(build.id))[-1].text


async def test_cancel_does_not_apply_to_a_finished_build(world: World) -> None:
    record = await world.create()
    await world.built(record.id)
    with pytest.raises(NotApplicable, match="no build is queued or running"):
        await world.service.images.act(ADA, record.id, ImageAction.CANCEL)


async def test_clients_are_told_of_every_stage(world: World) -> None:
    async with world.recorded_events() as events:
        record = await world.create("FROM ubuntu:24.04\nRUN seq 1 5\nRUN sleep 0.4\n")
        build = await world.built(record.id)
        await world.until(
            lambda: any(isinstance(event, BuildChanged) and not event.build.state.is_active for event in events)
        )
        await asyncio.sleep(0)
    states = [event.build.state for event in events if isinstance(event, BuildChanged)]
    assert states[0] is BuildState.PENDING
    assert BuildState.RUNNING in states
    assert states[-1] is BuildState.FINISHED
    rows = [event.row for event in events if isinstance(event, ImageChanged)]
    assert rows[0]["status"] == "build_pending"
    assert rows[-1]["status"] == "build_finished"
    assert "3/3" in [row["status_detail"] for row in rows]
    steps = {step.ordinal: step for event in events if isinstance(event, StepsChanged) for step in event.steps}
    assert steps[2].instruction == "RUN seq 1 5"
    assert {event.build_id for event in events if isinstance(event, StepsChanged)} == {build.id}


async def test_steps_of_a_running_build_are_as_they_are_now(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("FROM ubuntu:24.04"), FakeStep("RUN long", output=["halfway"], gate=gate)]
    record = await world.create()
    assert record.last_build_id is not None
    await _running(world, record.last_build_id)
    await world.until(lambda: "RUN long" in world.engine.working)
    steps = await world.service.builds.steps(ADA, record.last_build_id)
    gate.set()
    assert [(step.instruction, step.state) for step in steps] == [
        ("FROM ubuntu:24.04", StepState.DONE),
        ("RUN long", StepState.RUNNING),
    ]
    assert (await world.built(record.id)).state is BuildState.FINISHED


async def test_a_host_lost_during_a_build_is_the_cause_and_shows_as_offline(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    assert record.last_build_id is not None
    await _running(world, record.last_build_id)
    world.engine.unreachable = "connection reset by peer"
    build = await world.built(record.id)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.message == "connection reset by peer"
    assert build.failure.instruction == "RUN sleep 300"
    await world.until(lambda: world.service.load().hosts_online == 0)


async def test_a_defect_in_an_engine_ends_the_build_and_not_the_server(world: World) -> None:
    world.engine.tag = lambda *_: 1 / 0  # type: ignore[method-assign, assignment]
    build = await world.built((await world.create()).id)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.TAG
    assert "ZeroDivisionError" in build.failure.message
