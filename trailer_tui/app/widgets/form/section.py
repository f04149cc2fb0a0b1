"""What every section of the form is, so that a new one is one file and one line in `sections`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.containers import VerticalScroll
from textual.widget import Widget

from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.app.form.fields import ALL_MODES, Field, Mode, Value
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.form.entry_list import EntryList
from trailer_tui.app.widgets.form.form_field import FormField


class FormSection(VerticalScroll, can_focus=False):
    """One tab of the form. It shows the state; it never changes it."""

    SECTION_ID: ClassVar[str]
    """Also the widget's id; the action `form.show_<id>` opens it."""
    TITLE: ClassVar[str]
    MODES: ClassVar[frozenset[Mode]] = ALL_MODES
    """Modes to which the section applies; in others its tab is dim."""
    FOR_WINDOWS: ClassVar[bool] = True
    """Whether it applies to Windows images too."""
    FIELDS: ClassVar[tuple[Field, ...]] = ()
    """The fields it edits, in order."""

    def __init__(self, session: Session, state: DraftState) -> None:
        super().__init__(id=self.SECTION_ID)
        self.session = session
        self.state = state
        self._known_fields: tuple[FormField, ...] = ()
        self._known_lists: tuple[EntryList, ...] | None = None

    @classmethod
    def applies(cls, state: DraftState) -> bool:
        """Whether the image that is made has what the section is about."""
        return state.mode in cls.MODES and (cls.FOR_WINDOWS or not state.is_windows)

    @classmethod
    def has_values(cls, state: DraftState) -> bool:
        """Whether anything is filled in here; flags do not count."""
        return any(
            state.value(field) not in ("", None, ()) and not isinstance(state.value(field), bool)
            for field in cls.FIELDS
            if state.applies(field)
        )

    def show_state(self) -> None:
        """Show values, notes and problems as they are now."""
        problems = self.state.shown_problems()
        for widget in self._fields():
            widget.show_value(self.shown_value(widget.field))
            widget.show_problem(problems.get(widget.field.path))
        for entries in self._lists():
            entries.show_value(self.state.value(entries.field))
            entries.show_problems(problems.get(entries.field.path), self.state.entry_problems(entries.field))

    def shown_value(self, field: Field) -> Value:
        """What a field's control shows: its value, unless something else holds as things are."""
        return self.state.value(field)

    def field_widget(self, field: Field) -> FormField | None:
        """The widget of one of the section's fields."""
        return next((widget for widget in self._fields() if widget.field is field), None)

    def _fields(self) -> Sequence[FormField]:
        """The fields, looked for once: a section is composed whole and never changes."""
        if self._known_fields:
            return self._known_fields
        found = tuple(self.query(FormField))
        if self.is_mounted:
            self._known_fields = found
        return found

    def entry_list(self, field: Field) -> EntryList | None:
        """The widget of one of the section's lists."""
        return next((entries for entries in self._lists() if entries.field is field), None)

    def _lists(self) -> Sequence[EntryList]:
        """The lists of entries, looked for once."""
        if self._known_lists is None:
            found = tuple(self.query(EntryList))
            if not self.is_mounted:
                return found
            self._known_lists = found
        return self._known_lists

    def reveal(self, field: Field) -> Widget | None:
        """Make the field's control visible and return it, ready to be focused."""
        entries = self.entry_list(field)
        if entries is not None:
            entries.go_to_problem()
            return entries.options
        widget = self.field_widget(field)
        return widget.control_widget if widget else None
