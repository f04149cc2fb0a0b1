"""A command's connection to the server, and the records that its NAMEs mean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from trailer_tui.cli.exits import CannotConnect
from trailer_tui.cli.terminal import note
from trailer_tui.model.errors import NotApplicable, NotFound, TrailerError
from trailer_tui.model.status import HostState

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.host import Host
    from trailer_tui.model.rows import ImageRow


def with_client(work: Callable[[TrailerClient], Awaitable[int]], *, start: bool = True) -> int:
    """Run `work` with a connected client and give its exit code.

    Args:
        work: the command.
        start: start a server when none answers.

    Raises:
        CannotConnect: there is no server and none could be started.
    """

    async def run() -> int:
        asyncio.get_running_loop().set_exception_handler(_tell_of_trouble)
        async with connected(start=start) as client:
            return await work(client)

    return asyncio.run(run())


def _tell_of_trouble(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Everything but a read that was called off in the moment when its answer came: anyio sets its result all the same,
    and the terminal of whoever follows a build would get a traceback about a build that went well."""
    if not isinstance(context.get("exception"), asyncio.InvalidStateError):
        loop.default_exception_handler(context)


@asynccontextmanager
async def connected(*, start: bool = True) -> AsyncIterator[TrailerClient]:
    """A client that is closed at the end. Raises `CannotConnect`."""
    from trailer_tui.client.start import connect

    try:
        client = await connect(start=start, on_wait=note)
    except TrailerError as error:
        raise CannotConnect(error) from error
    async with client:
        yield client


async def find_one(client: TrailerClient, name: str, *, templates: bool = False) -> ImageRow:
    """The image, or template, of that name or id. Raises `NotFound` when there is none, or more than one."""
    found = await client.find_images(name, templates=templates)
    kind, command = ("template", "trailer templates") if templates else ("image", "trailer ls")
    if not found:
        raise NotFound(f"no {kind} is named {name}", hint=f"`{command}` lists them")
    if len(found) > 1:
        choices = ", ".join(f"{row.id} ({row.creator}, {row.image_name})" for row in found)
        raise NotFound(f"{len(found)} {kind}s are named {name}", hint=f"write the id instead: {choices}")
    return found[0]


async def find_all(client: TrailerClient, names: Sequence[str], *, templates: bool = False) -> list[ImageRow]:
    """The image, or template, of each name, once each, in the order written. Raises `NotFound`."""
    rows = [await find_one(client, name, templates=templates) for name in names]
    return list({row.id: row for row in rows}.values())


async def find_host(client: TrailerClient, name: str) -> Host:
    """The host of that name. Raises `NotFound`, naming those that there are."""
    hosts = await client.hosts()
    for host in hosts:
        if host.name == name:
            return host
    raise NotFound(f"no host is named {name}", hint=f"there are: {', '.join(host.name for host in hosts) or 'none'}")


async def first_host(client: TrailerClient) -> Host:
    """The host of an image for which nobody names one: the first that is online. Raises `NotApplicable`."""
    hosts = [host for host in await client.hosts() if host.enabled]
    online = [host for host in hosts if host.state is HostState.ONLINE]
    unknown = [host for host in hosts if host.state is HostState.UNKNOWN]
    if not hosts:
        raise NotApplicable("there is no enabled build host", hint="`trailer hosts add NAME ADDRESS` adds one")
    if not online and not unknown:
        note(f"no build host is online; the build waits for {hosts[0].name}")
    return (online or unknown or hosts)[0]
