"""Somebody else saved first: what differs, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.form.differences import Difference

Answer = Literal["rebase", "reload"]


class ConflictDialog(Dialog[Answer | None]):
    """Shows each differing field as mine and stored; the focus is on Back, which changes nothing."""

    BINDINGS = bindings("conflict")
    AUTO_FOCUS = "#conflict-close"

    def __init__(self, found: Sequence[Difference], *, title: str) -> None:
        """
        Args:
            found: the fields that differ.
            title: what was stored meanwhile, and when if that is known.
        """
        super().__init__()
        self._found = list(found)
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -danger"):
            yield Static(self._title, classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                if not self._found:
                    yield Static("What is stored now is what you have here.", classes="dialog-line")
                for difference in self._found:
                    yield Static(_shown(difference), classes="dialog-line conflict-difference")
            yield Static(
                "Edit on keeps what you changed and takes the rest from what is stored; ▸ marks which. "
                "Nothing is saved yet.",
                classes="dialog-keys",
            )
            with Horizontal(classes="dialog-buttons"):
                yield Button("Back", id="conflict-close", compact=True)
                yield Button("Take theirs", id="conflict-reload", variant="error", compact=True)
                yield Button("Edit on", id="conflict-rebase", variant="primary", compact=True)
            yield Static("e edit on · t take theirs · esc back · ↑ ↓ scroll", classes="dialog-keys", markup=False)

    @on(Button.Pressed, "#conflict-rebase")
    def action_rebase(self) -> None:
        """Keep my changes on top of theirs."""
        self.dismiss("rebase")

    @on(Button.Pressed, "#conflict-reload")
    def action_reload(self) -> None:
        """Drop my changes."""
        self.dismiss("reload")

    @on(Button.Pressed, "#conflict-close")
    def action_close(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def action_scroll_down(self) -> None:
        """Scroll the differences."""
        self.query_one(VerticalScroll).scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll the differences back."""
        self.query_one(VerticalScroll).scroll_relative(y=-1, animate=False)


def _shown(difference: Difference) -> Content:
    mine_mark, stored_mark = ("▸", " ") if difference.mine_is_kept else (" ", "▸")
    title = Content(difference.field.label).stylize("bold")
    lines = difference.lines()
    if lines:
        which = "mine" if difference.mine_is_kept else "stored"
        shown = [Content(f"\n  {printable(line)}").stylize(_diff_style(line)) for line in lines]
        return Content.assemble(title, f"  ▸ {which}  (- stored, + mine)", *shown)
    return Content.assemble(
        title,
        f"\n {mine_mark} mine    {printable(difference.mine) or '(empty)'}",
        f"\n {stored_mark} stored  {printable(difference.stored) or '(empty)'}",
    )


def _diff_style(line: str) -> str:
    return {"+": "$text-success", "-": "$text-error", "@": "$text-muted"}.get(line[:1], "")
