"""The command line's grammar: every command with a description and an example."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from trailer_tui import __version__
from trailer_tui.printable import printable

HIDDEN = "_"
"""What begins so is no command for people."""

Commands = Any
"""What `ArgumentParser.add_subparsers` gives; argparse keeps the type private."""


class _Parser(argparse.ArgumentParser):
    """Refuses a command that there is not with the nearest one, and keeps hidden ones to itself."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = action.choices
        if isinstance(action, argparse._SubParsersAction) and choices is not None and value not in choices:
            raise argparse.ArgumentError(None, self._no_such_command(str(value), choices))
        super()._check_value(action, value)

    def _no_such_command(self, word: str, commands: Iterable[str]) -> str:
        from difflib import get_close_matches

        shown = [name for name in commands if not name.startswith(HIDDEN)]
        near = get_close_matches(word, shown, n=1, cutoff=0.5)
        meant = f"did you mean `{self.prog} {near[0]}`? " if near else ""
        return f"there is no command {printable(word)!r}: {meant}`{self.prog} --help` lists them"


def build_parser() -> argparse.ArgumentParser:
    """The parser of `trailer`; `run` of its result takes the result and gives the exit code."""
    from trailer_tui.cli import commands

    parser = _Parser(
        prog="trailer",
        description="Define, build and watch container images. Without a command it opens the app.",
        epilog=(
            "Builds run in a background server, which is started on demand and goes on when you leave.\n\n"
            "exit codes: 0 done, 1 failed or refused, 2 usage, 3 server or host unreachable, 130 cancelled\n\n"
            "`trailer COMMAND --help` explains a command with an example."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"trailer {__version__}")
    group = parser.add_subparsers(metavar="COMMAND", title="commands")
    for register in commands.REGISTER:
        register(group)
    return parser


def add_command(group: Commands, name: str, summary: str, *, more: str = "", example: str) -> argparse.ArgumentParser:
    """A new command: `summary` is its line in the list, `more` goes on explaining in its own help."""
    parser: argparse.ArgumentParser = group.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.{f' {more}' if more else ''}",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def add_names(parser: argparse.ArgumentParser, *, many: bool, templates: bool = False) -> None:
    """The argument NAME: one image or template, or several."""
    what = f"name or id of {'a template' if templates else 'an image'}"
    if many:
        parser.add_argument("names", nargs="+", metavar="NAME", help=f"{what}; several may be given")
    else:
        parser.add_argument("name", metavar="NAME", help=what)


def add_hosts(parser: argparse.ArgumentParser) -> None:
    """The argument HOST, once or more."""
    parser.add_argument("hosts", nargs="+", metavar="HOST", help="name of a Docker host; several may be given")


def add_host(parser: argparse.ArgumentParser) -> None:
    """The argument HOST: one Docker host."""
    parser.add_argument("host", metavar="HOST", help="name of a Docker host")


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")


def counting_number(text: str) -> int:
    """The number from 1 on that `text` is; a `type` for arguments."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 1 <= number < 2**53:
        raise argparse.ArgumentTypeError("must be at least 1" if number < 1 else f"{number} is too large")
    return number
