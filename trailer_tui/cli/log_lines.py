"""A build's log as it comes from the server, cut into lines and ready for the terminal or the pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from trailer_tui.cli.terminal import log_text
from trailer_tui.model.log import LogLine, parse_line

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient

_PREFIX = re.compile(rb"^[0-9]+ [0-9]+ [a-z] ", re.MULTILINE)


@asynccontextmanager
async def log_blocks(client: TrailerClient, build_id: int, *, follow: bool) -> AsyncIterator[AsyncIterator[bytes]]:
    """A build's log in blocks of whole lines. Whoever leaves the block early ends the stream in good order."""
    async with aclosing(client.log(build_id, follow=follow)) as chunks, aclosing(_whole_lines(chunks)) as blocks:
        yield blocks


async def _whole_lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Blocks of whole lines, each with its line break; what follows the last line break comes at the end."""
    rest = b""
    async for chunk in chunks:
        block, found, tail = chunk.rpartition(b"\n")
        if not found:
            rest += chunk
            continue
        yield rest + block + b"\n"
        rest = tail
    if rest:
        yield rest


def parsed(block: bytes) -> list[LogLine]:
    """The lines of a block."""
    return [parse_line(line) for line in block.split(b"\n") if line]


def write_block(block: bytes, *, step: int | None, raw: bool) -> None:
    """Write a block to standard output.

    Args:
        block: whole lines as they are stored.
        step: only the lines of this step; None for all.
        raw: the lines as they are stored, with step, time and stream.
    """
    if step is not None:
        start = b"%d " % step
        block = b"".join(line + b"\n" for line in block.split(b"\n") if line.startswith(start))
    if raw:
        _write(block)
    elif sys.stdout.isatty():
        sys.stdout.write("".join(log_text(line.text) + "\n" for line in parsed(block)))
        sys.stdout.flush()
    else:
        _write(_PREFIX.sub(b"", block))


def _write(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
