"""The smallest Textual app: one line of text, and an echo of each key."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class MinimalApp(App[None]):
    """Shows `ready`, then the keys pressed; `q` quits."""

    def compose(self) -> ComposeResult:
        """One static line."""
        yield Static("ready", id="line")

    def on_key(self, event: Key) -> None:
        """Echo the key, or quit."""
        if event.key == "q":
            self.exit()
        self.query_one("#line", Static).update(f"key {event.key}")


if __name__ == "__main__":
    MinimalApp().run()
