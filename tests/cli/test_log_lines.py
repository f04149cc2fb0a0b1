"""A log cut into the lines of one step each, and written with the step's number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.cli.log_lines import runs, write_numbered
from trailer_tui.model.log import format_line, parse_line

TEXTS = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=12)
LINES = st.one_of(
    st.builds(format_line, st.sampled_from([0, 1, 2, 12]), st.integers(0, 99), st.sampled_from("oet"), TEXTS),
    st.sampled_from([b"\n", b"2 damaged\n", b"no line of a log\n"]),
)


@given(lines=st.lists(LINES), tail=st.sampled_from([b"", b"2 3 o cut", b"12"]))
def test_every_line_is_in_one_run_of_its_step(lines: list[bytes], tail: bytes) -> None:
    block = b"".join([*lines, tail])
    cut = list(runs(block))
    assert b"".join(piece for _, piece in cut) == block
    assert all(piece for _, piece in cut)
    for step, piece in cut:
        first = piece.split(b"\n")[0]
        assert parse_line(first).step == step
        assert all(line.startswith(b"%d " % step) for line in piece.split(b"\n")[1:] if line)


def test_one_run_holds_all_lines_that_follow_one_another() -> None:
    block = b"2 1 o a\n2 1 e b\n12 2 o c\n2 3 o d\n"
    assert [step for step, _ in runs(block)] == [2, 12, 2]


@pytest.mark.parametrize(
    ("step", "stored", "printed"),
    [
        (2, b"2 10 o one\n2 11 e \n2 12 o 2 10 o three\n", "#2 one\n#2 \n#2 2 10 o three\n"),
        (0, b"0 10 t Base image is there\n", "Base image is there\n"),
        (2, b"2 10 o 10%\r20%\n", "#2 10%\r20%\n"),
        (2, b"2 10 o the last one", "#2 the last one\n"),
        (2, b"2 10 o \xc3\xbc\n", "#2 ü\n"),
    ],
)
def test_lines_get_the_number_of_their_step(
    step: int, stored: bytes, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_numbered(step, stored)
    assert capsys.readouterr().out == printed
