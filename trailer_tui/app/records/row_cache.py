"""The rows that the table has fetched: a bounded number, the ones used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from trailer_tui.model.rows import ImageRow

MAX_ROWS = 4096


class RowCache:
    """Rows by id; when full, the row that was used longest ago goes."""

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        self._rows: OrderedDict[int, ImageRow] = OrderedDict()
        self._stale: set[int] = set()

    def get(self, image_id: int) -> ImageRow | None:
        """The row, which may be stale, or None when it was not fetched."""
        row = self._rows.get(image_id)
        if row is not None:
            self._rows.move_to_end(image_id)
        return row

    def put(self, row: ImageRow) -> bool:
        """Keep `row` unless a newer one is here already; whether anything changed."""
        known = self._rows.get(row.id)
        self._stale.discard(row.id)
        if known is not None and (known.revision > row.revision or known == row):
            return False
        self._rows[row.id] = row
        self._rows.move_to_end(row.id)
        while len(self._rows) > self._max_rows:
            gone, _ = self._rows.popitem(last=False)
            self._stale.discard(gone)
        return True

    def forget(self, image_id: int) -> None:
        """Drop the row of a record that is gone."""
        self._rows.pop(image_id, None)
        self._stale.discard(image_id)

    def mark_all_stale(self) -> None:
        """Fetch every row again before it counts as known; until then the old one is shown."""
        self._stale.update(self._rows)

    def missing(self, ids: Iterable[int]) -> list[int]:
        """Those of `ids` that have to be fetched."""
        return [image_id for image_id in ids if image_id not in self._rows or image_id in self._stale]
