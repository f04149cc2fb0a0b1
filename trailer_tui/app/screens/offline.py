"""What stands there when no server answers and none could be started."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import LeavesOnce
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable, printable_lines


class OfflineScreen(LeavesOnce[None]):
    """Title, cause, hint, and the keys to try again or leave."""

    BINDINGS = bindings("offline")

    def __init__(self, error: TrailerError, retry: Callable[[], None]) -> None:
        """
        Args:
            error: why there is no server.
            retry: tries again; the screen goes when that works.
        """
        super().__init__()
        self._error = error
        self._try_again = retry

    def compose(self) -> ComposeResult:
        with Vertical(id="offline-frame"):
            yield Static(f"✖ {printable(self._error.title)}", id="offline-title", markup=False)
            yield Static(printable_lines(self._error.cause), id="offline-cause", markup=False)
            yield Static(printable_lines(self._error.hint), id="offline-hint", markup=False)
            yield Static("r tries again · q quits · c copies this", id="offline-keys", markup=False)
        yield ActionFooter()

    def show(self, error: TrailerError) -> None:
        """Another attempt failed."""
        self._error = error
        self.query_one("#offline-title", Static).update(f"✖ {printable(error.title)}")
        self.query_one("#offline-cause", Static).update(printable_lines(error.cause))
        self.query_one("#offline-hint", Static).update(printable_lines(error.hint))

    def say(self, text: str) -> None:
        """What the present attempt waits for."""
        self.query_one("#offline-title", Static).update(f"… {printable(text)}")

    def action_retry(self) -> None:
        """Try again."""
        self.say("looking for the server")
        self._try_again()

    def action_copy(self) -> None:
        """Copy the error."""
        self.app.copy_to_clipboard("\n".join([self._error.title, self._error.cause, self._error.hint]))
        self.notify("Error copied", timeout=3)
