"""The hosts as a table whose cells change in place and whose cursor stays on its host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.widgets import DataTable

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts.columns import HostColumn, View, lay_out
from trailer_tui.app.widgets.hosts.steady_table import SteadyTable

if TYPE_CHECKING:
    from trailer_tui.model.host import Host


class HostTable(SteadyTable, inherit_bindings=False):
    """The hosts; few enough for a table of widgets' own making."""

    BINDINGS = bindings("hosts_table")

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._layout: tuple[HostColumn, ...] = ()
        self._hosts: list[Host] = []
        self._view = View(0.0, 0.0)

    def show(self, hosts: Sequence[Host], view: View) -> None:
        """Show `hosts` in this order; the cursor stays on its host, else on its row."""
        before, self._hosts, self._view = self._hosts, list(hosts), view
        if not self._layout:
            return  # the first resize adds the columns and then every host
        if [host.id for host in before] == [host.id for host in hosts]:
            for host in hosts:
                self._renew(host)
        else:
            self._fill()

    @property
    def selected(self) -> Host | None:
        """The host under the cursor."""
        at = self.cursor_row
        return self._hosts[at] if 0 <= at < len(self._hosts) else None

    def select(self, host_id: int) -> None:
        """Put the cursor on a host."""
        ids = [host.id for host in self._hosts]
        if host_id in ids:
            self.move_cursor(row=ids.index(host_id))

    def on_resize(self, event: events.Resize) -> None:
        """Show the columns that fit."""
        layout = lay_out(event.size.width)
        if [column.width for column in layout] != [column.width for column in self._layout]:
            self._layout = layout
            self._fill()

    def _renew(self, host: Host) -> None:
        key = str(host.id)
        for column, cell in zip(self._layout, self._cells(host), strict=True):
            self.put_cell(key, column.title, cell)

    def _fill(self) -> None:
        key = self._row_key()
        row = self.cursor_row
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            for column in self._layout:
                self.add_column(column.title, width=column.width, key=column.title)
            for host in self._hosts:
                self.add_row(*self._cells(host), key=str(host.id))
            ids = [str(host.id) for host in self._hosts]
            self.move_cursor(row=ids.index(key) if key in ids else min(row, max(0, len(ids) - 1)))

    def _row_key(self) -> str | None:
        if not self.is_valid_coordinate(self.cursor_coordinate):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def _cells(self, host: Host) -> list[Text]:
        return [Text(column.cell(host, self._view), no_wrap=True) for column in self._layout]
