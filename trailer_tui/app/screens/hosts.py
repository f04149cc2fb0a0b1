"""The Hosts area: every Docker host with its state, and what is wrong with the selected one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.top_bar import TopBar
from trailer_tui.humanize import ago
from trailer_tui.model.status import HostState
from trailer_tui.printable import printable, printable_lines

if TYPE_CHECKING:
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host

_COLUMNS = ("Name", "State", "Builds", "Engine", "Builder", "Architecture", "Address")

_NARROW_COLUMNS = _COLUMNS[:4]
"""Below 100 columns; the detail line has the rest."""

WIDE = 100


class HostTable(DataTable[Text]):
    """The hosts; few enough for a table of widgets' own making."""

    BINDINGS = bindings("hosts_table")


class HostsScreen(TrailerScreen[None]):
    """A host that does not answer is a row that says why and what to do."""

    BINDINGS = bindings("hosts")
    AUTO_FOCUS = "HostTable"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._hosts: dict[int, Host] = {}
        self._columns: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield TopBar("hosts")
        yield HostTable(cursor_type="row", zebra_stripes=False)
        yield Static("", id="hosts-detail", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the server."""
        self.session.events.subscribe(self, self.apply_event)
        self.server_ready()

    def on_resize(self, event: events.Resize) -> None:
        """Show the columns that fit."""
        columns = _COLUMNS if event.size.width >= WIDE else _NARROW_COLUMNS
        if columns != self._columns:
            self._columns = columns
            table = self.query_one(HostTable)
            cursor = table.cursor_row
            table.clear(columns=True)
            for title in columns:
                table.add_column(title, key=title)
            for host in self._hosts.values():
                table.add_row(*self._cells(host), key=str(host.id))
            table.move_cursor(row=cursor)

    def _cells(self, host: Host) -> list[Text]:
        return host_cells(host)[: len(self._columns)]

    def server_ready(self) -> None:
        """There is a connection, for the first time or again."""
        self.call_server(self._load, group="hosts", exclusive=True)

    async def _load(self) -> None:
        hosts = await self.session.client.hosts()
        for host_id in set(self._hosts) - {host.id for host in hosts}:
            self._remove(host_id)
        for host in hosts:
            self._show(host)

    def apply_event(self, event: Event) -> None:
        """A host changed, or its queue did."""
        if event.event == "host":
            self._show(event.host)
        elif event.event == "host_deleted":
            self._remove(event.id)
        elif event.event in ("hello", "resync"):
            self.server_ready()

    def _show(self, host: Host) -> None:
        table = self.query_one(HostTable)
        key = str(host.id)
        cells = self._cells(host)
        if not self._columns:
            pass  # the first resize adds the columns and then every host
        elif host.id in self._hosts:
            for title, cell in zip(self._columns, cells, strict=True):
                if table.get_cell(key, title) != cell:
                    table.update_cell(key, title, cell, update_width=True)
        else:
            table.add_row(*cells, key=key)
        self._hosts[host.id] = host
        self._show_detail()

    def _remove(self, host_id: int) -> None:
        if self._hosts.pop(host_id, None) is not None:
            self.query_one(HostTable).remove_row(str(host_id))
            self._show_detail()

    def _selected(self) -> Host | None:
        table = self.query_one(HostTable)
        if not table.is_valid_coordinate(table.cursor_coordinate):
            return None
        key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
        return self._hosts.get(int(key)) if key is not None else None

    @on(DataTable.RowHighlighted)
    def follow_cursor(self) -> None:
        """Say more about the selected host."""
        self._show_detail()
        self.refresh_bindings()

    def _show_detail(self) -> None:
        host = self._selected()
        self.query_one("#hosts-detail", Static).update("" if host is None else host_detail(host, self.session.clock()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._hosts) and self.session.is_connected if action == "check" else True

    def action_check(self) -> None:
        """Look at the host now."""
        host = self._selected()
        if host is not None:
            self.query_one("#hosts-detail", Static).update(f"Looking at {printable(host.name)} …")
            self.call_server(partial(self._check, host), group=f"check-{host.id}", exclusive=True)

    async def _check(self, host: Host) -> None:
        checked = await self.session.client.check_host(host.id)
        self._show(checked)
        self.notify(f"{printable(checked.name)} is {checked.state.value}", timeout=3, markup=False)

    async def action_back(self) -> None:
        """To the images."""
        await self.app.run_action("app.show_images")


def host_cells(host: Host) -> list[Text]:
    """The cells of one host, in the order of the columns."""
    known = host.capabilities
    engine = f"{known.engine_version} (API {known.api_version})" if known else "unknown"
    builds = f"{host.running} running, {host.queued} queued" if host.running or host.queued else "none"
    texts = (
        host.name,
        f"{host.state.symbol} {host.state.value}",
        builds,
        engine,
        known.builder if known else "",
        known.architecture if known else "",
        host.address,
    )
    return [Text(printable(text), no_wrap=True) for text in texts]


def host_detail(host: Host, now: float) -> str:
    """What the table has no room for: why a host is offline and what to do, or what an online one can do."""
    if host.state is HostState.OFFLINE:
        since = f" since {ago(now - host.offline_since.timestamp())}" if host.offline_since else ""
        lines = [f"✖ {host.name} is offline{since}: {host.error or 'it does not answer'}"]
        lines += [f"→ {host.hint}"] if host.hint else []
        return printable_lines("\n".join(lines))
    known = host.capabilities
    if known is None:
        return printable_lines(f"{host.state.symbol} {host.name}: {host.state.value}\n{host.address}")
    memory = f", {known.memory / 1e9:.0f} GB memory" if known.memory else ""
    cpus = f", {known.cpus} CPUs" if known.cpus else ""
    heredocs = "understands heredocs" if known.heredocs else "no heredocs"
    return printable_lines(
        f"{host.state.symbol} {host.name}: {known.operating_system}/{known.architecture}{cpus}{memory},"
        f" {known.image_store or 'unknown'} storage\n"
        f"Builder {known.builder}, {heredocs}, up to {host.parallel_builds} builds at once · {host.address}"
    )
