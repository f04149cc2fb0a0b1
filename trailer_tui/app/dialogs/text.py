"""Text to read, above a screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.text_line import TextLine
from trailer_tui.app.widgets.text_lines import TextLines
from trailer_tui.printable import printable


class TextDialog(Dialog[None]):
    """Shows lines that can be scrolled."""

    BINDINGS = bindings("text_dialog")
    AUTO_FOCUS = "TextLines"

    def __init__(self, title: str, lines: Sequence[str], *, note: str = "") -> None:
        """
        Args:
            title: what it is.
            lines: shown literally.
            note: one line below.
        """
        super().__init__()
        self._title = title
        self._lines = [TextLine(line) for line in lines]
        self._note = note

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(printable(self._title), classes="dialog-title", markup=False)
            yield TextLines()
            yield Static(printable(self._note), classes="dialog-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Close", id="text-close", variant="primary", compact=True)
            yield Static("↑ ↓ scroll · esc close", classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Show the lines."""
        self.query_one(TextLines).show(self._lines)

    @on(Button.Pressed)
    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
