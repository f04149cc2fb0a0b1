"""Read-only lines of text: facts, a Dockerfile, a difference. Never parsed as markup, cut only with an arrow."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from trailer_tui.app.actions import bindings
from trailer_tui.app.text_line import TextLine
from trailer_tui.app.widgets.log_strips import windowed
from trailer_tui.printable import printable


class TextLines(ScrollView, can_focus=True):
    """Shows lines; the keys scroll."""

    BINDINGS = bindings("text")
    COMPONENT_CLASSES = {
        "text-lines--heading",
        "text-lines--muted",
        "text-lines--added",
        "text-lines--removed",
        "text-lines--problem",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.lines: list[TextLine] = []
        self._column = 0

    def show(self, lines: Sequence[TextLine]) -> None:
        """Show other lines, from the same place on."""
        shown = [line._replace(text=printable(line.text.expandtabs(8))) for line in lines]
        if shown == self.lines:
            return
        self.lines = shown
        self._column = 0
        self.virtual_size = Size(self.size.width, len(self.lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        at = y + self.scroll_offset.y
        base = self.rich_style
        if not 0 <= at < len(self.lines):
            return Strip.blank(width, base)
        line = self.lines[at]
        muted = self.get_component_rich_style("text-lines--muted")
        style = base if line.kind == "plain" else self.get_component_rich_style(f"text-lines--{line.kind}")
        lead = Strip([Segment(line.lead, muted)])
        room = max(2, width - lead.cell_length)
        text = windowed(Strip([Segment(line.text, style)]), self._column, room, base=base, edge=muted)
        return Strip.join([lead, text])

    def action_down(self) -> None:
        """One line down."""
        self.scroll_relative(y=1, animate=False)

    def action_up(self) -> None:
        """One line up."""
        self.scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        """One page down."""
        self.scroll_relative(y=max(1, self.size.height - 1), animate=False)

    def action_page_up(self) -> None:
        """One page up."""
        self.scroll_relative(y=-max(1, self.size.height - 1), animate=False)

    def action_start(self) -> None:
        """To the first line."""
        self.scroll_to(y=0, animate=False)

    def action_end(self) -> None:
        """To the last line."""
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def action_right(self) -> None:
        """Half a screen to the right."""
        width = self.scrollable_content_region.width
        longest = max((len(line.lead) + len(line.text) for line in self.lines), default=0)
        self._column = min(self._column + width // 2, max(0, longest - width + 1))
        self.refresh()

    def action_left(self) -> None:
        """Half a screen to the left."""
        self._column = max(0, self._column - self.scrollable_content_region.width // 2)
        self.refresh()
