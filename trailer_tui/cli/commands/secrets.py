"""`trailer secrets`."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.hidden_value import hidden_value
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.humanize import ago, size
from trailer_tui.model.errors import InvalidInput

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.secret import SecretInfo

_TITLES = ("NAME", "SIZE", "UPDATED", "USED BY", "OWNER")


def register(group: Commands) -> None:
    """Add the commands that concern build secrets."""
    secrets = add_command(
        group,
        "secrets",
        "list the build secrets, store one, delete one",
        more="A step of a Dockerfile mounts a secret by its name: RUN --mount=type=secret,id=NAME. Nobody can read a "
        "stored value back.",
        example="trailer secrets --json | jq -r '.[].name'",
    )
    add_json(secrets)
    secrets.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))
    inner = secrets.add_subparsers(metavar="COMMAND", title="commands")

    store = add_command(
        inner,
        "set",
        "store a build secret, in place of an earlier one of that name",
        more="The value is read from standard input: asked for on a terminal, taken byte for byte from a pipe, with a "
        "line feed at its end if there is one. Only images that you created can use it.",
        example='printf %s "$TOKEN" | trailer secrets set pip-token',
    )
    _add_name(store)
    store.add_argument("--file", metavar="PATH", help="take the value from a file, byte for byte")
    # Takes what argparse would refuse with the words in its message.
    store.add_argument("value", nargs="*", help=argparse.SUPPRESS)
    store.set_defaults(run=_run_set)

    delete = add_command(inner, "rm", "delete a build secret", example="trailer secrets rm pip-token")
    _add_name(delete)
    delete.add_argument("--force", action="store_true", help="delete it although images name it; their builds fail")
    delete.add_argument("--owner", metavar="ACCOUNT", help="delete one of another account; for administrators")
    delete.set_defaults(run=lambda options: with_client(lambda client: _delete(client, options)))


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("secret", metavar="NAME", help="its name, which is the id in --mount")


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    found = await client.secrets()
    if options.json:
        say_json([secret.model_dump(mode="json") for secret in found])
    elif found:
        now = time.time()
        print_table(_TITLES, [_cells(secret, now) for secret in found])
    else:
        note("there are no build secrets; `trailer secrets set NAME` stores one")
    return OK


def _cells(secret: SecretInfo, now: float) -> tuple[str, ...]:
    updated = ago(max(0.0, now - secret.updated_at.timestamp()))
    return secret.name, size(secret.size), updated, ", ".join(secret.used_by), secret.owner


def _run_set(options: argparse.Namespace) -> int:
    if options.value:
        raise InvalidInput(
            "a value is never an argument: other accounts of this machine can read it there",
            hint=f"let the command ask, or: trailer secrets set {_checked(options.secret)} --file PATH. "
            "What was written is in your shell's history now",
        )
    name = _checked(options.secret)
    value = _value(name, options.file)
    return with_client(lambda client: _set(client, name, value))


async def _set(client: TrailerClient, name: str, value: bytes) -> int:
    stored = await client.set_secret(name, value)
    replaced = ", in place of the earlier value" if stored.updated_at > stored.created_at else ""
    say(f"{stored.name}: stored, {size(stored.size)}{replaced}")
    return OK


async def _delete(client: TrailerClient, options: argparse.Namespace) -> int:
    name = _checked(options.secret)
    await client.delete_secret(name, owner=options.owner, force=options.force)
    say(f"{name}: deleted")
    return OK


def _checked(name: str) -> str:
    """The name, when it can be one: it becomes part of a path.

    Raises:
        InvalidInput: it cannot.
    """
    from pydantic import TypeAdapter, ValidationError

    from trailer_tui.model.secret import SecretName
    from trailer_tui.model.validation import invalid_input

    try:
        checked: str = TypeAdapter(SecretName).validate_python(name)
    except ValidationError as error:
        raise invalid_input([{**entry, "loc": ("name",)} for entry in error.errors()]) from None
    return checked


def _value(name: str, file: str | None) -> bytes:
    """The value from the file, the pipe or the person. Raises like `hidden_value`."""
    from trailer_tui.model.secret import MAX_SECRET_BYTES

    # One byte more than fits is enough to be refused by the server.
    return hidden_value(f"Value of {name} (not shown): ", file, limit=MAX_SECRET_BYTES + 1)
