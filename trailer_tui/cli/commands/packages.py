"""`trailer packages`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_json, add_names, counting_number
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say_json

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.resolved import BuildPackages

_TITLES = ("ENVIRONMENT", "SOURCE", "PACKAGE", "VERSION", "BUILD", "BEFORE")
_CHANGE_TITLES = ("ENVIRONMENT", "SOURCE", "PACKAGE", "BEFORE", "AFTER")


def register(group: Commands) -> None:
    """Add the command."""
    packages = add_command(
        group,
        "packages",
        "list the exact packages in the environments of an image",
        more="They are those of the newest build that is known by them; later builds take the same ones, until an "
        "environment is edited or `trailer build --resolve-again` solves all of them anew.",
        example="trailer packages torch-dev --changes",
    )
    add_names(packages, many=False)
    packages.add_argument("--build", type=counting_number, metavar="N", help="those of build N")
    packages.add_argument("--changes", action="store_true", help="only what differs from the build before")
    add_json(packages)
    packages.set_defaults(run=lambda options: with_client(lambda client: _print(client, options)))


async def _print(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.name)
    found = await client.packages(row.id, number=options.build)
    if options.json:
        say_json(found.model_dump(mode="json", include={"changes"} if options.changes else None))
        return OK
    note(f"{row.name}, build {found.number}: {found.counts()}")
    if not options.changes:
        print_table(_TITLES, list(_rows(found)), folds=("BUILD",))
    elif found.changes:
        changes = [(one.environment, one.source, one.name, one.before, one.after) for one in found.changes]
        print_table(_CHANGE_TITLES, changes)
    return OK


def _rows(found: BuildPackages) -> Iterator[tuple[str, ...]]:
    from trailer_tui.model.resolved import canonical

    before = {(change.environment, change.source, change.name): change.before or "new" for change in found.changes}
    for environment in found.resolved:
        for conda in environment.conda:
            old = before.get((environment.name, "conda", conda.name), "")
            yield environment.name, "conda", conda.name, conda.version, conda.build, old
        for pypi in environment.pypi:
            old = before.get((environment.name, "pypi", canonical(pypi.name)), "")
            yield environment.name, "pypi", pypi.name, pypi.version, "", old
