"""`trailer serve`, `status` and `stop`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import connected, with_client
from trailer_tui.cli.exits import FAILED, OK, UNREACHABLE, CannotConnect
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.locations import socket_path
from trailer_tui.model.errors import ServerUnavailable

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.server import ServerInfo

_STOP_SECONDS = 40.0


def register(group: Commands) -> None:
    """Add the commands that concern the server."""
    serve = add_command(
        group,
        "serve",
        "run the server in this terminal",
        more="Every other command starts one in the background by itself.",
        example="trailer serve",
    )
    serve.add_argument(
        "--shared", action="store_true", help="serve all users of this machine, from /run/trailer and /var/lib/trailer"
    )
    serve.set_defaults(run=_serve)
    status = add_command(
        group,
        "status",
        "tell whether the server runs, and what it does",
        example="trailer status --json | jq .building",
    )
    add_json(status)
    status.set_defaults(run=lambda options: asyncio.run(_status(as_json=options.json)))
    stop = add_command(group, "stop", "stop the server", more="Refused while builds run.", example="trailer stop --now")
    stop.add_argument(
        "--now",
        action="store_true",
        help="even while builds run: they are interrupted and queued again at the next start",
    )
    stop.set_defaults(run=lambda options: _stop(now=options.now))


def _serve(options: argparse.Namespace) -> int:
    mode = "--shared" if options.shared else "--standalone"
    command = [sys.executable, "-P", "-m", "trailer_tui.server", mode]
    os.execv(sys.executable, command)  # noqa: S606  # this process becomes the server


async def _status(*, as_json: bool) -> int:
    try:
        async with connected(start=False) as client:
            info = await client.info()
    except CannotConnect as failure:
        if not isinstance(failure.error, ServerUnavailable):
            raise
        if as_json:
            say_json({"running": False, "socket": str(socket_path())})
        else:
            say(failure.error.cause)
        return UNREACHABLE
    if as_json:
        say_json({"running": True} | info.model_dump(mode="json"))
    else:
        _tell(info)
    return OK


def _tell(info: ServerInfo) -> None:
    idle = f"after {info.idle_stop_minutes} idle minutes" if info.idle_stop_minutes else "never by itself"
    for label, value in (
        ("Version", f"{info.version} (interface {info.api_version})"),
        ("Mode", info.mode),
        ("Process", f"{info.pid} on {info.machine}, since {info.started_at.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("Socket", info.socket),
        ("Data", info.data_folder),
        ("You are", info.actor + (" (administrator)" if info.is_administrator else "")),
        ("Clients", str(info.clients)),
        ("Builds", f"{info.building} running, {info.queued} queued"),
        ("Hosts", f"{info.hosts_online} of {info.hosts_total} online"),
        ("Stops", idle),
    ):
        say(f"{label:<8} {value}")


def _stop(*, now: bool) -> int:
    try:
        return with_client(lambda client: _stop_and_wait(client, now=now), start=False)
    except CannotConnect as failure:
        if not isinstance(failure.error, ServerUnavailable):
            raise
        say("no server runs")
        return OK


async def _stop_and_wait(client: TrailerClient, *, now: bool) -> int:
    from trailer_tui.client.presence import is_served

    await client.stop_server(now=now)
    for _ in range(round(_STOP_SECONDS / 0.05)):
        if not is_served(client.socket):
            say("the server has stopped")
            return OK
        await asyncio.sleep(0.05)
    note("the server is told to stop, and still waits for a host")
    return FAILED
