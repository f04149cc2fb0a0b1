"""Foreign text cannot drive the terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.printable import first_control_character, printable, printable_lines


@given(st.text())
def test_nothing_that_moves_the_cursor_or_the_reading_direction_is_left(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    assert not any("\u202a" <= character <= "\u202e" for character in shown)


def test_what_was_hidden_is_made_visible() -> None:
    assert printable("a\x1b[2Jb") == "a␛[2Jb"
    assert printable("a\x7fb\u202ec") == "a␡b<U+202E>c"
    assert printable("[red]plain[/red] 日本語") == "[red]plain[/red] 日本語"


def test_lines_and_tabs_of_a_text_stay() -> None:
    assert printable_lines("a\n\tb\x07") == "a\n    b␇"


def test_the_first_control_character_is_named_with_its_place() -> None:
    assert first_control_character("ab\x1bc") == (2, "U+001B")
    assert first_control_character("a\nb", allowed="\n") is None
