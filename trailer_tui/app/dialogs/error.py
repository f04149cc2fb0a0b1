"""An error that the user must read: title, cause, what to do."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable, printable_lines


class ErrorDialog(Dialog[None]):
    """Shows one `TrailerError` with every field it names; nothing in it is parsed as markup."""

    BINDINGS = bindings("error")
    AUTO_FOCUS = "#error-close"

    def __init__(self, error: TrailerError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        with Vertical(id="error-frame", classes="dialog -danger"):
            yield Static(f"✖ {printable(self.error.title)}", classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield Static(printable_lines(self.error.cause), classes="dialog-line", markup=False)
                for field in self.error.fields:
                    yield Static(f"• {printable(field.sentence())}", classes="dialog-line", markup=False)
                if self.error.hint:
                    hint = Content(f"→ {printable_lines(self.error.hint)}")
                    yield Static(hint, classes="dialog-line dialog-hint")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Close", id="error-close", compact=True)
            yield Static("enter or esc close · c copy · ↑ ↓ scroll", classes="dialog-keys", markup=False)

    def text(self) -> str:
        """The whole error as plain text, as `c` copies it."""
        lines = [self.error.title, self.error.cause, *(field.sentence() for field in self.error.fields)]
        return "\n".join([*lines, self.error.hint] if self.error.hint else lines)

    @on(Button.Pressed, "#error-close")
    def action_close(self) -> None:
        """Go back to the screen below."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the error."""
        self.app.copy_to_clipboard(self.text())
        self.notify("Error copied", timeout=3)

    def action_scroll_down(self) -> None:
        """Scroll a long cause."""
        self.query_one(VerticalScroll).scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll a long cause back."""
        self.query_one(VerticalScroll).scroll_relative(y=-1, animate=False)
