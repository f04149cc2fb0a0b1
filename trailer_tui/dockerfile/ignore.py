"""Patterns of `.dockerignore`: which paths of a build context they take out, exactly as Docker's own client decides.

Patterns apply in order and the last that matches decides; `!` brings back what earlier ones took out. A pattern that
matches a folder matches all that is in it. Source: moby/patternmatcher (`patternmatcher.go`, `ignorefile`), Go's
`path/filepath` (`Match`, `Clean`) and its regular expressions.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from trailer_tui.dockerfile.path_automaton import path_matcher
from trailer_tui.dockerfile.words import SPACE

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WORD_ESCAPES = frozenset("dDsSwWbBAaftnrv")
"""Letters that stay special after a backslash: the client makes regular expressions of patterns."""
_ESCAPED = frozenset(".+()|{}$")
_CLASS_ITEM = re.compile(r"\[:(\w+):\]|\\(.)|(.)", re.DOTALL)
_NAMED_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": r"0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}

_Match = Callable[[str], bool]


class BadPattern(ValueError):
    """A pattern that no builder takes; the message names it."""


class Matches(NamedTuple):
    """What the patterns say of one path."""

    matched: bool
    by_pattern: tuple[bool, ...]
    """The result of each pattern, which counts for everything below a folder."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    brings_back: bool
    match: _Match


class PathPatterns:
    """A list of patterns, ready to be asked path by path, parents first."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Take patterns as `read_ignore_file` gives them.

        Raises:
            BadPattern: one of them cannot be read.
        """
        self._patterns = [_pattern(text) for line in patterns if (text := line.strip(SPACE))]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    @property
    def can_bring_back(self) -> bool:
        """Whether a path in a folder that is taken out may stay."""
        return any(pattern.brings_back for pattern in self._patterns)

    def match(self, path: str, parent: Matches | None = None) -> Matches:
        """Whether the patterns match `path`, relative to the context and with `/`.

        Args:
            path: what is asked.
            parent: the answer for the folder that holds it; None at the top.
        """
        matched = False
        found: list[bool] = []
        for position, pattern in enumerate(self._patterns):
            match = parent is not None and parent.by_pattern[position]
            # A pattern that could change nothing is not asked, and does not count for what is below either.
            if not match and pattern.brings_back == matched:
                match = pattern.match(path)
            found.append(match)
            if match:
                matched = not pattern.brings_back
        return Matches(matched, tuple(found))


def read_ignore_file(content: bytes) -> list[str]:
    """The patterns of a `.dockerignore`: one a line without comments and blank lines, paths tidied."""
    patterns: list[str] = []
    for line in content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "surrogateescape").split("\n"):
        pattern = line.removesuffix("\r")
        if pattern.startswith("#"):
            continue
        pattern = pattern.strip(SPACE)
        if not pattern:
            continue
        mark = "!" if pattern.startswith("!") else ""
        pattern = pattern[len(mark) :].strip(SPACE)
        if pattern:
            pattern = _clean(pattern)
            if len(pattern) > 1:
                pattern = pattern.removeprefix("/")
        patterns.append(mark + pattern)
    return patterns


def name_matcher(pattern: str) -> Callable[[str], bool]:
    """Says of one part of a path whether one part of a wildcard source such as `*.txt` matches it.

    A pattern that cannot be read is taken for a name.
    """
    try:
        return _matcher(pattern)
    except BadPattern:
        return pattern.__eq__


def _pattern(text: str) -> _Pattern:
    cleaned = _clean(text)
    brings_back = cleaned.startswith("!")
    if cleaned == "!":
        raise BadPattern("The pattern '!' names nothing to bring back")
    cleaned = cleaned.removeprefix("!") if brings_back else cleaned
    return _Pattern(brings_back, _matcher(cleaned))


def _clean(path: str) -> str:
    """The shortest form of a path, by Go's rules."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


class _Expression(NamedTuple):
    expression: str
    kind: str
    """`exact`, `prefix`, `suffix` or `expression`: the first three are compared as text."""


def _matcher(pattern: str) -> _Match:
    expression, kind = _regular_expression(pattern)
    if kind == "exact":
        return pattern.__eq__
    if kind == "prefix":
        prefix = pattern[:-2]
        return lambda path: path.startswith(prefix)
    if kind == "suffix":
        suffix = pattern[2:]
        whole = suffix[1:] if suffix.startswith("/") else None
        return lambda path: path.endswith(suffix) or path == whole
    return path_matcher(_for_python(expression, pattern))


def _regular_expression(pattern: str) -> _Expression:
    """What the client makes of a pattern; a class may hold what it made of `*` and `?` in it."""
    pieces: list[str] = []
    kind = "exact"
    position = 0
    while position < len(pattern):
        character = pattern[position]
        first = position == 0
        position += 1
        if character == "*" and pattern[position : position + 1] == "*":
            position += 1
            if pattern[position : position + 1] == "/":
                position += 1
            if position == len(pattern):
                kind = "prefix" if kind == "exact" else "expression"
                pieces.append(".*")
            else:
                kind = "expression"
                pieces.append("(.*/)?")
            if first:
                kind = "suffix"
            continue
        if character == "\\" and position < len(pattern):
            pieces.append("\\" + pattern[position])
            position += 1
        elif character in "*?":
            pieces.append("[^/]*" if character == "*" else "[^/]")
        else:
            pieces.append("\\" + character if character in _ESCAPED or character == "\\" else character)
            kind = "expression" if character in "[]" else kind
            continue
        kind = "expression"
    return _Expression("".join(pieces), kind)


def _for_python(expression: str, pattern: str) -> list[str]:
    """The same regular expression, in pieces, in Python's dialect, which reads classes and some escapes differently."""
    pieces: list[str] = []
    position = 0
    while position < len(expression):
        character = expression[position]
        if character == "\\":
            pieces.append(_escape(expression[position + 1], pattern))
            position += 2
        elif character == "[":
            text, position = _class(expression, position, pattern)
            pieces.append(text)
        else:
            pieces.append(character)
            position += 1
    return pieces


def _escape(character: str, pattern: str) -> str:
    if not character.isascii() or (character.isalnum() and character not in _WORD_ESCAPES):
        raise BadPattern(f"The pattern {pattern!r} has a backslash before {character!r}, where it means nothing")
    return f"\\{character}" if character != "z" else r"\Z"


def _class(expression: str, start: int, pattern: str) -> tuple[str, int]:
    """The class at `start` in Python's dialect, and the position after it."""
    position = start + 1
    pieces = ["["]
    if expression[position : position + 1] == "^":
        pieces.append("^")
        position += 1
    first = position
    while position == first or expression[position : position + 1] != "]":
        match = _CLASS_ITEM.match(expression, position)
        if match is None:
            raise BadPattern(f"The pattern {pattern!r} has a [ that is not closed")
        pieces.append(_class_item(match, pattern))
        position = match.end()
    text = "".join([*pieces, "]"])
    try:
        re.compile(text)
    except re.error as error:
        raise BadPattern(f"The pattern {pattern!r} has a [ ] that cannot be read: {error}") from error
    return text, position + 1


def _class_item(match: re.Match[str], pattern: str) -> str:
    name, escaped, character = match.groups()
    if name is not None:
        if name not in _NAMED_CLASSES:
            raise BadPattern(f"The pattern {pattern!r} has the class [:{name}:], which is not known")
        return _NAMED_CLASSES[name]
    if escaped is not None:
        return _escape(escaped, pattern)
    return f"\\{character}" if character in "[]&~|^" else str(character)
