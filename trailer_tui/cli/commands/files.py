"""`trailer files`: the archive of files that images add."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.humanize import ago, size
from trailer_tui.model.errors import InvalidInput, NotApplicable, NotFound
from trailer_tui.printable import printable_lines

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.stored_file import FileRecord

_TITLES = ("NAME", "TYPE", "SIZE", "UPDATED", "USED BY", "URL", "OWNER")
_FOLDS = ("OWNER", "USED BY", "TYPE")


def register(group: Commands) -> None:
    """Add the commands that concern files."""
    files = add_command(
        group,
        "files",
        "list the files that images can add, store one, change, delete them",
        more="An upload is at most 5 MB; a tar (plain, gzip, bzip2, xz) is unpacked by builds. An address is fetched "
        "at every build and never unpacked; that of a git repository is cloned.",
        example="trailer files --json | jq -r '.[].name'",
    )
    add_json(files)
    files.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))
    inner = files.add_subparsers(metavar="COMMAND", title="commands")
    _register_adding(inner)
    _register_reading(inner)
    _register_changing(inner)


def _register_adding(group: Commands) -> None:
    add = add_command(
        group, "add", "upload a file", example="trailer files add ./settings.json --description 'of the editor'"
    )
    add.add_argument("path", metavar="PATH", help="the file to upload; - reads standard input")
    _add_texts(add, "its name in the archive; without it that of the file")
    add.set_defaults(run=_run_add)

    add_url = add_command(
        group,
        "add-url",
        "store an address that every build fetches",
        more="It holds no login: it would stay in the images and in logs.",
        example="trailer files add-url https://host/tool-1.2.tar.gz",
    )
    add_url.add_argument("url", metavar="URL", help="http(s)://… of a file, or the address of a git repository")
    _add_texts(add_url, "its name in the archive; without it the last part of the address")
    add_url.set_defaults(run=lambda options: with_client(lambda client: _add_url(client, options)))


def _register_reading(group: Commands) -> None:
    show = add_command(group, "show", "everything about a file", example="trailer files show settings.json")
    _add_file(show)
    add_json(show)
    show.set_defaults(run=lambda options: with_client(lambda client: _show(client, options)))

    get = add_command(
        group,
        "get",
        "write the content of an upload to standard output or a file",
        example="trailer files get settings.json --output copy.json",
    )
    _add_file(get)
    get.add_argument("--output", metavar="PATH", help="write it to this file, in place of what it held")
    get.set_defaults(run=lambda options: with_client(lambda client: _get(client, options)))


def _register_changing(group: Commands) -> None:
    edit = add_command(
        group,
        "edit",
        "change the name or the description of a file",
        more="A file that images use keeps its name. The content never changes: store another file instead.",
        example="trailer files edit settings.json --description 'of the editor'",
    )
    _add_file(edit)
    _add_texts(edit, "another name")
    edit.set_defaults(run=lambda options: with_client(lambda client: _edit(client, options)))

    rm = add_command(group, "rm", "delete files that no image uses", example="trailer files rm settings.json")
    rm.add_argument("files", nargs="+", metavar="NAME", help="name or id of a file; several may be given")
    rm.set_defaults(run=lambda options: with_client(lambda client: _remove(client, options)))


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="NAME", help="name or id of a file")


def _add_texts(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--name", metavar="NAME", dest="new_name", help=name)
    parser.add_argument("--description", metavar="TEXT", help="what it is for")
    add_json(parser)


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    found = await client.files()
    if options.json:
        say_json([file.model_dump(mode="json") for file in found])
    elif found:
        now = time.time()
        print_table(_TITLES, [_cells(file, now) for file in found], folds=_FOLDS)
    else:
        note("there are no files; `trailer files add PATH` stores one")
    return OK


def _cells(file: FileRecord, now: float) -> tuple[str, ...]:
    return (
        file.name,
        file.content_type,
        "" if file.size is None else size(file.size),
        ago(max(0.0, now - file.updated_at.timestamp())),
        ", ".join(file.used_by),
        file.url,
        file.owner,
    )


def _run_add(options: argparse.Namespace) -> int:
    name = options.new_name or ("" if options.path == "-" else Path(options.path).name)
    if not name:
        raise InvalidInput("the file has no name yet", hint="give one with --name NAME")
    content = _content(options.path)
    return with_client(lambda client: _add(client, options, name, content))


def _content(path: str) -> bytes:
    """What is to be uploaded, and one byte too much of what is too large.

    Raises:
        InvalidInput: it cannot be read or is too large.
    """
    from trailer_tui.model.stored_file import MAX_FILE_BYTES, too_large

    limit = MAX_FILE_BYTES + 1
    try:
        if path == "-":
            return sys.stdin.buffer.read(limit)
        with Path(path).open("rb") as opened:
            found = opened.seek(0, 2) if opened.seekable() else 0
            if found > MAX_FILE_BYTES:
                raise too_large(found)
            if opened.seekable():
                opened.seek(0)
            return opened.read(limit)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from None


async def _add(client: TrailerClient, options: argparse.Namespace, name: str, content: bytes) -> int:
    return _tell(await client.upload_file(name, content, description=options.description or ""), options)


async def _add_url(client: TrailerClient, options: argparse.Namespace) -> int:
    from trailer_tui.model.stored_file import name_for_url

    name = options.new_name or name_for_url(options.url)
    if not name:
        raise InvalidInput("the address ends in no name", hint="give the file one with --name NAME")
    return _tell(await client.add_url_file(name, options.url, description=options.description or ""), options)


def _tell(file: FileRecord, options: argparse.Namespace) -> int:
    if options.json:
        say_json(file.model_dump(mode="json"))
    elif file.kind == "url":
        say(f"{file.name}: stored, {file.url}")
    else:
        unpacked = ", unpacked by builds" if file.is_tar else ""
        say(f"{file.name}: stored, {size(file.size or 0)}, {file.content_type}{unpacked}")
    return OK


async def _show(client: TrailerClient, options: argparse.Namespace) -> int:
    file = await _find(client, options.file)
    if options.json:
        say_json(file.model_dump(mode="json"))
        return OK
    rows = [
        ("name", file.name),
        ("description", file.description),
        ("id", str(file.id)),
        ("owner", file.owner),
        ("address", file.url),
        ("type", f"{file.content_type}{', unpacked by builds' if file.is_tar else ''}"),
        ("size", "" if file.size is None else f"{size(file.size)} ({file.size:,} bytes)"),
        ("sha256", file.sha256),
        ("used by", ", ".join(file.used_by) or "no image"),
        ("created", file.created_at.astimezone().isoformat(" ", "seconds")),
        ("updated", file.updated_at.astimezone().isoformat(" ", "seconds")),
    ]
    for title, value in rows:
        if value:
            say(f"{title:12} {value}")
    return OK


async def _get(client: TrailerClient, options: argparse.Namespace) -> int:
    file = await _find(client, options.file)
    content = b"".join([chunk async for chunk in client.file_content(file.id)])
    if options.output is None:
        _write_out(file, content)
        return OK
    try:
        await asyncio.to_thread(Path(options.output).write_bytes, content)
    except OSError as error:
        raise InvalidInput(f"{options.output} cannot be written: {error.strerror}") from None
    note(f"{file.name}: {size(len(content))} written to {options.output}")
    return OK


def _write_out(file: FileRecord, content: bytes) -> None:
    """Byte for byte into a pipe; to a terminal only text, its control characters made visible."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise NotApplicable(
            f"{file.name} is {file.content_type}, which a terminal cannot show",
            hint="write it to a file with --output PATH, or into a pipe",
        ) from None
    print(printable_lines(text))


