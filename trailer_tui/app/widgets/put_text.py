"""Changing the text of a widget that is shown again and again."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


def put_text(widget: Static, text: str | Content) -> None:
    """Show `text` literally; the same text again costs nothing, while an update lays out the whole screen."""
    content = text if isinstance(text, Content) else Content(text)
    if widget.content != content:
        widget.update(content)
