"""Reading what `df -P -k` printed."""

from __future__ import annotations

import re

from trailer_tui.engine.interface import FreeSpace

_NUMBERS = re.compile(r"\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s")
"""Blocks of 1024 bytes, used, available, capacity."""


def read_df(text: str) -> FreeSpace | None:
    """The room in the output for one folder; None when something else was printed."""
    lines = text.strip().splitlines()
    match = _NUMBERS.search(f"{lines[-1]} ") if len(lines) > 1 else None
    return FreeSpace(int(match[1]) * 1024, int(match[3]) * 1024) if match else None
