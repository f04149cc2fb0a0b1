"""The list behind the images table: the order of ids, the cursor, the marks. No widget, no I/O."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from trailer_tui.app.records.row_cache import RowCache
from trailer_tui.model.rows import ImageOrder, ImageRow


class ImageList:
    """Which records are shown in which order, which one the cursor is on, and which are marked.

    The cursor is an id, not a position: new orders keep it on its record. When the record is not in an order, the
    cursor stands in for it at the same position, and goes home when the record is back.
    """

    def __init__(self) -> None:
        self.ids: array[int] = array("I")
        self.total = 0
        self.rows = RowCache()
        self.marks: set[int] = set()
        self.cursor = 0
        """Position of the cursor; 0 in an empty list."""
        self._home: int | None = None

    @property
    def cursor_id(self) -> int | None:
        """Id of the record under the cursor."""
        return self.ids[self.cursor] if self.ids else None

    @property
    def cursor_row(self) -> ImageRow | None:
        """Row of the record under the cursor, once it is fetched."""
        return None if self.cursor_id is None else self.rows.get(self.cursor_id)

    def move_to(self, position: int) -> bool:
        """Put the cursor at a position (clamped to the list); whether it moved."""
        if not self.ids:
            return False
        before, self.cursor = self.cursor, max(0, min(position, len(self.ids) - 1))
        self._home = self.ids[self.cursor]
        return before != self.cursor

    def settle(self) -> None:
        """The user means the record that the cursor is on now, stand-in or not."""
        self.move_to(self.cursor)

    @property
    def home(self) -> int | None:
        """Id of the record that the cursor belongs on, shown or not."""
        return self._home

    def prefer(self, image_id: int) -> None:
        """Put the cursor on this record now if it is shown, else as soon as an order holds it."""
        self._home = image_id
        position = self.position(image_id)
        if position is not None:
            self.cursor = position

    def show(self, order: ImageOrder) -> None:
        """Take a new order; the cursor stays on its record."""
        self.ids = array("I")
        self.ids.frombytes(order.ids.tobytes())
        self.total = order.total
        position = None if self._home is None else self.position(self._home)
        if position is not None:
            self.cursor = position
        else:
            self.cursor = max(0, min(self.cursor, len(self.ids) - 1))
            if self._home is None and self.ids:
                self._home = self.ids[self.cursor]

    def remove(self, image_id: int) -> None:
        """Forget a record that was deleted; it leaves the order with the next `show`."""
        self.rows.forget(image_id)
        self.marks.discard(image_id)
        if self._home == image_id:
            self._home = None
            after = self.cursor + 1
            if self.cursor_id == image_id and after < len(self.ids):
                self._home = self.ids[after]

    def position(self, image_id: int) -> int | None:
        """Where a record is in the order, if it is."""
        try:
            return self.ids.index(image_id)
        except ValueError:
            return None

    def window(self, first: int, count: int) -> Sequence[int]:
        """The ids at `count` positions from `first`, as far as there are any."""
        return self.ids[max(0, first) : max(0, first + count)]

    def toggle_mark(self, image_id: int) -> None:
        """Mark or unmark one record."""
        self.marks.symmetric_difference_update({image_id})

    def toggle_marks_of(self, ids: Iterable[int]) -> None:
        """Mark all of `ids`, or unmark them when every one is marked."""
        chosen = set(ids)
        if chosen <= self.marks:
            self.marks -= chosen
        else:
            self.marks |= chosen
