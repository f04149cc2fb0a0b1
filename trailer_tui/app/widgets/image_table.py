"""The images table: draws only the lines on the screen, whatever the number of records."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from trailer_tui.app.actions import bindings
from trailer_tui.app.records.columns import IMAGES, MARK_WIDTH, Column, Layout, lay_out
from trailer_tui.app.records.fitting import fit
from trailer_tui.app.records.image_list import ImageList
from trailer_tui.app.records.queue_places import QueuePlaces
from trailer_tui.app.records.row_drawing import (
    RowState,
    RowStyles,
    age_of,
    draw_placeholder,
    draw_row,
    draw_second_line,
)
from trailer_tui.app.records.row_styles import COMPONENT_CLASSES, row_styles
from trailer_tui.model.rows import ImageOrder, ImageRow

TWO_LINE_HEIGHT = 12
"""Rows show their creator below the name in tables of at least this height, where the width allows."""

SCROLLBAR_WIDTH = 1
"""Kept free, as the stylesheet says, whether there is a scrollbar or not."""

AGE_SECONDS = 10.0
"""Between two looks at whether a visible `Last update` reads differently."""


class ImageTable(ScrollView, can_focus=True):
    """Shows an `ImageList`. Knows nothing of the server: it asks for rows by a message and is told what changed."""

    BINDINGS = bindings("table")
    COMPONENT_CLASSES = COMPONENT_CLASSES
    ALLOW_SELECT = False

    @dataclass
    class RowsWanted(Message):
        """Rows on or near the screen have to be fetched."""

        ids: list[int]

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ImageTable.RowsWanted)

    @dataclass
    class CursorChanged(Message):
        """The cursor is on another record, or that record reads differently."""

        row: ImageRow | None

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ImageTable.CursorChanged)

    class MarksChanged(Message):
        """A record was marked or unmarked."""

    class Opened(Message):
        """A record was opened with the mouse."""

    def __init__(self, *, clock: Callable[[], float] = time.time, layout: Layout = IMAGES) -> None:
        """
        Args:
            clock: seconds since the epoch, for `Last update`.
            layout: which columns there are.
        """
        super().__init__()
        self.list = ImageList()
        self.places = QueuePlaces()
        self._clock = clock
        self._layout_of_columns = layout
        self._viewport = Size(0, 0)
        self._row_height = 1
        self._columns: tuple[Column, ...] = ()
        self._empty_lines: Sequence[str] = ()
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(2048)
        self._styles: dict[str, RowStyles] = {}
        self._told: tuple[int | None, ImageRow | None] = (None, None)
        self._ages: dict[int, str] = {}

    # What the owner tells the table

    def show_order(self, order: ImageOrder) -> None:
        """Take a new order; the cursor stays on its record, and its record on its line of the screen."""
        top, line = self._top(), self.list.cursor - self._top()
        self.list.show(order)
        self._resize_content()
        if top > 0 or not self._is_visible(self.list.cursor):
            self.scroll_to(y=(self.list.cursor - line) * self._row_height, animate=False)
            self._scroll_to_cursor()
        self.refresh()
        self._after_change()

    def rows_near(self, order: ImageOrder) -> list[int]:
        """The ids on the screen once `order` is shown, of rows that are not here yet."""
        home = self.list.home
        visible = self._visible_count()
        first = self._top()
        if home is not None and home not in order.ids[first : first + visible].tolist():
            ids = order.ids.tolist()
            first = max(0, ids.index(home) - visible) if home in ids else 0
        return self.list.rows.missing(order.ids[first : first + 2 * visible].tolist())

    def take_rows(self, rows: Sequence[ImageRow]) -> None:
        """Rows that were fetched or that changed; only their lines are drawn again."""
        changed = {row.id for row in rows if self.list.rows.put(row)}
        if changed:
            self._refresh_rows(changed)
        self._tell_cursor()

    def places_changed(self, image_ids: set[int]) -> None:
        """Queued builds of these images moved up, down or out of their queues."""
        if image_ids:
            self._refresh_rows(image_ids)

    def remove_row(self, image_id: int) -> None:
        """A record is gone."""
        was_marked = image_id in self.list.marks
        self.list.remove(image_id)
        if was_marked:
            self.post_message(self.MarksChanged())

    def select(self, image_id: int) -> None:
        """Put the cursor on a record, now or as soon as it is in the order."""
        self.list.prefer(image_id)
        self._scroll_to_cursor()
        self.refresh()
        self._after_change()

    def explain_empty(self, lines: Sequence[str]) -> None:
        """What stands in the table while it has no rows."""
        self._empty_lines = lines
        if not self.list.ids:
            self.refresh()

    def toggle_mark(self) -> None:
        """Mark or unmark the record under the cursor and move on."""
        if self.list.cursor_id is not None:
            self.list.toggle_mark(self.list.cursor_id)
            self._refresh_rows({self.list.cursor_id})
            self.post_message(self.MarksChanged())
            self.action_cursor_down()

    def toggle_marks_shown(self) -> None:
        """Mark every record of the present order, or unmark them when all are marked."""
        self.list.toggle_marks_of(self.list.ids)
        self.refresh()
        self.post_message(self.MarksChanged())

    def clear_marks(self) -> None:
        """Unmark everything, shown or not."""
        self.list.marks.clear()
        self.refresh()
        self.post_message(self.MarksChanged())

    def fetch_missing(self) -> None:
        """Ask for the rows on the screen that are not here, and for those around them."""
        if not self._columns:
            return
        first, count = self._top(), self._visible_count()
        if self.list.rows.missing(self.list.window(first - 8, count + 16)):
            wanted = self.list.rows.missing(self.list.window(max(0, first - 64), count + 128))
            self.post_message(self.RowsWanted(wanted[:500]))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as they are laid out now."""
        return self._columns

    # Geometry

    def on_mount(self) -> None:
        """Ages grow without an event."""
        self.set_interval(AGE_SECONDS, self._refresh_ages)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the columns out for the new width."""
        self._strips.clear()
        # The widget's own region may still be the old one.
        self._viewport = Size(max(0, event.size.width - SCROLLBAR_WIDTH), event.size.height)
        wide_enough = self._viewport.width >= self._layout_of_columns.two_lines_from
        two_lines = wide_enough and self._viewport.height >= TWO_LINE_HEIGHT
        top = self._top()
        self._row_height = 2 if two_lines else 1
        self._columns = lay_out(self._viewport.width, self._layout_of_columns)
        self._resize_content()
        self.scroll_to(y=top * self._row_height, animate=False)
        self._scroll_to_cursor()
        # Lines may have been drawn in the new size with the old columns.
        self.refresh()
        self.fetch_missing()

    def _resize_content(self) -> None:
        size = Size(self._viewport.width, len(self.list.ids) * self._row_height)
        if size != self.virtual_size:
            # The reactive would lay out the whole screen; only the scrollbar depends on this size.
            self.set_reactive(ImageTable.virtual_size, size)
            self._scroll_update(size)

    def _top(self) -> int:
        return self.scroll_offset.y // self._row_height

    def _visible_count(self) -> int:
        return max(1, self._viewport.height // self._row_height)

    def _is_visible(self, position: int) -> bool:
        return self._top() <= position < self._top() + self._visible_count()

    def _scroll_to_cursor(self) -> None:
        line = self.list.cursor * self._row_height
        bottom = line + self._row_height - self._viewport.height
        y = self.scroll_offset.y
        if line < y or bottom > y:
            self.scroll_to(y=line if line < y else bottom, animate=False)

    def _refresh_rows(self, ids: set[int]) -> None:
        first = self._top()
        # One more than fits: the last row may be cut.
        for offset, image_id in enumerate(self.list.window(first, self._visible_count() + 1)):
            if image_id in ids:
                self._refresh_position(first + offset)

    def _refresh_position(self, position: int) -> None:
        y = position * self._row_height - self.scroll_offset.y
        self.refresh(Region(0, y, self.size.width, self._row_height))

    def _refresh_ages(self) -> None:
        if not self.screen.is_current:
            return
        now = self._clock()
        changed = set()
        for image_id in self.list.window(self._top(), self._visible_count() + 1):
            row = self.list.rows.get(image_id)
            if row is not None and self._ages.get(image_id) != age_of(row, now):
                changed.add(image_id)
        self._refresh_rows(changed)

    # Drawing

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self._viewport.width
        position, line = divmod(self.scroll_offset.y + y, self._row_height)
        if position >= len(self.list.ids):
            return self._empty_line(y, width)
        image_id = self.list.ids[position]
        kind = ("cursor" if self.has_focus else "cursor-blurred") if position == self.list.cursor else "row"
        row = self.list.rows.get(image_id)
        age = "" if row is None else age_of(row, self._clock())
        if row is not None and line == 0:
            self._ages[image_id] = age
        marked = image_id in self.list.marks
        place = self.places.of(image_id)
        key = (row, image_id, kind, marked, age, line, width, place)
        strip = self._strips.get(key)
        if strip is None:
            state = RowState(kind != "row", marked, age, self._row_height > 1, place)
            strip = self._draw(row, line, state, self._kind_styles(kind)).adjust_cell_length(
                width, self._kind_styles(kind).text
            )
            self._strips[key] = strip
        return strip

    def _draw(self, row: ImageRow | None, line: int, state: RowState, styles: RowStyles) -> Strip:
        if row is None:
            if line == 0:
                return draw_placeholder(self._columns, state, styles)
            return Strip([Segment(" " * MARK_WIDTH, styles.text)])
        if line == 0:
            return draw_row(row, self._columns, state, styles)
        return draw_second_line(row, self._columns, state, styles)

    def _kind_styles(self, kind: str) -> RowStyles:
        styles = self._styles.get(kind)
        if styles is None:
            styles = self._styles[kind] = row_styles(self, kind)
        return styles

    def _empty_line(self, y: int, width: int) -> Strip:
        styles = self._kind_styles("row")
        if self.list.ids:
            return Strip.blank(width, styles.text)
        index = y - max(0, (self._viewport.height - len(self._empty_lines)) // 2 - 1)
        text = self._empty_lines[index] if 0 <= index < len(self._empty_lines) else ""
        indent = max(0, (width - len(text)) // 2)
        style = styles.text if index == 0 else styles.muted
        return Strip([Segment(fit(" " * indent + text, width), style)], width)

    # The cursor

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.fetch_missing()

    def on_focus(self) -> None:
        """The cursor looks different with the focus."""
        self._refresh_position(self.list.cursor)

    def on_blur(self) -> None:
        """The cursor looks different without the focus."""
        self._refresh_position(self.list.cursor)

    def _move(self, position: int) -> None:
        before = self.list.cursor
        if self.list.move_to(position):
            self._refresh_position(before)
            self._refresh_position(self.list.cursor)
        self._scroll_to_cursor()
        self._tell_cursor()

    def _after_change(self) -> None:
        self._tell_cursor()
        self.fetch_missing()

    def _tell_cursor(self) -> None:
        now = (self.list.cursor_id, self.list.cursor_row)
        if now != self._told:
            self._told = now
            self.post_message(self.CursorChanged(now[1]))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row; on the mark column, mark it; twice, open it."""
        position = (self.scroll_offset.y + event.y) // self._row_height
        if position >= len(self.list.ids):
            return
        self._move(position)
        if event.x < MARK_WIDTH:
            self.list.toggle_mark(self.list.ids[position])
            self._refresh_position(position)
            self.post_message(self.MarksChanged())
        elif event.chain == 2:
            self.post_message(self.Opened())

    def action_cursor_down(self) -> None:
        self._move(self.list.cursor + 1)

    def action_cursor_up(self) -> None:
        self._move(self.list.cursor - 1)

    def action_page_down(self) -> None:
        self._move(self.list.cursor + self._visible_count())

    def action_page_up(self) -> None:
        self._move(self.list.cursor - self._visible_count())

    def action_half_page_down(self) -> None:
        self._move(self.list.cursor + max(1, self._visible_count() // 2))

    def action_half_page_up(self) -> None:
        self._move(self.list.cursor - max(1, self._visible_count() // 2))

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(len(self.list.ids) - 1)
