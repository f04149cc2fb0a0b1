"""The list behind the table, its columns, and text that fills cells."""

from __future__ import annotations

from array import array
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.app.server_stand_in import image_row
from trailer_tui.app.records.columns import MARK_WIDTH, column_at, lay_out
from trailer_tui.app.records.fitting import fit, fit_middle
from trailer_tui.app.records.image_list import ImageList
from trailer_tui.app.records.row_cache import RowCache
from trailer_tui.model.rows import ImageOrder, ImageSort


def order(ids: list[int]) -> ImageOrder:
    return ImageOrder(memoryview(array("I", ids)), len(ids))


@given(st.integers(0, 400))
def test_columns_fill_the_width_exactly(width: int) -> None:
    columns = lay_out(width)
    used = MARK_WIDTH + sum(column.width for column in columns) + len(columns) - 1
    assert columns[0].sort is ImageSort.NAME
    assert used == max(width, MARK_WIDTH)
    assert all(column.width >= 0 for column in columns)


def test_all_columns_show_in_a_terminal_of_100_columns() -> None:
    assert [column.sort for column in lay_out(99)] == list(ImageSort)


def test_the_column_under_a_cell() -> None:
    columns = lay_out(120)
    assert column_at(columns, 0) is None
    assert column_at(columns, MARK_WIDTH) is columns[0]
    assert column_at(columns, 118) is columns[-1]


@given(st.text(), st.integers(0, 60))
def test_fitted_text_fills_its_cells_whatever_it_holds(text: str, width: int) -> None:
    for fitted in (fit(text, width), fit_middle(text, width)):
        assert cell_len(fitted) == width
        assert fitted.isprintable() or not text.isprintable()
        assert "\x1b" not in fitted


def test_a_long_reference_keeps_both_ends() -> None:
    shown = fit_middle("registry.lan/machine-learning/torch:2024-06", 24)
    assert shown.startswith("registry")
    assert shown.endswith(":2024-06")
    assert "…" in shown


@given(st.lists(st.integers(1, 50), unique=True, min_size=1), st.lists(st.integers(1, 50), unique=True), st.data())
def test_the_cursor_stays_on_its_record_or_at_its_place(
    before: list[int], after: list[int], data: st.DataObject
) -> None:
    images = ImageList()
    images.show(order(before))
    images.move_to(data.draw(st.integers(0, len(before) - 1)))
    chosen = images.cursor_id
    images.show(order(after))
    if chosen in after:
        assert images.cursor_id == chosen
    elif after:
        assert images.cursor_id in after
    else:
        assert images.cursor_id is None
    images.show(order(before))
    assert images.cursor_id == chosen


def test_a_wanted_record_is_selected_when_it_comes() -> None:
    images = ImageList()
    images.show(order([1, 2]))
    images.prefer(7)
    assert images.cursor_id == 1
    images.show(order([1, 2, 7]))
    assert images.cursor_id == 7


def test_marking_all_twice_unmarks_them() -> None:
    images = ImageList()
    images.toggle_mark(2)
    images.toggle_marks_of([1, 2, 3])
    assert images.marks == {1, 2, 3}
    images.toggle_marks_of([1, 2, 3])
    assert images.marks == set()


def test_the_cache_keeps_the_newest_row_and_a_bounded_number() -> None:
    cache = RowCache(max_rows=2)
    new = image_row(1, revision=5)
    assert cache.put(new)
    assert not cache.put(replace(new, revision=4, name="old"))
    assert cache.get(1) == new
    cache.put(image_row(2))
    cache.get(1)
    cache.put(image_row(3))
    assert cache.missing([1, 2, 3]) == [2]


def test_stale_rows_are_shown_and_fetched_again() -> None:
    cache = RowCache()
    row = image_row(1)
    cache.put(row)
    cache.mark_all_stale()
    assert cache.get(1) == row
    assert cache.missing([1]) == [1]
    cache.put(row)
    assert cache.missing([1]) == []
