"""Values that must not stand in a command line or on the screen."""

from __future__ import annotations

import sys
from pathlib import Path

from trailer_tui.model.errors import InvalidInput


def hidden_value(prompt: str, file: str | None, *, limit: int, twice: bool = False) -> bytes:
    """At most `limit` bytes from the file, from a pipe, or as a person types them.

    Args:
        prompt: what a person is asked on a terminal.
        file: its path; None reads standard input.
        limit: bytes.
        twice: let a person type it a second time.

    Raises:
        InvalidInput: the file cannot be read, nobody gave a value, or the two differ.
    """
    if file is not None:
        try:
            with Path(file).open("rb") as opened:
                return opened.read(limit)
        except OSError as error:
            raise InvalidInput(f"{file} cannot be read: {error.strerror}") from None
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(limit)
    from getpass import getpass

    try:
        typed = getpass(prompt)
        again = getpass("The same again: ") if twice else typed
    except EOFError:
        raise InvalidInput("no value was given") from None
    if typed != again:
        raise InvalidInput("the two are not the same: nothing was stored")
    return typed.encode("utf-8", "surrogateescape")[:limit]
