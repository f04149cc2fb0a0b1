"""What is said and refused before a build begins."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.service.world import ADA, World
from trailer_tui.config import ServerConfig
from trailer_tui.engine.interface import FreeSpace
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import BuildFailure
from trailer_tui.model.host import Capabilities
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.log import STREAM_TRAILER
from trailer_tui.model.status import BuildState, Phase

MODERN = Capabilities(
    engine_version="28.5.2",
    api_version="1.51",
    operating_system="linux",
    architecture="amd64",
    builder="buildkit",
    builders=["buildkit", "classic"],
    heredocs=True,
    git_sources=True,
    secrets=True,
    syntax_directive=True,
)
MOUNTING = "FROM ubuntu:24.04\nRUN --mount=type=secret,id=TOKEN echo mounted\n"


async def _on(world: World, capabilities: Capabilities) -> None:
    world.engine.capabilities = capabilities
    await world.service.hosts.check(ADA, 1)


async def _refused(world: World, record: ImageRecord) -> BuildFailure:
    build = await world.built(record.id)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.PREPARE
    assert world.engine.requests == []
    assert build.failure.message in (await world.lines(build.id))[-1].text
    return build.failure


async def test_little_room_on_the_disk_is_warned_of_and_the_build_goes_on(world: World) -> None:
    world.engine.space = FreeSpace(total=100_000_000_000, free=1_200_000_000)
    world.service._watch.look_at_disk(1)
    await world.service._watch.recent_disk(1, seconds=5)
    build = await world.built((await world.create()).id)
    assert build.state is BuildState.FINISHED
    [warning] = build.warnings
    assert "host local has only 1.2 GB of 100.0 GB left" in warning
    first = (await world.lines(build.id))[0]
    assert (first.stream, first.text) == (STREAM_TRAILER, f"Warning: {warning}")
    assert (await world.service.builds.for_image(ADA, build.image_id))[0].warnings == [warning]


async def test_room_enough_and_room_unknown_are_no_warning(world: World) -> None:
    assert (await world.built((await world.create()).id)).warnings == []
    world.engine.space_error = "cannot be known"
    world.service._watch.look_at_disk(1)
    await world.service._watch.recent_disk(1, seconds=5)
    assert (await world.built((await world.create(name="other")).id)).warnings == []


async def test_a_git_source_is_refused_by_the_builder_that_would_download_it(world: World) -> None:
    dockerfile = "FROM ubuntu:24.04\nADD https://git.lan/ada/tool.git#main /src\n"
    failure = await _refused(world, await world.create(dockerfile))
    assert failure.line == 2
    assert "host local uses the classic builder" in failure.message
    preview = await world.service.images.dockerfile(ADA, 1)
    assert [problem.rule for problem in preview.problems] == ["git-source-unsupported"]
    await _on(world, MODERN)
    assert (await world.built((await world.create(dockerfile, name="other")).id)).state is BuildState.FINISHED


async def test_a_secret_that_is_not_stored_refuses_the_build_and_is_named(world: World) -> None:
    await _on(world, MODERN)
    failure = await _refused(world, await world.create(MOUNTING, secrets=["TOKEN"]))
    assert "TOKEN" in failure.message
    assert "trailer secrets set TOKEN" in failure.hint


async def test_steps_get_the_secrets_of_the_images_creator(world: World) -> None:
    await _on(world, MODERN)
    await world.service.secrets.put(ADA, "TOKEN", b"correct horse")
    await world.service.secrets.put(ADA, "OTHER", b"not asked for")
    build = await world.built((await world.create(MOUNTING, secrets=["TOKEN"])).id)
    assert build.state is BuildState.FINISHED
    [request] = world.engine.requests
    assert {name: read() for name, read in request.secrets.items()} == {"TOKEN": b"correct horse"}
    assert request.ssh_agent is None


@pytest.mark.parametrize("asked", [{"secrets": ["TOKEN"]}, {"ssh_agent": True}])
async def test_a_host_that_mounts_nothing_is_the_reason(world: World, asked: dict[str, Any]) -> None:
    await world.service.secrets.put(ADA, "TOKEN", b"correct horse")
    failure = await _refused(world, await world.create(**asked))
    assert "host local uses the classic builder" in failure.message
    assert "BuildKit" in failure.hint


async def test_an_ssh_agent_that_is_not_there_is_the_reason(world: World) -> None:
    await _on(world, MODERN)
    failure = await _refused(world, await world.create(ssh_agent=True))
    assert "the server has none" in failure.message.replace("Trailer's ", "the ")
    assert "SSH_AUTH_SOCK" in failure.hint


async def test_steps_get_the_ssh_agent_when_the_image_asks_for_it(world: World, tmp_path: Path) -> None:
    agent = tmp_path / "agent"
    await world.close()
    world.config = ServerConfig(ssh_agent=str(agent))
    await world.start()
    await _on(world, MODERN)
    gone = await _refused(world, await world.create(name="gone", ssh_agent=True))
    assert str(agent) in gone.message
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(agent))
        for name, wanted in (("with", True), ("without", False)):
            await world.built((await world.create(name=name, ssh_agent=wanted)).id)
    assert [request.ssh_agent for request in world.engine.requests] == [agent, None]


async def test_buildkit_is_given_only_the_bases_that_the_last_stage_needs(world: World) -> None:
    dockerfile = "FROM nowhere:1 AS unused\nFROM --platform=linux/arm64 other:1 AS foreign\nFROM ubuntu:24.04\n"
    await _on(world, MODERN)
    world.engine.script = []
    assert (await world.built((await world.create(dockerfile)).id)).state is BuildState.FINISHED
    assert world.engine.pulls == []


async def test_images_of_docker_hub_come_from_the_mirror_under_the_name_that_was_written(world: World) -> None:
    host = (await world.service.hosts.all(ADA))[0]
    await world.service.hosts.update(ADA, 1, host.draft().model_copy(update={"registry_mirror": "registry.lan/hub"}))
    for reference in ("registry.lan/hub/library/debian:12", "registry.lan/hub/ada/tool:latest", "other.lan/x:1"):
        world.engine.offer(reference)
    dockerfile = "FROM debian:12\nCOPY --from=ada/tool /a /a\nCOPY --from=other.lan/x:1 /a /a\n"
    build = await world.built((await world.create(dockerfile)).id)
    assert build.state is BuildState.FINISHED
    assert world.engine.pulls == [
        "registry.lan/hub/library/debian:12",
        "registry.lan/hub/ada/tool:latest",
        "other.lan/x:1",
    ]
    assert world.engine.images["debian:12"] == world.engine.images["registry.lan/hub/library/debian:12"]
    said = [line.text for line in await world.lines(build.id)]
    assert "debian:12 was pulled from the mirror of local" in said


async def test_an_image_named_by_digest_is_pulled_from_where_it_says_and_that_is_told(world: World) -> None:
    host = (await world.service.hosts.all(ADA))[0]
    await world.service.hosts.update(ADA, 1, host.draft().model_copy(update={"registry_mirror": "registry.lan"}))
    pinned = f"debian@sha256:{'a' * 64}"
    world.engine.offer(pinned)
    build = await world.built((await world.create(f"FROM {pinned}\n")).id)
    assert world.engine.pulls == [pinned]
    assert any("not from the mirror of local" in line.text for line in await world.lines(build.id))
    assert world.engine.requests[0].stand_ins == {}


async def test_buildkit_takes_an_image_named_by_digest_from_the_mirror(world: World) -> None:
    await _on(world, MODERN)
    host = (await world.service.hosts.all(ADA))[0]
    await world.service.hosts.update(ADA, 1, host.draft().model_copy(update={"registry_mirror": "registry.lan/hub"}))
    digest = f"sha256:{'a' * 64}"
    world.engine.offer(f"registry.lan/hub/library/debian@{digest}")
    record = await world.create(f"FROM docker.io/debian:12@{digest}\n")
    assert (await world.built(record.id)).state is BuildState.FINISHED
    await world.service.images.act(ADA, record.id, ImageAction.BUILD)
    assert (await world.built(record.id)).state is BuildState.FINISHED
    assert world.engine.pulls == [f"registry.lan/hub/library/debian@{digest}"]
    for request in world.engine.requests:
        assert request.stand_ins == {f"debian:12@{digest}": f"registry.lan/hub/library/debian@{digest}"}


async def test_what_may_fail_later_is_said_in_the_log_before(world: World) -> None:
    await _on(world, MODERN.model_copy(update={"containerd_store": True}))
    dockerfile = f"# syntax=docker/dockerfile:1\n{MOUNTING}"
    build = await world.built((await world.create(dockerfile)).id)
    assert build.state is BuildState.FINISHED
    said = [line.text for line in await world.lines(build.id) if line.stream == STREAM_TRAILER]
    assert said[0].startswith("Warning: Dockerfile line 3: the build has no secret TOKEN")
    assert "looks for the base images in their registries" in said[1]
