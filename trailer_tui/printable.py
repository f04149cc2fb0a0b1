"""Foreign text made safe for a terminal: no escape sequence, no bidirectional trick, nothing swallowed."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, and the bidirectional controls of UAX 9.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]"
)


def printable(text: str) -> str:
    """`text` on one line: every control character is replaced by a visible stand-in (`␛`, `␊`, `<U+202E>`)."""
    return _UNSAFE.sub(_stand_in, text)


def printable_lines(text: str) -> str:
    """Like `printable`, but line breaks stay line breaks and tabs become spaces."""
    return "\n".join(printable(line.expandtabs(4)) for line in text.splitlines())


def first_control_character(text: str, *, allowed: str = "") -> tuple[int, str] | None:
    """Position and name (`U+001B`) of the first control character of `text` that is not in `allowed`, if any."""
    for match in _UNSAFE.finditer(text):
        if match.group() not in allowed:
            return match.start(), f"U+{ord(match.group()):04X}"
    return None


def _stand_in(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"
