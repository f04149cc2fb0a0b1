"""The files of the archive as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailer_tui.app.actions import bindings
from trailer_tui.app.files.columns import FileColumn, lay_out
from trailer_tui.app.files.order import FileOrder
from trailer_tui.app.widgets.keyed_table import KeyedTable

if TYPE_CHECKING:
    from trailer_tui.model.stored_file import FileRecord


class FileTable(KeyedTable["FileRecord", FileColumn], inherit_bindings=False):
    """One file a row."""

    BINDINGS = bindings("files_table")

    def __init__(self) -> None:
        super().__init__()
        self._order = FileOrder()
        self._now = 0.0

    def show(self, files: Sequence[FileRecord], order: FileOrder, now: float) -> None:
        """Show these files, which are in this order, at a time in seconds since the epoch."""
        self._order, self._now = order, now
        self.show_records(files)

    def columns_for(self, width: int) -> tuple[FileColumn, ...]:
        """The columns that fit."""
        return lay_out(width, self._order)

    def cell(self, column: FileColumn, record: FileRecord) -> str:
        """The file's cell."""
        return column.cell(record, self._now)
