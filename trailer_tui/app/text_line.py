"""One line of read-only text and how it looks."""

from __future__ import annotations

from typing import NamedTuple


class TextLine(NamedTuple):
    """One line; its kind is `plain`, `heading`, `muted`, `added`, `removed` or `problem`."""

    text: str
    kind: str = "plain"
    lead: str = ""
    """What stands before the text in a muted style: a line number, a label."""
