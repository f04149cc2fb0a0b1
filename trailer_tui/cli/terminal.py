"""Writing to the terminal or pipe behind standard output and standard error."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable, printable_lines

_SGR = re.compile(r"(\x1b\[[0-9;:]*m)")


def say(text: str = "") -> None:
    """One line of foreign or own text on standard output, at once."""
    print(printable(text), flush=True)


def note(text: str) -> None:
    """One line to the person, which must not end up in a pipe."""
    print(printable(text), file=sys.stderr, flush=True)


def complain(error: TrailerError) -> None:
    """An error on standard error: title, cause, hint."""
    lines = printable_lines(f"trailer: {error.title}: {error.cause}")
    print(lines + (f"\n  {printable(error.hint)}" if error.hint else ""), file=sys.stderr, flush=True)


def say_json(data: Any) -> None:
    """One JSON document on standard output, indented for a person when it is a terminal."""
    import json

    print(json.dumps(data, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def log_text(text: str) -> str:
    """A line of a build's output for a terminal: colours stay, all other control sequences become visible.

    Of a line that was overwritten with carriage returns, the last state is shown, as the terminal would have.
    """
    parts = text.rstrip("\r").rpartition("\r")
    pieces = _SGR.split(parts[2].expandtabs(8))
    if len(pieces) == 1:
        return printable(pieces[0])
    colours = "NO_COLOR" not in os.environ
    shown = "".join((piece if colours else "") if index % 2 else printable(piece) for index, piece in enumerate(pieces))
    return f"{shown}\x1b[0m" if colours else shown


def drop_output() -> None:
    """Nobody reads standard output any more: what is still in its buffer must not raise when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
