"""A server in memory behind the client's method names, for states that a real one reaches only with luck."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from trailer_tui.catalog.catalogue import builtin
from trailer_tui.dockerfile.prefill import prefill
from trailer_tui.model.actions import ImageAction, refusal
from trailer_tui.model.build import Build, BuildSummary
from trailer_tui.model.catalogue import Catalogue
from trailer_tui.model.errors import EditConflict, NotFound, ServerUnavailable, TrailerError
from trailer_tui.model.events import (
    BuildChanged,
    Event,
    Hello,
    HostChanged,
    HostDeleted,
    ImageChanged,
    ImageDeleted,
)
from trailer_tui.model.host import (
    Capabilities,
    DiskSpace,
    Host,
    HostDraft,
    HostUsage,
    ImportOutcome,
    PruneItem,
    PruneTarget,
)
from trailer_tui.model.image import BatchOutcome, BatchSkip, GenerateConfiguration
from trailer_tui.model.prefill import Prefill, PrefillRequest
from trailer_tui.model.rows import ImageOrder, ImageQuery, ImageRow, ImageSort
from trailer_tui.model.server import ServerInfo
from trailer_tui.model.status import BuildState, HostState, ImageStatus

NOW = 1_780_000_000.0
"""The time that tests call now."""


def image_row(image_id: int, name: str = "", **changes: Any) -> ImageRow:
    """A row of a finished image; `changes` are its other fields."""
    row = ImageRow(
        id=image_id,
        name=name or f"image-{image_id:03}",
        creator="ada",
        status=ImageStatus.BUILD_FINISHED,
        status_detail="",
        image_name=f"{name or f'image-{image_id:03}'}:latest",
        host_id=1,
        host_name="build-01",
        enabled=True,
        pulled=False,
        updated_at=NOW - 60 * image_id,
        revision=1,
        last_build_id=image_id,
        last_build_number=1,
        changed_since_build=False,
    )
    return replace(row, **changes)


def local_host(**changes: Any) -> Host:
    """A host that is online; `changes` are its other fields."""
    facts = Capabilities(
        engine_version="20.10.24", api_version="1.41", operating_system="linux", architecture="x86_64", cpus=8
    )
    host = Host(id=1, name="build-01", address="unix:///run/docker.sock", state=HostState.ONLINE, capabilities=facts)
    return host.model_copy(update=changes)


def queued_build(build_id: int, image_name: str, **changes: Any) -> BuildSummary:
    """A build that waits on the first host; `changes` are its other fields."""
    build = BuildSummary(
        id=build_id,
        image_id=build_id,
        image_name=image_name,
        number=1,
        state=BuildState.PENDING,
        host_id=1,
        host_name="build-01",
        requested_by="ada",
        created_at=datetime.fromtimestamp(NOW - 120, UTC),
        reference=f"{image_name}:latest",
        waiting_reason="build-01 runs 2 builds at a time",
    )
    return build.model_copy(update=changes)


def measured(host_id: int = 1, **changes: Any) -> HostUsage:
    """What fills a host's disk; `changes` are its other fields."""
    usage = HostUsage(
        host_id=host_id,
        disk=DiskSpace(total=100_000_000_000, free=44_700_000_000, measured_at=datetime.fromtimestamp(NOW, UTC)),
        images=12,
        images_size=20_000_000_000,
        containers=2,
        containers_size=1_000_000,
        volumes=0,
        volumes_size=0,
        build_cache_size=3_000_000_000,
        prunable=[
            PruneItem(target=PruneTarget.DANGLING_IMAGES, count=3, size=1_200_000_000),
            PruneItem(target=PruneTarget.BUILD_CACHE, count=40, size=2_500_000_000),
            PruneItem(target=PruneTarget.OLD_VERSIONS, count=0, size=0),
        ],
    )
    return usage.model_copy(update=changes)


