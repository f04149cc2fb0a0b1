r"""Terminal output as safe text: colours are understood, every other escape sequence is dropped.

Build tools write for a terminal: colours, cursor movement, titles, links, progress bars that redraw themselves with a
carriage return. A log view may pass on none of it but the colours, which it parses itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from trailer_tui.printable import printable

_SEQUENCE = re.compile(
    "\x1b\\[([0-9;:]*)m"  # SGR: the only one with a meaning here
    "|\x1b\\[[0-?]*[ -/]*[@-~]?"  # other CSI
    "|\x1b[\\]PX^_](?:[^\x07\x1b\x9c]|\x1b(?!\\\\))*(?:\x07|\x1b\\\\|\x9c)?"  # OSC, DCS, SOS, PM, APC with their text
    "|\x1b[ -/]*[0-~]?"  # two-character sequences, charset choice
    "|\x9b[0-?]*[ -/]*[@-~]?"  # CSI as one C1 character
)
_TAB_WIDTH = 8


Colour = int | tuple[int, int, int]
"""A palette number below 256, or red, green and blue."""


class Colours(NamedTuple):
    """What the SGR sequences so far have switched on."""

    foreground: Colour | None = None
    background: Colour | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN = Colours()


def last_segment(text: str) -> str:
    """What a terminal would show last: the part after the last carriage return that has something after it."""
    if "\r" not in text:
        return text
    return text.rstrip("\r").rpartition("\r")[2]


def plain_text(text: str) -> str:
    """One line of output as it is shown, without colours."""
    text = last_segment(text)
    if "\x1b" in text or "\x9b" in text:
        text = _SEQUENCE.sub("", text)
    if "\t" in text:
        text = text.expandtabs(_TAB_WIDTH)
    return text if text.isascii() and text.isprintable() else printable(text)


def coloured_text(text: str) -> list[tuple[str, Colours]]:
    """One line of output as shown pieces; joined they equal `plain_text`."""
    text = last_segment(text)
    if "\x1b" not in text and "\x9b" not in text:
        shown = plain_text(text)
        return [(shown, PLAIN)] if shown else []
    pieces: list[tuple[str, Colours]] = []
    colours, position, column = PLAIN, 0, 0
    for match in _SEQUENCE.finditer(text):
        column = _add(pieces, text[position : match.start()], colours, column)
        position = match.end()
        if match[1] is not None:
            colours = _apply(colours, match[1])
    _add(pieces, text[position:], colours, column)
    return pieces


def _add(pieces: list[tuple[str, Colours]], text: str, colours: Colours, column: int) -> int:
    if not text:
        return column
    if "\t" in text:
        text = (" " * column + text).expandtabs(_TAB_WIDTH)[column:]
    pieces.append((printable(text), colours))
    return column + len(text)


_SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"strike": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
}

_known: dict[tuple[Colours, str], Colours] = {}


def _apply(colours: Colours, parameters: str) -> Colours:
    """`colours` after the SGR sequence with these parameters."""
    key = (colours, parameters)
    found = _known.get(key)
    if found is None:
        if len(_known) > 4096:
            _known.clear()
        found = _known[key] = _changed(colours, parameters)
    return found


def _changed(colours: Colours, parameters: str) -> Colours:
    codes = [int(code) if code else 0 for code in parameters[:200].replace(":", ";").split(";")]
    position = 0
    while position < len(codes):
        code = codes[position]
        if code in (38, 48):
            colour, used = _extended(codes[position + 1 :])
            position += used
            if colour is not None:
                colours = _coloured(colours, colour, foreground=code == 38)
        else:
            colours = _switched(colours, code)
        position += 1
    return colours


def _switched(colours: Colours, code: int) -> Colours:
    if code == 0:
        return PLAIN
    if code in _SWITCHES:
        return colours._replace(**_SWITCHES[code])
    if 30 <= code <= 37 or 90 <= code <= 97:
        return colours._replace(foreground=code - 30 if code < 40 else code - 82)
    if 40 <= code <= 47 or 100 <= code <= 107:
        return colours._replace(background=code - 40 if code < 50 else code - 92)
    if code in (39, 49):
        return _coloured(colours, None, foreground=code == 39)
    return colours


def _coloured(colours: Colours, colour: Colour | None, *, foreground: bool) -> Colours:
    return colours._replace(foreground=colour) if foreground else colours._replace(background=colour)


def _extended(codes: list[int]) -> tuple[Colour | None, int]:
    """Colour and count of codes used, from what follows a 38 or 48."""
    if len(codes) >= 2 and codes[0] == 5:
        return (codes[1] if codes[1] < 256 else None), 2
    if len(codes) >= 4 and codes[0] == 2 and all(value < 256 for value in codes[1:4]):
        return (codes[1], codes[2], codes[3]), 4
    return None, len(codes)
