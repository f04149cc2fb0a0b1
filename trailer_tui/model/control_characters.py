"""What every one-line field refuses."""

from __future__ import annotations

from trailer_tui.printable import first_control_character


def refuse_control_characters(value: str, *, allowed: str = "") -> None:
    """Part of validators.

    Raises:
        ValueError: the value has a control character that is not among `allowed`; the message is "problem: remedy".
    """
    found = first_control_character(value, allowed=allowed)
    if found:
        raise ValueError(f"has the control character {found[1]} at position {found[0] + 1}: remove it")
