"""A table that paints only what changed."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey, RowKey


class SteadyTable(DataTable[Text], inherit_bindings=False):
    """A change of one cell costs the bytes of that cell: Textual's own `update_cell` paints the whole table."""

    def put_cell(self, row: str, column: str, cell: Text) -> None:
        """Show `cell`, which is as wide as the one before; the same again costs nothing."""
        if self.get_cell(row, column) == cell:
            return
        self._data[RowKey(row)][ColumnKey(column)] = cell
        self._update_count += 1  # what was drawn is cached under it
        self.refresh_coordinate(self.get_cell_coordinate(row, column))
