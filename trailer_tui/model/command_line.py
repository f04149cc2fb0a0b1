"""How a command that was typed as in a shell is started: as words, or by a shell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_BLANK = " \t"
_OPERATORS = ";&|()"
_EXPANDED = "$`"
_SPECIAL = "<>*?[~"
"""Redirections, patterns and home directories: a shell's work, which still leaves one program to run."""

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=", re.ASCII)
_FIRST_WORD = re.compile(r"[A-Za-z0-9_./+-]+", re.ASCII)
_SHELL_WORD = re.compile(
    r"[!{}.:]|\[\[?|alias|bg|break|builtin|case|cd|command|continue|declare|do|done|elif|else|esac|eval|exec|exit|export|"
    r"fc|fg|fi|for|function|getopts|hash|if|in|jobs|let|local|popd|pushd|read|readonly|return|select|set|shift|shopt|"
    r"source|then|time|times|trap|type|typeset|ulimit|umask|unalias|unset|until|wait|while"
)
"""Reserved words and builtins that no program stands in for."""


class Launch(StrEnum):
    """What a command needs to run."""

    WORDS = "words"
    """Nothing: it is a program and its arguments."""
    EXEC = "exec"
    """A shell that becomes the program, for variables, patterns and redirections."""
    SHELL = "shell"
    """A shell that stays: several programs, or something that only a shell can do."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command, read as a shell reads it."""

    launch: Launch
    words: tuple[str, ...] = ()
    """Program and arguments; when a shell is needed, what stands there before it expands anything."""


def read_command_line(text: str) -> CommandLine:
    """How the line is started.

    Args:
        text: one line, as one would type it in a POSIX shell.

    Raises:
        ValueError: a quotation mark or a backslash has no end; the message is "problem: remedy".
    """
    found, uses, unfinished = _Reader(text).read()
    words = tuple(found)
    if unfinished and "$(" not in text and "`" not in text:
        raise ValueError(unfinished)
    first = words[0] if words else ""
    plain_first = _FIRST_WORD.fullmatch(first) is not None and not _SHELL_WORD.fullmatch(first)
    if unfinished or "operator" in uses or not words:
        return CommandLine(Launch.SHELL, words)
    if not uses and first and not _is_syntax(text, first):
        return CommandLine(Launch.WORDS, words)
    is_program = plain_first and text.lstrip(_BLANK).startswith(first)
    return CommandLine(Launch.EXEC if is_program else Launch.SHELL, words)


def _is_syntax(text: str, first: str) -> bool:
    """Whether the first word means something to a shell because it stands there without quotes."""
    unquoted = text.lstrip(_BLANK).startswith(first)
    return unquoted and ((_SHELL_WORD.fullmatch(first) or _ASSIGNMENT.match(first)) is not None)


class _Reader:
    """Splits a line into words, and notes what only a shell can do with it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._words: list[str] = []
        self._word: list[str] | None = None
        self._uses: set[str] = set()
        self._unfinished = ""

    def read(self) -> tuple[list[str], set[str], str]:
        while self._at < len(self._text) and not self._unfinished:
            self._step(self._text[self._at])
        self._end_word()
        return self._words, self._uses, self._unfinished

    def _step(self, character: str) -> None:
        self._at += 1
        if character in _BLANK:
            self._end_word()
        elif character == "\\":
            self._add(self._next("a backslash at the end: remove it or write the character that it is for"))
        elif character == "'":
            self._single()
        elif character == '"':
            self._double()
        elif character == "#" and self._word is None:
            self._uses.add("operator")  # a comment: what follows is nobody's word
            self._at = len(self._text)
        else:
            self._note(character)
            self._add(character)

    def _note(self, character: str) -> None:
        if character in _OPERATORS or character == "\n":
            self._uses.add("operator")
        elif character in _EXPANDED or character in _SPECIAL:
            self._uses.add("expansion")

    def _single(self) -> None:
        end = self._text.find("'", self._at)
        if end < 0:
            self._unfinished = "has a ' without its end: close it, or write \\' for the character itself"
            return
        self._add(self._text[self._at : end])
        self._at = end + 1

    def _double(self) -> None:
        self._add("")
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if character == '"':
                return
            if character == "\\" and self._text[self._at : self._at + 1] in ("$", "`", '"', "\\"):
                character = self._next("")
            elif character in _EXPANDED:
                self._uses.add("expansion")
            self._add(character)
        self._unfinished = 'has a " without its end: close it, or write \\" for the character itself'

    def _next(self, problem: str) -> str:
        if self._at >= len(self._text):
            self._unfinished = f"has {problem}"
            return ""
        self._at += 1
        return self._text[self._at - 1]

    def _add(self, text: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(text)

    def _end_word(self) -> None:
        if self._word is not None:
            self._words.append("".join(self._word))
            self._word = None