async def _edit(client: TrailerClient, options: argparse.Namespace) -> int:
    file = await _find(client, options.file)
    if options.new_name is None and options.description is None:
        raise InvalidInput("nothing to change was named", hint="give --name or --description")
    name = file.name if options.new_name is None else options.new_name
    description = file.description if options.description is None else options.description
    return _tell(await client.update_file(file.id, name=name, description=description), options)


async def _remove(client: TrailerClient, options: argparse.Namespace) -> int:
    found = [await _find(client, name) for name in options.files]
    for file in {file.id: file for file in found}.values():
        await client.delete_file(file.id)
        say(f"{file.name}: deleted")
    return OK


async def _find(client: TrailerClient, name: str) -> FileRecord:
    """The file of that name or id, the caller's own first. Raises `NotFound` when there is none, or more than one."""
    files = await client.files()
    found = [file for file in files if file.name == name]
    if len(found) > 1:
        me = (await client.info()).actor
        found = [file for file in found if file.owner == me] or found
    if not found:
        found = [file for file in files if str(file.id) == name]
    if not found:
        raise NotFound(f"no file is named {name}", hint="`trailer files` lists them")
    if len(found) > 1:
        choices = ", ".join(f"{file.id} ({file.owner})" for file in found)
        raise NotFound(f"{len(found)} files are named {name}", hint=f"write the id instead: {choices}")
    return found[0]
