"""How one record becomes the lines of the images table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from trailer_tui.app.records.columns import MARK_WIDTH, Column
from trailer_tui.app.records.fitting import fit, fit_middle
from trailer_tui.humanize import ago, ordinal
from trailer_tui.model.builtin import LABEL
from trailer_tui.model.rows import ImageRow, ImageSort
from trailer_tui.model.status import ImageStatus

CURSOR_BAR = "▌"
MARK = "●"
PLACEHOLDER = "…"


@dataclass(frozen=True, slots=True)
class RowStyles:
    """The styles of one kind of row (plain, under the cursor), taken from the theme."""

    text: Style
    name: Style
    muted: Style
    bar: Style
    mark: Style
    status: Mapping[ImageStatus, Style]


@dataclass(frozen=True, slots=True)
class RowState:
    """What beside the record decides how its row looks."""

    is_cursor: bool
    is_marked: bool
    age: str
    """How long ago the record changed, in words."""
    has_second_line: bool = False
    place: int | None = None
    """Place of its queued build in the host's queue, from 1."""


def age_of(row: ImageRow, now: float) -> str:
    """How long ago `row` changed, as its cell says it; what comes with Trailer never did."""
    return "" if row.is_builtin else ago(max(0.0, now - row.updated_at))


def status_text(row: ImageRow, place: int | None) -> str:
    """Symbol, word and detail of a record's state: `· Build pending 2nd`, `◐ Building 5/12`."""
    detail = ordinal(place) if place is not None else row.status_detail
    return f"{row.status.symbol} {row.status.label} {detail}".rstrip()


def note(row: ImageRow, status_width: int, place: int | None) -> str:
    """What the second line says of the state: the detail that its cell has no room for, or that the build is old."""
    if place is not None:
        why = f": {row.status_detail}" if row.status_detail else ""
        return f"{ordinal(place)} on {row.host_name}{why}"
    if row.status_detail and cell_len(status_text(row, place)) > status_width:
        return row.status_detail
    if row.changed_since_build and row.last_build_number is not None and not row.status.is_active:
        return f"changed since build {row.last_build_number}"
    return ""


def draw_row(row: ImageRow, columns: tuple[Column, ...], state: RowState, styles: RowStyles) -> Strip:
    """The first line of a record: mark and cells."""
    segments = _mark(state, styles)
    for column in columns:
        text, style = _cell(row, column, state, styles)
        segments.append(Segment(text + " ", style))
    return Strip(segments)


def draw_second_line(row: ImageRow, columns: tuple[Column, ...], state: RowState, styles: RowStyles) -> Strip:
    """The second line of a record: its creator under the name, a note under the status."""
    name, *others = columns
    status = next((column for column in others if column.sort is ImageSort.STATUS), None)
    told = note(row, status.width, state.place) if status is not None else ""
    return Strip(
        [
            *_mark(state, styles, second=True),
            Segment(fit(f"  {row.shown_creator}", name.width) + " ", styles.muted),
            Segment(fit(f"  {told}", sum(column.width + 1 for column in others)), styles.muted),
        ]
    )


def draw_placeholder(columns: tuple[Column, ...], state: RowState, styles: RowStyles) -> Strip:
    """A record whose row is on its way."""
    segments = _mark(state, styles)
    segments += [Segment(fit(PLACEHOLDER, column.width) + " ", styles.muted) for column in columns]
    return Strip(segments)


def _mark(state: RowState, styles: RowStyles, *, second: bool = False) -> list[Segment]:
    bar = CURSOR_BAR if state.is_cursor else " "
    mark = MARK if state.is_marked and not second else " "
    return [Segment(bar, styles.bar), Segment(mark.ljust(MARK_WIDTH - 1), styles.mark)]


def _cell(row: ImageRow, column: Column, state: RowState, styles: RowStyles) -> tuple[str, Style]:
    width = column.width
    match column.sort:
        case ImageSort.NAME:
            return fit(row.name, width), styles.name
        case ImageSort.STATUS:
            is_told_below = state.has_second_line and note(row, width, state.place) == row.status_detail
            text = f"{row.status.symbol} {row.status.label}" if is_told_below else status_text(row, state.place)
            return fit(text, width), styles.status[row.status]
        case ImageSort.IMAGE_NAME:
            return fit_middle(row.image_name, width), styles.text
        case ImageSort.HOST:
            return fit(row.host_name, width), styles.text
        case ImageSort.ENABLED:
            return fit("yes" if row.enabled else "no", width), styles.text if row.enabled else styles.muted
        case ImageSort.PULLED:
            return fit("yes" if row.pulled else "no", width), styles.text
        case ImageSort.UPDATED:
            # The second line says so of the name.
            never = "—" if state.has_second_line else LABEL
            return fit(never if row.is_builtin else state.age, width), styles.muted
