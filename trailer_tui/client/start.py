"""Getting a connection: to the server that answers, or to one that is started for it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from trailer_tui import __version__, locations
from trailer_tui.client.client import TrailerClient
from trailer_tui.client.presence import is_served
from trailer_tui.client.spawn import spawn_server
from trailer_tui.model.errors import NotApplicable, ServerIncompatible, ServerUnavailable
from trailer_tui.model.server import API_VERSION, ServerInfo

QUIET_SECONDS = 0.3
"""A start that takes longer is worth a word."""

_ATTEMPTS = 4
_STOP_SECONDS = 30.0

OnWait = Callable[[str], None]


async def connect(*, start: bool = True, on_wait: OnWait | None = None) -> TrailerClient:
    """A client of the user's server.

    Args:
        start: start a server when none answers, and replace an idle one that is older than this program.
        on_wait: told once what is waited for, when it takes longer than `QUIET_SECONDS`.

    Raises:
        ServerUnavailable: no server answers, or it cannot be reached.
        ServerIncompatible: the server speaks another version of the interface and is needed by others.
        UnsafeLocation: the socket's folder could be somebody else's.
        TrailerError: why the server could not start, as it says itself.
    """
    socket = locations.socket_path()
    lost: ServerUnavailable | None = None
    for _ in range(_ATTEMPTS):
        if not is_served(socket):
            if not start or socket == locations.SHARED_SOCKET:
                raise _nobody(socket)
            async with _word(on_wait, "Starting the Trailer server…"):
                socket = await spawn_server(socket)
        client = TrailerClient(socket)
        try:
            if await _is_usable(client, start=start, on_wait=on_wait):
                return client
        except ServerUnavailable as error:
            lost = error  # it ended between two calls: ask anew
        except BaseException:
            await client.close()
            raise
        await client.close()
    raise lost or ServerUnavailable(f"{socket}: no server stays", hint="`trailer doctor` looks for the cause")


def _nobody(socket: Path) -> ServerUnavailable:
    if socket == locations.SHARED_SOCKET:
        return ServerUnavailable(
            f"the shared server does not listen on {socket}",
            hint="an administrator starts it: `systemctl start trailer`",
        )
    return ServerUnavailable(
        f"no server listens on {socket}", hint="`trailer` starts one, `trailer serve` runs one in view"
    )


async def _is_usable(client: TrailerClient, *, start: bool, on_wait: OnWait | None) -> bool:
    """Whether the server fits this program; an idle older one is ended, for a new one to be started."""
    info = await client.info()
    if info.version == __version__ and info.api_version == API_VERSION:
        return True
    if start and _is_replaceable(info):
        async with _word(on_wait, f"Replacing the Trailer server {info.version} with {__version__}…"):
            with suppress(NotApplicable):  # it has got work meanwhile
                await client.stop_server()
                await _until_gone(client.socket)
                return False
        info = await client.info()
    if info.api_version != API_VERSION and start:
        raise _incompatible(info)
    return True


def _is_replaceable(info: ServerInfo) -> bool:
    is_idle = info.clients == info.building == info.queued == 0
    return info.mode == "standalone" and is_idle and _parts(info.version) < _parts(__version__)


def _incompatible(info: ServerInfo) -> ServerIncompatible:
    cause = f"the server has version {info.version}, this program {__version__}"
    if info.mode == "shared":
        return ServerIncompatible(cause, hint="use the same version as the server, or ask its administrator")
    if _parts(info.version) > _parts(__version__):
        return ServerIncompatible(cause, hint="use the newer program, which started this server")
    return ServerIncompatible(
        cause, hint="it is in use: when its builds are done and its apps closed, it is replaced; `trailer stop` ends it"
    )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0]))


async def _until_gone(socket: Path) -> None:
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            while is_served(socket):  # noqa: ASYNC110  # another process ends; there is nothing to await
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise ServerIncompatible(
            f"the older server on {socket} was told to end, and does not", hint="`trailer status` names its process"
        ) from None


@asynccontextmanager
async def _word(on_wait: OnWait | None, what: str) -> AsyncIterator[None]:
    """Say what is waited for, unless it is over soon."""
    timer = asyncio.get_running_loop().call_later(QUIET_SECONDS, on_wait, what) if on_wait else None
    try:
        yield
    finally:
        if timer:
            timer.cancel()
