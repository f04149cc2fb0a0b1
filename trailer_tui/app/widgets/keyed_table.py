"""A table of records whose cells change in place and whose cursor stays on its record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from rich.text import Text
from textual import events
from textual.widgets import DataTable

from trailer_tui.app.widgets.hosts.steady_table import SteadyTable


class _Identified(Protocol):
    @property
    def id(self) -> int: ...


class _Column(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def width(self) -> int: ...


Record = TypeVar("Record", bound=_Identified)
Column = TypeVar("Column", bound=_Column)


class KeyedTable(SteadyTable, Generic[Record, Column], inherit_bindings=False):
    """Few enough records for a table of widgets' own making."""

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._layout: tuple[Column, ...] = ()
        self._records: list[Record] = []

    def columns_for(self, width: int) -> tuple[Column, ...]:
        """The columns that fit into so many cells."""
        raise NotImplementedError

    def cell(self, column: Column, record: Record) -> str:
        """A record's cell, exactly as wide as the column."""
        raise NotImplementedError

    def show_records(self, records: Sequence[Record]) -> None:
        """Show these in this order; the cursor stays on its record, else on its row."""
        before, self._records = self._records, list(records)
        if not self._layout:
            return  # the first resize adds the columns and then every record
        if not self._has_new_layout() and [record.id for record in before] == [record.id for record in records]:
            for record in records:
                self._renew(record)
        else:
            self._fill()

    @property
    def selected(self) -> Record | None:
        """The record under the cursor."""
        at = self.cursor_row
        return self._records[at] if 0 <= at < len(self._records) else None

    def select(self, record_id: int) -> None:
        """Put the cursor on a record."""
        ids = [record.id for record in self._records]
        if record_id in ids:
            self.move_cursor(row=ids.index(record_id))

    def on_resize(self, event: events.Resize) -> None:
        """Show the columns that fit."""
        if self._has_new_layout(event.size.width):
            self._fill()

    def _has_new_layout(self, width: int | None = None) -> bool:
        """Whether other columns are due; takes them."""
        layout = self.columns_for(self.size.width if width is None else width)
        is_new = [(it.title, it.width) for it in layout] != [(it.title, it.width) for it in self._layout]
        self._layout = layout
        return is_new

    def _renew(self, record: Record) -> None:
        for column, cell in zip(self._layout, self._cells(record), strict=True):
            self.put_cell(str(record.id), column.title, cell)

    def _fill(self) -> None:
        key = self._row_key()
        row = self.cursor_row
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            for column in self._layout:
                self.add_column(column.title, width=column.width, key=column.title)
            for record in self._records:
                self.add_row(*self._cells(record), key=str(record.id))
            ids = [str(record.id) for record in self._records]
            self.move_cursor(row=ids.index(key) if key in ids else min(row, max(0, len(ids) - 1)))

    def _row_key(self) -> str | None:
        if not self.is_valid_coordinate(self.cursor_coordinate):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def _cells(self, record: Record) -> list[Text]:
        return [Text(self.cell(column, record), no_wrap=True) for column in self._layout]
