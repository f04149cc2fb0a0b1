"""`trailer hosts usage` and `trailer hosts prune`: what fills a host's disk, and removing what nothing needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_host, with_client
from trailer_tui.cli.exits import FAILED, OK, USAGE
from trailer_tui.cli.parser import Commands, add_command, add_host, add_json
from trailer_tui.cli.table import layout
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.humanize import size

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.host import HostUsage, PruneItem, PruneTarget

_TARGETS = {
    "dangling-images": "images without a name that nothing uses",
    "build-cache": "build cache that no running build uses",
    "old-versions": "nameless images that earlier builds of Trailer's records made",
}


def register(group: Commands) -> None:
    """Add the commands to those of `trailer hosts`."""
    usage = add_command(
        group,
        "usage",
        "tell what fills the disk of a host, and what a prune would remove",
        more="Asking a large host takes minutes.",
        example="trailer hosts usage local",
    )
    add_host(usage)
    add_json(usage)
    usage.set_defaults(run=lambda options: with_client(lambda client: _usage(client, options)))

    prune = add_command(
        group,
        "prune",
        "remove from a host what nothing needs any more",
        more="Shows the sizes and asks first. Nothing that has a name is touched. Without a choice of targets all are "
        "meant.",
        example="trailer hosts prune local --old-versions --yes",
    )
    add_host(prune)
    for target, what in _TARGETS.items():
        prune.add_argument(f"--{target}", action="append_const", const=target, dest="targets", help=what)
    prune.add_argument("--yes", action="store_true", help="do not ask")
    add_json(prune)
    prune.set_defaults(run=lambda options: with_client(lambda client: _prune(client, options)))


async def _usage(client: TrailerClient, options: argparse.Namespace) -> int:
    host = await find_host(client, options.host)
    usage = await client.host_usage(host.id)
    if options.json:
        say_json(usage.model_dump(mode="json"))
        return OK
    for line in _usage_lines(usage):
        say(line)
    return OK


def _usage_lines(usage: HostUsage) -> list[str]:
    disk = usage.disk
    unknown = f"not known: {usage.disk_note}" if usage.disk_note else "not known"
    room = unknown if disk is None else f"{size(disk.free)} free of {size(disk.total)}"
    rows = [
        ("Images", str(usage.images), size(usage.images_size)),
        ("Containers", str(usage.containers), size(usage.containers_size)),
        ("Volumes", str(usage.volumes), size(usage.volumes_size)),
        ("Build cache", "", size(usage.build_cache_size)),
    ]
    return [
        f"Disk: {room}",
        "",
        *layout(("USED BY", "COUNT", "SIZE"), rows, limit=None),
        "",
        *_item_lines(usage.prunable, "A PRUNE REMOVES"),
    ]


def _item_lines(items: Sequence[PruneItem], title: str) -> list[str]:
    rows = [(item.target.label, str(item.count), size(item.size)) for item in items]
    return layout((title, "COUNT", "SIZE"), rows, limit=None)


async def _prune(client: TrailerClient, options: argparse.Namespace) -> int:
    from trailer_tui.model.host import PruneTarget

    targets = [target for target in PruneTarget if not options.targets or target.value in options.targets]
    host = await find_host(client, options.host)
    if not options.yes:
        usage = await client.host_usage(host.id)
        items = [item for item in usage.prunable if item.target in targets]
        for line in _item_lines(items, "A PRUNE REMOVES"):
            note(line)
        if not any(item.count for item in items):
            note(f"{host.name}: there is nothing to remove")
            if options.json:
                say_json([item.model_dump(mode="json") for item in items])
            return OK
        if not _confirmed(host.name):
            return FAILED if sys.stdin.isatty() else USAGE
    return _tell(await client.prune_host(host.id, targets), targets, options)


def _confirmed(name: str) -> bool:
    if not sys.stdin.isatty():
        note("trailer: this removes them; add --yes to do it without a terminal to ask")
        return False
    note(f"Remove these from {name}? [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _tell(items: Sequence[PruneItem], targets: Sequence[PruneTarget], options: argparse.Namespace) -> int:
    if options.json:
        say_json([item.model_dump(mode="json") for item in items])
    else:
        for line in _item_lines(items, "REMOVED"):
            say(line)
        for item in items:
            if item.error:
                note(f"{item.target.label}: {item.error}")
        if "build-cache" not in targets and any(item.count and not item.size for item in items):
            note("what was removed is still in the build cache: --build-cache frees it")
    return FAILED if any(item.error for item in items) else OK
