"""`trailer logs`."""

from __future__ import annotations

import argparse
from shlex import quote
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.log_lines import log_blocks, write_block
from trailer_tui.cli.parser import Commands, add_command, add_names, counting_number
from trailer_tui.cli.terminal import note
from trailer_tui.model.errors import NotFound

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.build import BuildSummary
    from trailer_tui.model.rows import ImageRow


def register(group: Commands) -> None:
    """Add the command."""
    logs = add_command(
        group,
        "logs",
        "print the log of a build, the last one by default",
        more="In a terminal control sequences are made visible, except colours; a pipe gets the output as it was.",
        example="trailer logs torch-dev --build 14 | grep -i warning",
    )
    add_names(logs, many=False)
    logs.add_argument("-f", "--follow", action="store_true", help="go on until the build ends")
    logs.add_argument("--build", type=counting_number, metavar="N", help="the build's number")
    logs.add_argument(
        "--step", type=counting_number, metavar="N", help="only this step: the number after # in build --follow"
    )
    logs.add_argument("--raw", action="store_true", help="lines as they are stored: step, milliseconds, stream, text")
    logs.set_defaults(run=lambda options: with_client(lambda client: _print(client, options)))


async def _print(client: TrailerClient, options: argparse.Namespace) -> int:
    build = await _find_build(client, await find_one(client, options.name), options.build)
    if not build.log_kept:
        note(f"the log of build {build.number} was removed to keep only the newest logs")
    async with log_blocks(client, build.id, follow=options.follow) as blocks:
        async for block in blocks:
            write_block(block, step=options.step, raw=options.raw)
    return OK


async def _find_build(client: TrailerClient, row: ImageRow, number: int | None) -> BuildSummary:
    before = None if number is None else number + 1
    builds = await client.builds(row.id, limit=1, before=before)
    if not builds:
        raise NotFound(f"{row.name} has no builds yet", hint=f"`trailer build {quote(row.name)}` makes one")
    if number is not None and builds[0].number != number:
        raise NotFound(f"{row.name} has no build {number}", hint=f"its last is build {row.last_build_number}")
    return builds[0]
