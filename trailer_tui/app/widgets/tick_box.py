"""A checkbox whose state is told by its symbol, not by a colour."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class TickBox(Checkbox):
    """`[ ]` when off, `[x]` when on."""

    def render(self) -> Content:
        """The box and its label."""
        label_style = self.get_visual_style("toggle--label")
        return Content.assemble("[x]" if self.value else "[ ]", self.label.pad(1, 1).stylize_before(label_style))
