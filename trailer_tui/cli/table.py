"""Columns that align by display width, cut to the terminal and whole in a pipe."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Sequence

from trailer_tui.printable import printable

_GAP = "  "
_NARROWEST = 8
_READABLE = 16
"""Cells of a column below which what is cut off is missed."""


def width(text: str) -> int:
    """Cells that `text` takes in a terminal."""
    return sum(_cells(character) for character in text)


def cut(text: str, cells: int) -> str:
    """`text` in at most `cells` cells, with an ellipsis when something is missing."""
    if width(text) <= cells:
        return text
    kept, used = [], 0
    for character in text:
        used += _cells(character)
        if used > cells - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def layout(
    titles: Sequence[str], rows: Sequence[Sequence[str]], *, limit: int | None, folds: Sequence[str] = ()
) -> list[str]:
    """The lines of a table.

    Args:
        titles: one a column.
        rows: cells, one a column; control characters are made visible.
        limit: cells of a line; None for as many as it takes. The widest columns give way first.
        folds: titles of columns to leave out, in this order, until the others are wide enough to be read.
    """
    cells = [list(titles), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(titles))]
    if limit is not None:
        kept = _kept(titles, widths, limit, folds)
        cells = [[row[column] for column in kept] for row in cells]
        widths = [widths[column] for column in kept]
        _shrink(widths, limit - len(_GAP) * (len(widths) - 1))
    return [_line(row, widths) for row in cells]


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, folds: Sequence[str] = ()) -> None:
    """Print a table to standard output; columns of `folds` only where there is room."""
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in layout(titles, rows, limit=limit, folds=folds):
        print(line)


def _kept(titles: Sequence[str], widths: Sequence[int], limit: int, folds: Sequence[str]) -> list[int]:
    kept, going = list(range(len(titles))), list(folds)
    while going and sum(min(widths[column], _READABLE) + len(_GAP) for column in kept) - len(_GAP) > limit:
        kept.remove(titles.index(going.pop(0)))
    return kept


def _shrink(widths: list[int], room: int) -> None:
    while sum(widths) > room:
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            return
        widths[widest] -= 1


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    shown = [cut(cell, cells) for cell, cells in zip(row, widths, strict=True)]
    padded = [cell + " " * (cells - width(cell)) for cell, cells in zip(shown, widths, strict=True)]
    return _GAP.join(padded).rstrip()


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
