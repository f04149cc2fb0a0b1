"""How the parts of a log line look, as the theme says."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style

from trailer_tui.app.log.escapes import PLAIN, Colours
from trailer_tui.app.log.escapes import Colour as ColourValue
from trailer_tui.model.log import STREAM_ERROR, STREAM_TRAILER

if TYPE_CHECKING:
    from textual.widget import Widget

COMPONENTS = {
    "log-view--gutter",
    "log-view--error",
    "log-view--remark",
    "log-view--note",
    "log-view--match",
    "log-view--current",
    "log-view--selected",
}


class LogStyles:
    """The styles of one view; made anew when the theme changes."""

    def __init__(self, widget: Widget) -> None:
        self.base = widget.rich_style
        self.gutter = widget.get_component_rich_style("log-view--gutter")
        self.note = widget.get_component_rich_style("log-view--note")
        self.match = widget.get_component_rich_style("log-view--match", partial=True)
        self.current = widget.get_component_rich_style("log-view--current", partial=True)
        self.selected = widget.get_component_rich_style("log-view--selected", partial=True)
        self._streams = {
            STREAM_ERROR: widget.get_component_rich_style("log-view--error"),
            STREAM_TRAILER: widget.get_component_rich_style("log-view--remark"),
        }

    def stream(self, stream: str) -> Style:
        """The style of a line of that stream."""
        return self._streams.get(stream, self.base)


@lru_cache(maxsize=1024)
def style_of(colours: Colours) -> Style:
    """The colours that a program printed, to be laid over a base style."""
    if colours == PLAIN:
        return Style.null()
    return Style(
        color=_colour(colours.foreground),
        bgcolor=_colour(colours.background),
        bold=colours.bold or None,
        dim=colours.dim or None,
        italic=colours.italic or None,
        underline=colours.underline or None,
        reverse=colours.reverse or None,
        strike=colours.strike or None,
    )


def _colour(value: ColourValue | None) -> Color | None:
    if value is None:
        return None
    return Color.from_ansi(value) if isinstance(value, int) else Color.from_rgb(*value)
