"""The index finds every line of a log, however the log grew."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailer_tui.app.log import block_index
from trailer_tui.app.log.block_index import LINE_LIMIT, BlockIndex
from trailer_tui.model.log import parse_line

texts = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40)
log_lines = st.lists(st.tuples(st.integers(0, 12), texts), max_size=60)


def grow_in_pieces(data: bytes, cuts: list[int]) -> tuple[int, BlockIndex]:
    file = os.open(tempfile.gettempdir(), os.O_TMPFILE | os.O_RDWR)
    index = BlockIndex(file)
    position = 0
    for end in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        os.write(file, data[position:end])
        position = end
        while index.grow(position):
            pass
    return file, index


@settings(max_examples=150, deadline=None)
@given(log_lines, st.lists(st.integers(0, 10_000), max_size=6), st.sampled_from([32, 64, 1 << 16]))
def test_every_line_and_its_step_is_found(lines: list[tuple[int, str]], cuts: list[int], block_bytes: int) -> None:
    raw = [f"{step} 12 o {text}".encode() for step, text in lines]
    original = block_index.BLOCK_BYTES
    block_index.BLOCK_BYTES = block_bytes
    try:
        file, index = grow_in_pieces(b"".join(line + b"\n" for line in raw), cuts)
        assert index.end == len(raw)
        assert [index.read(number).head for number in range(index.end)] == raw
        for step in {step for step, _ in lines}:
            expected = [number for number, (other, _) in enumerate(lines) if other == step]
            runs = index.steps[step]
            assert [runs.number(position) for position in range(len(runs))] == expected
        with pytest.raises(IndexError):
            index.read(index.end)
    finally:
        block_index.BLOCK_BYTES = original
        os.close(file)


def test_text_after_the_last_line_break_counts_only_when_the_log_has_ended() -> None:
    file, index = grow_in_pieces(b"1 0 o whole\n1 5 o par", [])
    assert index.end == 1
    index.close_end()
    assert index.end == 2
    assert parse_line(index.read(1).head).text == "par"
    os.close(file)


def test_a_line_longer_than_blocks_is_read_from_both_ends() -> None:
    long = b"2 0 e " + b"a" * 300_000 + b"z"
    file, index = grow_in_pieces(b"1 0 o before\n" + long + b"\n3 0 o after\n", [100_000])
    line = index.read(1)
    assert line.size == len(long)
    assert line.head == long[:LINE_LIMIT]
    assert line.tail == long[-LINE_LIMIT:]
    assert index.read(2).head == b"3 0 o after"
    assert sorted(index.steps) == [1, 2, 3]
    os.close(file)


def test_damaged_lines_are_step_0() -> None:
    file, index = grow_in_pieces(b"nonsense\n1 0 o fine\n\n", [])
    assert index.end == 3
    assert [index.steps[0].number(position) for position in range(2)] == [0, 2]
    os.close(file)


def test_lines_of_a_log_of_which_only_the_end_is_here_keep_their_numbers() -> None:
    file = os.open(tempfile.gettempdir(), os.O_TMPFILE | os.O_RDWR)
    os.write(file, b"7 0 o last but one\n7 0 o last\n")
    index = BlockIndex(file, first_line=1000)
    index.grow(1 << 20)
    assert index.end == 1002
    assert index.read(1001).head == b"7 0 o last"
    assert index.steps[7].number(0) == 1000
    with pytest.raises(IndexError):
        index.read(999)
    os.close(file)
