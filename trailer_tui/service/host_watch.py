"""Looks at every enabled host in turn and keeps what it found; nobody ever waits for a host because of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from trailer_tui.engine.interface import FreeSpace
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.host import Capabilities, DiskSpace, Host
from trailer_tui.model.status import HostState
from trailer_tui.service.host_disk import RECENT_SECONDS, DiskGauge, is_news
from trailer_tui.service.host_engines import HostEngines
from trailer_tui.service.live import LiveState
from trailer_tui.service.threads import start_thread
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 60.0
PROBE_SECONDS = 20.0
"""A probe bounds itself; this bounds one that does not."""


@dataclass
class _Watched:
    """One host under watch."""

    host: Host
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    probe: asyncio.Future[Capabilities] | None = None
    failures: int = 0
    gauge: DiskGauge = field(init=False)
    told_disk: DiskSpace | None = None
    """What clients know of the disk."""


class HostWatch:
    """The live state of all hosts. Used on the event loop only."""

    def __init__(
        self,
        store: Store,
        engines: HostEngines,
        live: LiveState,
        *,
        clock: Callable[[], datetime],
        check_seconds: float,
        changed: Callable[[], None],
    ) -> None:
        """`changed` is called when a host may take work that it could not take before, or the other way round."""
        self._store = store
        self._engines = engines
        self._live = live
        self._clock = clock
        self._check_seconds = check_seconds
        self._changed = changed
        self._watched: dict[int, _Watched] = {}

    def host(self, host_id: int) -> Host | None:
        """The host with its live state."""
        entry = self._watched.get(host_id)
        return entry.host if entry is not None else None

    def all(self) -> list[Host]:
        """All hosts by name, with their live state."""
        return sorted((entry.host for entry in self._watched.values()), key=lambda host: host.name.casefold())

    def put(self, host: Host) -> None:
        """Watch a host that was read, made or changed in the store; it is looked at now."""
        self._engines.put(host)
        entry = self._watched.get(host.id)
        if entry is None:
            entry = self._watched[host.id] = _Watched(host)
            entry.gauge = self._gauge(entry)
        else:
            old = entry.host
            same_engine = old.engine_settings() == host.engine_settings()
            unmoved = same_engine and old.enabled == host.enabled
            kept = _COUNTS | (_DISK if same_engine else frozenset()) | (_LIVE if unmoved else frozenset())
            entry.host = host.model_copy(update={name: getattr(old, name) for name in kept})
            if not same_engine:
                entry.gauge.retire()
                entry.gauge = self._gauge(entry)
            if not unmoved:
                entry.failures, entry.probe = 0, None
                self._end_task(entry)
        if host.enabled and entry.task is None:
            entry.task = asyncio.create_task(self._watch(entry), name=f"watch host {host.name}")
        self._tell(entry)
        self._changed()

    def remove(self, host_id: int) -> None:
        """The host is gone from the store."""
        entry = self._watched.pop(host_id, None)
        if entry is not None:
            self._end_task(entry)
            entry.gauge.retire()
            self._engines.forget(host_id)
            self._live.tell_host_deleted(host_id)
            self._changed()

    async def check(self, host_id: int, *, seconds: float) -> Host:
        """Look at a host now; returns it as it is known after at most `seconds`. The host must be under watch."""
        entry = self._watched[host_id]
        if entry.task is not None:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            entry.waiting.append(future)
            entry.wake.set()
            await asyncio.wait({future}, timeout=seconds)
        return entry.host

    def suspect(self, host_id: int) -> None:
        """Somebody could not reach the host: it takes no work until a look at it, which is now, found it."""
        entry = self._watched.get(host_id)
        if entry is not None:
            if entry.host.state is HostState.ONLINE:
                self._set(entry, state=HostState.UNKNOWN)
            entry.wake.set()

    def look_at_disk(self, host_id: int) -> None:
        """Something changed what fills the host's disk."""
        entry = self._watched.get(host_id)
        if entry is not None and entry.host.state is not HostState.OFFLINE:
            entry.gauge.refresh(older_than=0)

    async def recent_disk(self, host_id: int, *, seconds: float) -> DiskSpace | None:
        """The room on the host's disk, looked at in the last minute or now; as it is known after at most `seconds`."""
        entry = self._watched.get(host_id)
        if entry is None:
            return None
        await entry.gauge.look(seconds, older_than=RECENT_SECONDS)
        return entry.host.disk

    def set_counts(self, running: Mapping[int, int], queued: Mapping[int, int]) -> None:
        """How many builds run and wait on each host."""
        for host_id, entry in self._watched.items():
            counts = {"running": running.get(host_id, 0), "queued": queued.get(host_id, 0)}
            before = entry.host
            if counts != {"running": before.running, "queued": before.queued}:
                entry.host = before.model_copy(update=counts)
                self._tell(entry)
            if counts["running"] < before.running and entry.host.state is not HostState.OFFLINE:
                entry.gauge.refresh_later()

    async def stop(self) -> None:
        """End watching."""
        tasks = [entry.task for entry in self._watched.values() if entry.task is not None]
        for entry in self._watched.values():
            self._end_task(entry)
            entry.gauge.retire()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end_task(self, entry: _Watched) -> None:
        if entry.task is not None:
            entry.task.cancel()
            entry.task = None
        _release(entry.waiting)
        entry.waiting = []

    async def _watch(self, entry: _Watched) -> None:
        while True:
            entry.wake.clear()
            # Who asks during a look gets the next one.
            waiting, entry.waiting = entry.waiting, []
            try:
                await self._look(entry)
            except Exception:
                _LOG.exception("the watch of host %s stumbled; it goes on with the next look", entry.host.name)
                entry.failures = min(entry.failures + 1, 30)
            finally:
                _release(waiting)
            seconds = self._check_seconds
            if entry.failures:
                seconds = min(FIRST_RETRY_SECONDS * 2 ** (entry.failures - 1), LAST_RETRY_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await entry.wake.wait()

    async def _look(self, entry: _Watched) -> None:
        host = entry.host
        if entry.probe is None or entry.probe.done():
            entry.probe = start_thread(f"probe {host.name}", partial(self._probe, host))
        try:
            # Not wait_for: it loses a cancel that comes together with the answer, and the watch would never end.
            async with asyncio.timeout(PROBE_SECONDS):
                capabilities = await asyncio.shield(entry.probe)
        except TimeoutError:
            # The thread is left to end by itself; until it does, no second one is started for this host.
            self._offline(
                entry, f"no answer within {PROBE_SECONDS:.0f} seconds", "check the machine and the network to it"
            )
        except TrailerError as error:
            self._offline(entry, error.cause, error.hint)
        except Exception as error:
            _LOG.exception("looking at host %s failed", host.name)
            self._offline(entry, f"{type(error).__name__}: {error}", "the server's log has the details")
        else:
            await self._online(entry, capabilities)

    async def _online(self, entry: _Watched, capabilities: Capabilities) -> None:
        entry.failures = 0
        new = entry.host.capabilities != capabilities
        self._set(
            entry,
            state=HostState.ONLINE,
            capabilities=capabilities,
            error="",
            hint="",
            offline_since=None,
            next_check_at=self._clock() + timedelta(seconds=self._check_seconds),
        )
        entry.gauge.refresh()
        if new:
            try:
                await self._store.hosts.save_capabilities(entry.host.id, capabilities)
            except TrailerError as error:
                _LOG.warning("what host %s can do was not stored: %s", entry.host.name, error.cause)

    def _offline(self, entry: _Watched, error: str, hint: str) -> None:
        now = self._clock()
        delay = min(FIRST_RETRY_SECONDS * 2**entry.failures, LAST_RETRY_SECONDS)
        entry.failures = min(entry.failures + 1, 30)
        self._set(
            entry,
            state=HostState.OFFLINE,
            error=error,
            hint=hint,
            offline_since=entry.host.offline_since or now,
            next_check_at=now + timedelta(seconds=delay),
        )

    def _set(self, entry: _Watched, **state: object) -> None:
        before = entry.host
        entry.host = before.model_copy(update=state)
        # A host that is still online is no news: idle screens stay quiet.
        quiet = {"next_check_at": None} if entry.host.state is HostState.ONLINE else {}
        if before.model_copy(update=quiet) != entry.host.model_copy(update=quiet):
            self._tell(entry)
        if before.state is not entry.host.state:
            self._changed()

    def _gauge(self, entry: _Watched) -> DiskGauge:
        host = entry.host

        def found(disk: DiskSpace | None, note: str) -> None:
            news = is_news(entry.told_disk, disk) or note != entry.host.disk_note
            entry.host = entry.host.model_copy(update={"disk": disk, "disk_note": note})
            if news:
                self._tell(entry)

        return DiskGauge(host.name, partial(self._free_space, host), self._clock, found)

    def _probe(self, host: Host) -> Capabilities:
        with self._engines.using(host) as engine:
            return engine.probe()

    def _free_space(self, host: Host) -> FreeSpace:
        with self._engines.using(host) as engine:
            return engine.free_space()

    def _tell(self, entry: _Watched) -> None:
        entry.told_disk = entry.host.disk
        self._live.tell_host(entry.host)


_COUNTS = frozenset({"running", "queued"})
_DISK = frozenset({"disk", "disk_note"})
_LIVE = frozenset({"state", "capabilities", "error", "hint", "offline_since", "next_check_at"})


def _release(waiting: list[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
