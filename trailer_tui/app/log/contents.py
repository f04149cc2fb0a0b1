"""The rows that a log view shows: all lines, those of one step, or those that match."""

from __future__ import annotations

from trailer_tui.app.log.block_index import BlockIndex, RawLine
from trailer_tui.app.log.line_runs import LineRuns
from trailer_tui.app.log.search import LineSearch


class LogContents:
    """Rows over an index. A row is a position in the view; a number is a line of the log, from 0."""

    def __init__(self, index: BlockIndex) -> None:
        self.index = index
        self.step: int | None = None
        """Show only this step's lines."""
        self.filter: LineSearch | None = None
        """Show only lines that this search found; it knows of the step."""

    @property
    def rows(self) -> int:
        """How many rows there are now."""
        runs = self._runs()
        return self.index.end if runs is None else runs.rank(self.index.end)

    @property
    def filtered(self) -> bool:
        """Whether some lines may be left out."""
        return self.step is not None or self.filter is not None

    def number(self, row: int) -> int:
        """The line number of a row."""
        runs = self._runs()
        return row if runs is None else runs.number(row)

    def row_of(self, number: int) -> int:
        """The row of a line, or of the next one that is shown."""
        runs = self._runs()
        return number if runs is None else runs.rank(number)

    def shows(self, number: int) -> bool:
        """Whether the line has a row."""
        runs = self._runs()
        return (runs is None or number in runs) and number < self.index.end

    def line(self, number: int) -> RawLine | None:
        """The line, or None while it is not fetched."""
        try:
            return self.index.read(number)
        except IndexError:
            return None

    def _runs(self) -> LineRuns | None:
        if self.filter is not None:
            return self.filter.found
        if self.step is not None:
            return self.index.steps.get(self.step, _NOTHING)
        return None


_NOTHING = LineRuns()
