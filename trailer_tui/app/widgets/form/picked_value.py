"""A control that shows what was picked and opens the dialog in which it is picked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from trailer_tui.app.actions import bindings
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.form.fields import Value
    from trailer_tui.app.screens.leaving import Dialog


class PickedValue(Widget, can_focus=True):
    """`German (de) ▾`: enter, space or ↓ opens the list of what can be picked."""

    BINDINGS = bindings("picked")

    picked: reactive[Value] = reactive("", init=False)
    """What was picked: a code, or a tuple of ids."""

    @dataclass
    class Changed(Message):
        """The user picked something else."""

        control_widget: PickedValue
        picked: Value

        @property
        def control(self) -> PickedValue:
            """The control."""
            return self.control_widget

    def __init__(
        self,
        picked: Value,
        words: Callable[[Value], str],
        make_dialog: Callable[[Value], Dialog[Value] | None],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """
        Args:
            picked: what is picked at first.
            words: what to show for a value.
            make_dialog: gives the dialog that answers with another value, or with None; None while there is no choice.
            id: of the widget.
        """
        super().__init__(id=id)
        self._words = words
        self._make_dialog = make_dialog
        self.set_reactive(PickedValue.picked, picked)

    def render(self) -> Content:
        """The value in words."""
        return Content(f"{printable(self._words(self.picked))} ▾")

    def watch_picked(self, picked: Value) -> None:
        """Tell whoever listens."""
        self.post_message(self.Changed(self, picked))

    def show_again(self) -> None:
        """What is known of the value may have changed."""
        self.refresh(layout=True)

    def action_open(self) -> None:
        """Open the list."""
        dialog = self._make_dialog(self.picked)
        if dialog is not None:
            self.app.push_screen(dialog, self._take)

    def on_click(self, event: events.Click) -> None:
        """Open the list."""
        event.stop()
        self.action_open()

    def _take(self, picked: Value) -> None:
        if picked is not None:
            self.picked = picked
