"""The log itself: a window on millions of lines, of which it holds only those on the screen."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.strip import Strip
from textual.widget import Widget

from trailer_tui.app.actions import bindings
from trailer_tui.app.log.line_shape import ShapedLine, shape_line
from trailer_tui.app.log.viewport import Place, Viewport
from trailer_tui.app.widgets.log_strips import Gutter, Span, body_strip, match_spans, windowed, wrapped
from trailer_tui.app.widgets.log_styles import COMPONENTS, LogStyles

if TYPE_CHECKING:
    from textual.selection import Selection

    from trailer_tui.app.log.contents import LogContents
    from trailer_tui.app.log.line_runs import LineRuns

_CACHED_LINES = 1024
_WHEEL_LINES = 3
COPIED_LINES = 20_000
"""Lines of a selection that are copied at most."""


class LogView(ScrollView, can_focus=True):
    """Shows `LogContents`: follows the end until the user moves, wraps or scrolls sideways, highlights matches."""

    BINDINGS = bindings("log")
    COMPONENT_CLASSES = COMPONENTS

    class Moved(Message):
        """Another part is shown, or following began or ended."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest counts."""
            return isinstance(message, LogView.Moved)

    class BeforeStart(Message):
        """Lines are looked at that were not fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.contents: LogContents | None = None
        self.follow = True
        """Whether new lines keep the view at the end."""
        self.wrap = False
        self.margin_shown = Gutter()
        self.column = 0
        """First column shown, when not wrapped."""
        self.current: int | None = None
        """Line number of the current match."""
        self.empty_note = ""
        """What is said in place of lines when there is none."""
        self._marked: list[tuple[re.Pattern[str], LineRuns]] = []
        self._place = Place(0)
        self._end_when_stopped = 0
        self._anchor: int | None = None
        """Line number to keep on top while a filter has not come so far yet."""
        self._strips: OrderedDict[int, tuple[str, list[Strip]]] = OrderedDict()
        self._shown: list[Place] | None = None
        self._palette: LogStyles | None = None

    # What is shown

    @property
    def rows(self) -> int:
        """Rows there are."""
        return self.contents.rows if self.contents is not None else 0

    @property
    def shown_rows(self) -> tuple[int, int]:
        """First and last row on the screen, counted from 1; zeros when there is none."""
        shown = self._places()
        return (shown[0].row + 1, shown[-1].row + 1) if shown else (0, 0)

    @property
    def new_rows(self) -> int:
        """Rows that came since following stopped."""
        if self.follow or self.contents is None:
            return 0
        return max(0, self.rows - self.contents.row_of(self._end_when_stopped))

    def show(self, contents: LogContents | None) -> None:
        """Show another log, from its end."""
        self.contents = contents
        self.follow, self.column, self.current, self._anchor = True, 0, None, None
        self._place = Place(0)
        self._forget()
        self.grown()

    def grown(self) -> None:
        """There are more rows, or they can be read now."""
        if self.follow:
            place = self._viewport().last()
            if place != self._place or not self._is_full():
                self._place = place
                self._shown = None
                self.refresh()
        elif self._anchor is not None and self.contents is not None:
            self._place = self._viewport().bounded(Place(self.contents.row_of(self._anchor)))
            self._shown = None
            self.refresh()
            if self.contents.filter is None or self.contents.filter.scanned > self._anchor:
                self._anchor = None
        elif not self._is_full():
            self._shown = None
            self.refresh()
        self._mirror()
        self.post_message(self.Moved())

    def rearranged(self, top: int | None) -> None:
        """Other lines are shown than before; line number `top` stays on top as far as possible."""
        self._anchor = top
        self._redraw()
        self.grown()

    def replaced(self) -> None:
        """The same lines are read from another file: what stood for lines not fetched is drawn anew."""
        self._redraw()
        self.grown()

    @property
    def top_number(self) -> int | None:
        """Line number of the first line on the screen."""
        if self.contents is None or not self.contents.rows:
            return None
        return self.contents.number(min(self._place.row, self.contents.rows - 1))

    def highlight(self, marked: list[tuple[re.Pattern[str], LineRuns]]) -> None:
        """Mark what matches each pattern, in the lines that are known to match it: there it has proved quick."""
        if marked or self._marked:
            self._marked = marked
            self._redraw()

    def set_gutter(self, gutter: Gutter) -> None:
        """Show other things before each line."""
        if gutter != self.margin_shown:
            self.margin_shown = gutter
            self._redraw()
            self._move_to(self._viewport().bounded(self._place))

    def shown_text(self) -> str:
        """The lines on the screen as text."""
        rows = list(dict.fromkeys(place.row for place in self._places()))
        return "\n".join(self._text(row) for row in rows)

    # Moving

    def go_to(self, number: int) -> None:
        """Bring a line on the screen and make it the current match."""
        if self.contents is None:
            return
        self.current = number
        row = self.contents.row_of(number)
        first, last = self.shown_rows
        if not first <= row + 1 <= last:
            self._move_to(self._viewport().bounded(Place(max(0, row - self._height // 3))))
        self._redraw()
        self._stop_following()
        self.post_message(self.Moved())

    def set_follow(self, follow: bool) -> None:
        """Follow the end from now on, or stop."""
        if follow:
            self.follow = True
            self._move_to(self._viewport().last())
            self.post_message(self.Moved())
        else:
            self._stop_following()

    def set_wrap(self, wrap: bool) -> None:
        """Break long lines, or let them run off the edge."""
        self.wrap = wrap
        self.column = 0
        self._redraw()
        viewport = self._viewport()
        self._move_to(viewport.last() if self.follow else viewport.bounded(Place(self._place.row)))

    def scroll_lines(self, lines: int) -> None:
        """Move by screen lines; moving up stops following, reaching the end by moving down resumes nothing."""
        if lines < 0:
            self._stop_following()
        self._move_to(self._viewport().move(self._place, lines))
        self.post_message(self.Moved())

    def action_line_down(self) -> None:
        """One line down."""
        self.scroll_lines(1)

    def action_line_up(self) -> None:
        """One line up."""
        self.scroll_lines(-1)

    def action_page_down(self) -> None:
        """One page down, with a line of overlap."""
        self.scroll_lines(max(1, self._height - 1))

    def action_page_up(self) -> None:
        """One page up, with a line of overlap."""
        self.scroll_lines(-max(1, self._height - 1))

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self.scroll_lines(max(1, self._height // 2))

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self.scroll_lines(-max(1, self._height // 2))

    def action_start(self) -> None:
        """To the first line."""
        self._stop_following()
        self._move_to(Place(0))
        self.post_message(self.Moved())

    def action_end(self) -> None:
        """To the last line, and follow."""
        self.set_follow(True)

    def action_right(self) -> None:
        """Half a screen to the right."""
        if not self.wrap:
            widest = max((strip.cell_length for place in self._places() for strip in self._drawn(place.row)), default=0)
            step = max(1, self._body_width // 2)
            self._go_to_column(min(self.column + step, max(0, widest - self._body_width + 1)))

    def action_left(self) -> None:
        """Half a screen to the left."""
        if not self.wrap:
            self._go_to_column(max(0, self.column - max(1, self._body_width // 2)))

    def _go_to_column(self, column: int) -> None:
        if column != self.column:
            self.column = column
            self.refresh()

    def _stop_following(self) -> None:
        if self.follow:
            self.follow = False
            self._end_when_stopped = self.contents.index.end if self.contents is not None else 0
            self.post_message(self.Moved())

    def _move_to(self, place: Place) -> None:
        self._anchor = None
        if place != self._place:
            self._place = place
            self._shown = None
            self.refresh()
        self._mirror()
        first = self.contents.index.first_line if self.contents is not None else 0
        if first and not self.follow and self._place.row < first:
            self.post_message(self.BeforeStart())

    # The scroll bar and the wheel

    def _mirror(self) -> None:
        """Let the scroll bar tell where the view stands."""
        height = self.rows + (self._height - 1 if self.wrap else 0)
        if self.virtual_size.height != height:
            self.set_reactive(Widget.virtual_size, Size(self.size.width, height))
            self.vertical_scrollbar.window_virtual_size = height
        self.scroll_y = self._place.row

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The view moves by itself; Textual's own scrolling only moves the bar."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value

    def _on_scroll_to(self, message: ScrollTo) -> None:
        message.stop().prevent_default()
        if message.y is not None and round(message.y) != self._place.row:
            self._stop_following()
            self._move_to(self._viewport().bounded(Place(round(message.y))))
            self.post_message(self.Moved())

    def _on_scroll_up(self, event: ScrollUp) -> None:
        event.stop().prevent_default()
        self.action_page_up()

    def _on_scroll_down(self, event: ScrollDown) -> None:
        event.stop().prevent_default()
        self.action_page_down()

    def _on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop().prevent_default()
        if event.shift or event.ctrl:
            self.action_right()
        else:
            self.scroll_lines(_WHEEL_LINES)

    def _on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop().prevent_default()
        if event.shift or event.ctrl:
            self.action_left()
        else:
            self.scroll_lines(-_WHEEL_LINES)

    def _on_resize(self, event: Resize) -> None:
        self._redraw()
        viewport = self._viewport()
        self._move_to(viewport.last() if self.follow else viewport.bounded(self._place))
        self.post_message(self.Moved())

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._palette = None
        self._redraw()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        styles = self._look()
        shown = self._places()
        if y >= len(shown):
            note = "" if shown or y or self.contents is None else f"  {self.empty_note}"
            return Strip([Segment(note, styles.note)]).crop_extend(0, self.size.width, styles.base)
        place = shown[y]
        gutter, drawn = self._gutter_and_drawn(place.row)
        strip = drawn[min(place.part, len(drawn) - 1)]
        if self.wrap:
            strip = strip.extend_cell_length(self._body_width, styles.base)
        else:
            strip = windowed(strip, self.column, self._body_width, base=styles.base, edge=styles.note)
        if place.part:
            gutter = " " * self.margin_shown.width
        return Strip.join([Strip([Segment(gutter, styles.gutter)], self.margin_shown.width), strip])

    @property
    def _height(self) -> int:
        return max(1, self.size.height)

    @property
    def _body_width(self) -> int:
        return max(8, self.scrollable_content_region.width - self.margin_shown.width)

    def _look(self) -> LogStyles:
        if self._palette is None:
            self._palette = LogStyles(self)
        return self._palette

    def _viewport(self) -> Viewport:
        return Viewport(self.rows, self._height, self._parts)

    def _parts(self, row: int) -> int:
        return len(self._drawn(row)) if self.wrap else 1

    def _places(self) -> list[Place]:
        if self._shown is None:
            self._shown = self._viewport().shown(self._place)
        return self._shown

    def _is_full(self) -> bool:
        return len(self._places()) >= self._height

    def _forget(self) -> None:
        self._strips.clear()
        self._shown = None

    def _redraw(self) -> None:
        self._forget()
        self.refresh()

    def _shaped(self, row: int) -> ShapedLine | None:
        if self.contents is None:
            return None
        raw = self.contents.line(self.contents.number(row))
        return None if raw is None else shape_line(raw)

    def _text(self, row: int) -> str:
        line = self._shaped(row)
        return line.text if line else ""

    def _drawn(self, row: int) -> list[Strip]:
        """The screen lines of a row."""
        return self._gutter_and_drawn(row)[1]

    def _gutter_and_drawn(self, row: int) -> tuple[str, list[Strip]]:
        assert self.contents is not None
        number = self.contents.number(row)
        found = self._strips.get(number)
        if found is not None:
            self._strips.move_to_end(number)
            return found
        styles = self._look()
        line = self._shaped(row)
        if line is None:
            return " " * self.margin_shown.width, [Strip([Segment("… not read yet", styles.note)])]
        strip = body_strip(line, styles, self._spans(row, number, line, styles)).apply_offsets(0, row)
        drawn = wrapped(strip, self._body_width) if self.wrap else [strip]
        found = self._strips[number] = (self.margin_shown.text(line), drawn)
        if len(self._strips) > _CACHED_LINES:
            self._strips.popitem(last=False)
        return found

    def _spans(self, row: int, number: int, line: ShapedLine, styles: LogStyles) -> list[Span]:
        style = styles.current if number == self.current else styles.match
        patterns = [pattern for pattern, found in self._marked if number in found]
        spans = match_spans(line.text, patterns, style) if patterns else []
        selection = self.text_selection
        if selection is not None and (chosen := selection.get_span(row)) is not None:
            start, end = chosen
            spans.append((start, len(line.text) if end == -1 else end, styles.selected))
        return spans

    # Selecting with the mouse

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self._redraw()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, at most `COPIED_LINES` lines."""
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else self.rows - 1, self.rows - 1, first + COPIED_LINES - 1)
        texts: list[str] = []
        for row in range(first, last + 1):
            text = self._text(row)
            start, end = selection.get_span(row) or (0, -1)
            texts.append(text[start : None if end == -1 else end])
        return "\n".join(texts), "\n"
