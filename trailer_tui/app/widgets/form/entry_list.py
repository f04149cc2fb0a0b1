"""A field that holds a list of entries: one line each, with keys to add, edit, remove and move them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trailer_tui.app.actions import bindings
from trailer_tui.app.form.entries import Entry, entry_name, entry_words
from trailer_tui.app.form.fields import Field, Value
from trailer_tui.app.form.problems import sentence
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.screens.leaving import Dialog
    from trailer_tui.model.errors import FieldProblem

MakeDialog = Callable[["Entry | None"], "Dialog[Entry | None]"]
"""Gives the dialog that edits an entry, or makes one when there is none."""

_MOST_UNDOS = 50
_INDENT = "   "


class EntryOptions(OptionList):
    """The lines. The keys act on the line under the cursor."""

    BINDINGS = bindings("entries")

    @property
    def _field(self) -> EntryList:
        assert isinstance(self.parent, EntryList)
        return self.parent

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there are entries for."""
        field = self._field
        match action:
            case "edit" | "remove":
                return bool(field.entries)
            case "move_down" | "move_up":
                return len(field.entries) > 1
            case "undo":
                return field.can_undo
            case "import_file" | "show_file":
                return field.has_files and (action == "import_file" or bool(field.entries))
        return True

    def action_add(self) -> None:
        """Make an entry."""
        self._field.add()

    def action_edit(self) -> None:
        """Change the entry under the cursor; make one where there is none."""
        if self._field.entries:
            self._field.edit()
        else:
            self._field.add()

    def action_remove(self) -> None:
        """Take the entry out; undo brings it back."""
        self._field.remove_entry()

    def action_undo(self) -> None:
        """Take back the last change of the list."""
        self._field.undo()

    def action_move_down(self) -> None:
        """Swap the entry with the next one."""
        self._field.move(1)

    def action_move_up(self) -> None:
        """Swap the entry with the one before."""
        self._field.move(-1)

    def action_import_file(self) -> None:
        """Make an entry of a file."""
        self._field.import_file()

    def action_show_file(self) -> None:
        """Show the entry as a file."""
        self._field.show_file()


