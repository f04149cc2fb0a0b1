"""One line of the log file taken apart for showing: time, stream, and its text in coloured pieces."""

from __future__ import annotations

from typing import NamedTuple

from trailer_tui.app.log.block_index import LINE_LIMIT, RawLine
from trailer_tui.app.log.escapes import Colours, coloured_text
from trailer_tui.model.log import STREAM_ERROR, STREAM_TRAILER, parse_line

_MARKS = {STREAM_ERROR: "!", STREAM_TRAILER: "»"}


class ShapedLine(NamedTuple):
    """What a view draws of one line."""

    step: int
    elapsed_ms: int
    stream: str
    pieces: list[tuple[str, Colours]]
    note: str
    """What follows the text when the line is cut: `… 40,120 more characters`."""

    @property
    def text(self) -> str:
        """The text as it is shown, without the note."""
        return "".join(text for text, _ in self.pieces)

    @property
    def mark(self) -> str:
        """One character that tells the stream without colour; a space for ordinary output."""
        return _MARKS.get(self.stream, " ")


def shape_line(raw: RawLine) -> ShapedLine:
    """The line as it is shown."""
    step, elapsed_ms, stream, text = parse_line(raw.head)
    note = ""
    if raw.tail:
        redrawn = raw.tail.rstrip(b"\r").rpartition(b"\r")
        if redrawn[1]:
            text = redrawn[2].decode("utf-8", "replace")
        else:
            text = text.removesuffix("�").replace("\r", " ")
            hidden = raw.size - LINE_LIMIT
            # What lies between head and tail was not read; for the bytes outside ASCII the tail stands for it.
            share = len(raw.tail.decode("utf-8", "replace")) / len(raw.tail)
            about = "" if share == 1 else "about "
            note = f"… {about}{round(hidden * share):,} more characters"
    return ShapedLine(step, elapsed_ms, stream, coloured_text(text), note)


def elapsed(milliseconds: int) -> str:
    """Time since the build's start, nine cells wide up to a hundred hours: `  01:32.4`."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}.{rest // 100}"
    return f"{text:>9}"
