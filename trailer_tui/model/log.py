r"""The line format of a build log on disk, read by the service, the client and the views.

    <step ordinal> <elapsed milliseconds> <stream> <text>\n

`stream` is one letter: `o` standard output, `e` standard error, `t` Trailer's own remark. `text` is the step's output
exactly as the engine delivered it, UTF-8, without the line break; it may hold carriage returns and escape sequences.
Step 0 is Trailer speaking before the first step.
"""

from __future__ import annotations

from typing import NamedTuple

STREAM_OUT = "o"
STREAM_ERROR = "e"
STREAM_TRAILER = "t"


class LogLine(NamedTuple):
    """One parsed line of a build log."""

    step: int
    elapsed_ms: int
    stream: str
    text: str


def format_line(step: int, elapsed_ms: int, stream: str, text: str) -> bytes:
    """One log line as bytes, line break included; `text` must not hold a line feed."""
    return f"{step} {elapsed_ms} {stream} {text}\n".encode("utf-8", "replace")


def parse_line(line: bytes) -> LogLine:
    """The parts of one line (with or without its line break); a damaged line becomes text of step 0."""
    parts = line.rstrip(b"\n").split(b" ", 3)
    try:
        return LogLine(int(parts[0]), int(parts[1]), parts[2].decode(), parts[3].decode("utf-8", "replace"))
    except (IndexError, ValueError):
        return LogLine(0, 0, STREAM_TRAILER, line.rstrip(b"\n").decode("utf-8", "replace"))
