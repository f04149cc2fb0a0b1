"""Starting a server in the background and hearing from it whether it serves."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from trailer_tui import locations
from trailer_tui.model.errors import ServerUnavailable, TrailerError

START_SECONDS = 60.0
"""A loaded machine needs some; a server that waits for another one to end needs half of it."""

_OWN_PATHS = ("TRAILER_DATA", "TRAILER_CONFIG", "TRAILER_CACHE")


async def spawn_server(socket: Path) -> Path:
    """Start a standalone server that outlives this process and its terminal.

    Returns:
        The socket on which a server answers: `socket`, or that of the server that already has the data folder.

    Raises:
        TrailerError: the server's own reason why it cannot start, or `ServerUnavailable` when it gave none.
    """
    with tempfile.TemporaryFile() as complaints:
        answer = await _start(socket, complaints)
        if not answer:
            complaints.seek(0)
            last = complaints.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise ServerUnavailable(
                f"the server ended while it started{f': {last}' if last else ''}", hint=f"see {_log_file()}"
            )
    message = json.loads(answer)
    if message.get("ready"):
        return Path(message["socket"])
    raise TrailerError.from_problem(message)


async def _start(socket: Path, complaints: IO[bytes]) -> bytes:
    """What the new server says on its descriptor; empty when it ended without a word."""
    reading, writing = os.pipe()
    command = [sys.executable, "-P", "-m", "trailer_tui.server", "--standalone", "--ready-fd", str(writing)]
    try:
        starter = subprocess.Popen(  # noqa: ASYNC220  # it returns after the fork
            command,
            stdin=subprocess.DEVNULL,
            stdout=complaints,
            stderr=complaints,
            cwd="/",
            env=_environment(socket),
            pass_fds=(writing,),
            start_new_session=True,
        )
    except OSError as error:
        os.close(reading)
        raise ServerUnavailable(f"{sys.executable} cannot be started: {error.strerror}") from error
    finally:
        os.close(writing)
    try:
        return await _read_all(reading)
    finally:
        starter.wait()  # it ends as soon as it has forked the server


async def _read_all(descriptor: int) -> bytes:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", 0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            return await reader.read()
    except TimeoutError:
        raise ServerUnavailable(
            f"the server did not get ready within {START_SECONDS:.0f} seconds", hint=f"see {_log_file()}"
        ) from None
    finally:
        transport.close()


def _environment(socket: Path) -> dict[str, str]:
    """This process's variables, with Trailer's paths absolute: the server's working folder is another."""
    absolute = {name: str(Path(os.environ[name]).absolute()) for name in _OWN_PATHS if os.environ.get(name)}
    return {**os.environ, **absolute, "TRAILER_SOCKET": str(socket)}


def _log_file() -> Path:
    return locations.data_folder() / "server.log"
