"""Docker hosts."""

from __future__ import annotations

from fastapi import APIRouter

from trailer_tui.model.host import Host, HostDraft
from trailer_tui.server.routes.context import Acting, HostId, TheService

router = APIRouter(prefix="/hosts", tags=["hosts"])


@router.get("")
async def every(actor: Acting, service: TheService) -> list[Host]:
    """All hosts with their live state."""
    return await service.hosts.all(actor)


@router.post("", status_code=201)
async def create(actor: Acting, service: TheService, draft: HostDraft) -> Host:
    """Store a host and look at it at once."""
    return await service.hosts.create(actor, draft)


@router.put("/{host_id}")
async def update(actor: Acting, service: TheService, host_id: HostId, draft: HostDraft) -> Host:
    """Change a host's settings."""
    return await service.hosts.update(actor, host_id, draft)


@router.post("/{host_id}/check")
async def check(actor: Acting, service: TheService, host_id: HostId) -> Host:
    """Look at the host now."""
    return await service.hosts.check(actor, host_id)
