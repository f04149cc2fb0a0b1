"""Foreign text made to fill an exact number of terminal cells."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size, split_text

from trailer_tui.printable import printable

ELLIPSIS = "…"


def fit(text: str, width: int) -> str:
    """`text`, made printable, cut at its end with an ellipsis or padded to `width` cells."""
    shown = printable(text)
    if cell_len(shown) <= width:
        return set_cell_size(shown, width)
    return _pad(_head(shown, width - 1) + ELLIPSIS, width) if width > 0 else ""


def fit_middle(text: str, width: int) -> str:
    """Like `fit`, with the ellipsis inside: both ends of a reference tell it from others."""
    shown = printable(text)
    if cell_len(shown) <= width or width < 8:
        return fit(text, width)
    tail = (width - 1) * 3 // 5
    return _pad(_head(shown, width - 1 - tail) + ELLIPSIS + _tail(shown, tail), width)


def fit_start(text: str, width: int) -> str:
    """Like `fit`, with the ellipsis at the start: the end tells a path from others."""
    shown = printable(text)
    if cell_len(shown) <= width or width < 1:
        return fit(text, width)
    return _pad(ELLIPSIS + _tail(shown, width - 1), width)


def _head(text: str, cells: int) -> str:
    return split_text(text, max(0, cells))[0].rstrip(" ") if cells > 0 else ""


def _tail(text: str, cells: int) -> str:
    skip = cell_len(text) - cells
    tail = split_text(text, skip)[1]
    return tail if cell_len(tail) <= cells else split_text(text, skip + 1)[1]


def _pad(text: str, width: int) -> str:
    return set_cell_size(text, width)
