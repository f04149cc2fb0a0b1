"""A process that looks for matching lines, so that no regular expression, however slow, can hold up a key.

Started by `search` with the log file as an inherited descriptor. It reads from standard input, one number a line, up to
which byte the log may be read (always the end of a line), and writes pairs of 64-bit numbers: a run of matching lines
(first line, count), `(lines read so far, 0)` after every part, and `(lines, DONE)` when it has read as far as it may.
It ends with its input.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import BinaryIO

from trailer_tui.app.log.matching import LineTest, Query

PART_BYTES = 1 << 20
LONGEST_LINE = 1 << 20
"""Bytes of one line that are searched."""
RECORD = struct.Struct("<QQ")
DONE = (1 << 64) - 1


class Reader:
    """Runs the test over the file, part by part."""

    def __init__(self, file: int, test: LineTest, out: BinaryIO) -> None:
        self._file = file
        self._test = test
        self._out = out
        self._position = 0
        self.line = 0
        """Lines tested so far."""

    def read_to(self, end: int) -> None:
        """Test the lines up to byte `end`, where a line ends."""
        while self._position < end:
            data = os.pread(self._file, min(PART_BYTES, end - self._position), self._position)
            if not data:
                break
            cut = data.rfind(b"\n") + 1
            if cut:
                self._position += cut
                self._test_lines(data[:cut])
            else:
                self._test_long_line(data[:LONGEST_LINE], end)
            self._out.write(RECORD.pack(self.line, 0))
            self._out.flush()

    def _test_lines(self, block: bytes) -> None:
        if not self._test.block_may_match(block):
            self.line += block.count(b"\n")
            return
        matches, number, first, count = self._test.matches, self.line, 0, 0
        for line in block[:-1].split(b"\n"):
            if matches(line):
                if not count:
                    first = number
                count += 1
            elif count:
                self._out.write(RECORD.pack(first, count))
                count = 0
            number += 1
        if count:
            self._out.write(RECORD.pack(first, count))
        self.line = number

    def _test_long_line(self, head: bytes, end: int) -> None:
        if self._test.matches(head):
            self._out.write(RECORD.pack(self.line, 1))
        self.line += 1
        while self._position < end:
            data = os.pread(self._file, min(PART_BYTES, end - self._position), self._position)
            found = data.find(b"\n")
            self._position += found + 1 if found >= 0 else len(data)
            if found >= 0 or not data:
                return


def main() -> None:
    """Read the order from the first argument, then serve standard input."""
    order = json.loads(sys.argv[1])
    queries = [Query(text, regex) for text, regex in order["queries"]]
    reader = Reader(order["file"], LineTest(queries, order["step"]), sys.stdout.buffer)
    for line in sys.stdin:
        reader.read_to(int(line))
        sys.stdout.buffer.write(RECORD.pack(reader.line, DONE))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.nice(5)
    main()
