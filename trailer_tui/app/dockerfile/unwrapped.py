"""The view of a document whose lines are never wrapped: a row for each line, with nothing to keep up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.document._document import DocumentBase, Location
from textual.document._wrapped_document import WrappedDocument


class _PerLine:
    """A list with one computed entry for each line of the document."""

    def __init__(self, document: DocumentBase, entry: Callable[[int], Any]) -> None:
        self._document = document
        self._entry = entry

    def __len__(self) -> int:
        return self._document.line_count

    def __getitem__(self, index: int) -> Any:
        count = self._document.line_count
        if not -count <= index < count:
            raise IndexError(index)
        return self._entry(index % count)


class UnwrappedDocument(WrappedDocument):
    """Stands in for Textual's wrapped document, which counts all lines for every row it draws."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Nothing is wrapped, whatever the width."""
        if tab_width:
            self._tab_width = tab_width
        document = self.document
        self._wrap_offsets = _PerLine(document, lambda _: [])  # type: ignore[assignment]
        self._offset_to_line_info = _PerLine(document, lambda index: (index, 0))  # type: ignore[assignment]
        self._line_index_to_offsets = _PerLine(document, lambda index: [index])  # type: ignore[assignment]

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """An edit changes nothing here."""

    @property
    def height(self) -> int:
        """Rows, which are the document's lines."""
        return self.document.line_count
