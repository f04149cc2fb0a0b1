"""Asks where a log is to be saved."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.printable import printable


class SaveLogDialog(Dialog[Path | None]):
    """Answers with the path to write, or None. A file that exists is named before it is replaced."""

    BINDINGS = bindings("save_log")
    AUTO_FOCUS = "#save-path"

    def __init__(self, proposal: str, amount: str) -> None:
        """
        Args:
            proposal: the path to start with.
            amount: how large the log is, in words.
        """
        super().__init__()
        self._proposal = proposal
        self._amount = amount
        self._confirmed: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Save the whole log", classes="dialog-title", markup=False)
            yield Static(f"{self._amount}, as text, to this file:", classes="dialog-line", markup=False)
            yield Input(self._proposal, id="save-path", compact=True, select_on_focus=False)
            yield Static("", id="save-problem", classes="dialog-line dialog-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="save-cancel", compact=True)
                yield Button("Save", id="save-accept", variant="primary", compact=True)
            yield Static("enter save · esc cancel", classes="dialog-keys", markup=False)

    @on(Input.Changed)
    def forget_problem(self) -> None:
        """Another path, another answer."""
        self._confirmed = None
        self.query_one("#save-problem", Static).update("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#save-accept")
    def accept(self) -> None:
        """Answer with the path, if it can be written."""
        try:
            path = Path(self.query_one(Input).value.strip() or ".").expanduser()
            problem = self._problem(path)
        except (OSError, RuntimeError, ValueError) as error:  # no such account, or no path that can be
            problem = str(error)
        if problem:
            self.query_one("#save-problem", Static).update(Content(printable(problem)))
        else:
            self.dismiss(path)

    def _problem(self, path: Path) -> str:
        if path.is_dir():
            return f"{path} is a folder: add a file name"
        if not path.parent.is_dir():
            return f"there is no folder {path.parent}"
        if path.exists() and path != self._confirmed:
            self._confirmed = path
            return f"{path} exists: enter again replaces it"
        return ""

    @on(Button.Pressed, "#save-cancel")
    def action_cancel(self) -> None:
        """Save nothing."""
        self.dismiss(None)
