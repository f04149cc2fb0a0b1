"""An input with known values to choose from; anything else can be typed too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester, SuggestFromList
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from trailer_tui.app.actions import bindings
from trailer_tui.app.widgets.form.line_input import LineInput


class SuggestedInput(LineInput):
    """Completes what is typed (right arrow takes it); the down arrow opens the list."""

    BINDINGS = bindings("input")

    @dataclass
    class ListWanted(Message):
        """The user wants to see the known values."""

    def __init__(self, known: Sequence[str], *, suggester: Suggester | None = None, **options: Any) -> None:
        """
        Args:
            known: values that complete what is typed.
            suggester: completes in another way.
            options: of the input.
        """
        super().__init__(suggester=suggester or SuggestFromList(known, case_sensitive=False), **options)

    def action_open_list(self) -> None:
        """Show the known values."""
        self.post_message(self.ListWanted())


class SuggestionList(Vertical):
    """The known values below an input, shown on demand."""

    BINDINGS = bindings("suggestions")

    @dataclass
    class Taken(Message):
        """The user chose a value."""

        value: str

    @dataclass
    class Closed(Message):
        """The user wants back to the input."""

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        """
        Args:
            known: (value, what it is) pairs.
        """
        super().__init__()
        self._known = list(known)

    def compose(self) -> ComposeResult:
        yield OptionList(*self._options(), compact=True)

    def _options(self) -> list[Option]:
        width = max((len(value) for value, _ in self._known), default=0)
        return [Option(Content(f"{value:<{width}}  {what}")) for value, what in self._known]

    def on_mount(self) -> None:
        """Wait until asked for."""
        self.display = False

    @property
    def has_values(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self._known)

    def set_known(self, known: Sequence[tuple[str, str]]) -> None:
        """Offer other values."""
        self._known = list(known)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options())

    def open_at(self, value: str) -> None:
        """Show the list with the cursor on the first value that starts as `value` does."""
        starts = [index for index, (known, _) in enumerate(self._known) if known.startswith(value)]
        self.display = True
        options = self.query_one(OptionList)
        options.highlighted = starts[0] if starts else 0
        options.focus()

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Hand the value over and fold away."""
        event.stop()
        self.display = False
        self.post_message(self.Taken(self._known[event.option_index][0]))

    def action_close(self) -> None:
        """Fold away."""
        self.display = False
        self.post_message(self.Closed())
