"""The line of tabs on the details screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget


class DetailTabs(Widget):
    """Numbered tabs in one line; a click opens one."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"detail-tabs--active", "detail-tabs--tab"}

    @dataclass
    class Chosen(Message):
        """The user wants another tab."""

        tab: str

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        """
        Args:
            tabs: (id, title) pairs in order.
        """
        super().__init__()
        self._tabs = list(tabs)
        self._active = ""
        self._spans: list[tuple[int, int, str]] = []

    def show(self, tabs: Sequence[tuple[str, str]], active: str) -> None:
        """Show these tabs, one of them open."""
        self._tabs, self._active = list(tabs), active
        self.refresh()

    def render(self) -> Content:
        """The tabs; where there is no room for all titles, only the numbers of the closed ones."""
        narrow = sum(len(title) + 5 for _, title in self._tabs) > self.size.width
        parts: list[Content] = []
        self._spans, x = [], 0
        for number, (tab, title) in enumerate(self._tabs, 1):
            active = tab == self._active
            style = self.get_visual_style(f"detail-tabs--{'active' if active else 'tab'}")
            shown = f"{number}" if narrow and not active else f"{number} {title}"
            text = f"[{shown}] " if active else f" {shown}  "
            parts.append(Content.styled(text, style))
            self._spans.append((x, x + len(text), tab))
            x += len(text)
        return Content("").join(parts)

    def on_click(self, event: Click) -> None:
        """Open the tab under the pointer."""
        for start, end, tab in self._spans:
            if start <= event.x < end:
                self.post_message(self.Chosen(tab))
