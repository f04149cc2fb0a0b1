"""A build's log as it comes from the server, cut into lines and ready for the terminal or the pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from trailer_tui.cli.terminal import log_text
from trailer_tui.model.log import LogLine, parse_line

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient

_PREFIX = re.compile(rb"^[0-9]+ [0-9]+ [a-z] ", re.MULTILINE)
_NEXT_PREFIX = re.compile(rb"\n[0-9]+ [0-9]+ [a-z] ")
"""Found three times as fast as one that begins with the start of a line."""


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


def runs(block: bytes) -> Iterator[tuple[int, bytes]]:
    """The block in pieces, each of lines that follow one another and are of one step, with that step."""
    start = 0
    while start < len(block):
        step = parse_line(block[start : block.find(b"\n", start) + 1 or len(block)]).step
        other = _line_not_of(step).search(block, start)
        end = other.end() if other else len(block)
        yield step, block[start:end]
        start = end


@cache
def _line_not_of(step: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n(?!%d )" % step)


def write_numbered(step: int, lines: bytes) -> None:
    """Write lines of one step, as they are stored, to standard output: each behind `#` and its step, if it has one."""
    head = f"#{step} " if step else ""
    if sys.stdout.isatty():
        sys.stdout.write("".join(f"{head}{log_text(line.text)}\n" for line in parsed(lines)))
    else:
        # A million lines at once: a loop over them would take longer than most builds that print them.
        text = _NEXT_PREFIX.sub(b"\n" + head.encode(), b"\n" + lines.removesuffix(b"\n"))[1:]
        sys.stdout.write(text.decode("utf-8", "replace") + "\n")


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
