"""The line above the images table: search text, status filter, how many of how many."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.model.status import ImageStatus

PLACEHOLDER = "name, description, image name, configuration …"


class SearchInput(Input):
    """The search text; enter and ↓ go on to the results, esc clears."""

    BINDINGS = bindings("search")

    @dataclass
    class Left(Message):
        """The user goes on to the results."""

        chosen: bool
        """Whether for the record that the cursor is on, not just out of the search."""

    def action_results(self) -> None:
        """Go on to the results and keep the search."""
        self.post_message(self.Left(chosen=True))

    async def action_submit(self) -> None:
        """Enter goes on to the results too."""
        self.action_results()

    def action_clear_or_leave(self) -> None:
        """Clear the text; when it is empty, go back to the results."""
        self.value = ""
        self.post_message(self.Left(chosen=False))


class StatusFilter(Static):
    """Says which status is shown; a click chooses."""

    class Clicked(Message):
        """The user wants to choose."""

    def on_click(self, event: events.Click) -> None:
        """Choose."""
        self.post_message(self.Clicked())


class SearchBar(Horizontal):
    """Search as you type."""

    @dataclass
    class Changed(Message):
        """Another text is searched."""

        text: str

    def __init__(self, *, has_statuses: bool = True) -> None:
        """
        Args:
            has_statuses: whether what is searched has a status to choose.
        """
        super().__init__()
        self._has_statuses = has_statuses

    def compose(self) -> ComposeResult:
        yield Static("/", id="search-mark", markup=False)
        yield SearchInput(placeholder=PLACEHOLDER, id="search-input", compact=True, select_on_focus=False)
        if self._has_statuses:
            yield StatusFilter("status: all ▾", id="search-status", markup=False)
        yield Static("", id="search-count", markup=False)

    @property
    def text(self) -> str:
        """What is searched."""
        return self.query_one(SearchInput).value

    def focus_input(self) -> None:
        """Start typing."""
        self.query_one(SearchInput).focus()

    def clear(self) -> None:
        """Search nothing."""
        self.query_one(SearchInput).value = ""

    def show_statuses(self, statuses: tuple[ImageStatus, ...]) -> None:
        """Say which statuses are shown; none means all."""
        names = ", ".join(status.label for status in statuses) or "all"
        self.query_one("#search-status", Static).update(f"status: {names} ▾")

    def show_count(self, shown: int, total: int, marked: int) -> None:
        """Say how many of all records are shown, and how many are marked."""
        count = f"{shown:,} of {total:,}"
        self.query_one("#search-count", Static).update(f"{marked:,} marked · {count}" if marked else count)

    @on(Input.Changed)
    def announce(self, event: Input.Changed) -> None:
        """Every keystroke searches."""
        event.stop()
        self.post_message(self.Changed(event.value))
