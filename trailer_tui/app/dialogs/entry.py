"""The dialog that edits one entry of a list in the image form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Static, TextArea

from trailer_tui.app.actions import bindings
from trailer_tui.app.dialogs.confirm import ConfirmDialog, ConfirmResult
from trailer_tui.app.form.entries import Entry
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.put_text import put_text

if TYPE_CHECKING:
    from trailer_tui.app.form.entry_states import EntryState


class EntryDialog(Dialog[Entry | None]):
    """Says what is wrong under each field while one types. Answers with the entry, or None.

    Nothing typed is lost by accident: escape asks when something was changed.
    """

    BINDINGS = bindings("entry")
    AUTO_FOCUS = ""

    def __init__(self, title: str, state: EntryState) -> None:
        """
        Args:
            title: what is edited.
            state: what is typed.
        """
        super().__init__()
        self._title = title
        self.state = state

    def fields(self) -> ComposeResult:
        """The fields, in order."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield from self.fields()
            yield Static("", classes="dialog-line dialog-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="entry-cancel", compact=True)
                yield Button("Done", id="entry-accept", variant="primary", compact=True)
            yield Static("tab move · ctrl+o done · esc cancel", classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.show_state()
        self.set_focus(self.query(FormField).first().control_widget)

    def show_state(self) -> None:
        """Show values and problems as they are now."""
        problems = self.state.shown_problems()
        for widget in self.query(FormField):
            widget.show_value(self.state.value(widget.field))
            widget.show_problem(problems.get(widget.field.path))

    def say(self, words: str) -> None:
        """Set the line above the buttons."""
        put_text(self.query_one(".dialog-hint", Static), words)

    @on(FormField.Edited)
    def take_edit(self, event: FormField.Edited) -> None:
        """Take what was typed or chosen."""
        event.stop()
        if self.state.change(event.field, event.take()):
            self.say("")
            self.show_state()

    @on(FormField.Left)
    def note_left_field(self, event: FormField.Left) -> None:
        """A field that was left may show its problem."""
        event.stop()
        self.state.leave(event.field)
        self.show_state()

    @on(FormField.Finished)
    def go_on(self, event: FormField.Finished) -> None:
        """Enter moves on; behind the last field it is done."""
        event.stop()
        controls = [widget.control_widget for widget in self.query(FormField) if widget.display]
        here = controls.index(event.widget.control_widget)
        if here < len(controls) - 1:
            self.set_focus(controls[here + 1])
        else:
            self.action_accept()

    @on(Button.Pressed, "#entry-accept")
    def action_accept(self) -> None:
        """Answer with the entry, or go to what is wrong with it."""
        for widget in self.query(FormField):
            if widget.display and isinstance(widget.control_widget, TextArea):
                self.state.change(widget.field, widget.value)  # a key may have come just now
        self.state.all_shown = True
        self.state.try_again()
        self.show_state()
        problems = self.state.problems()
        if problems:
            self.say(f"! {len(problems)} to mend first" if len(problems) > 1 else "! mend this first")
            control = self.control_of(next(iter(problems)))
            if control is not None:
                control.focus()
            return
        self.accept()

    def accept(self) -> None:
        """Answer with the entry, which is right."""
        self.dismiss(self.state.entry())

    def control_of(self, path: str) -> Widget | None:
        """The control of a field that is shown."""
        found = (widget for widget in self.query(FormField) if widget.field.path == path and widget.display)
        return next((widget.control_widget for widget in found), None)

    @on(Button.Pressed, "#entry-cancel")
    def action_close(self) -> None:
        """Leave; asks when something was changed."""
        if not self.state.is_dirty:
            self.dismiss(None)
            return
        lines = ["Not taken:", *(f"  • {field.label}" for field in self.state.changed_fields())]
        question = ConfirmDialog("Drop what you typed?", lines, confirm_label="Drop", refuse_label="Type on")
        self.app.push_screen(question, self._drop)

    def _drop(self, answer: ConfirmResult | None) -> None:
        if answer is not None:
            self.dismiss(None)
