"""Values of build secrets taken out of what a build prints.

A guard against accidents, such as a tool that prints its configuration: a step that wants to tell a secret can always
write it in another form.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

MASK = "***"

MIN_CHARACTERS = 6
"""Shorter texts are left as they are: they would be found in output that has nothing to do with the secret."""

_FEW = 100
"""More texts than that are told apart by their first characters before they are compared one by one: a file may have
thousands of lines, and trying each of them at every character of the output would hold up the whole server."""


class SecretMask:
    """Replaces each value that a step of one build was given; starts with none.

    A value of several lines is looked for line by line. Safe from any thread.
    """

    def __init__(self) -> None:
        self.longest = 0
        """Characters of the longest text that is replaced."""
        self._lock = threading.Lock()
        self._texts: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def __call__(self, text: str) -> str:
        """The text without the values learnt so far."""
        pattern = self._pattern
        return text if pattern is None else pattern.sub(MASK, text)

    def watch(self, readers: Mapping[str, Callable[[], bytes]]) -> dict[str, Callable[[], bytes]]:
        """The same readers; what they give is learnt before anybody gets it."""
        return {name: partial(self._read, read) for name, read in readers.items()}

    def learn(self, value: bytes) -> None:
        """Replace this value from now on."""
        lines = value.decode("utf-8", "replace").split("\n")
        with self._lock:
            self._texts.update(line for line in map(str.strip, lines) if len(line) >= MIN_CHARACTERS)
            if not self._texts:
                return
            self.longest = max(map(len, self._texts))
            # The longest first: one value may be the beginning of another.
            ordered = sorted(self._texts, key=lambda text: (-len(text), text))
            self._pattern = re.compile(_any_of(ordered))

    def _read(self, read: Callable[[], bytes]) -> bytes:
        value = read()
        self.learn(value)
        return value


def _any_of(texts: Sequence[str], branching: int = MIN_CHARACTERS // 2) -> str:
    """A pattern for these texts, the first that fits; many are grouped by up to `branching` first characters."""
    if not branching or len(texts) <= _FEW:
        return "|".join(map(re.escape, texts))
    rests: dict[str, list[str]] = {}
    for text in texts:
        rests.setdefault(text[0], []).append(text[1:])
    return "|".join(f"{re.escape(first)}(?:{_any_of(found, branching - 1)})" for first, found in rests.items())
