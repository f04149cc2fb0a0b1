"""A step's output cut into lines, whatever pieces it arrives in, and the last of them kept for a failure."""

from __future__ import annotations

from collections import deque

from trailer_tui.service.masking import SecretMask

MAX_LINE = 1 << 20
"""Characters after which output without any line break is cut into lines, so that memory stays bounded."""

TAIL_LINES = 20
TAIL_WIDTH = 1000
"""Characters kept of one line of the tail."""


class LineCutter:
    """Whole lines out of pieces cut anywhere, without secrets. Carriage returns stay inside a line."""

    def __init__(self, mask: SecretMask) -> None:
        self._mask = mask
        self._pieces: list[str] = []
        self._length = 0

    def feed(self, text: str) -> str | None:
        """The lines that `text` completes, joined by line feeds and without the last one; None when there are none."""
        end = text.rfind("\n")
        if end < 0:
            self._pieces.append(text)
            self._length += len(text)
            return self._beginning() if self._length >= MAX_LINE else None
        whole = text[:end]
        if self._pieces:
            self._pieces.append(whole)
            whole = "".join(self._pieces)
        self._pieces = [text[end + 1 :]] if end + 1 < len(text) else []
        self._length = len(text) - end - 1
        return self._mask(whole) if self._mask.longest else whole

    def rest(self) -> str | None:
        """What came after the last line break; None when nothing did. Starts afresh."""
        whole = self._mask("".join(self._pieces))
        self._pieces, self._length = [], 0
        return whole or None

    def _beginning(self) -> str | None:
        """A line that is too long, but for as much of its end as a secret may have begun in."""
        whole = self._mask("".join(self._pieces))
        end = len(whole) - max(self._mask.longest - 1, 0) if len(whole) >= MAX_LINE else 0
        self._pieces = [whole[end:]]
        self._length = len(whole) - end
        return whole[:end] or None


class Tail:
    """The last lines of a step's output, as a terminal would have left them."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=TAIL_LINES)

    def feed(self, block: str) -> None:
        """Take whole lines, joined by line feeds."""
        if "\n" not in block:
            # By far the most frequent call: what can wait until somebody looks does.
            self._lines.append(block if len(block) <= TAIL_WIDTH else _shown(block))
            return
        for line in block.rsplit("\n", TAIL_LINES)[-TAIL_LINES:]:
            self._lines.append(_shown(line))

    def lines(self) -> list[str]:
        """At most 20 lines, oldest first."""
        return [_shown(line) for line in self._lines]


def _shown(line: str) -> str:
    shown = line.rstrip("\r").rpartition("\r")[2]
    return shown if len(shown) <= TAIL_WIDTH else shown[: TAIL_WIDTH - 1] + "…"
