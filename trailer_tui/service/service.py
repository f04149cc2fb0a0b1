"""Trailer's use cases put together: made once per server over an open store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trailer_tui.config import ServerConfig
from trailer_tui.engine.interface import Engine
from trailer_tui.model.host import Host
from trailer_tui.model.identity import Actor
from trailer_tui.model.prefill import Prefill, PrefillRequest
from trailer_tui.model.server import Finding
from trailer_tui.model.status import BuildState, HostState
from trailer_tui.service.build_end import EndRecorder
from trailer_tui.service.build_inputs import BuildInputMaker
from trailer_tui.service.build_run import Workshop
from trailer_tui.service.builds import BuildService
from trailer_tui.service.catalogue import CatalogueService
from trailer_tui.service.context_keys import ContextKeys
from trailer_tui.service.events import EventBroker
from trailer_tui.service.files import FileService
from trailer_tui.service.first_hosts import add_first_hosts, adopt_environment_certificates
from trailer_tui.service.host_engines import HostEngines
from trailer_tui.service.host_finding import host_finding
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.hosts import HostService
from trailer_tui.service.images import ImageService
from trailer_tui.service.live import LiveState
from trailer_tui.service.prune import HostPruning
from trailer_tui.service.recovery import recover
from trailer_tui.service.scheduler import Scheduler
from trailer_tui.service.secrets import SecretService
from trailer_tui.service.threads import ThreadCalls, start_thread
from trailer_tui.store.store import Store

SHORT_CALLS = 8
"""Short blocking calls at a time: files, and what computes for a moment. Hosts are asked in threads of their own."""
DISK_SECONDS = 2.0
"""How long a build waits for what its host's disk has left."""
CLOSE_SECONDS = 3.0
"""How long closing the connections to hosts may take."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much the server has to do."""

    building: int
    queued: int
    hosts_online: int
    hosts_total: int


class TrailerService:
    """Everything that a server offers. Start with `start`, and await `stop` before the store is closed."""

    def __init__(
        self,
        store: Store,
        *,
        engines: Callable[[Host], Engine],
        config: ServerConfig,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
        catalogue_folder: Path | None = None,
    ) -> None:
        """Wire the parts; nothing runs yet. Use `start`."""
        self.events = EventBroker()
        self._store = store
        self._environment = environment
        self._low_disk_gb = config.low_disk_gb
        self._live = LiveState(self.events)
        self._calls = ThreadCalls("trailer call", SHORT_CALLS)
        self._engines = HostEngines(engines)
        self.catalogue = CatalogueService(catalogue_folder, self._calls)
        self.secrets = SecretService(store.secrets)
        self.files = FileService(store.files, self.events, mb_per_account=config.files_mb_per_account)
        self._context_keys = ContextKeys(store.settings)
        inputs = BuildInputMaker(
            store.builds,
            files=self.files,
            catalogue=self.catalogue.look,
            context_key=self._context_keys.of,
        )
        workshop = Workshop(
            store,
            self._live,
            self._calls,
            inputs,
            self._engines.using,
            self._suspect,
            secrets=self.secrets.reader,
            disk=lambda host_id: self._watch.recent_disk(host_id, seconds=DISK_SECONDS),
            low_disk_gb=config.low_disk_gb,
            ssh_agent=Path(config.ssh_agent) if config.ssh_agent else None,
            context_key=self._context_keys.of,
        )
        ends = EndRecorder(store, self._live, self._calls, clock=clock, kept_logs=config.kept_logs_per_image)
        self._scheduler = Scheduler(workshop, ends)
        self._watch = HostWatch(
            store,
            self._engines,
            self._live,
            clock=clock,
            check_seconds=config.host_check_seconds,
            changed=self._scheduler.wake,
        )
        self.images = ImageService(workshop, self._watch, self._scheduler, self.catalogue)
        self.builds = BuildService(workshop, self._watch, self._scheduler)
        pruning = HostPruning(store, self._watch, self._engines.using)
        self.hosts = HostService(store, self._watch, self._live, pruning, self._calls, environment)

    @classmethod
    async def start(
        cls,
        store: Store,
        *,
        engines: Callable[[Host], Engine],
        config: ServerConfig,
        clock: Callable[[], datetime],
        environment: Mapping[str, str] = os.environ,
        catalogue_folder: Path | None = None,
    ) -> TrailerService:
        """Recover what an earlier server left, then watch hosts and work on the queue.

        Args:
            store: open; stays open until after `stop`.
            engines: gives the engine of a host; may block or raise `HostUnreachable`.
            config: limits and intervals.
            clock: the time with its zone.
            environment: says where a first start finds Docker hosts, and where docker contexts are.
            catalogue_folder: holds the server's own files of the catalogue; it need not exist.

        Raises:
            TrailerError: the store cannot be read or written.
        """
        service = cls(
            store,
            engines=engines,
            config=config,
            clock=clock,
            environment=environment,
            catalogue_folder=catalogue_folder,
        )
        await service._begin()
        return service

    async def stop(self, *, interrupt: bool) -> None:
        """End all work of this server and close its connections to hosts.

        With `interrupt`, running builds end on their hosts and are left for the next start, which queues them again
        once. Without, running builds are waited for. Pending builds stay pending either way.
        """
        await self._scheduler.stop(interrupt=interrupt)
        await self._watch.stop()
        self.events.close()
        await asyncio.wait({start_thread("close engines", self._engines.close)}, timeout=CLOSE_SECONDS)
        self._calls.close()

    def load(self) -> Load:
        """How much there is to do, and how many hosts can do it."""
        hosts = self._watch.all()
        online = sum(host.state is HostState.ONLINE for host in hosts)
        return Load(self._scheduler.building, self._scheduler.queued, online, len(hosts))

    async def prefill(self, request: PrefillRequest) -> Prefill:
        """What the choices in a form imply for fields that nobody edited."""
        host = self._watch.host(request.host_id) if request.host_id is not None else None
        return await self.catalogue.prefill(request, host)

    async def diagnose(self, actor: Actor) -> list[Finding]:
        """What is right and wrong with data, disk and hosts, for anybody who asks."""
        findings = await self._store.check() + await self.catalogue.findings()
        hosts = self._watch.all()
        findings += [host_finding(host, low_disk_gb=self._low_disk_gb, hosts=hosts) for host in hosts]
        if self._live.unrecorded:
            findings.append(
                Finding(
                    subject="builds",
                    state="error",
                    detail=f"the ends of {self._live.unrecorded} builds could not be stored yet",
                    remedy="make space on the disk of the data folder; they are stored as soon as there is some",
                )
            )
        return findings

    async def _begin(self) -> None:
        store = self._store
        await self._context_keys.load()
        await self.catalogue.look()
        await adopt_environment_certificates(store, self._environment)
        if not await store.hosts.all():
            await add_first_hosts(store.hosts, self._environment, self._calls)
        await recover(store, self._calls)
        for host in await store.hosts.all():
            self._watch.put(host)
        pending = [build for build in await store.builds.active() if build.state is BuildState.PENDING]
        self._scheduler.start(pending, self._watch)

    def _suspect(self, host_id: int) -> None:
        self._watch.suspect(host_id)
