"""`trailer export`, `trailer apply` and `trailer schema`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_all, with_client
from trailer_tui.cli.exits import OK, code_of
from trailer_tui.cli.parser import Commands, add_command, add_json, add_names
from trailer_tui.cli.terminal import complain, note, say, say_json
from trailer_tui.model.errors import InvalidInput, TrailerError
from trailer_tui.printable import printable_lines

if TYPE_CHECKING:
    from trailer_tui.cli.applying import Applied
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.document_reading import ReadDocument


def register(group: Commands) -> None:
    """Add the commands that concern documents."""
    export = add_command(
        group,
        "export",
        "write images down as YAML, with the files that they use",
        more="`trailer apply` makes the same images of it, on this server or another. Passwords and the values of "
        "build secrets are not exported.",
        example="trailer export torch-dev | ssh build-02 trailer apply -f -",
    )
    add_names(export, many=True)
    export.add_argument("--template", action="store_true", help="NAME is a template")
    export.add_argument("--no-uploads", action="store_true", help="leave the contents of files out")
    export.add_argument("--output", metavar="FILE", help="write to this file instead of standard output")
    export.set_defaults(run=lambda options: with_client(lambda client: _export(client, options)))

    apply = add_command(
        group,
        "apply",
        "make or change images as a YAML file says",
        more="Each document of the file makes an image, or changes the one of yours that has its name; a document that "
        "changes nothing does nothing. A new image is queued for its first build, a changed one is saved only.",
        example="trailer apply -f image.yaml --dry-run",
    )
    apply.add_argument("-f", "--file", required=True, metavar="FILE", help="YAML or JSON; - reads standard input")
    apply.add_argument("--host", metavar="HOST", help="build host, instead of the one that a document names")
    apply.add_argument(
        "--build",
        action=argparse.BooleanOptionalAction,
        help="queue a build of what is new, changed or not built since; or of nothing",
    )
    apply.add_argument("--dry-run", action="store_true", help="only say what would be done")
    add_json(apply)
    apply.set_defaults(run=_apply)

    schema = add_command(
        group,
        "schema",
        "print the JSON Schema of these documents, for editors",
        more="An editor that knows it completes keys, explains them, and marks what is wrong.",
        example="trailer schema > trailer.schema.json",
    )
    schema.set_defaults(run=_schema)


async def _export(client: TrailerClient, options: argparse.Namespace) -> int:
    from trailer_tui.cli.exporting import export_text

    rows = await find_all(client, options.names, templates=options.template)
    text = await export_text(client, rows, uploads=not options.no_uploads, tell=note)
    if options.output is None:
        sys.stdout.write(printable_lines(text) + "\n" if sys.stdout.isatty() else text)
    else:
        _write(options.output, text)
    return OK


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"--output {file}: {error.strerror}") from None


def _apply(options: argparse.Namespace) -> int:
    from trailer_tui.model.document_reading import read_documents

    source = "standard input" if options.file == "-" else options.file
    documents = read_documents(_read(options.file), source)
    return with_client(lambda client: _apply_all(client, documents, options))


def _read(file: str) -> bytes:
    from trailer_tui.model.document_reading import MAX_TEXT_BYTES

    # One byte more than is taken is enough to be refused.
    limit = MAX_TEXT_BYTES + 1
    try:
        if file == "-":
            return sys.stdin.buffer.read(limit)
        with Path(file).open("rb") as opened:
            return opened.read(limit)
    except OSError as error:
        raise InvalidInput(f"--file {file}: {error.strerror}") from None


async def _apply_all(client: TrailerClient, documents: list[ReadDocument], options: argparse.Namespace) -> int:
    from trailer_tui.cli.applying import Applying

    applying = await Applying.start(client, host=options.host, build=options.build, dry_run=options.dry_run)
    code, done = OK, []
    for read in documents:
        try:
            applied = await applying.apply(read)
        except TrailerError as error:
            name = read.document.name
            failed = error.cause if name in error.cause else f"{name}: {error.cause}"
            complain(type(error)(failed, hint=error.hint))
            code = max(code, code_of(error))
            done.append({"name": name, "outcome": "failed", "error": error.cause})
            continue
        done.append(applied.as_json())
        _tell(applied, quiet=options.json)
    if options.json:
        say_json(done)
    return code


def _tell(applied: Applied, *, quiet: bool) -> None:
    for line in [] if quiet else applied.lines():
        say(line)
    for line in applied.notes:
        note(line)


def _schema(_: argparse.Namespace) -> int:
    import json

    from trailer_tui.model.document_schema import document_schema

    print(json.dumps(document_schema(), indent=2))
    return OK
