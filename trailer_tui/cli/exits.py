"""What the exit code of `trailer` means; scripts rely on it."""

from __future__ import annotations

from trailer_tui.model.errors import HostUnreachable, ServerIncompatible, ServerUnavailable, TrailerError

OK = 0
FAILED = 1
"""The build failed, or what was asked for was refused."""
USAGE = 2
UNREACHABLE = 3
"""The server or the Docker host does not answer; trying later may help."""
CANCELLED = 130
"""The build was cancelled, or ctrl-C left the command."""


class CannotConnect(Exception):
    """There is no server to talk to; `error` tells why."""

    def __init__(self, error: TrailerError) -> None:
        super().__init__(error.cause)
        self.error = error


def code_of(error: TrailerError) -> int:
    """The exit code for an error that ended a command."""
    return UNREACHABLE if isinstance(error, ServerUnavailable | ServerIncompatible | HostUnreachable) else FAILED
