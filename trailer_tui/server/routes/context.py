"""What every route gets: the acting user, the service and the running server."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from trailer_tui.model.identity import Actor
from trailer_tui.server.running import Running
from trailer_tui.service.service import TrailerService

_MAX_ID = 2**32 - 1
"""Ids travel as unsigned 32-bit numbers in the order of the images table."""


async def _acting(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


async def _running(request: Request) -> Running:
    running: Running = request.app.state.running
    return running


async def _service(request: Request) -> TrailerService:
    return (await _running(request)).service


Acting = Annotated[Actor, Depends(_acting)]
TheServer = Annotated[Running, Depends(_running)]
TheService = Annotated[TrailerService, Depends(_service)]

ImageId = Annotated[int, Path(ge=1, le=_MAX_ID)]
BuildId = Annotated[int, Path(ge=1, le=2**53)]
HostId = Annotated[int, Path(ge=1, le=2**53)]
Flag = Annotated[bool, Query()]
