"""A block that folds away, leaving a line that sums it up."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from trailer_tui.app.actions import bindings


class DisclosureTitle(Static, can_focus=True):
    """The line that stays; enter or space folds."""

    BINDINGS = bindings("block")

    def action_fold(self) -> None:
        """Fold or unfold the block below."""
        block = self.parent
        assert isinstance(block, Disclosure)
        block.is_open = not block.is_open

    def on_click(self, event: events.Click) -> None:
        """Fold or unfold."""
        event.stop()
        self.action_fold()


class Disclosure(Vertical):
    """A title line and the widgets below it, shown while `is_open`."""

    is_open: reactive[bool] = reactive(default=False)

    def __init__(self, title: str, *children: Widget, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._title = title
        self._summary = ""
        self._has_problem = False
        self._body = Vertical(*children, classes="disclosure-body")

    def compose(self) -> ComposeResult:
        yield DisclosureTitle()
        yield self._body

    def sum_up(self, summary: str, *, has_problem: bool) -> None:
        """Set the line that stands for the block while it is folded."""
        self._summary, self._has_problem = summary, has_problem
        self._show_title()

    def watch_is_open(self) -> None:
        """Show or hide the block."""
        self._body.display = self.is_open
        self._show_title()

    def on_mount(self) -> None:
        """Show the title."""
        self._show_title()

    def _show_title(self) -> None:
        if not self.is_attached or not self.children:
            return
        mark = "▾" if self.is_open else "▸"
        problem = " !" if self._has_problem else ""
        title = Content(f"{mark} {self._title}{problem}").stylize("bold")
        rest = Content("" if self.is_open else f"  {self._summary}").stylize("$text-muted")
        self.query_one(DisclosureTitle).update(title + rest)
