"""A growing, ordered set of line numbers, kept as runs of neighbours."""

from __future__ import annotations

from array import array
from bisect import bisect_right


class LineRuns:
    """Line numbers in rising order. A million neighbouring lines cost as much as one."""

    def __init__(self) -> None:
        self._starts = array("Q")
        self._counts = array("Q")
        """Numbers in this run and all before it."""

    def __len__(self) -> int:
        return self._counts[-1] if self._counts else 0

    def append(self, start: int, count: int) -> None:
        """Add `count` numbers from `start`, which is larger than every number so far."""
        if count <= 0:
            return
        held = len(self)
        if self._starts and self._end(-1) == start:
            self._counts[-1] = held + count
            return
        self._starts.append(start)
        self._counts.append(held + count)

    def number(self, position: int) -> int:
        """The line number at `position`, from 0; raises `IndexError` beyond the last."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        run = bisect_right(self._counts, position)
        before = self._counts[run - 1] if run else 0
        return self._starts[run] + position - before

    def rank(self, number: int) -> int:
        """How many numbers are smaller than `number`: its position, or that of the next larger one."""
        run = bisect_right(self._starts, number) - 1
        if run < 0:
            return 0
        before = self._counts[run - 1] if run else 0
        return before + min(number - self._starts[run], self._counts[run] - before)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        position = self.rank(number)
        return position < len(self) and self.number(position) == number

    @property
    def runs(self) -> int:
        """The number of runs, which is what the set costs."""
        return len(self._starts)

    def _end(self, run: int) -> int:
        counts = self._counts
        before = counts[run - 1] if len(counts) > 1 else 0
        return self._starts[run] + counts[run] - before
