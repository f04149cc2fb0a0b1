"""What an import of docker contexts did: which hosts were added, which contexts were left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.host import ImportOutcome


class ImportDialog(Dialog[None]):
    """Lists the outcome; closes by any of its keys."""

    BINDINGS = bindings("imported")
    AUTO_FOCUS = "#import-close"

    def __init__(self, outcome: ImportOutcome) -> None:
        super().__init__()
        self._outcome = outcome

    def compose(self) -> ComposeResult:
        added, skipped = self._outcome.added, self._outcome.skipped
        with Vertical(id="import-frame", classes="dialog"):
            count = f"{len(added)} added, {len(skipped)} skipped"
            yield Static(f"Docker contexts imported: {count}", classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                for line in outcome_lines(self._outcome):
                    yield Static(line, classes="dialog-line", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Close", id="import-close", compact=True)
            yield Static("enter or esc close · ↑ ↓ scroll", classes="dialog-keys", markup=False)

    @on(Button.Pressed, "#import-close")
    def action_close(self) -> None:
        """Back to the hosts."""
        self.dismiss(None)

    def action_scroll_down(self) -> None:
        """Scroll a long list."""
        self.query_one(VerticalScroll).scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll a long list back."""
        self.query_one(VerticalScroll).scroll_relative(y=-1, animate=False)


def outcome_lines(outcome: ImportOutcome) -> list[str]:
    """Each host and each context, a line."""
    # Whether they answer is not known yet; the table tells it in a moment.
    lines = [printable(f"+ {host.name}  {host.address}") for host in outcome.added]
    lines += [printable(f"– {skip.name}: {skip.reason}") for skip in outcome.skipped]
    return lines or ["The account that runs the server has no docker contexts."]
