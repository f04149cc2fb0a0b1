"""The Hosts area: every Docker host with its state, and what is wrong with the selected one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts import host_actions
from trailer_tui.app.hosts.columns import View
from trailer_tui.app.hosts.facts import summary
from trailer_tui.app.hosts.host_actions import HostActions
from trailer_tui.app.hosts.search import matching
from trailer_tui.app.screens.searched import SearchedScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.hosts.host_table import HostTable
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.app.widgets.search_bar import SearchInput
from trailer_tui.app.widgets.top_bar import TopBar
from trailer_tui.model.same_engine import same_engine_words
from trailer_tui.printable import printable_lines

if TYPE_CHECKING:
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host

AGE_SECONDS = 10.0
"""Between two looks at whether `offline 5 min` reads differently."""

_EMPTY = "No hosts yet. Press n to add one, or i to import docker contexts."
_EMPTY_FOR_OTHERS = "No hosts yet. An administrator adds them."


class HostsScreen(SearchedScreen):
    """A host that does not answer is a row that says why and what to do."""

    BINDINGS = bindings("hosts")
    AUTO_FOCUS = "HostTable"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._hosts: dict[int, Host] = {}
        self._is_read = False
        self._notes: dict[int, str] = {}
        """What became of an action on a host, until its next one."""

    def compose(self) -> ComposeResult:
        yield TopBar("hosts")
        yield SearchInput(placeholder="name, address, label, state …", id="hosts-search", compact=True)
        yield HostTable()
        yield Static("", id="hosts-detail", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the server."""
        self.acts = HostActions(self.session, self)
        self.table = self.query_one(HostTable)
        self.search_line.display = False
        self.session.events.subscribe(self, self.apply_event)
        self.set_interval(AGE_SECONDS, self.show_records)
        self.server_ready()

    # The server

    def server_ready(self) -> None:
        """There is a connection, for the first time or again."""
        self.call_server(self._load, group="hosts", exclusive=True)

    async def _load(self) -> None:
        hosts = await self.session.client.hosts()
        self._hosts, self._is_read = {host.id: host for host in hosts}, True
        self.show_records()

    def apply_event(self, event: Event) -> None:
        """A host changed, or its queue did."""
        if event.event == "host":
            self.host_changed(event.host)
        elif event.event == "host_deleted":
            self._forget(event.id)
        elif event.event in ("hello", "resync"):
            self.server_ready()

    def host_changed(self, host: Host) -> None:
        """A host as it is now."""
        self._hosts[host.id] = host
        self.show_records()

    def host_deleted(self, host: Host) -> None:
        """Its row goes."""
        self._forget(host.id)

    def host_note(self, host: Host, text: str) -> None:
        """Say below the table what is done, or was."""
        self._notes[host.id] = text
        self.show_selected()

    def host_pruned(self, host: Host, text: str) -> None:
        """Say below the table what went."""
        self.host_note(host, text)

    def _forget(self, host_id: int) -> None:
        self._notes.pop(host_id, None)
        if self._hosts.pop(host_id, None) is not None:
            self.show_records()

    # Showing

    def show_records(self) -> None:
        """Show what the search finds, by name."""
        if not self.is_mounted or not self.screen.is_current:
            return
        ordered = sorted(self._hosts.values(), key=lambda host: host.name.casefold())
        view = View(self.session.clock(), self.session.low_disk_bytes)
        self.table.show(matching(ordered, self.search_line.value), view)
        self.show_selected()
        self.refresh_bindings()

    def show_selected(self) -> None:
        """Say more about the host under the cursor."""
        host = self.table.selected
        if host is not None:
            note = self._notes.get(host.id, "")
            same = same_engine_words(host, self._hosts.values())
            text = summary(host, self.session.clock(), self.session.low_disk_bytes, same)
            text = f"{printable_lines(note)}\n{text}" if note else text
        elif self._hosts:
            text = f"No host matches “{self.search_line.value}”; esc clears"
        else:
            text = (_EMPTY if self.session.is_administrator else _EMPTY_FOR_OTHERS) if self._is_read else ""
        put_text(self.query_one("#hosts-detail", Static), text)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What applies to the selected host, and to who is asking."""
        if action not in _HOST_ACTIONS:
            return bool(self._hosts) if action == "search" else True
        return self.is_mounted and host_actions.applies(action, self.table.selected, self.session)

    def action_label(self, action: str) -> str | None:
        """What a key does to the selected host now."""
        return host_actions.label(action, self.table.selected)

    @on(DataTable.RowSelected)
    def action_details(self) -> None:
        """Everything about the host."""
        host = self.table.selected
        if host is not None:
            from trailer_tui.app.screens.host_details import HostDetailsScreen

            self.app.push_screen(HostDetailsScreen(self.session, host))

    def action_new(self) -> None:
        """The form, empty."""
        self._open_form(None)

    def action_edit(self) -> None:
        """The form, with the selected host in it."""
        if self.table.selected is not None:
            self._open_form(self.table.selected)

    def _open_form(self, host: Host | None) -> None:
        from trailer_tui.app.screens.host_form import HostForm

        self.app.push_screen(HostForm(self.session, host), self._select_saved)

    def _select_saved(self, host: Host | None) -> None:
        if host is not None:
            self.host_changed(host)
            self.call_after_refresh(partial(self.table.select, host.id))

    def action_toggle_enabled(self) -> None:
        """Let the host take work, or stop it."""
        if self.table.selected is not None:
            self.acts.toggle(self.table.selected)

    def action_check(self) -> None:
        """Look at the host now."""
        if self.table.selected is not None:
            self.acts.check(self.table.selected)

    def action_import_contexts(self) -> None:
        """Make hosts of docker contexts."""
        self.acts.import_contexts()

    def action_prune(self) -> None:
        """Free disk space."""
        if self.table.selected is not None:
            self.acts.prune(self.table.selected)

    def action_delete(self) -> None:
        """Delete after asking."""
        if self.table.selected is not None:
            self.acts.delete(self.table.selected, typed=False)


_HOST_ACTIONS = host_actions.ADMINISTRATION | {"details", "check"}
