"""Columns by display width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.cli.table import cut, layout, width

cells = st.text(max_size=30)


def test_wide_and_combining_characters_align() -> None:
    lines = layout(("A", "B"), [("日本", "x"), ("e\u0301", "y"), ("plain", "z")], limit=None)
    assert [width(line[: line.index(mark)]) for line, mark in zip(lines, "Bxyz", strict=True)] == [7, 7, 7, 7]


@given(st.lists(st.tuples(cells, cells, cells), max_size=8), st.integers(min_value=40, max_value=120))
def test_lines_fit_the_terminal_and_hold_no_control_character(rows: list[tuple[str, str, str]], limit: int) -> None:
    for line in layout(("ONE", "TWO", "THREE"), rows, limit=limit):
        assert width(line) <= limit
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)


@given(cells, st.integers(min_value=1, max_value=20))
def test_what_is_cut_says_so(text: str, room: int) -> None:
    shown = cut(text, room)
    assert width(shown) <= room
    assert shown == text or shown.endswith("…")


def test_what_is_needed_least_gives_way_to_what_can_be_read() -> None:
    titles, row = ("NAME", "ENGINE", "ADDRESS"), ("build-01", "20.10.24+dfsg1 amd64", "unix:///run/docker.sock")
    whole = layout(titles, [row], limit=None, folds=["ADDRESS"])
    assert whole[1] == "build-01  20.10.24+dfsg1 amd64  unix:///run/docker.sock"
    assert layout(titles, [row], limit=32, folds=["ADDRESS"]) == [
        "NAME      ENGINE",
        "build-01  20.10.24+dfsg1 amd64",
    ]
    assert layout(titles, [row], limit=len(whole[1]), folds=["ADDRESS"]) == whole
