"""A one-line text input that takes pasted text of any kind."""

from __future__ import annotations

import re
from typing import Any

from textual import events
from textual.widgets import Input

from trailer_tui.printable import first_control_character

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)


class LineInput(Input):
    """A compact input. Enter moves on; a paste of several lines becomes one line without control characters."""

    def __init__(self, value: str = "", *, proposal: str = "", **options: Any) -> None:
        """
        Args:
            value: what stands there at first.
            proposal: a default that typing replaces: while it stands there, it is selected as soon as the keys come.
            options: of the input.
        """
        super().__init__(value, compact=True, select_on_focus=False, **options)
        self._proposal = proposal

    def _on_focus(self, event: events.Focus) -> None:
        self.select_on_focus = bool(self._proposal) and self.value == self._proposal
        super()._on_focus(event)

    def on_paste(self, event: events.Paste) -> None:
        """Insert what is fit for one line, and say so when that is not all of it."""
        event.prevent_default()
        event.stop()
        line = one_line(event.text)
        start, end = sorted(self.selection)
        self.replace(line, start, end)
        if line != event.text.strip():
            self.notify("Line breaks and control characters were left out of the pasted text", timeout=4)


def one_line(text: str) -> str:
    """`text` as one line: escape sequences and control characters go, line breaks and tabs become spaces."""
    plain = " ".join(_ESCAPE_SEQUENCE.sub("", text).split())
    while found := first_control_character(plain):
        plain = plain[: found[0]] + plain[found[0] + 1 :]
    return plain
