"""`trailer hosts`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import with_client
from trailer_tui.cli.exits import OK, UNREACHABLE
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.model.errors import NotFound
from trailer_tui.model.status import HostState

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.host import Host

_TITLES = ("NAME", "ADDRESS", "STATE", "ENGINE", "RUNNING", "QUEUED", "LIMIT")


def register(group: Commands) -> None:
    """Add the commands that concern Docker hosts."""
    hosts = add_command(
        group, "hosts", "list the Docker hosts, add one, check one", example="trailer hosts --json | jq"
    )
    add_json(hosts)
    hosts.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))
    inner = hosts.add_subparsers(metavar="COMMAND", title="commands")

    add = add_command(
        inner,
        "add",
        "add a Docker host",
        more="The address is unix://PATH, tcp://HOST:PORT or ssh://USER@HOST. A host that does not answer is kept.",
        example="trailer hosts add build-02 ssh://builder@build-02",
    )
    add.add_argument("host", metavar="NAME", help="a name of letters, digits, . _ -")
    add.add_argument("address", metavar="ADDRESS", help="where its engine listens")
    add.set_defaults(run=lambda options: with_client(lambda client: _add(client, options)))

    check = add_command(inner, "check", "look at a host now", example="trailer hosts check local")
    check.add_argument("host", metavar="NAME", help="name of the host")
    check.set_defaults(run=lambda options: with_client(lambda client: _check(client, options)))


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    hosts = await client.hosts()
    if options.json:
        say_json([host.model_dump(mode="json") for host in hosts])
        return OK
    print_table(_TITLES, [_cells(host) for host in hosts])
    for host in hosts:
        if host.error:
            _tell_error(host)
    return OK


def _cells(host: Host) -> tuple[str, ...]:
    engine = f"{host.capabilities.engine_version} {host.capabilities.architecture}" if host.capabilities else ""
    state = f"{host.state.symbol} {host.state.value}"
    return host.name, host.address, state, engine, str(host.running), str(host.queued), str(host.parallel_builds)


async def _add(client: TrailerClient, options: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from trailer_tui.model.host import HostDraft
    from trailer_tui.model.validation import invalid_input

    try:
        draft = HostDraft(name=options.host, address=options.address)
    except ValidationError as error:
        raise invalid_input(error.errors()) from None
    return _tell(await client.create_host(draft))


async def _check(client: TrailerClient, options: argparse.Namespace) -> int:
    host = await find_host(client, options.host)
    return _tell(await client.check_host(host.id))


async def find_host(client: TrailerClient, name: str) -> Host:
    """The host of that name. Raises `NotFound`, naming those that there are."""
    hosts = await client.hosts()
    for host in hosts:
        if host.name == name:
            return host
    raise NotFound(f"no host is named {name}", hint=f"there are: {', '.join(host.name for host in hosts) or 'none'}")


def _tell(host: Host) -> int:
    engine = f", engine {host.capabilities.engine_version}" if host.capabilities else ""
    say(f"{host.name}: {host.state.value}{engine}")
    if host.error:
        _tell_error(host)
    return UNREACHABLE if host.state is HostState.OFFLINE else OK


def _tell_error(host: Host) -> None:
    note(f"{host.name}: {host.error}")
    if host.hint:
        note(f"  {host.hint}")
