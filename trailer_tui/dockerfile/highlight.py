"""Colours for a Dockerfile: what each piece of a line is, line by line, so that an edit does not reread it all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.rules.keywords import FLAGS
from trailer_tui.dockerfile.words import SPACE

SpanKind = Literal["keyword", "flag", "comment", "directive", "string", "variable", "heredoc", "escape"]

MAX_COLUMNS = 4000
"""Characters of a line that are coloured; what stands behind them is plain."""

_DIRECTIVE = re.compile(r"#\s*(?:syntax|escape|check)\s*=\s*(\S+).*", re.IGNORECASE)
_KEYWORD = re.compile(r"[A-Za-z]+")
_SECOND = {"ONBUILD": FLAGS.keys() - {"ONBUILD"}, "HEALTHCHECK": {"CMD", "NONE"}, "FROM": {"AS"}}
_HEREDOC_KEYWORDS = frozenset({"RUN", "COPY", "ADD", "ONBUILD"})
_CONTINUED = {escape: re.compile(rf"(?<!{re.escape(escape)}){re.escape(escape)}[ \t\r]*\Z") for escape in "\\`"}
_PIECE = re.compile(
    r"""(?P<string>"(?:[^"\\]++|\\.)*+"?|'[^']*+'?)"""
    r"""|(?P<variable>\$\{[^}]*+\}|\$\w++)"""
    r"""|(?P<heredoc>(?<![\w<])\d*<<-?(?:\w++|"\w++"|'\w++'))"""
    r"""|(?P<flag>(?<!\S)--[\w-]++=?)"""
    r"""|(?P<word>[^\s"'$<]++|[$<])"""
)


class Span(NamedTuple):
    """One coloured piece of a line: from `start` up to before `end`, in characters."""

    start: int
    end: int
    kind: SpanKind


@dataclass(frozen=True, slots=True)
class LineState:
    """What a line has to know of those before it."""

    escape: str = "\\"
    at_top: bool = True
    """Parser directives still count."""
    keyword: str = ""
    """The instruction that goes on in this line; empty where a new one starts."""
    start: int = 0
    """The line, from 0, where that instruction began."""
    in_flags: bool = False
    """Nothing but flags stood after the keyword yet."""
    heredocs: tuple[tuple[str, bool], ...] = field(default=())
    """Terminator and `<<-` of the bodies still to come, the present one first."""


def highlight(text: str) -> list[list[Span]]:
    """The spans of every line (as a line feed ends it), in order and without overlaps."""
    lines = text.split("\n")
    state = LineState()
    found: list[list[Span]] = []
    for index in range(len(lines)):
        found.append(line_spans(lines, index, state))
        state = next_state(lines, index, state)
    return found


def line_spans(lines: Sequence[str], index: int, state: LineState) -> list[Span]:
    """The spans of line `index` (from 0), which `state` leads to."""
    line = lines[index]
    text = line[:MAX_COLUMNS]
    bare = text.strip(SPACE + "\ufeff")
    if not bare:
        return []
    start = text.index(bare[0])
    end = start + len(bare)
    if state.heredocs:
        return [Span(start, end, "heredoc" if _terminates(line, state) else "string")]
    if bare.startswith("#"):
        directive = state.at_top and not state.keyword and _DIRECTIVE.fullmatch(bare)
        return [Span(start, end, "directive" if directive else "comment")]
    return _instruction_spans(text, start, state, is_whole=len(text) == len(line))


def next_state(lines: Sequence[str], index: int, state: LineState) -> LineState:
    """The state that line `index` leads to."""
    line = lines[index]
    if state.heredocs:
        return replace(state, heredocs=state.heredocs[1:]) if _terminates(line, state) else state
    bare = line.strip(SPACE + "\ufeff" if index == 0 else SPACE)
    if not bare or bare.startswith("#"):
        return state if state.keyword or not state.at_top else _after_comment(bare, state)
    keyword, start = state.keyword, state.start
    if not keyword:
        match = _KEYWORD.match(bare)
        keyword, start = (match.group().upper() if match else "?"), index
    if _CONTINUED[state.escape].search(line):
        in_flags = _only_flags(bare, is_first=not state.keyword) and (state.in_flags or not state.keyword)
        return replace(state, at_top=False, keyword=keyword, start=start, in_flags=in_flags)
    heredocs = _opened(lines, start, index, state.escape) if keyword in _HEREDOC_KEYWORDS else ()
    return LineState(escape=state.escape, at_top=False, heredocs=heredocs)


def _after_comment(bare: str, state: LineState) -> LineState:
    match = _DIRECTIVE.fullmatch(bare)
    if match is None:
        return replace(state, at_top=False)
    is_escape = bare.lstrip("# \t").lower().startswith("escape")
    return replace(state, escape=match[1]) if is_escape and match[1] in _CONTINUED else state


def _opened(lines: Sequence[str], start: int, end: int, escape: str) -> tuple[tuple[str, bool], ...]:
    """The heredocs that the instruction on these lines opens, as the parser sees them."""
    source = "\n".join(lines[start : end + 1])
    if "<<" not in source:
        return ()
    instructions = parse(f"# escape={escape}\n{source.removeprefix(chr(0xFEFF))}").instructions
    return tuple((found.name, found.strip_tabs) for item in instructions[:1] for found in item.heredocs)


def _terminates(line: str, state: LineState) -> bool:
    name, strip_tabs = state.heredocs[0]
    line = line.rstrip("\r")
    return (line.lstrip("\t") if strip_tabs else line) == name


def _only_flags(bare: str, *, is_first: bool) -> bool:
    words = bare.rstrip("\\` \t").split()[is_first:]
    return all(word.startswith("--") for word in words)


def _instruction_spans(text: str, start: int, state: LineState, *, is_whole: bool) -> list[Span]:
    spans: list[Span] = []
    keyword, position, in_flags = state.keyword, start, state.in_flags
    if not keyword and (match := _KEYWORD.match(text, start)):
        keyword, position, in_flags = match.group().upper(), match.end(), True
        if keyword in FLAGS:
            spans.append(Span(start, position, "keyword"))
    continuation = _CONTINUED[state.escape].search(text) if is_whole else None
    end = continuation.start() if continuation else len(text)
    for match in _PIECE.finditer(text, position, end):
        kind = match.lastgroup or ""
        if kind == "word" and match.group().upper() in _SECOND.get(keyword, ()):
            spans.append(Span(match.start(), match.end(), "keyword"))
            in_flags = keyword == "ONBUILD"
            keyword = match.group().upper() if keyword == "ONBUILD" else keyword
            continue
        if kind == "flag" and in_flags:
            spans.append(Span(match.start(), match.end(), "flag"))
            continue
        is_flag_value = bool(spans) and spans[-1].kind == "flag" and match.start() == spans[-1].end
        in_flags = in_flags and is_flag_value
        if kind in {"string", "variable"} or (kind == "heredoc" and keyword in _HEREDOC_KEYWORDS):
            spans.append(Span(match.start(), match.end(), kind))  # type: ignore[arg-type]
    if continuation:
        spans.append(Span(continuation.start(), continuation.start() + 1, "escape"))
    return spans
