"""Output of programs is shown with its colours and without any other power over the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.app.log.escapes import Colours, coloured_text, plain_text

SEQUENCES = [
    *("\x1b[31m", "\x1b[0m", "\x1b[1;38;5;200m", "\x1b[48;2;1;2;3m", "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;x\x1b\\"),
    *("\r", "\t", "\x1b", "\x9b31m", "\x1b(B", "\x1bP+q\x1b\\", "\x08", "\x1b[", "\x1b[999999999m", "\u202e"),
]
# One line: a line break ends it before it comes here.
words = st.text(st.characters(exclude_characters="\n"), max_size=6)
wild = st.lists(st.one_of(words, st.sampled_from(SEQUENCES)), max_size=12).map("".join)


@given(wild)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = plain_text(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u2028\u2029"]


@given(wild)
def test_coloured_pieces_are_the_plain_text(text: str) -> None:
    assert "".join(piece for piece, _ in coloured_text(text)) == plain_text(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10%\r 50%\rdone", "done"),
        ("10%\r 50%\r", " 50%"),
        ("\x1b]0;evil title\x07text", "text"),
        ("\x1b]8;;http://example.invalid\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\tb", "a       b"),
        ("[red]not markup[/]", "[red]not markup[/]"),
        ("bell\x07", "bell␇"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("漢字", "漢字"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert plain_text(text) == shown


def test_colours_are_understood() -> None:
    assert coloured_text("a\x1b[1;31mb\x1b[22mc\x1b[0md") == [
        ("a", Colours()),
        ("b", Colours(foreground=1, bold=True)),
        ("c", Colours(foreground=1)),
        ("d", Colours()),
    ]
    assert coloured_text("\x1b[38;2;1;2;3;48;5;17mx") == [("x", Colours(foreground=(1, 2, 3), background=17))]
    assert coloured_text("\x1b[97;100mx\x1b[39;49my") == [("x", Colours(foreground=15, background=8)), ("y", Colours())]
