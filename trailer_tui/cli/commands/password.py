"""`trailer password`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.hidden_value import hidden_value
from trailer_tui.cli.parser import Commands, add_command, add_names
from trailer_tui.cli.terminal import say
from trailer_tui.model.errors import InvalidInput, NotApplicable

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.image import ImageDraft, ImageRecord

_MAX_BYTES = 4096
"""Far more than the longest password has."""


def register(group: Commands) -> None:
    """Add the command."""
    password = add_command(
        group,
        "password",
        "set the password of a Windows image's account",
        more="It is read from standard input: asked for twice on a terminal, taken without the line feed at its end "
        "from a pipe. Nobody can read it back; containers that are made from then on get it.",
        example="trailer password windows-desk",
    )
    add_names(password, many=False)
    password.add_argument("--file", metavar="PATH", help="take it from a file, without the line feed at its end")
    # Takes what argparse would refuse with the words in its message.
    password.add_argument("value", nargs="*", help=argparse.SUPPRESS)
    password.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.value:
        raise InvalidInput(
            "a password is never an argument: other accounts of this machine can read it there",
            hint="let the command ask, or give it --file PATH. What was written is in your shell's history now",
        )
    return with_client(lambda client: _set(client, options))


async def _set(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.name)
    record = await client.image(row.id)
    if not record.is_windows:
        raise NotApplicable(f"{record.name} is no Windows image and has no password")
    draft = _with_password(record, _typed(record.name, options.file))
    await client.update_image(record.id, draft, revision=record.revision)
    replaced = ", in place of the earlier one" if record.windows_password_set else ""
    say(f"{record.name}: its Windows password is stored{replaced}")
    return OK


def _typed(name: str, file: str | None) -> str:
    value = hidden_value(f"Windows password of {name} (not shown): ", file, limit=_MAX_BYTES, twice=True)
    try:
        return value.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise InvalidInput("the password is no UTF-8 text") from None


def _with_password(record: ImageRecord, password: str) -> ImageDraft:
    from pydantic import ValidationError

    from trailer_tui.model.image import ImageDraft
    from trailer_tui.model.validation import invalid_input

    try:
        return ImageDraft.model_validate(record.draft().model_dump() | {"windows_password": password})
    except ValidationError as error:
        raise invalid_input(error.errors()) from None
