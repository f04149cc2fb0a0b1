"""Builds of one image take the same packages on a real engine, until somebody wants newer ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.service.world import ADA, World
from tests.support.conda_channel import CondaChannel
from tests.support.containers import running
from trailer_tui.engine.interface import Engine
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.host import Host
from trailer_tui.model.image import GenerateConfiguration, ImageRecord
from trailer_tui.model.resolved import PackageChange, ResolvedPypiPackage
from trailer_tui.model.status import BuildState
from trailer_tui.server.process import docker_engine

pytestmark = pytest.mark.engine

REFERENCE = "trailer-test/locked:1"
BUILD_SECONDS = 120.0


class EngineWorld(World):
    """A service whose host is a real engine."""

    def _engine(self, host: Host) -> Engine:
        return docker_engine(host)

    async def act(self, record: ImageRecord, action: ImageAction) -> Build:
        """Queue a build and wait until it finished."""
        await self.service.images.act(ADA, record.id, action)
        return await self.finished(record)

    async def finished(self, record: ImageRecord) -> Build:
        """The image's last build, which must end well."""
        async with asyncio.timeout(BUILD_SECONDS):
            while True:
                current = await self.service.images.get(ADA, record.id)
                assert current.last_build_id is not None
                build = await self.service.builds.get(ADA, current.last_build_id)
                if not build.state.is_active:
                    break
                await asyncio.sleep(0.05)
        assert build.state is BuildState.FINISHED, [line.text for line in await self.lines(build.id)]
        return build

    async def review(self, record: ImageRecord) -> str:
        """What the form shows of the image's Dockerfile before it is built."""
        configuration = (await self.service.images.get(ADA, record.id)).configuration
        return (await self.service.images.preview(ADA, configuration, record.host_id, record.id)).text


@pytest.fixture
async def world(docker_host: str, installer_image: str, tmp_path: Path) -> AsyncIterator[EngineWorld]:
    """A service over the engine, whose installer image is that of the tests."""
    made = EngineWorld(tmp_path / "data", lambda: datetime.now(UTC))
    made.environment = {"DOCKER_HOST": docker_host}
    await made.start()
    [host] = await made.service.hosts.all(ADA)
    await made.service.hosts.update(ADA, host.id, host.draft().model_copy(update={"installer_image": installer_image}))
    try:
        yield made
    finally:
        await made.close()


async def test_rebuilds_take_the_same_packages_until_they_are_resolved_again(
    world: EngineWorld, docker_host: str, base_image: str, conda_channel: CondaChannel, build_network: None
) -> None:
    ml = Environment(
        name="ml",
        channels=[conda_channel.address],
        conda=[CondaPackage.parse("hello-env")],
        pypi=[PypiPackage.parse("humanize>=4")],
    )
    wanted = GenerateConfiguration(image_name=REFERENCE, base_image=base_image, environments=[ml])
    record = await world.create(configuration=wanted)
    first = await world.finished(record)
    assert (first.locked, first.package_changes, first.compared_with) == ([], [], None)
    [resolved] = first.resolved
    assert hello(first) == "1.0"
    [humanize] = resolved.pypi
    assert humanize.name == "humanize"

    # The channel gets a newer package, and the index has had one since an older build.
    conda_channel.add_hello("2.0")
    older = resolved.model_copy(update={"pypi": [ResolvedPypiPackage(name="humanize", version="4.9.0")]})
    await world.store.builds.keep_resolved(first.id, [older])
    shown = await world.review(record)
    second = await world.act(record, ImageAction.BUILD)
    assert second.dockerfile == shown
    assert second.dockerfile != first.dockerfile
    assert (second.locked, second.resolved, second.package_changes) == ([older], [older], [])
    assert second.compared_with == 1
    assert installed(docker_host) == ("hello 1.0 from /opt/conda/envs/ml\n", "4.9.0\n")

    third = await world.act(record, ImageAction.RESOLVE_AGAIN)
    # The same text as the first build's, whose result the builder still has.
    assert third.dockerfile == first.dockerfile
    assert third.locked == []
    assert third.package_changes == [
        PackageChange(environment="ml", source="conda", name="hello-env", before="1.0", after="2.0"),
        PackageChange(environment="ml", source="pypi", name="humanize", before="4.9.0", after=humanize.version),
    ]
    assert hello(third) == "2.0"
    assert installed(docker_host) == ("hello 2.0 from /opt/conda/envs/ml\n", f"{humanize.version}\n")


def hello(build: Build) -> str:
    """The version of `hello-env` in the build's record."""
    [environment] = build.resolved
    return next(package.version for package in environment.conda if package.name == "hello-env")


def installed(address: str) -> tuple[str, str]:
    """What a container of the image says of its two packages."""
    version = "import importlib.metadata as m; print(m.version('humanize'))"
    with running(address, REFERENCE, command=("sleep", "600")) as container:
        return (
            container.run("ws-run", "ml", "hello-env").output,
            container.run("ws-run", "ml", "python", "-c", version).output,
        )
