"""Pick one of a short list."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.printable import printable


class ChoiceDialog(Dialog[str | None]):
    """A menu; answers with the chosen key, or None."""

    BINDINGS = bindings("choice")

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        *,
        selected: str | None = None,
        refused: Sequence[str] = (),
    ) -> None:
        """
        Args:
            title: what is chosen.
            choices: (key, label) pairs; labels are shown literally.
            selected: the key under the cursor at first.
            refused: labels of what cannot be chosen, each with its reason; they stand below the choices.
        """
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._selected = selected
        self._refused = list(refused)

    def compose(self) -> ComposeResult:
        with Vertical(id="choice-frame", classes="dialog"):
            yield Static(printable(self._title), classes="dialog-title", markup=False)
            yield OptionList(
                *(
                    Option(Content(printable(label)), id=f"choice-{index}")
                    for index, (_, label) in enumerate(self._choices)
                ),
                *(Option(Content(f"✖ {printable(label)}"), disabled=True) for label in self._refused),
                id="choice-list",
                compact=True,
            )
            keys = "↑ ↓ move · enter choose · esc cancel" if self._choices else "nothing can be chosen · esc back"
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Put the cursor on the present choice."""
        keys = [key for key, _ in self._choices]
        index = keys.index(self._selected) if self._selected in keys else 0
        self.query_one(OptionList).highlighted = index if keys else None

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the option under the cursor."""
        self.dismiss(self._choices[event.option_index][0])

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def action_next(self) -> None:
        """Move the cursor down."""
        self.query_one(OptionList).action_cursor_down()

    def action_previous(self) -> None:
        """Move the cursor up."""
        self.query_one(OptionList).action_cursor_up()
