"""Docker hosts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from trailer_tui.model.host import Host, HostDraft, HostUsage, ImportOutcome, PruneItem, PruneTarget
from trailer_tui.server.attended import attended
from trailer_tui.server.routes.context import Acting, HostId, TheService

router = APIRouter(prefix="/hosts", tags=["hosts"])


class PruneOrder(BaseModel):
    """What to remove."""

    model_config = ConfigDict(extra="forbid")

    targets: Annotated[list[PruneTarget], Field(min_length=1, max_length=len(PruneTarget))]


@router.get("")
async def every(actor: Acting, service: TheService) -> list[Host]:
    """All hosts with their live state."""
    return await service.hosts.all(actor)


@router.post("", status_code=201)
async def create(actor: Acting, service: TheService, draft: HostDraft) -> Host:
    """Store a host and look at it at once."""
    return await service.hosts.create(actor, draft)


@router.post("/import")
async def import_contexts(actor: Acting, service: TheService) -> ImportOutcome:
    """Make hosts of the docker contexts of the account that runs the server."""
    return await service.hosts.import_contexts(actor)


@router.put("/{host_id}")
async def update(
    actor: Acting,
    service: TheService,
    host_id: HostId,
    draft: HostDraft,
    revision: Annotated[int, Query(ge=0, le=2**53)],
) -> Host:
    """Save an edit that started from `revision`; a conflict carries the host as it is stored now."""
    return await service.hosts.update(actor, host_id, draft, revision=revision)


@router.delete("/{host_id}", status_code=204)
async def delete(actor: Acting, service: TheService, host_id: HostId) -> None:
    """Forget a host that is disabled and that nothing uses."""
    await service.hosts.delete(actor, host_id)


@router.post("/{host_id}/check")
async def check(actor: Acting, service: TheService, host_id: HostId) -> Host:
    """Look at the host now."""
    return await service.hosts.check(actor, host_id)


@router.post("/{host_id}/enable")
async def enable(actor: Acting, service: TheService, host_id: HostId) -> Host:
    """Let the host take work."""
    return await service.hosts.set_enabled(actor, host_id, True)


@router.post("/{host_id}/disable")
async def disable(actor: Acting, service: TheService, host_id: HostId) -> Host:
    """Let no more builds start on the host; those that run go on."""
    return await service.hosts.set_enabled(actor, host_id, False)


@router.get("/{host_id}/usage")
async def usage(actor: Acting, service: TheService, host_id: HostId, request: Request) -> HostUsage:
    """What fills the host's disk, and what a prune would remove. May take minutes; ends when the caller leaves."""
    return await attended(request, service.hosts.usage(actor, host_id))


@router.post("/{host_id}/prune")
async def prune(
    actor: Acting, service: TheService, host_id: HostId, order: PruneOrder, request: Request
) -> list[PruneItem]:
    """Remove what nothing needs of each target. May take minutes; stops when the caller leaves."""
    return await attended(request, service.hosts.prune(actor, host_id, order.targets))
