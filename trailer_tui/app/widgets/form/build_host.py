"""Build host: where the image is built, and so where it is when it is not pushed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trailer_tui.app.form.fields import HOST, PUSH, Field
from trailer_tui.app.form.problems import sentence
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.host_list import HostList
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.status import HostState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.host import Host


class BuildHostSection(FormSection):
    """A choice among the hosts that the server knows."""

    SECTION_ID = "build_host"
    TITLE = "Build host"
    FIELDS = (HOST,)

    hosts: Sequence[Host] = ()
    """As the server last told."""
    error: TrailerError | None = None
    """Why the hosts could not be read."""

    def compose(self) -> ComposeResult:
        yield Static("", id="host-problem", classes="form-field-problem", markup=False)
        yield HostList(self.session.low_disk_bytes)
        yield Static("", id="host-note", classes="form-note", markup=False)

    def show_hosts(self, hosts: Sequence[Host], error: TrailerError | None = None) -> None:
        """Show the hosts, or why they are not known."""
        self.hosts, self.error = hosts, error
        self.show_state()

    def chosen_host(self) -> Host | None:
        """The host that is chosen, once the hosts are known."""
        return next((host for host in self.hosts if host.id == self.state.host_id), None)

    def show_state(self) -> None:
        """Show the choice and what follows from it."""
        if not self.is_mounted:
            return
        hosts = self.query_one(HostList)
        hosts.show(self.hosts, self.state.host_id)
        hosts.display = bool(self.hosts)
        problem = self.state.shown_problems().get(HOST.path)
        line = self.query_one("#host-problem", Static)
        line.update(Content(f"! {sentence(problem)}" if problem else ""))
        line.display = problem is not None
        self.query_one("#host-note", Static).update(Content(self._note()))

    def _note(self) -> str:
        if self.error is not None:
            return f"The hosts cannot be read: {printable(self.error.cause)}\nPress ctrl+l to read them again."
        host = self.chosen_host()
        if host is None:
            return "" if self.hosts else "Reading the hosts …"
        where = f"Without a push to a registry the image is on {printable(host.name)} only."
        if self.state.value(PUSH):
            where = f"Built on {printable(host.name)}, then pushed to the registry of the image name."
        if host.state is HostState.OFFLINE:
            return f"⚠ {printable(host.name)} is offline: the build waits until it is back.\n{where}"
        if host.state is HostState.DISABLED:
            return f"⚠ {printable(host.name)} is disabled: the build waits until it is enabled.\n{where}"
        return where

    @on(HostList.Chosen)
    def report(self, event: HostList.Chosen) -> None:
        """Tell the screen."""
        event.stop()
        self.post_message(FormField.Edited(HOST, event.host_id))

    def reveal(self, field: Field) -> Widget | None:
        """The list is the only control."""
        return self.query_one(HostList)
