"""Pick one or several of a long list, with a search above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from trailer_tui.app.actions import bindings
from trailer_tui.app.form.fields import Value
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.printable import printable


@dataclass(frozen=True, slots=True)
class Pickable:
    """One line of the list."""

    key: str
    label: str
    about: str = ""
    """Shown muted behind the label."""
    reason: str = ""
    """Why it cannot be picked; empty when it can."""


class PickDialog(Dialog[Value]):
    """Typing searches, the arrow keys move. Answers with a key, with `several` a tuple of keys, or None."""

    BINDINGS = bindings("pick")
    AUTO_FOCUS = "#pick-search"

    def __init__(
        self, title: str, choices: Sequence[Pickable], picked: Sequence[str], *, several: bool = False
    ) -> None:
        """
        Args:
            title: what is picked.
            choices: in the order to show.
            picked: what is picked already.
            several: whether any number can be picked.
        """
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._picked = list(picked)
        self._several = several
        self._found: list[Pickable] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(printable(self._title), classes="dialog-title", markup=False)
            yield Input(id="pick-search", placeholder="search", compact=True)
            yield PickList(id="pick-list", compact=True)
            yield Static("", id="pick-count", classes="dialog-keys", markup=False)
            keys = "↑ ↓ move · enter take · esc cancel"
            if self._several:
                keys = "↑ ↓ move · enter tick · ctrl+o done · esc cancel"
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Show everything, the cursor on what is picked."""
        self._fill(self._picked[0] if self._picked and not self._several else None)

    @property
    def _list(self) -> OptionList:
        return self.query_one("#pick-list", OptionList)

    @on(Input.Changed)
    def search(self) -> None:
        """Show what has every word that is typed."""
        self._fill(None)

    def _fill(self, under_cursor: str | None) -> None:
        words = self.query_one(Input).value.casefold().split()
        self._found = [choice for choice in self._choices if _has_all(choice, words)]
        options = self._list
        options.clear_options()
        options.add_options(Option(self._line(choice), disabled=not self._can_take(choice)) for choice in self._found)
        can = [index for index, choice in enumerate(self._found) if self._can_take(choice)]
        keys = [choice.key for choice in self._found]
        options.highlighted = keys.index(under_cursor) if under_cursor in keys else next(iter(can), None)
        count = f"{len(self._found)} of {len(self._choices)}"
        if self._several:
            count += f" · {len(self._picked)} ticked"
        self.query_one("#pick-count", Static).update(count)

    def _can_take(self, choice: Pickable) -> bool:
        """Whether enter does something; what is ticked and cannot be had any more can be cleared."""
        return not choice.reason or (self._several and choice.key in self._picked)

    def _line(self, choice: Pickable) -> Content:
        if choice.reason:
            mark = "[x]" if choice.key in self._picked else "✖  "
            return Content(f"{mark} {printable(choice.label)}: {printable(choice.reason)}").stylize("$text-disabled")
        mark = "○" if choice.key not in self._picked else "●"
        if self._several:
            mark = "[x]" if choice.key in self._picked else "[ ]"
        about = Content(f"  {printable(choice.about)}" if choice.about else "").stylize("$text-muted")
        return Content(f"{mark} {printable(choice.label)}") + about

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def take(self) -> None:
        """Take or tick what is under the cursor."""
        index = self._list.highlighted
        if index is None or index >= len(self._found) or not self._can_take(self._found[index]):
            return
        key = self._found[index].key
        if not self._several:
            self.dismiss(key)
            return
        if key in self._picked:
            self._picked.remove(key)
        else:
            self._picked.append(key)
        self._fill(key)

    def action_accept(self) -> None:
        """Answer with what is ticked, or with what is under the cursor."""
        if self._several:
            self.dismiss(tuple(self._picked))
        else:
            self.take()

    def action_close(self) -> None:
        """Pick nothing else."""
        self.dismiss(None)

    def action_next(self) -> None:
        """Move the cursor down."""
        self._list.action_cursor_down()

    def action_previous(self) -> None:
        """Move the cursor up."""
        self._list.action_cursor_up()

    def action_page_down(self) -> None:
        """Move the cursor a page down."""
        self._list.action_page_down()  # type: ignore[no-untyped-call]

    def action_page_up(self) -> None:
        """Move the cursor a page up."""
        self._list.action_page_up()  # type: ignore[no-untyped-call]


class PickList(OptionList, can_focus=False):
    """The list, which the keys of the search field move: the focus stays where one types."""


def _has_all(choice: Pickable, words: Sequence[str]) -> bool:
    text = f"{choice.key} {choice.label} {choice.about}".casefold()
    return all(word in text for word in words)
