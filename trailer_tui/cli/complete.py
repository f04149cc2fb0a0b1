"""What may come next on a command line that is being typed, read from the parser itself."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from trailer_tui.cli.exits import CannotConnect
from trailer_tui.cli.parser import HIDDEN
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable

_MOST_NAMES = 200


def candidates(words: Sequence[str]) -> list[str]:
    """The words that could stand in place of the last of `words`, which may be empty."""
    from trailer_tui.cli.parser import build_parser

    done, typed = list(words[:-1]), (words[-1] if words else "")
    parser = _deepest(build_parser(), done)
    expected = _argument_of(parser, done[-1]) if done else None
    if expected is not None:
        found = [str(choice) for choice in expected.choices or ()]
        found += _host_names() if expected.dest == "host" else []
        found += _secret_names() if expected.dest == "secret" else []
        found += _image_names(typed, templates=True) if expected.dest == "template" else []
    elif typed.startswith("-"):
        found = [text for action in parser._actions for text in action.option_strings if text.startswith("--")]
    else:
        found = _positionals(parser, typed)
    return [printable(candidate) for candidate in found if candidate.startswith(typed)]


def _deepest(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the innermost command that `words` name."""
    for word in words:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction) and word in action.choices:
                parser = action.choices[word]
                break
    return parser


def _argument_of(parser: argparse.ArgumentParser, word: str) -> argparse.Action | None:
    """The option that `word` is, when a value must follow it."""
    action = parser._option_string_actions.get(word)
    return action if action is not None and action.nargs != 0 else None


def _positionals(parser: argparse.ArgumentParser, typed: str) -> list[str]:
    found: list[str] = []
    for action in parser._actions:
        if action.option_strings:
            continue
        if action.choices is not None:
            found += [str(choice) for choice in action.choices if not str(choice).startswith(HIDDEN)]
        elif action.dest in ("name", "names") and not parser.prog.endswith(" new"):
            found += _image_names(typed, templates=" templates " in parser.prog)
        elif action.dest == "image":
            found += _image_names(typed)
        elif action.dest in ("host", "hosts") and not parser.prog.endswith(" add"):
            found += _host_names()
        elif action.dest == "secret":
            found += _secret_names()
        elif action.dest in ("file", "files"):
            found += _file_names()
    return found


def _image_names(typed: str, *, templates: bool = False) -> list[str]:
    return asyncio.run(_ask_images(typed, templates=templates))


def _host_names() -> list[str]:
    return asyncio.run(_ask_hosts())


def _secret_names() -> list[str]:
    return asyncio.run(_ask_secrets())


def _file_names() -> list[str]:
    return asyncio.run(_ask_files())


async def _ask_images(typed: str, *, templates: bool) -> list[str]:
    """Names that begin with `typed`; none when no server runs, because completion must not start one."""
    from trailer_tui.cli.connection import connected
    from trailer_tui.model.rows import ImageQuery, ImageSort

    try:
        async with connected(start=False) as client:
            order = await client.image_order(ImageQuery(typed, ImageSort.NAME, descending=False, templates=templates))
            rows = await client.image_rows(order.ids[:_MOST_NAMES])
    except (CannotConnect, TrailerError):
        return []
    return [row.name for row in rows]


async def _ask_hosts() -> list[str]:
    from trailer_tui.cli.connection import connected

    try:
        async with connected(start=False) as client:
            return [host.name for host in await client.hosts()]
    except (CannotConnect, TrailerError):
        return []


async def _ask_secrets() -> list[str]:
    from trailer_tui.cli.connection import connected

    try:
        async with connected(start=False) as client:
            return list(dict.fromkeys(secret.name for secret in await client.secrets()))
    except (CannotConnect, TrailerError):
        return []


async def _ask_files() -> list[str]:
    from trailer_tui.cli.connection import connected

    try:
        async with connected(start=False) as client:
            return list(dict.fromkeys(file.name for file in await client.files()))
    except (CannotConnect, TrailerError):
        return []
