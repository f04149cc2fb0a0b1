"""`trailer dockerfile`."""

from __future__ import annotations

import argparse
import sys
from shlex import quote
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_names
from trailer_tui.cli.terminal import note
from trailer_tui.model.errors import NotFound
from trailer_tui.printable import printable_lines

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.rows import ImageRow


def register(group: Commands) -> None:
    """Add the command."""
    dockerfile = add_command(
        group,
        "dockerfile",
        "print the Dockerfile that a build would use now",
        more="What is wrong with it goes to standard error.",
        example="trailer dockerfile torch-dev --as-built > Dockerfile",
    )
    add_names(dockerfile, many=False)
    dockerfile.add_argument("--as-built", action="store_true", help="the one of the last build instead")
    dockerfile.set_defaults(run=lambda options: with_client(lambda client: _print(client, options)))


async def _print(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.name)
    text = await (_as_built(client, row) if options.as_built else _as_of_now(client, row))
    text += "" if text.endswith("\n") else "\n"
    sys.stdout.write(printable_lines(text) + "\n" if sys.stdout.isatty() else text)
    return OK


async def _as_of_now(client: TrailerClient, row: ImageRow) -> str:
    generated = await client.image_dockerfile(row.id)
    for problem in generated.problems:
        note(f"line {problem.line}: {problem.severity}: {problem.message}")
    if not generated.text and row.pulled:
        raise _pulled(row)
    return generated.text


async def _as_built(client: TrailerClient, row: ImageRow) -> str:
    if row.last_build_id is None:
        raise NotFound(f"{row.name} has not been built", hint=f"`trailer dockerfile {quote(row.name)}` prints today's")
    text = (await client.build(row.last_build_id)).dockerfile
    if text is None:
        if row.pulled:
            raise _pulled(row)
        raise NotFound(f"build {row.last_build_number} of {row.name} has not got to its Dockerfile")
    return text


def _pulled(row: ImageRow) -> NotFound:
    return NotFound(f"{row.name} is pulled and has no Dockerfile")
