"""The line above the images table: column titles, the sort arrow, a click to sort."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from trailer_tui.app.records.columns import IMAGES, MARK_WIDTH, Column, Layout, column_at, lay_out
from trailer_tui.app.records.fitting import fit
from trailer_tui.model.rows import ImageSort


class TableHeader(Widget):
    """Titles of the columns that fit; the sorted one carries an arrow."""

    COMPONENT_CLASSES = {"table-header--title", "table-header--sorted"}
    ALLOW_SELECT = False

    @dataclass
    class Clicked(Message):
        """A column's title was clicked."""

        sort: ImageSort

    def __init__(self, sort: ImageSort, *, descending: bool, layout: Layout = IMAGES) -> None:
        super().__init__()
        self._layout_of_columns = layout
        self._sort = sort
        self._descending = descending

    def show_sort(self, sort: ImageSort, *, descending: bool) -> None:
        """Put the arrow on the column that the list is sorted by."""
        self._sort, self._descending = sort, descending
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The titles."""
        plain = self.get_component_rich_style("table-header--title")
        sorted_style = self.get_component_rich_style("table-header--sorted")
        segments = [Segment(" " * MARK_WIDTH, plain)]
        for column in self._columns():
            is_sorted = column.sort is self._sort
            segments.append(Segment(fit(self._title(column), column.width + 1), sorted_style if is_sorted else plain))
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def _title(self, column: Column) -> str:
        if column.sort is not self._sort:
            return column.title
        return f"{column.title} {'↓' if self._descending else '↑'}"

    def _columns(self) -> tuple[Column, ...]:
        # The table gives one cell to its scrollbar.
        return lay_out(self.size.width - 1, self._layout_of_columns)

    def on_click(self, event: events.Click) -> None:
        """Sort by the column."""
        column = column_at(self._columns(), event.x)
        if column is not None:
            self.post_message(self.Clicked(column.sort))
