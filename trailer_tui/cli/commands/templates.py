"""`trailer templates`: what new images start from."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from trailer_tui.cli.commands.actions import register_simple, remove
from trailer_tui.cli.commands.images import facts_of, rows_of, say_facts
from trailer_tui.cli.connection import find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_json, add_names
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.humanize import ago
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.image import ImageDraft, ImageRecord

_TITLES = ("ID", "NAME", "HOST", "IMAGE NAME", "ENABLED", "PULLED", "LAST UPDATE", "CREATOR")
_FOLDS = ("PULLED", "LAST UPDATE", "IMAGE NAME")


def register(group: Commands) -> None:
    """Add the commands that concern templates."""
    templates = add_command(
        group,
        "templates",
        "list the templates, show, save, enable, disable and delete them",
        more="`trailer new NAME --template TEMPLATE` makes an image from one. What comes with Trailer stands first.",
        example="trailer templates --search python",
    )
    templates.add_argument("--search", default="", metavar="QUERY", help="list only templates that match")
    add_json(templates)
    templates.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))
    inner = templates.add_subparsers(metavar="COMMAND", title="commands")

    show = add_command(
        inner, "show", "show everything about one template", example='trailer templates show "Linux desktop"'
    )
    add_names(show, many=False, templates=True)
    add_json(show)
    show.set_defaults(run=lambda options: with_client(lambda client: _show(client, options)))

    _register_save(inner)
    example = "trailer templates enable old-base"
    register_simple(inner, ImageAction.ENABLE, "let images be made from templates", example, templates=True)
    example = "trailer templates disable old-base"
    register_simple(inner, ImageAction.DISABLE, "let no more images be made from templates", example, templates=True)

    rm = add_command(
        inner,
        "rm",
        "delete templates; images that were made from them stay",
        example="trailer templates rm old-base --yes",
    )
    add_names(rm, many=True, templates=True)
    rm.add_argument("--yes", action="store_true", help="do not ask")
    rm.set_defaults(
        templates=True,
        docker_image=False,
        run=lambda options: with_client(lambda client: remove(client, options)),
    )


def _register_save(group: Commands) -> None:
    save = add_command(
        group,
        "save",
        "save an image's configuration as a template",
        more="The image stays as it is. A password of a Windows image is not taken along.",
        example="trailer templates save torch-dev torch --description 'what the team starts from'",
    )
    save.add_argument("image", metavar="IMAGE", help="name or id of the image")
    save.add_argument("template", metavar="TEMPLATE", help="name of the new template")
    save.add_argument("--description", metavar="TEXT", help="what it is for; the image's by default")
    add_json(save)
    save.set_defaults(run=lambda options: with_client(lambda client: _save(client, options)))


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    query = ImageQuery(options.search, ImageSort.NAME, descending=False, templates=True)
    rows = [row async for row in rows_of(client, query)]
    if options.json:
        say_json([asdict(row) | {"builtin": row.is_builtin} for row in rows])
    elif rows:
        now = time.time()
        print_table(_TITLES, [_cells(row, now) for row in rows], folds=_FOLDS)
    else:
        note("no template matches" if options.search else "there are no templates; `trailer templates save` makes one")
    return OK


def _cells(row: ImageRow, now: float) -> tuple[str, ...]:
    yes = {True: "yes", False: "no"}
    updated = "—" if row.is_builtin else ago(max(0.0, now - row.updated_at))
    return (
        str(row.id), row.name, row.host_name, row.image_name,
        yes[row.enabled], yes[row.pulled], updated, row.shown_creator,
    )  # fmt: skip


async def _show(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.name, templates=True)
    record = await client.image(row.id)
    if options.json:
        say_json(record.model_dump(mode="json") | {"pulled": record.pulled, "builtin": record.is_builtin})
    else:
        say_facts(facts_of(record))
    return OK


async def _save(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.image)
    record = await client.image(row.id)
    made = await client.create_image(_draft(record, options), build=False)
    if options.json:
        say_json(made.model_dump(mode="json"))
    else:
        say(f"{made.name}: saved as a template of {record.name}")
    return OK


def _draft(record: ImageRecord, options: argparse.Namespace) -> ImageDraft:
    from pydantic import ValidationError

    from trailer_tui.model.image import ImageDraft
    from trailer_tui.model.validation import invalid_input

    try:
        return ImageDraft(
            name=options.template,
            description=record.description if options.description is None else options.description,
            host_id=record.host_id,
            is_template=True,
            configuration=record.configuration,
        )
    except ValidationError as error:
        raise invalid_input(error.errors()) from None
