"""The live events, one JSON object a line, with a heartbeat so that both ends know that the other lives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from trailer_tui import __version__
from trailer_tui.model.events import Event, Heartbeat, Hello, ServerStopping
from trailer_tui.model.identity import Actor
from trailer_tui.server.routes.context import Acting, TheServer
from trailer_tui.server.running import Running
from trailer_tui.server.until import until

HEARTBEAT_SECONDS = 15.0

router = APIRouter(tags=["events"])


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events, one JSON object a line, `hello` first",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
)
async def events(actor: Acting, server: TheServer) -> StreamingResponse:
    """Everything that happens from now on and that the caller may see, until the server stops."""
    return StreamingResponse(_lines(actor, server), media_type="application/x-ndjson")


async def _lines(actor: Actor, server: Running) -> AsyncIterator[bytes]:
    async with server.service.events.subscribe(actor) as live:
        yield _line(Hello(version=__version__))
        async with aclosing(
            until(live, server.stopping, idle_seconds=HEARTBEAT_SECONDS, idle=Heartbeat())
        ) as events_and_heartbeats:
            async for event in events_and_heartbeats:
                yield _line(event)
    if server.stopping.is_set():
        yield _line(ServerStopping(reason=server.stop_reason))


def _line(event: Event) -> bytes:
    return event.model_dump_json().encode() + b"\n"
