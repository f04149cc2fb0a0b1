"""`trailer hosts`: the Docker hosts, their settings and their state."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from trailer_tui.cli.commands import host_disk
from trailer_tui.cli.connection import find_host, with_client
from trailer_tui.cli.exits import OK, UNREACHABLE, code_of
from trailer_tui.cli.host_settings import add_settings, changed_settings, host_draft
from trailer_tui.cli.parser import Commands, add_command, add_host, add_hosts, add_json
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import complain, note, say, say_json
from trailer_tui.humanize import size
from trailer_tui.model.errors import EditConflict, TrailerError
from trailer_tui.model.status import HostState

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.host import Host

_TITLES = ("NAME", "STATE", "ENGINE", "BUILDER", "RUNNING", "QUEUED", "LIMIT", "FREE", "ADDRESS")
_FOLDS = ("ADDRESS", "LIMIT", "BUILDER")

_MORE_SETTINGS = (
    "The address is unix://PATH, tcp://HOST:PORT or ssh://USER@HOST; one that does not answer is kept, with the "
    "engine's own error."
)


def register(group: Commands) -> None:
    """Add the commands that concern Docker hosts."""
    hosts = add_command(
        group, "hosts", "list the Docker hosts, add, change, check, prune them", example="trailer hosts --json | jq"
    )
    add_json(hosts)
    hosts.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))
    inner = hosts.add_subparsers(metavar="COMMAND", title="commands")
    _register_settings(inner)
    _register_simple(inner, "check", "look at hosts now", lambda client, host: client.check_host(host.id))
    _register_simple(inner, "enable", "let hosts take work", lambda client, host: client.enable_host(host.id))
    _register_simple(
        inner,
        "disable",
        "let hosts take no more work; builds that run there go on, queued ones wait",
        lambda client, host: client.disable_host(host.id),
    )
    _register_records(inner)
    host_disk.register(inner)


def _register_settings(group: Commands) -> None:
    add = add_command(
        group,
        "add",
        "add a Docker host and look at it",
        more=_MORE_SETTINGS,
        example="trailer hosts add build-02 ssh://builder@build-02 --parallel 4 --label gpu",
    )
    add.add_argument("host", metavar="NAME", help="a name of letters, digits, . _ -")
    add.add_argument("address", metavar="ADDRESS", help="where its engine listens")
    add.add_argument("--disabled", action="store_true", help="do not let it take work yet")
    add_settings(add, tell_defaults=True)
    add_json(add)
    add.set_defaults(run=lambda options: with_client(lambda client: _add(client, options)))

    edit = add_command(
        group,
        "edit",
        "change some settings of a host; the rest stays",
        more="Builds that run go on; a new address, builder or limit counts from the next one.",
        example="trailer hosts edit build-02 --builder classic --build-minutes 90",
    )
    add_host(edit)
    edit.add_argument("--name", metavar="NAME", dest="new_name", help="another name")
    edit.add_argument("--address", metavar="ADDRESS", help="another address")
    edit.add_argument("--no-tls", action="store_true", help="reach it without certificates")
    edit.add_argument("--no-labels", action="store_true", help="take all labels away")
    add_settings(edit, tell_defaults=False)
    add_json(edit)
    edit.set_defaults(run=lambda options: with_client(lambda client: _edit(client, options)))


def _register_records(group: Commands) -> None:
    rm = add_command(
        group,
        "rm",
        "forget a host that is disabled and that nothing uses",
        more="Nothing on the host itself is touched.",
        example="trailer hosts disable old-01 && trailer hosts rm old-01",
    )
    add_host(rm)
    add_json(rm)
    rm.set_defaults(run=lambda options: with_client(lambda client: _remove(client, options)))

    found = add_command(
        group,
        "import",
        "make hosts of the docker contexts of the account that runs the server",
        more="Contexts of engines that are known already are skipped, and so is what cannot be used.",
        example="trailer hosts import",
    )
    add_json(found)
    found.set_defaults(run=lambda options: with_client(lambda client: _import(client, options)))


def _register_simple(
    group: Commands, name: str, summary: str, call: Callable[[TrailerClient, Host], Awaitable[Host]]
) -> None:
    parser = add_command(group, name, summary, example=f"trailer hosts {name} build-01 build-02")
    add_hosts(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document: the host, or a list of several")

    async def work(client: TrailerClient, options: argparse.Namespace) -> int:
        found = {name: await find_host(client, name) for name in options.hosts}
        hosts, code = [], OK
        for host in found.values():
            try:
                hosts.append(await call(client, host))
            except TrailerError as error:
                complain(error)
                code = max(code, code_of(error))
        return max(code, _tell_all(hosts, options))

    parser.set_defaults(run=lambda options: with_client(lambda client: work(client, options)))


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    from trailer_tui.model.same_engine import same_engine_words

    hosts = await client.hosts()
    if options.json:
        say_json([host.model_dump(mode="json") for host in hosts])
        return OK
    print_table(_TITLES, [_cells(host) for host in hosts], folds=_FOLDS)
    for host in hosts:
        if host.error:
            _tell_error(host)
        if same := same_engine_words(host, hosts):
            note(f"{host.name}: {same}")
    return OK


def _cells(host: Host) -> tuple[str, ...]:
    known = host.capabilities
    return (
        host.name,
        f"{host.state.symbol} {host.state.value}",
        f"{known.engine_version} {known.architecture}" if known else "",
        known.builder if known else "",
        str(host.running),
        str(host.queued),
        str(host.parallel_builds),
        f"{size(host.disk.free)} of {size(host.disk.total)}" if host.disk else "",
        host.address,
    )


async def _add(client: TrailerClient, options: argparse.Namespace) -> int:
    settings = {"name": options.host, "address": options.address, "enabled": not options.disabled}
    return _tell(await client.create_host(host_draft(settings | changed_settings(options))), options)


async def _edit(client: TrailerClient, options: argparse.Namespace) -> int:
    host = await find_host(client, options.host)
    try:
        changed = await _change(client, host, options)
    except EditConflict:
        # Only what the command names is changed, so it can be put on top of what somebody else just stored.
        stored = next((found for found in await client.hosts() if found.id == host.id), host)
        changed = await _change(client, stored, options)
    return _tell(changed, options)


async def _change(client: TrailerClient, host: Host, options: argparse.Namespace) -> Host:
    draft = host_draft(host.draft().model_dump(mode="json") | changed_settings(options, host))
    return await client.update_host(host.id, draft, revision=host.revision)


async def _remove(client: TrailerClient, options: argparse.Namespace) -> int:
    host = await find_host(client, options.host)
    await client.delete_host(host.id)
    if options.json:
        say_json({"id": host.id, "name": host.name, "deleted": True})
    else:
        say(f"{host.name}: deleted")
    return OK


async def _import(client: TrailerClient, options: argparse.Namespace) -> int:
    outcome = await client.import_hosts()
    if options.json:
        say_json(outcome.model_dump(mode="json"))
        return OK
    for host in outcome.added:
        say(f"{host.name}: added, {host.address}")
    for skip in outcome.skipped:
        note(f"{skip.name}: skipped, {skip.reason}")
    if not outcome.added:
        note("no docker context was new")
    return OK


def _tell_all(hosts: Sequence[Host], options: argparse.Namespace) -> int:
    if options.json and len(options.hosts) > 1:
        say_json([host.model_dump(mode="json") for host in hosts])
        return max((_code(host) for host in hosts), default=OK)
    return max((_tell(host, options) for host in hosts), default=OK)


def _tell(host: Host, options: argparse.Namespace) -> int:
    if options.json:
        say_json(host.model_dump(mode="json"))
    else:
        known = host.capabilities
        engine = f", {known.engine} {known.engine_version} with the {known.builder} builder" if known else ""
        say(f"{host.name}: {host.state.value}{engine}")
        if host.error:
            _tell_error(host)
    return _code(host)


def _code(host: Host) -> int:
    return UNREACHABLE if host.state is HostState.OFFLINE else OK


def _tell_error(host: Host) -> None:
    note(f"{host.name}: {host.error}")
    if host.hint:
        note(f"  {host.hint}")
