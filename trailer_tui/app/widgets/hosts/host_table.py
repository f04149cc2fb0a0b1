"""The hosts as a table whose cells change in place and whose cursor stays on its host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts.columns import HostColumn, View, lay_out
from trailer_tui.app.widgets.keyed_table import KeyedTable

if TYPE_CHECKING:
    from trailer_tui.model.host import Host


class HostTable(KeyedTable["Host", HostColumn], inherit_bindings=False):
    """One host a row."""

    BINDINGS = bindings("hosts_table")

    def __init__(self) -> None:
        super().__init__()
        self._view = View(0.0, 0.0)

    def show(self, hosts: Sequence[Host], view: View) -> None:
        """Show `hosts` in this order; the cursor stays on its host, else on its row."""
        self._view = view
        self.show_records(hosts)

    def columns_for(self, width: int) -> tuple[HostColumn, ...]:
        """The columns that fit."""
        return lay_out(width)

    def cell(self, column: HostColumn, record: Host) -> str:
        """The host's cell."""
        return column.cell(record, self._view)
