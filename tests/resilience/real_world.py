"""A service on real engines, one of which is reached through a proxy that breaks what passes."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.engine.processes import appears
from tests.service.world import ADA, World
from trailer_tui.config import ServerConfig
from trailer_tui.engine.interface import Engine
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build
from trailer_tui.model.host import BuilderChoice, Host, HostDraft
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.status import BuildState, HostState
from trailer_tui.server.process import docker_engine

SHAKY = 1
"""The host behind the proxy."""

ENDS_WITHIN = 30.0
"""Seconds from a fault to the recorded end, with the patience that `impatient` sets."""


class RealWorld(World):
    """The host `local` is behind the proxy; `steady` is the same engine without one."""

    def __init__(self, folder: Path, shaky: str, steady: str, base: str) -> None:
        super().__init__(folder, lambda: datetime.now(UTC), ServerConfig(host_check_seconds=1))
        self.environment = {"DOCKER_HOST": shaky}
        self.base = base
        self._steady_address = steady
        self.steady: Host

    async def open(self, builder: BuilderChoice) -> None:
        """Start with both hosts on that builder."""
        await self.start()
        await self.set_builder(builder)
        draft = HostDraft(name="steady", address=self._steady_address, builder=builder)
        self.steady = await self.service.hosts.create(ADA, draft)
        for host_id in (SHAKY, self.steady.id):
            await self.online(host_id)

    async def set_builder(self, builder: BuilderChoice) -> None:
        """Let the first host build with that builder."""
        draft = (await self._host(SHAKY)).draft()
        await self.service.hosts.update(ADA, SHAKY, draft.model_copy(update={"builder": builder}))
        await self.online(SHAKY)

    async def online(self, host_id: int) -> None:
        """Wait until the host can take builds, with the builder that it is meant to have."""

        async def is_online() -> bool:
            host = await self._host(host_id)
            known = host.capabilities is not None and host.builder.value in (host.capabilities.builder, "auto")
            return host.state is HostState.ONLINE and known

        await self.until(is_online)

    async def begin(self, step: str, *, host_id: int = SHAKY, name: str = "", **options: Any) -> ImageRecord:
        """Create a record whose only step runs `step`, and build it."""
        dockerfile = f"FROM {self.base}\nRUN : {uuid.uuid4().hex}; {step}\n"
        return await self.create(dockerfile, name=name or f"r-{uuid.uuid4().hex[:12]}", host_id=host_id, **options)

    async def end(self, record: ImageRecord, seconds: float = ENDS_WITHIN) -> Build:
        """The record's last build, which must end within that time."""
        async with asyncio.timeout(seconds):
            while True:
                current = await self.service.images.get(ADA, record.id)
                assert current.last_build_id is not None
                build = await self.service.builds.get(ADA, current.last_build_id)
                if not build.state.is_active:
                    return build
                await asyncio.sleep(0.05)

    async def rebuild(self, record: ImageRecord) -> Build:
        """Build once more and wait for the end."""
        await self.service.images.act(ADA, record.id, ImageAction.BUILD)
        return await self.end(record)

    async def steady_build_ends_well(self) -> None:
        """A build on the other host is not held up."""
        record = await self.begin("echo steady", host_id=self.steady.id)
        assert (await self.end(record, 15)).state is BuildState.FINISHED

    async def text(self, build: Build) -> str:
        """The build's log as people read it."""
        return "\n".join(line.text for line in await self.lines(build.id))

    def _engine(self, host: Host) -> Engine:
        return docker_engine(host)

    async def _host(self, host_id: int) -> Host:
        return next(host for host in await self.service.hosts.all(ADA) if host.id == host_id)


class Sleeper:
    """A step that prints a word and then does nothing for long, which can be found on the host."""

    def __init__(self) -> None:
        self.command = ("sleep", f"{300 + uuid.uuid4().int % 10**6 / 10**6:.6f}")
        self.step = f"echo half''way; {' '.join(self.command)}"

    async def runs(self) -> bool:
        """Whether it runs, or does within a few seconds."""
        return await asyncio.to_thread(appears, *self.command)


OUTPUT = b"halfway"
"""What a `Sleeper` prints; not a part of its command line."""
