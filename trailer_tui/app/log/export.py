"""Writing a whole log to a file as text that people and tools read: no step numbers, a heading where a step begins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Event

from trailer_tui.model.log import parse_line

_READ_BYTES = 1 << 20


def write_text(file: int, size: int, path: Path, headings: Mapping[int, str], stop: Event) -> int:
    """Write the log in the descriptor `file` to `path`; returns the number of lines of output.

    Blocks; meant for a thread. The text is exactly what was printed, escape sequences included.

    Args:
        file: descriptor of the log's copy.
        size: bytes of it to write.
        path: the file to write; it is replaced only when all went well.
        headings: what stands above the lines of a step, by its ordinal.
        stop: set from outside to give up.

    Raises:
        OSError: the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    count, step, rest, position = 0, -1, b"", 0
    try:
        with part.open("wb") as out:
            while position < size and not stop.is_set():
                data = os.pread(file, min(_READ_BYTES, size - position), position)
                if not data:
                    break
                position += len(data)
                *lines, rest = (rest + data).split(b"\n")
                for line in lines if position < size or not rest else [*lines, rest]:
                    begins = line.partition(b" ")[0]
                    ordinal = int(begins) if begins.isdigit() else 0
                    if ordinal != step:
                        step = ordinal
                        if step in headings:
                            out.write(f"── {headings[step]}\n".encode())
                    parts = line.split(b" ", 3)
                    out.write((parts[3] if len(parts) == 4 else parse_line(line).text.encode()) + b"\n")
                count += len(lines)
        if not stop.is_set():
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count