class ServerStandIn:
    """What `TrailerClient` offers, as far as the frame and the Images and Hosts areas call it."""

    def __init__(self, rows: Iterable[ImageRow] = ()) -> None:
        self.rows = {row.id: row for row in rows}
        self.hosts_known = [local_host()]
        self.builds_active: list[BuildSummary] = []
        self.usage_gate: asyncio.Event | None = None
        """Until it is set, `host_usage` does not answer."""
        self.imported = ImportOutcome(added=[], skipped=[])
        self.is_administrator = True
        self.calls: list[tuple[str, object]] = []
        self.failure: TrailerError | None = None
        """Raised by the next call of `act`, `batch` or `delete_image`."""
        self.order_gate: Callable[[ImageQuery], asyncio.Event | None] = lambda _: None
        self._streams: list[asyncio.Queue[Event | None]] = []
        self.is_down = False

    async def close(self) -> None:
        """Nothing to drop."""

    async def info(self) -> ServerInfo:
        return ServerInfo(
            version="0.1.0",
            api_version=1,
            mode="standalone",
            pid=1,
            started_at=datetime.fromtimestamp(NOW, UTC),
            machine="build-01",
            data_folder="/data",
            socket="/socket",
            actor="ada",
            is_administrator=self.is_administrator,
            clients=1,
            building=0,
            queued=0,
            hosts_online=1,
            hosts_total=1,
            idle_stop_minutes=30,
        )

    async def events(self) -> AsyncIterator[Event]:
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._streams.append(queue)
        yield Hello(version="0.1.0")
        while (event := await queue.get()) is not None:
            yield event

    async def image_order(self, query: ImageQuery) -> ImageOrder:
        gate = self.order_gate(query)
        if gate is not None:
            await gate.wait()
        self._answer()
        rows = [row for row in self.rows.values() if query.text.casefold() in f"{row.name} {row.image_name}".casefold()]
        if query.statuses:
            rows = [row for row in rows if row.status in query.statuses]
        rows.sort(key=lambda row: _sort_key(row, query.sort), reverse=query.descending)
        return ImageOrder(memoryview(array("I", (row.id for row in rows))), len(self.rows))

    async def image_rows(self, ids: Iterable[int]) -> list[ImageRow]:
        self._answer()
        return [self.rows[image_id] for image_id in ids if image_id in self.rows]

    async def act(self, image_id: int, action: ImageAction) -> ImageRow:
        self._record("act", (image_id, action))
        row = self.rows[image_id]
        match action:
            case ImageAction.BUILD | ImageAction.PUSH:
                row = replace(row, status=ImageStatus.BUILD_PENDING)
            case ImageAction.CANCEL:
                row = replace(row, status=ImageStatus.BUILD_CANCELLED)
            case ImageAction.ENABLE | ImageAction.DISABLE:
                row = replace(row, enabled=action is ImageAction.ENABLE)
        self.change(row)
        return self.rows[image_id]

    async def batch(
        self, action: ImageAction, ids: Iterable[int], *, plan: bool = False, remove_docker_image: bool = False
    ) -> BatchOutcome:
        if not plan:
            self._record("batch", (action, tuple(ids), remove_docker_image))
        done, names, skipped = [], [], []
        for image_id in ids:
            row = self.rows[image_id]
            reason = refusal(action, row.status, enabled=row.enabled, pushable=row.pushable)
            if reason is None:
                done.append(image_id)
                names.append(row.name)
            else:
                skipped.append(BatchSkip(id=image_id, name=row.name, reason=reason))
        if not plan:
            for image_id in done:
                if action is ImageAction.DELETE:
                    self.delete(image_id)
                else:
                    await self.act(image_id, action)
        return BatchOutcome(done=done, names=names, skipped=skipped)

    async def delete_image(self, image_id: int, *, remove_docker_image: bool = False) -> None:
        self._record("delete", (image_id, remove_docker_image))
        self.delete(image_id)

    async def active_builds(self) -> list[BuildSummary]:
        return self.builds_active

    async def builds(self, image_id: int, *, limit: int = 50, before: int | None = None) -> list[BuildSummary]:
        return []

    async def build(self, build_id: int) -> Build:
        for build in self.builds_active:
            if build.id == build_id:
                configuration = GenerateConfiguration(image_name=build.reference)
                return Build(**build.model_dump(), configuration=configuration)
        raise NotFound(f"there is no build {build_id}")

    async def move_build(self, build_id: int, host_id: int) -> BuildSummary:
        self._record("move", (build_id, host_id))
        host = self._host(host_id)
        moved = [build.model_copy(update={"host_id": host.id, "host_name": host.name}) for build in self.builds_active]
        self.builds_active = [
            new if old.id == build_id else old for old, new in zip(self.builds_active, moved, strict=True)
        ]
        build = next(build for build in self.builds_active if build.id == build_id)
        self.emit(BuildChanged(build=build))
        return build

    async def catalogue(self) -> Catalogue:
        return builtin()

    async def prefill(self, request: PrefillRequest) -> Prefill:
        return prefill(request, builtin())

    async def hosts(self) -> list[Host]:
        return self.hosts_known

    async def check_host(self, host_id: int) -> Host:
        self._record("check", host_id)
        return self._host(host_id)

    async def create_host(self, draft: HostDraft) -> Host:
        self._record("create_host", draft)
        host = Host(id=max(host.id for host in self.hosts_known) + 1, **self._looked_at(draft))
        self.hosts_known.append(host)
        self.emit(HostChanged(host=host))
        return host

    async def update_host(self, host_id: int, draft: HostDraft, *, revision: int) -> Host:
        self._record("update_host", draft)
        stored = self._host(host_id)
        if stored.revision != revision:
            raise EditConflict("somebody else saved first", current=stored.model_dump(mode="json"))
        return self._put(Host(id=host_id, revision=revision + 1, **self._looked_at(draft)))

    async def delete_host(self, host_id: int) -> None:
        self._record("delete_host", host_id)
        self.hosts_known = [host for host in self.hosts_known if host.id != host_id]
        self.emit(HostDeleted(id=host_id))

    async def enable_host(self, host_id: int) -> Host:
        self._record("enable_host", host_id)
        return self._put(self._host(host_id).model_copy(update={"enabled": True, "state": HostState.ONLINE}))

    async def disable_host(self, host_id: int) -> Host:
        self._record("disable_host", host_id)
        return self._put(self._host(host_id).model_copy(update={"enabled": False, "state": HostState.DISABLED}))

    async def import_hosts(self) -> ImportOutcome:
        self._record("import_hosts", None)
        return self.imported

    async def host_usage(self, host_id: int) -> HostUsage:
        if self.usage_gate is not None:
            await self.usage_gate.wait()
        self._record("host_usage", host_id)
        return measured(host_id)

    async def prune_host(self, host_id: int, targets: Iterable[PruneTarget]) -> list[PruneItem]:
        chosen = list(targets)
        self._record("prune_host", (host_id, chosen))
        return [item for item in measured(host_id).prunable if item.target in chosen]

    def _host(self, host_id: int) -> Host:
        return next(host for host in self.hosts_known if host.id == host_id)

    def _put(self, host: Host) -> Host:
        self.hosts_known = [host if known.id == host.id else known for known in self.hosts_known]
        self.emit(HostChanged(host=host))
        return host

    def _looked_at(self, draft: HostDraft) -> dict[str, Any]:
        """The draft with what a look at such a host finds: only `unix://` answers."""
        found: dict[str, Any] = {"state": HostState.ONLINE, "capabilities": local_host().capabilities}
        if not draft.address.startswith("unix://"):
            found = {"state": HostState.OFFLINE, "error": "connection refused", "hint": "start the engine there"}
        return draft.model_dump() | found

    # What happens on the server

    def emit(self, event: Event) -> None:
        """Tell every client."""
        for queue in self._streams:
            queue.put_nowait(event)

    def change(self, row: ImageRow, *, created: bool = False, reordered: bool = True) -> None:
        """Store a row under a new revision and tell every client."""
        before = self.rows.get(row.id)
        row = replace(row, revision=before.revision + 1 if before else 1)
        self.rows[row.id] = row
        self.emit(ImageChanged(row=asdict(row), created=created, reordered=reordered or created))

    def delete(self, image_id: int) -> None:
        """Remove a row and tell every client."""
        del self.rows[image_id]
        self.emit(ImageDeleted(id=image_id))

    def go_away(self) -> None:
        """End every stream; nothing answers until `come_back`."""
        self.is_down = True
        for queue in self._streams:
            queue.put_nowait(None)
        self._streams.clear()

    def come_back(self) -> None:
        """Answer again."""
        self.is_down = False

    async def connect(self, *, start: bool = True, on_wait: Callable[[str], None] | None = None) -> Any:
        """A connector for `TrailerApp`; with `start` it brings the server back."""
        self.calls.append(("connect", start))
        if self.is_down and not start:
            raise ServerUnavailable("nothing answers on the socket", hint="`trailer doctor` looks for the cause")
        self.is_down = False
        return self

    def _record(self, call: str, arguments: object) -> None:
        self.calls.append((call, arguments))
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure

    def _answer(self) -> None:
        if self.is_down:
            raise ServerUnavailable("nothing answers on the socket")


def _sort_key(row: ImageRow, sort: ImageSort) -> tuple[Any, int]:
    column: dict[ImageSort, Any] = {
        ImageSort.NAME: row.name.casefold(),
        ImageSort.STATUS: row.status.value,
        ImageSort.IMAGE_NAME: row.image_name,
        ImageSort.HOST: row.host_name,
        ImageSort.ENABLED: row.enabled,
        ImageSort.PULLED: row.pulled,
        ImageSort.UPDATED: row.updated_at,
    }
    return column[sort], row.id
