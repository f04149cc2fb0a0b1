"""Dockerfile text to instructions, by the grammar of BuildKit's parser, which the classic builder shares.

Source: moby/buildkit, `frontend/dockerfile/parser` (`parser.go`, `line_parsers.go`, `directives.go`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from trailer_tui.dockerfile.words import SPACE, shell_words, split_flags, unquote

_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_KEYWORD_END = re.compile(r"[\t\v\f\r ]+")
_HEREDOC = re.compile(r"\d*<<(-?)([^<]*)", re.DOTALL)
_CONTINUED = {escape: re.compile(rf"(?<!{re.escape(escape)}){re.escape(escape)}[ \t]*\Z") for escape in ("\\", "`")}
_DIRECTIVE_NAMES = frozenset({"syntax", "escape", "check"})
_HEREDOC_KEYWORDS = frozenset({"RUN", "COPY", "ADD"})
_JSON_KEYWORDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "COPY", "ADD"})


_DECODER = json.JSONDecoder()


class _JsonForm(NamedTuple):
    strings: tuple[str, ...] | None = None
    rest: str = ""
    is_mixed: bool = False


@dataclass(frozen=True, slots=True)
class Directive:
    """A parser directive such as `# syntax=docker/dockerfile:1`."""

    name: str
    """Lower case: `syntax`, `escape` or `check`."""
    value: str
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Heredoc:
    """One `<<NAME` of an instruction and its body."""

    name: str
    """The terminator, without quotes."""
    strip_tabs: bool
    """`<<-`: leading tabs of the body do not count."""
    expand: bool
    """False when a part of the name was quoted: variables of the body stay as they are."""
    body: str
    """With line breaks, without the terminator's line."""
    line: int
    """First line after the instruction or the heredoc before, from 1."""
    end_line: int
    """The terminator's line, or the last line read; one less than `line` when there was none to read."""
    terminated: bool


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; the classic builder makes one `Step N/M` of each."""

    number: int
    """The builder's step, from 1."""
    keyword: str
    """Upper case; anything when the instruction is unknown, empty for a continuation of nothing."""
    arguments: str
    """What follows the keyword and its flags, continuations joined, without heredoc bodies."""
    flags: tuple[str, ...]
    """`--from=build`, in order, without quotes."""
    line: int
    """From 1."""
    end_line: int
    """Heredoc bodies included."""
    source: str
    """The lines as written."""
    json: tuple[str, ...] | None = None
    """The strings of the JSON form, where the keyword knows one."""
    json_rest: str = ""
    """Text after the JSON form, which builders ignore."""
    heredocs: tuple[Heredoc, ...] = ()
    inner: Instruction | None = None
    """The instruction that an ONBUILD carries."""
    continues_past_end: bool = False
    """The file ends in a line continuation of this instruction."""
    empty_continuations: tuple[int, ...] = ()
    """Lines without anything on them inside the instruction, from 1."""
    has_mixed_json: bool = False
    """The arguments are a JSON array of something else than strings, which builders refuse."""

    @property
    def text(self) -> str:
        """The instruction on one line, as steps show it."""
        return " ".join(filter(None, (self.keyword, *self.flags, self.arguments)))

    def flag(self, name: str) -> str | None:
        """The value of `--name=value` (empty for a bare `--name`), or None when the flag is not given."""
        for given in self.flags:
            key, _, value = given.partition("=")
            if key == f"--{name}":
                return value
        return None


@dataclass(frozen=True, slots=True)
class ParsedDockerfile:
    """What `parse` found."""

    instructions: tuple[Instruction, ...]
    directive_list: tuple[Directive, ...] = ()
    """Every parser directive in order, repeated ones too."""
    escape: str = "\\"
    """The escape character in force."""
    directives: dict[str, str] = field(default_factory=dict)
    """Name to value: syntax, escape, check; the first of each counts."""


def parse(text: str) -> ParsedDockerfile:
    """The instructions of a Dockerfile. Never raises: what is wrong in it is for `check` to say."""
    return _Parser(text).parse()


def split_lines(text: str) -> list[str]:
    """The lines of `text` as builders count them: only a line feed ends a line; `\\r` before it is kept."""
    return text.removeprefix("\ufeff").split("\n")