class EntryList(Vertical):
    """Shows the entries of one field and edits them. What it changes it posts as `FormField.Edited`."""

    has_files = False
    """Whether an entry can be made of a file and shown as one."""

    def __init__(self, field: Field, entries: Value, make_dialog: MakeDialog, *, empty: str) -> None:
        """
        Args:
            field: what is edited.
            entries: its value.
            make_dialog: gives the dialog of one entry.
            empty: what to say while there is no entry.
        """
        super().__init__()
        self.field = field
        self.entries: tuple[Entry, ...] = _entries(entries)
        self._make_dialog = make_dialog
        self._empty = empty
        self._problems: Mapping[int, FieldProblem] = {}
        self._past: list[tuple[Entry, ...]] = []
        self._unanswered = 0
        """Edits that are on their way to the screen: until it has them, its value is older than the list's."""
        self._width = 0
        self._shown_words: list[str] = []

    def compose(self) -> ComposeResult:
        yield EntryOptions(compact=True)
        yield Static("", classes="form-field-note", markup=False)
        yield Static("", classes="form-field-problem", markup=False)

    def on_mount(self) -> None:
        """Begin with the entries that there are."""
        self._fill(0)
        self.show_problems(None, {})

    @property
    def options(self) -> EntryOptions:
        """The lines."""
        return self.query_one(EntryOptions)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def index(self) -> int:
        """The entry under the cursor."""
        return self.options.highlighted or 0

    # Showing

    def show_value(self, value: Value) -> None:
        """Show the entries; the cursor stays where it is."""
        entries = _entries(value)
        if self._unanswered:
            return
        if entries != self.entries:
            self.entries = entries
            self._past.clear()
            self._fill(self.index)
        elif [self.words(entry) for entry in entries] != self._shown_words:
            self._fill(self.index)

    def show_problems(self, problem: FieldProblem | None, of_entries: Mapping[int, FieldProblem]) -> None:
        """Show what is wrong with the list, and with single entries below their lines."""
        if of_entries != self._problems:
            self._problems = dict(of_entries)
            self._fill(self.index)
        line = self.query_one(".form-field-problem", Static)
        is_shown = problem is not None and not of_entries
        put_text(line, f"! {sentence(problem)}" if problem is not None and is_shown else "")
        line.display = is_shown

    def go_to_problem(self) -> None:
        """Put the cursor on the first entry with a problem."""
        if self._problems:
            self.options.highlighted = min(self._problems)

    def show_note(self, note: str) -> None:
        """Set the line below the entries."""
        line = self.query_one(".form-field-note", Static)
        put_text(line, note)
        line.display = bool(note)

    def words(self, entry: Entry) -> str:
        """An entry in one line."""
        return entry_words(entry)

    def on_resize(self) -> None:
        """Lines break elsewhere."""
        if self.options.scrollable_content_region.width != self._width:
            self._fill(self.index)

    def _fill(self, under_cursor: int) -> None:
        if not self.is_mounted:
            return
        options = self.options
        self._width = options.scrollable_content_region.width
        self._shown_words = [self.words(entry) for entry in self.entries]
        options.clear_options()
        if self.entries:
            options.add_options(Option(self._line(index)) for index in range(len(self.entries)))
            options.highlighted = min(under_cursor, len(self.entries) - 1)
        else:
            options.add_option(Option(Content(self._empty).stylize("$text-muted")))
            options.highlighted = 0
        self.show_note("removed; u brings it back" if self._past and len(self._past[-1]) > len(self.entries) else "")

    def _line(self, index: int) -> Content:
        room = max(20, self._width - 2)
        text = Content(f"{index + 1:>2} {printable(self._shown_words[index])}").truncate(room, ellipsis=True)
        problem = self._problems.get(index)
        if problem is None:
            return text
        below = wrap(f"! {sentence(problem)}", room - len(_INDENT), subsequent_indent="  ")
        return text + Content("".join(f"\n{_INDENT}{line}" for line in below)).stylize("$text-error")

    # Changing

    def add(self) -> None:
        """Ask for an entry, to stand behind the last one."""
        self.app.push_screen(self._make_dialog(None), self._take_new)

    def add_entry(self, entry: Entry) -> None:
        """Put an entry behind the last one."""
        self._change((*self.entries, entry), len(self.entries))

    def edit(self, index: int | None = None) -> None:
        """Ask for changes of an entry, of the one under the cursor if none is named."""
        index = self.index if index is None else index
        if index >= len(self.entries):
            return
        before = self.entries

        def take(entry: Entry | None) -> None:
            if entry is not None and self.entries == before:
                self._change((*before[:index], entry, *before[index + 1 :]), index)

        self.app.push_screen(self._make_dialog(before[index]), take)

    def remove_entry(self) -> None:
        """Take out the entry under the cursor."""
        index = self.index
        name = entry_name(self.entries[index])
        self._change((*self.entries[:index], *self.entries[index + 1 :]), index)
        self.show_note(printable(f"removed {name}; u brings it back"))

    def undo(self) -> None:
        """Take back the last change."""
        if self._past:
            entries = self._past.pop()
            self._post(entries, self.index)

    def move(self, by: int) -> None:
        """Swap the entry under the cursor with a neighbour."""
        here, there = self.index, self.index + by
        if 0 <= there < len(self.entries):
            moved = list(self.entries)
            moved[here], moved[there] = moved[there], moved[here]
            self._change(tuple(moved), there)

    def import_file(self) -> None:
        """Make an entry of a file; lists that can, do."""

    def show_file(self) -> None:
        """Show the entry under the cursor as a file; lists that can, do."""

    def _take_new(self, entry: Entry | None) -> None:
        if entry is not None:
            self.add_entry(entry)

    def _change(self, entries: tuple[Entry, ...], under_cursor: int) -> None:
        self._past = [*self._past[1 - _MOST_UNDOS :], self.entries]
        self._post(entries, under_cursor)

    def _post(self, entries: tuple[Entry, ...], under_cursor: int) -> None:
        self.entries = entries
        self._fill(under_cursor)
        self.refresh_bindings()
        self._unanswered += 1
        self.post_message(FormField.Edited(self.field, entries, self))

    def answer(self) -> Value:
        """Note that the screen has an edit; returns the present entries."""
        self._unanswered -= 1
        return self.entries

    @on(OptionList.OptionSelected)
    def open_entry(self, event: OptionList.OptionSelected) -> None:
        """A click or enter edits."""
        event.stop()
        self.options.action_edit()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """From now on the field's problems may be shown."""
        event.stop()
        self.post_message(FormField.Left(self.field))


def _entries(value: Value) -> tuple[Entry, ...]:
    return tuple(entry for entry in value if not isinstance(entry, str)) if isinstance(value, tuple) else ()
