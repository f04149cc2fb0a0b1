"""What a search in a log finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.app.log.matching import LineTest, Query
from trailer_tui.model.log import format_line


def line(text: str, step: int = 3) -> bytes:
    return format_line(step, 123, "o", text).rstrip(b"\n")


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("error", "An ERROR here", True),
        ("Error", "An error here", False),
        ("Error", "An Error here", True),
        ("straße", "DIE STRASSE", False),
        ("ÄRGER", "ÄRGER", True),
        ("ärger", "ÄRGER", True),
        ("a.c", "abc", False),
        ("/a.c/", "abc", True),
        ("/^begin/", "begin and end", True),
        ("/end$/", "begin and end", True),
        ("/\\S+Error/", "a ValueError", True),
        ("123 o", "text", False),
        ("red text", "\x1b[31mred\x1b[0m text", True),
        ("31m", "\x1b[31mred\x1b[0m", False),
    ],
)
def test_lines_are_matched_by_their_shown_text(typed: str, text: str, found: bool) -> None:
    assert LineTest([Query.parse(typed)]).matches(line(text)) is found


@pytest.mark.parametrize("typed", ["/(/", "/[z-a]/", "/a{99999999999999999999}/", "/*/"])
def test_what_is_no_regular_expression_says_so(typed: str) -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        Query.parse(typed)


def test_a_step_and_several_queries_must_all_match() -> None:
    test = LineTest([Query.parse("one"), Query.parse("two")], step=3)
    assert test.matches(line("one two"))
    assert not test.matches(line("one"))
    assert not test.matches(line("one two", step=33))


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12), min_size=1, max_size=8),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=3),
)
def test_a_block_with_a_match_is_never_skipped(texts: list[str], typed: str) -> None:
    test = LineTest([Query(typed)], step=3)
    lines = [line(text) for text in texts]
    if any(test.matches(each) for each in lines):
        assert test.block_may_match(b"\n".join(lines) + b"\n")