class _Parser:
    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)
        self._next = 0
        self._escape = "\\"
        self._directives: list[Directive] = []

    def parse(self) -> ParsedDockerfile:
        self._read_directives()
        instructions: list[Instruction] = []
        while self._next < len(self._lines):
            instruction = self._read_instruction(len(instructions) + 1)
            if instruction is not None:
                instructions.append(instruction)
        values: dict[str, str] = {}
        for directive in self._directives:
            values.setdefault(directive.name, directive.value)
        return ParsedDockerfile(tuple(instructions), tuple(self._directives), self._escape, values)

    def _read_directives(self) -> None:
        """Directives stand before everything else; an unknown name is a comment that ends nothing."""
        while self._next < len(self._lines):
            match = _DIRECTIVE.fullmatch(self._lines[self._next].strip(SPACE))
            if match is None:
                return
            self._next += 1
            name, value = match[1].lower(), match[2]
            if name not in _DIRECTIVE_NAMES:
                continue
            first = all(directive.name != name for directive in self._directives)
            self._directives.append(Directive(name, value, self._next))
            if name == "escape" and first and value in _CONTINUED:
                self._escape = value

    def _read_instruction(self, number: int) -> Instruction | None:
        start = self._next
        self._next += 1
        line = self._lines[start].rstrip("\r").lstrip(SPACE)
        if not line or line.startswith("#"):
            return None
        line, continued = self._without_continuation(line)
        pieces = [line]
        empty: list[int] = []
        while continued and self._has_more():
            raw = self._lines[self._next].rstrip("\r")
            self._next += 1
            stripped = raw.lstrip(SPACE)
            if not stripped:
                empty.append(self._next)
            if not stripped or stripped.startswith("#"):
                continue
            piece, continued = self._without_continuation(raw)
            pieces.append(piece)
        bare = replace(
            _instruction("".join(pieces), number, start + 1),
            continues_past_end=continued,
            empty_continuations=tuple(empty),
        )
        heredocs = self._read_heredocs(bare, "".join(pieces))
        source = "\n".join(self._lines[start : self._next])
        return _placed(bare, heredocs, self._next, source)

    def _has_more(self) -> bool:
        """Whether a line is left; the empty text after the last line feed is none."""
        last = len(self._lines) - 1
        return self._next < last or (self._next == last and self._lines[last] != "")

    def _without_continuation(self, line: str) -> tuple[str, bool]:
        match = _CONTINUED[self._escape].search(line)
        return (line[: match.start()], True) if match else (line, False)

    def _read_heredocs(self, instruction: Instruction, line: str) -> tuple[Heredoc, ...]:
        carrier = instruction.inner if instruction.keyword == "ONBUILD" and instruction.inner else instruction
        if carrier.keyword not in _HEREDOC_KEYWORDS or carrier.json is not None or "<<" not in line:
            return ()
        return tuple(self._read_body(*start) for start in map(_heredoc_start, shell_words(line)) if start)

    def _read_body(self, name: str, strip_tabs: bool, expand: bool) -> Heredoc:
        start = self._next
        while self._has_more():
            line = self._lines[self._next].rstrip("\r")
            self._next += 1
            if (line.lstrip("\t") if strip_tabs else line) == name:
                return self._heredoc(name, strip_tabs, expand, start, terminated=True)
        return self._heredoc(name, strip_tabs, expand, start, terminated=False)

    def _heredoc(self, name: str, strip_tabs: bool, expand: bool, start: int, *, terminated: bool) -> Heredoc:
        body = self._lines[start : self._next - terminated]
        return Heredoc(
            name, strip_tabs, expand, "".join(f"{line}\n" for line in body), start + 1, self._next, terminated
        )


def _heredoc_start(word: str) -> tuple[str, bool, bool] | None:
    match = _HEREDOC.fullmatch(word)
    if match is None or not match[2]:
        return None
    name = unquote(match[2])
    return name, match[1] == "-", name == match[2]


def _instruction(line: str, number: int, start: int) -> Instruction:
    """The instruction that a joined line holds; `end_line`, `source` and heredocs come with `_placed`."""
    parts = _KEYWORD_END.split(line.strip(SPACE), maxsplit=1)
    keyword = parts[0].upper()
    flags, arguments = split_flags(parts[1]) if len(parts) == 2 else ((), "")
    form = _json_form(arguments) if keyword in _JSON_KEYWORDS else _JsonForm()
    return Instruction(
        number=number,
        keyword=keyword,
        arguments=arguments,
        flags=flags,
        line=start,
        end_line=start,
        source="",
        json=form.strings,
        json_rest=form.rest,
        inner=_instruction(arguments, number, start) if keyword == "ONBUILD" and not _is_onbuild(arguments) else None,
        has_mixed_json=form.is_mixed,
    )


def _is_onbuild(arguments: str) -> bool:
    return not arguments or _KEYWORD_END.split(arguments, maxsplit=1)[0].upper() == "ONBUILD"


def _placed(instruction: Instruction, heredocs: tuple[Heredoc, ...], end_line: int, source: str) -> Instruction:
    inner = instruction.inner
    return replace(
        instruction,
        heredocs=heredocs,
        end_line=end_line,
        source=source,
        inner=_placed(inner, heredocs, end_line, source) if inner else None,
    )


def _json_form(arguments: str) -> _JsonForm:
    """The JSON array at the start; builders read one value and ignore what follows."""
    if not arguments.startswith("["):
        return _JsonForm()
    try:
        found, end = _DECODER.raw_decode(arguments)
    except (ValueError, RecursionError):
        return _JsonForm()
    if not all(isinstance(item, str) for item in found):
        return _JsonForm(is_mixed=True)
    return _JsonForm(tuple(found), arguments[end:].strip(SPACE))
