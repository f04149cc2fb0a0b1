"""The line format of a build log."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.model.log import LogLine, format_line, parse_line

TEXT = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


@given(st.integers(0, 10**4), st.integers(0, 10**9), st.sampled_from("oet"), TEXT)
def test_a_line_is_read_as_it_was_written(step: int, elapsed: int, stream: str, text: str) -> None:
    line = format_line(step, elapsed, stream, text)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert parse_line(line) == LogLine(step, elapsed, stream, text)


@given(st.binary())
def test_a_damaged_line_is_shown_and_never_raises(data: bytes) -> None:
    assert isinstance(parse_line(data.replace(b"\n", b"")).text, str)
