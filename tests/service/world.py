"""What service tests act in: a store in a folder, a service over it, an engine per host address, and an actor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.fake_engine import FakeEngine
from trailer_tui.config import ServerConfig
from trailer_tui.engine.interface import Engine
from trailer_tui.model.build import Build
from trailer_tui.model.events import Event
from trailer_tui.model.host import Host
from trailer_tui.model.identity import Actor
from trailer_tui.model.image import ImageConfiguration, ImageDraft, ImageRecord, WriteConfiguration
from trailer_tui.model.log import LogLine, parse_line
from trailer_tui.model.status import HostState
from trailer_tui.service.service import TrailerService
from trailer_tui.store.store import Store

LOCAL = "unix:///var/run/docker.sock"
ADA = Actor(1000, "ada", (), is_administrator=True)
BOB = Actor(1001, "bob")

WAIT_SECONDS = 20.0


class World:
    """One server's worth of service; `restart` is a new server on the same data."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], config: ServerConfig | None = None) -> None:
        self.folder = folder
        self.clock = clock
        self.config = config or ServerConfig()
        self.engine = FakeEngine()
        self.engines: dict[str, FakeEngine] = {LOCAL: self.engine}
        self.impossible: set[str] = set()
        """Addresses for which no engine can be made."""
        self.environment: dict[str, str] = {}
        """What a first start finds hosts in."""
        self.store: Store
        self.service: TrailerService

    async def start(self, *, online: bool = True) -> None:
        """Open the store and start the service; waits until the first host answers unless `online` is off."""
        self.store = await Store.open(self.folder, clock=self.clock)
        self.service = await TrailerService.start(
            self.store, engines=self._engine, config=self.config, clock=self.clock, environment=self.environment
        )
        if online:
            await self.until(self._settled)

    async def close(self) -> None:
        """Stop all and close the store."""
        await self.service.stop(interrupt=True)
        await self.store.close()

    async def restart(self) -> None:
        """A server that stops while it works, and the next one."""
        await self.close()
        await self.start()

    async def _settled(self) -> bool:
        """Whether a host is online and all that is known of it at first has been told."""
        hosts = [host for host in await self.service.hosts.all(ADA) if host.state is HostState.ONLINE]
        return bool(hosts) and all(host.disk is not None or host.disk_note for host in hosts)

    def _engine(self, host: Host) -> Engine:
        if host.address in self.impossible:
            raise ValueError("no such transport")
        return self.engines.setdefault(host.address, FakeEngine())

    # Shorthands

    async def create(
        self,
        dockerfile: str = "FROM ubuntu:24.04\nRUN echo hello\n",
        *,
        name: str = "tool",
        build: bool = True,
        configuration: ImageConfiguration | None = None,
        actor: Actor = ADA,
        host_id: int = 1,
        **options: Any,
    ) -> ImageRecord:
        """A new record in write mode, or with that configuration."""
        configuration = configuration or WriteConfiguration(
            image_name=f"{name}:latest", dockerfile=dockerfile, **options
        )
        draft = ImageDraft(name=name, host_id=host_id, configuration=configuration)
        return await self.service.images.create(actor, draft, build=build)

    async def built(self, image_id: int) -> Build:
        """The image's last build, once it has ended."""
        record = await self.service.images.get(ADA, image_id)
        assert record.last_build_id is not None
        return await self.ended(record.last_build_id)

    async def ended(self, build_id: int) -> Build:
        """That build, once it has ended; fails when it does not."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (build := await self.service.builds.get(ADA, build_id)).state.is_active:
                await self.tick()
        return build

    async def lines(self, build_id: int) -> list[LogLine]:
        """The log of a build."""
        data = b"".join([chunk async for chunk in await self.service.builds.log(ADA, build_id)])
        return [parse_line(line) for line in data.splitlines()]

    async def until(self, condition: Callable[[], bool | Awaitable[bool]]) -> None:
        """Wait until a condition holds, or fail."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                holds = condition()
                if holds if isinstance(holds, bool) else await holds:
                    return
                await self.tick()

    async def tick(self) -> None:
        """Let others work for a moment."""
        await asyncio.sleep(0.01)

    async def host_state(self, host_id: int) -> HostState:
        """What is known of a host."""
        return next(host.state for host in await self.service.hosts.all(ADA) if host.id == host_id)

    def recorded_events(self, actor: Actor = ADA) -> Recording:
        """Collects the events that `actor` gets while the block runs."""
        return Recording(self.service, actor)


class Recording:
    """Events as they come, in a list."""

    def __init__(self, service: TrailerService, actor: Actor) -> None:
        self._service = service
        self._task: asyncio.Task[None] | None = None
        self._context: AbstractAsyncContextManager[Any] = service.events.subscribe(actor)
        self.events: list[Event] = []

    async def __aenter__(self) -> list[Event]:
        stream = await self._context.__aenter__()

        async def collect() -> None:
            async for event in stream:
                self.events.append(event)

        self._task = asyncio.create_task(collect())
        return self.events

    async def __aexit__(self, *error: Any) -> None:
        await asyncio.sleep(0)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._context.__aexit__(None, None, None)
