"""The stock log widget: writes as many lines as the first argument says, then shows `done`."""

from __future__ import annotations

import sys

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import RichLog, Static


class RichLogApp(App[None]):
    """A `RichLog` that is filled in batches, so that keys get a turn."""

    BINDINGS = [("q", "quit")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count
        self.written = 0

    def compose(self) -> ComposeResult:
        """The log and a line of state."""
        yield RichLog(max_lines=10_000)
        yield Static("writing", id="state")

    def on_mount(self) -> None:
        """Start writing."""
        self.call_after_refresh(self.write_some)

    def write_some(self) -> None:
        """Write the next thousand lines."""
        log = self.query_one(RichLog)
        for _ in range(min(1000, self.left)):
            self.written += 1
            log.write(Text.from_ansi(str(self.written)))
        self.left -= 1000
        if self.left > 0:
            self.call_later(self.write_some)
        else:
            self.query_one("#state", Static).update("done")


if __name__ == "__main__":
    RichLogApp(int(sys.argv[1])).run()
