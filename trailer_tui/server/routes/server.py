"""The server itself: what it is, how it fares, and its end."""

from __future__ import annotations

import os
import platform

from fastapi import APIRouter

from trailer_tui import __version__
from trailer_tui.model.errors import NotAllowed, NotApplicable
from trailer_tui.model.server import API_VERSION, Finding, ServerInfo
from trailer_tui.server.routes.context import Acting, Flag, TheServer, TheService

router = APIRouter(tags=["server"])


@router.get("/server")
async def info(actor: Acting, server: TheServer) -> ServerInfo:
    """Identity, load, and who the server thinks is asking."""
    load, options = server.service.load(), server.options
    return ServerInfo(
        version=__version__,
        api_version=API_VERSION,
        mode=options.mode,
        pid=os.getpid(),
        started_at=server.started_at,
        machine=platform.node(),
        data_folder=str(options.data_folder),
        socket=str(options.socket),
        actor=actor.name,
        is_administrator=actor.is_administrator,
        clients=server.service.events.clients,
        building=load.building,
        queued=load.queued,
        hosts_online=load.hosts_online,
        hosts_total=load.hosts_total,
        low_disk_gb=options.config.low_disk_gb,
        idle_stop_minutes=options.config.idle_stop_minutes if options.mode == "standalone" else 0,
    )


@router.post("/server/stop", status_code=202)
async def stop(actor: Acting, server: TheServer, now: Flag = False) -> None:
    """End the server; refused while builds run, unless `now` interrupts them."""
    if not actor.is_administrator:
        raise NotAllowed("only an administrator stops the server")
    running = server.service.load().building
    if running and not now:
        what = "a build is running" if running == 1 else f"{running} builds are running"
        raise NotApplicable(what, hint="`trailer stop --now` interrupts them; the next start queues them again")
    server.stop(f"{actor.name} stopped it")


@router.get("/diagnosis")
async def diagnosis(actor: Acting, service: TheService) -> list[Finding]:
    """What the server finds about its data, its disk and its hosts."""
    return await service.diagnose(actor)
