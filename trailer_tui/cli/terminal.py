"""Writing to the terminal or pipe behind standard output and standard error."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Any

from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable, printable_lines

_OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

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


def fill_streams() -> None:
    """Put the null device in place of standard streams that the caller closed.

    Otherwise Python has None for them, and the next file or socket that is opened takes their number.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
            if getattr(sys, name) is None:
                setattr(sys, name, os.fdopen(opened, mode, closefd=False))


def is_output_error(error: OSError) -> bool:
    """Whether the error is one of writing to what standard output leads to, such as a file on a full disk."""
    return error.errno in _OUTPUT_ERRORS and error.filename is None


def drop_output() -> None:
    """Nobody reads standard output any more: what is still in its buffer must not raise when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
