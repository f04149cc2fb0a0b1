"""The stock table with as many rows as the first argument says; `s` sorts by name, `/` keeps the rows with a 7."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class DataTableApp(App[None]):
    """A `DataTable` of made-up images."""

    BINDINGS = [("s", "sort"), ("slash", "keep"), ("q", "quit")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.rows = [(f"image-{n * 7919 % count:06}", "Build finished", f"repo/image-{n}:latest") for n in range(count)]

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill it."""
        table = self.query_one(DataTable)
        table.add_columns(("Name", "name"), ("Status", "status"), ("Image name", "image_name"))
        table.add_rows(self.rows)

    def action_sort(self) -> None:
        """Sort by name, descending, so that another first row shows when it is done."""
        self.query_one(DataTable).sort("name", reverse=True)

    def action_keep(self) -> None:
        """Filter as a search keystroke does: clear, and add the rows that match."""
        table = self.query_one(DataTable)
        table.clear()
        table.add_rows(row for row in self.rows if "7" in row[0])


if __name__ == "__main__":
    DataTableApp(int(sys.argv[1])).run()
