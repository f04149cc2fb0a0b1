"""What a reader searches for in a log: plain text or a regular expression, and how a line is tested for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trailer_tui.app.log.escapes import plain_text


@dataclass(frozen=True, slots=True)
class Query:
    """One search. Small letters match any case; a capital letter in the query makes it exact."""

    text: str
    regex: bool = False

    @classmethod
    def parse(cls, typed: str, *, regex: bool = False) -> Query:
        """The query that was typed; `/…/` is a regular expression whatever `regex` says.

        Raises:
            ValueError: no regular expression; the message says why and where.
        """
        if len(typed) > 2 and typed.startswith("/") and typed.endswith("/"):
            typed, regex = typed[1:-1], True
        query = cls(typed, regex)
        query.pattern()
        return query

    def pattern(self) -> re.Pattern[str]:
        """The compiled form, for shown text. Raises `ValueError` when it is no regular expression."""
        exact = any(character.isupper() for character in re.sub(r"\\.", "", self.text) if self.regex) or (
            not self.regex and self.text != self.text.lower()
        )
        try:
            return re.compile(self.text if self.regex else re.escape(self.text), 0 if exact else re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            where = f" at character {error.pos + 1}" if isinstance(error, re.error) and error.pos is not None else ""
            raise ValueError(f"no regular expression: {getattr(error, 'msg', error)}{where}") from None


class LineTest:
    """Tells which lines of a log match every one of some queries and, if asked, belong to a step."""

    def __init__(self, queries: list[Query], step: int | None = None) -> None:
        self._patterns = [query.pattern() for query in queries]
        self._needles = [
            query.text.lower().encode() for query in queries if not query.regex and query.text.isascii() and query.text
        ]
        self._step = None if step is None else b"%d " % step

    def block_may_match(self, block: bytes) -> bool:
        """False when no line of a block of whole lines can match; quick, so that most of a log is never split."""
        if self._step is not None and not block.startswith(self._step) and b"\n" + self._step not in block:
            return False
        if not self._needles:
            return True
        if b"\x1b" in block or b"\t" in block or not block.isascii():
            return True
        lowered = block.lower()
        return all(needle in lowered for needle in self._needles)

    def matches(self, line: bytes) -> bool:
        """Whether a line of the log file, without its line break, matches."""
        if self._step is not None and not line.startswith(self._step):
            return False
        parts = line.split(b" ", 3)
        raw = parts[3] if len(parts) == 4 else line
        text = plain_text(raw.decode("utf-8", "replace"))
        return all(pattern.search(text) for pattern in self._patterns)
