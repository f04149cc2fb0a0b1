"""The screen that adds and edits a Docker host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Button, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.dialogs.error import ErrorDialog
from trailer_tui.app.form.differences import differences
from trailer_tui.app.form.fields import Field
from trailer_tui.app.form.host_state import HostState
from trailer_tui.app.hosts.wording import builder_words, engine_words
from trailer_tui.app.screens.form_screen import FormScreen
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.form.conflict_dialog import ConflictDialog
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.hosts.host_fields import HostFields
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.model.errors import EditConflict, InvalidInput, NotFound, TrailerError
from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.status import HostState as State
from trailer_tui.printable import printable, printable_lines

if TYPE_CHECKING:
    from trailer_tui.app.session import Session
    from trailer_tui.model.events import Event


class HostForm(FormScreen["Host | None"]):
    """Adds a host or edits one. Answers with the stored host, or None.

    A host that does not answer is stored all the same: the form says so with the engine's own words and stays.
    """

    BINDINGS = bindings("host_form")
    AUTO_FOCUS = ""
    state: HostState

    def __init__(self, session: Session, host: Host | None = None) -> None:
        """
        Args:
            session: the connection.
            host: the host to edit; None adds one.
        """
        super().__init__(session)
        self.state = HostState(host)
        self._saved: Host | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="form-title", markup=False)
        yield Static("", id="host-form-result", markup=False)
        yield HostFields(self.state)
        with Horizontal(id="form-buttons"):
            yield Button("Save", id="form-save", variant="primary", compact=True)
            yield Button("Cancel", id="form-cancel", compact=True)
            yield Static("", id="form-status", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        """Listen, and begin with the first field."""
        self.session.events.subscribe(self, self.apply_event)
        self._tell("")
        self.show_state()
        first = self.fields.control_of(self.state.FIELDS[0])
        if first is not None:
            self.set_focus(first)

    @property
    def fields(self) -> HostFields:
        """The fields."""
        return self.query_one(HostFields)

    def show_state(self) -> None:
        """Bring everything on the screen in line with the state."""
        self.fields.show_state()
        host = self.state.host
        title = f"Edit host {printable(host.name)}" if host is not None else "New host"
        changed = "  · unsaved changes" if self.state.is_dirty else ""
        put_text(self.query_one("#form-title", Static), f"{title}{changed}")
        self.query_one("#form-save", Button).disabled = self._is_saving
        problems = len(self.state.shown_problems())
        words = "Save looks at the host at once"
        if self._is_saving:
            words = "Saving, and looking at the host …"
        elif problems:
            words = f"! {problems} problem{'' if problems == 1 else 's'}: ctrl+t goes to the next"
        status = self.query_one("#form-status", Static)
        put_text(status, words)
        status.set_class(bool(problems) and not self._is_saving, "-problem")
        self.refresh_bindings()

    def _tell(self, text: str) -> None:
        """Keep a result above the fields; an empty one hides the line."""
        line = self.query_one("#host-form-result", Static)
        line.update(printable_lines(text))
        line.display = bool(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what applies to the state."""
        if action == "save":
            return None if self._is_saving else True
        return bool(self.state.shown_problems()) if action == "next_problem" else True

    # Edits

    @on(FormField.Edited)
    def take_edit(self, event: FormField.Edited) -> None:
        """Take what was typed or chosen."""
        if self.state.change(event.field, event.take()):
            self.show_state()

    @on(FormField.Left)
    def note_left_field(self, event: FormField.Left) -> None:
        """A field that was left may show its problem."""
        self.state.leave(event.field)
        self.show_state()

    @on(FormField.Finished)
    def go_on(self) -> None:
        """Enter moves on."""
        self.focus_next()

    def action_next_problem(self) -> None:
        """To the first problem after the focused field, in the form's order."""
        self.state.all_shown = True
        self.show_state()
        wrong = [field for field in self.state.FIELDS if field.path in self.state.problems()]
        here = self.fields.focused_field()
        order = list(self.state.FIELDS)
        later = [field for field in wrong if here is not None and order.index(field) > order.index(here)]
        if wrong:
            self._focus((later or wrong)[0])

    def _focus(self, field: Field) -> None:
        control: Widget | None = self.fields.reveal(field)
        if control is not None:
            control.focus()

    # Saving

    @on(Button.Pressed, "#form-save")
    def action_save(self) -> None:
        """Store the host; the server looks at it at once."""
        self.call_server(self._save, group="host-save")

    async def _save(self) -> None:
        """Whatever happens, what was typed stays."""
        if self._is_saving:
            return
        self.state.all_shown = True
        self.show_state()
        wrong = self.state.problems()
        if wrong:
            self._focus(next(field for field in self.state.FIELDS if field.path in wrong))
            return
        self._is_saving = True
        self._tell("")
        self.show_state()
        try:
            host = await self._store()
        except EditConflict as error:
            await self._resolve(error)
        except InvalidInput as error:
            self._refused(error)
        except TrailerError as error:
            self.app.push_screen(ErrorDialog(error))
        else:
            self._stored(host)
        finally:
            self._is_saving = False
            self.show_state()

    async def _store(self) -> Host:
        draft, host = self.state.draft(), self.state.host
        if host is None:
            return await self.session.client.create_host(draft)
        try:
            return await self._update(draft, host)
        except NotFound:
            return await self.session.client.create_host(draft)

    async def _update(self, draft: HostDraft, host: Host) -> Host:
        """Save over what the edit started from; that somebody enabled or disabled it meanwhile stays so."""
        client = self.session.client
        try:
            return await client.update_host(host.id, draft, revision=host.revision)
        except EditConflict as error:
            stored = None if error.current is None else Host.model_validate(error.current)
            if stored is None or not self.state.is_only_switched(stored):
                raise
            self.state.host = stored
            return await client.update_host(host.id, self.state.draft(), revision=stored.revision)

    async def _resolve(self, error: EditConflict) -> None:
        """Show what somebody else stored meanwhile and do what the user chooses."""
        if error.current is None:
            self.app.push_screen(ErrorDialog(error))
            return
        stored = Host.model_validate(error.current)
        title = f"{printable(stored.name)} was changed by somebody else meanwhile"
        answer = await self.app.push_screen_wait(ConflictDialog(differences(self.state, stored), title=title))
        if answer == "rebase":
            self.state.rebase(stored)
        elif answer == "reload":
            self.state.stored(stored)
        else:
            return
        self._tell("")

    def _refused(self, error: InvalidInput) -> None:
        if self.state.add_server_problems(error.fields) or not error.fields:
            self.app.push_screen(ErrorDialog(error))
        else:
            self._focus(next(field for field in self.state.FIELDS if field.path in self.state.problems()))

    def _stored(self, host: Host) -> None:
        self._saved = host
        self.state.stored(host)
        if host.state is State.OFFLINE:
            lines = [f"✖ {host.name} is stored, but does not answer: {host.error or 'no reason was given'}"]
            lines += [f"→ {host.hint}"] if host.hint else []
            self._tell("\n".join([*lines, "Mend it and save again; esc leaves it as it is."]))
            return
        told = f"{host.name} is stored and {host.state.value}"
        if host.state is State.ONLINE and host.capabilities is not None:
            told += f": {engine_words(host.capabilities)}, {builder_words(host)}"
        self.app.notify(printable(told), timeout=4, markup=False)
        self.dismiss(host)

    # Leaving

    @on(Button.Pressed, "#form-cancel")
    def action_leave(self) -> None:
        """Out of the form."""
        self.leave()

    def outcome(self) -> Host | None:
        """What was stored, even when it does not answer."""
        return self._saved

    # From the server

    def apply_event(self, event: Event) -> None:
        """Say when somebody else changes or deletes the host that is edited."""
        host = self.state.host
        if host is None or self._is_saving:
            return
        if event.event == "host" and event.host.id == host.id:
            if self.state.is_only_switched(event.host):
                self.state.host = max(host, event.host, key=lambda known: known.revision)
            else:
                self._tell(f"{host.name} was changed elsewhere meanwhile: saving shows what differs first.")
        elif event.event == "host_deleted" and event.id == host.id:
            self.state.detach()
            self._tell(f"{host.name} was deleted meanwhile: saving adds it again.")
            self.show_state()
