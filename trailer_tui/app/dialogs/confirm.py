"""A question before something that cannot be undone, or that touches many records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.tick_box import TickBox
from trailer_tui.printable import printable


@dataclass(frozen=True, slots=True)
class ConfirmResult:
    """The answer yes."""

    checked: bool = False
    """Whether the dialog's checkbox was set."""


class ConfirmDialog(Dialog[ConfirmResult | None]):
    """Asks before a dangerous or wide action; the focus starts on Cancel.

    Answers with a `ConfirmResult`, or None when the user thinks better of it.
    """

    BINDINGS = bindings("confirm")
    AUTO_FOCUS = "#confirm-refuse"

    def __init__(
        self,
        title: str,
        body_lines: Sequence[str | Content],
        *,
        confirm_label: str,
        refuse_label: str = "Cancel",
        danger: bool = True,
        checkbox: str | None = None,
        typed_name: str | None = None,
    ) -> None:
        """
        Args:
            title: what is asked, in a few words.
            body_lines: what goes, how many, how large; strings are shown literally.
            confirm_label: the word on the button that does it.
            refuse_label: the word on the other one.
            danger: whether that button warns by its colour.
            checkbox: label of an additional choice, off at first.
            typed_name: text that has to be typed before the button works.
        """
        super().__init__()
        self._title = title
        self._body_lines = [line if isinstance(line, Content) else Content(printable(line)) for line in body_lines]
        self._confirm_label = confirm_label
        self._refuse_label = refuse_label
        self._danger = danger
        self._checkbox_label = checkbox
        self._typed_name = typed_name

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm-frame", classes="dialog -danger" if self._danger else "dialog"):
            yield Static(printable(self._title), classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                for line in self._body_lines:
                    yield Static(line, classes="dialog-line")
            if self._checkbox_label is not None:
                yield TickBox(Content(self._checkbox_label), id="confirm-checkbox", compact=True)
            if self._typed_name is not None:
                prompt = f"Type {printable(self._typed_name)} to go on"
                yield Static(prompt, classes="dialog-line", markup=False)
                yield Input(id="confirm-name", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content(self._refuse_label), id="confirm-refuse", compact=True)
                yield Button(
                    Content(self._confirm_label),
                    id="confirm-accept",
                    variant="error" if self._danger else "primary",
                    disabled=self._typed_name is not None,
                    compact=True,
                )
            yield Static(self._key_line(), classes="dialog-keys", markup=False)

    def _key_line(self) -> str:
        keys = ["tab move", "enter choose", f"esc {self._refuse_label.lower()}"]
        if self._typed_name is None:
            keys.insert(0, f"y {self._confirm_label.lower()}")
        if self._checkbox_label is not None:
            keys.insert(1, "x tick")
        return " · ".join(keys)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "toggle_checkbox":
            return self._checkbox_label is not None
        if action == "accept":
            return self._typed_name is None or self._name_is_typed()
        return True

    @on(Input.Changed, "#confirm-name")
    def compare_name(self) -> None:
        """The button works once the name is there."""
        self.query_one("#confirm-accept", Button).disabled = not self._name_is_typed()

    @on(Input.Submitted, "#confirm-name")
    def submit_name(self) -> None:
        """Enter after the whole name confirms."""
        if self._name_is_typed():
            self.action_accept()

    def _name_is_typed(self) -> bool:
        return self.query_one("#confirm-name", Input).value.strip() == self._typed_name

    @on(Button.Pressed, "#confirm-accept")
    def action_accept(self) -> None:
        """Answer yes."""
        boxes = self.query(TickBox)
        self.dismiss(ConfirmResult(checked=bool(boxes) and boxes.first().value))

    @on(Button.Pressed, "#confirm-refuse")
    def action_refuse(self) -> None:
        """Answer no."""
        self.dismiss(None)

    def action_toggle_checkbox(self) -> None:
        """Set or clear the additional choice."""
        self.query_one("#confirm-checkbox", TickBox).toggle()

    def action_next_choice(self) -> None:
        """Focus the next button."""
        self.focus_next()

    def action_previous_choice(self) -> None:
        """Focus the button before."""
        self.focus_previous()
