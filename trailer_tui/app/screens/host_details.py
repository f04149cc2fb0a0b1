"""Everything about one host: its state and abilities, its queue, its disk, its settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import DataTable, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.builds.cancelling import cancel_after_asking
from trailer_tui.app.hosts import facts, host_actions
from trailer_tui.app.hosts.host_actions import HostActions
from trailer_tui.app.hosts.host_queue import HostQueue
from trailer_tui.app.hosts.moving import BuildMoves
from trailer_tui.app.screens.tabbed import TabbedScreen
from trailer_tui.app.session import Session
from trailer_tui.app.text_line import TextLine
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.detail_tabs import DetailTabs
from trailer_tui.app.widgets.hosts.queue_table import QueueTable
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.app.widgets.text_lines import TextLines
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.same_engine import same_engine_words
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.build import BuildSummary
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host, HostUsage

TABS = (("overview", "Overview"), ("queue", "Queue"), ("disk", "Disk"), ("settings", "Settings"))


class HostDetailsScreen(TabbedScreen):
    """One host, live; goes back when the host is deleted elsewhere."""

    BINDINGS = bindings("host")
    BODY = "#host-body"

    def __init__(self, session: Session, host: Host, tab: str = "overview") -> None:
        """
        Args:
            session: the connection.
            host: as it is known now.
            tab: one of the ids in `TABS`.
        """
        super().__init__(session, tab)
        self.host = host
        self.usage: HostUsage | None = None
        """What fills the disk, once it was measured."""
        self._note = ""
        self._same = ""
        self._is_measuring = False
        self._is_gone = False
        self._queue = HostQueue(host.id)
        self._flush: Timer | None = None
        self._second: Timer | None = None
        self.acts = HostActions(session, self)
        self.moves = BuildMoves(session, self)
        self._texts = {name: TextLines(id=f"host-{name}") for name in ("overview", "disk", "settings")}
        self._table = QueueTable()

    def compose(self) -> ComposeResult:
        yield Static("", id="host-header", markup=False)
        yield DetailTabs(TABS)
        with Container(id="host-body"):
            yield self._texts["overview"]
            with Vertical(id="host-queue"):
                yield self._table
                yield Static("", id="host-queue-note", markup=False)
            yield self._texts["disk"]
            yield self._texts["settings"]
        yield ActionFooter()

    def on_mount(self) -> None:
        """Show what is known, read the rest, and follow the server."""
        self.session.events.subscribe(self, self._take_event)
        self.open_tab(self.tab)
        self._show()
        self._reload()

    @property
    def tabs(self) -> Sequence[tuple[str, str]]:
        """Every host has the same."""
        return TABS

    @property
    def content(self) -> Widget:
        """What the open tab shows."""
        return self.query_one("#host-queue") if self.tab == "queue" else self._texts[self.tab]

    def focus_content(self) -> None:
        """The queue's keys belong to its table."""
        (self._table if self.tab == "queue" else self.content).focus()

    def tab_opened(self) -> None:
        """Measure when the disk is looked at first; count seconds while the queue is."""
        if self.tab == "disk" and self.usage is None:
            self.action_measure()
        self._show_queue()

    # The server

    def _reload(self) -> None:
        self.call_server(self._read, group="host", exclusive=True)

    async def _read(self) -> None:
        hosts = await self.session.client.hosts()
        known = next((host for host in hosts if host.id == self.host.id), None)
        if known is None:
            self._gone()
            return
        self._same = same_engine_words(known, hosts)
        self._queue.read(await self.session.client.active_builds())
        self.host_changed(known)
        self._show_queue()

    def _take_event(self, event: Event) -> None:
        match event.event:
            case "host" if event.host.id == self.host.id:
                self.host_changed(event.host)
            case "host_deleted" if event.id == self.host.id:
                self._gone()
            case "build" if self._queue.take(event.build) and self._flush is None:
                self._flush = self.set_timer(self.session.refresh_seconds, self._show_queue)
            case "hello" | "resync":
                self._reload()

    def _gone(self) -> None:
        if self._is_gone:
            return
        self._is_gone = True
        self.app.notify(f"{printable(self.host.name)} was deleted.", severity="warning", timeout=6, markup=False)
        self.dismiss(None)

    # As the owner of actions

    def host_changed(self, host: Host) -> None:
        """The host as it is now."""
        self.host = host
        self._show()

    def host_deleted(self, host: Host) -> None:
        """Back to the list."""
        self._is_gone = True
        self.dismiss(None)

    def host_note(self, host: Host, text: str) -> None:
        """Say above everything else what is done, or was."""
        self._note = text
        self._show()

    def host_pruned(self, host: Host, text: str) -> None:
        """Say what went, and measure again what is looked at."""
        self.usage = None
        self.host_note(host, text)
        if self.tab == "disk":
            self.action_measure()

    # Showing

    def _show(self) -> None:
        if not self.is_mounted or not self.query("#host-header"):
            return
        now, low = self.session.clock(), self.session.low_disk_bytes
        lines = [printable(line) for line in facts.header_lines(self.host, now, low)]
        put_text(self.query_one("#host-header", Static), "\n".join(lines))
        noted = [TextLine(f" {line}", "heading") for line in self._note.split("\n")] if self._note else []
        gap = [TextLine("")] if noted else []
        self._texts["overview"].show([*noted, *gap, *facts.overview(self.host, now, low, self.size.width, self._same)])
        self._texts["settings"].show(facts.settings(self.host))
        self._texts["disk"].show([*noted, *gap, *self._disk_lines()])
        self.refresh_bindings()

    def _disk_lines(self) -> list[TextLine]:
        if self._is_measuring:
            return [TextLine(" Measuring what fills the disk; this may take minutes …", "muted")]
        if self.usage is None:
            return [TextLine(" Not measured. Press u to measure.", "muted")]
        return facts.usage(self.usage)

    def _show_queue(self) -> None:
        self._flush = None
        if not self._table.is_attached:
            return
        builds = self._queue.builds
        self._table.show(builds, self.session.clock())
        self._table.display = bool(builds)
        self._show_queue_note()
        ticks = self.tab == "queue" and self._queue.has_running
        if ticks and self._second is None:
            self._second = self.set_interval(1.0, self._tick)
        elif not ticks and self._second is not None:
            self._second.stop()
            self._second = None
        self.refresh_bindings()

    def _tick(self) -> None:
        if self.is_current:
            self._table.show(self._queue.builds, self.session.clock())

    def on_resize(self) -> None:
        """Long lines break elsewhere."""
        self._show()

    @on(DataTable.RowHighlighted)
    @on(QueueTable.Revealed)
    def follow_cursor(self) -> None:
        """The footer and the line below the queue follow."""
        self._show_queue_note()
        self.refresh_bindings()

    def _show_queue_note(self) -> None:
        note = self._queue.sentence(self.host.name) if self._queue.is_read else "Reading …"
        build = self._table.selected
        if build is not None and build.waiting_reason:
            note += f" · {printable(build.image_name)} waits: {printable(build.waiting_reason)}"
        put_text(self.query_one("#host-queue-note", Static), note)

    # The disk

    def action_measure(self) -> None:
        """Ask the host what fills its disk."""
        self._is_measuring = True
        self._show()
        self.call_server(self._measure, group="measure", exclusive=True)

    async def _measure(self) -> None:
        try:
            self.usage = await self.session.client.host_usage(self.host.id)
        finally:
            self._is_measuring = False
            self._show()

    # Tabs

    def action_show_overview(self) -> None:
        """First tab."""
        self.open_numbered(1)

    def action_show_queue(self) -> None:
        """Second tab."""
        self.open_numbered(2)

    def action_show_disk(self) -> None:
        """Third tab."""
        self.open_numbered(3)

    def action_show_settings(self) -> None:
        """Fourth tab."""
        self.open_numbered(4)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What applies to the host, and to who is asking."""
        if action == "measure":
            return self.tab == "disk" and not self._is_measuring
        if action in host_actions.ADMINISTRATION or action == "check":
            return host_actions.applies(action, self.host, self.session)
        return True

    def action_label(self, action: str) -> str | None:
        """What a key does to the host now."""
        return host_actions.label(action, self.host)

    def action_back(self) -> None:
        """To the list."""
        self.dismiss(None)

    def action_edit(self) -> None:
        """The form."""
        from trailer_tui.app.screens.host_form import HostForm

        def saved(host: Host | None) -> None:
            if host is not None:
                self.host_changed(host)

        self.app.push_screen(HostForm(self.session, self.host), saved)

    def action_toggle_enabled(self) -> None:
        """Let the host take work, or stop it."""
        self.acts.toggle(self.host)

    def action_check(self) -> None:
        """Look at the host now."""
        self.acts.check(self.host)

    def action_prune(self) -> None:
        """Free disk space; what was measured here need not be measured again."""
        self.acts.prune(self.host, self.usage if self.tab == "disk" else None)

    def action_delete(self) -> None:
        """Delete after the name was typed."""
        self.acts.delete(self.host, typed=True)

    # The queue

    @on(QueueTable.Opened)
    def open_build(self, event: QueueTable.Opened) -> None:
        """Steps and log of a build."""
        from trailer_tui.app.screens.build_log import BuildScreen

        self.app.push_screen(BuildScreen(self.session, event.build.id))

    @on(QueueTable.MoveWanted)
    def move_build(self, event: QueueTable.MoveWanted) -> None:
        """Choose another host."""
        self.moves.ask(event.build.id)

    @on(QueueTable.CancelWanted)
    def cancel_build(self, event: QueueTable.CancelWanted) -> None:
        """End a build."""
        build = event.build

        def cancel() -> None:
            self.call_server(partial(self._cancel, build), group="act")

        is_running = build.state is BuildState.RUNNING
        cancel_after_asking(self.app, build.image_name, self.host.name, cancel, is_running=is_running)

    async def _cancel(self, build: BuildSummary) -> None:
        await self.session.client.act(build.image_id, ImageAction.CANCEL)
        self.app.notify(f"Cancelled the build of {printable(build.image_name)}", timeout=3, markup=False)

    def show_error(self, error: TrailerError) -> None:
        """Tell the user, but not of what is being left."""
        if not self._is_gone:
            super().show_error(error)
