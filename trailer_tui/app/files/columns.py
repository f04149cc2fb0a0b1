"""The columns of the files table: which fit, how wide each is, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.app.files import wording
from trailer_tui.app.files.order import FileOrder, FileSort
from trailer_tui.app.records.fitting import fit, fit_middle

if TYPE_CHECKING:
    from trailer_tui.model.stored_file import FileRecord

PADDING = 2
"""Cells that the table adds to each column."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column as it is laid out."""

    title: str
    width: int
    """Cells of the content."""
    text: Callable[[FileRecord, float], str]
    fit: Callable[[str, int], str] = fit

    def cell(self, file: FileRecord, now: float) -> str:
        """The file's cell at a time, exactly as wide as the column."""
        return self.fit(self.text(file, now), self.width)


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    text: Callable[[FileRecord, float], str]
    narrow: int
    """Cells below 100 columns; 0 means folded away: the lines below the table say it. -1 takes what is left."""
    normal: int
    sort: FileSort | None = None
    fit: Callable[[str, int], str] = fit


_KINDS = (
    _Kind("Name", lambda file, _: file.name, -1, 22, FileSort.NAME, fit_middle),
    _Kind("Type", lambda file, _: wording.type_words(file), 13, 16, FileSort.TYPE),
    _Kind("Size", lambda file, _: wording.size_words(file), 8, 9, FileSort.SIZE),
    _Kind("URL", lambda file, _: file.url, 0, -1, None, fit_middle),
    _Kind("Used by", lambda file, _: wording.use_words(file), 13, 14),
    _Kind("Last update", wording.age_words, 13, 13, FileSort.UPDATED),
)


def lay_out(width: int, order: FileOrder) -> tuple[FileColumn, ...]:
    """The columns that fit into a terminal of `width` cells, left to right; an arrow shows the order."""
    chosen = [(kind, kind.narrow if width < 100 else kind.normal) for kind in _KINDS]
    chosen = [(kind, cells) for kind, cells in chosen if cells]
    fixed = sum(cells for _, cells in chosen if cells > 0) + PADDING * len(chosen)
    # The table keeps one cell for its scrollbar.
    left = max(12, width - 1 - fixed)
    return tuple(
        FileColumn(_title(kind, order), cells if cells > 0 else left, kind.text, kind.fit) for kind, cells in chosen
    )


def _title(kind: _Kind, order: FileOrder) -> str:
    arrow = "↓" if order.descending else "↑"
    return f"{kind.title} {arrow}" if kind.sort is order.sort else kind.title
