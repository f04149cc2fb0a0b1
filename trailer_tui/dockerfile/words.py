"""Words of an instruction: flags, quoted words and shell words, by the rules of BuildKit's parser and shell lexer."""

from __future__ import annotations

import re

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What the Go parser takes for white space (`unicode.IsSpace`), which is not what Python does."""

_S = re.escape(SPACE)
_BLANK = re.compile(rf"[{_S}]*+")
_SHELL_PIECE = re.compile(
    rf"""'[^']*+'|"(?:[^"\\]++|\\.)*+"|\\.|\\$|\$\{{[^}}$]*+\}}|\$|[^{_S}'"\\$]++""",
    re.DOTALL,
)
_FLAG = re.compile(
    rf"""--(?:[^{_S}'"\\]++|\\.|\\$|'(?:[^'\\]++|\\.)*+(?:'|\\?$)|"(?:[^"\\]++|\\.)*+(?:"|\\?$))*+""", re.DOTALL
)
_FLAG_QUOTE = re.compile(r"\\(.)|\\$|['\"]", re.DOTALL)


def shell_words(line: str) -> list[str]:
    """The words of `line` as a shell splits them, quotes and escapes kept; [] when a quote or `${` is left open."""
    words: list[str] = []
    position = 0
    if line.count("${") > line.count("}"):
        return words
    while True:
        position = _end(_BLANK, line, position)
        if position >= len(line):
            return words
        start = position
        while (match := _SHELL_PIECE.match(line, position)) and match.end() > position:
            position = match.end()
        if position == start or (position < len(line) and line[position] not in SPACE):
            return []
        words.append(line[start:position])


def unquote(word: str) -> str:
    """`word` without its quotes and escapes; variables stay as they are written."""
    pieces: list[str] = []
    for match in _SHELL_PIECE.finditer(word):
        piece = match.group()
        if piece.startswith("'"):
            pieces.append(piece[1:-1])
        elif piece.startswith('"'):
            pieces.append(re.sub(r'\\(["$\\])', r"\1", piece[1:-1]))
        elif piece.startswith("\\"):
            pieces.append(piece[1:])
        else:
            pieces.append(piece)
    return "".join(pieces)


def split_flags(rest: str) -> tuple[tuple[str, ...], str]:
    """The leading `--name=value` words of an instruction (unquoted), and the text after them."""
    flags: list[str] = []
    position = 0
    while True:
        position = _end(_BLANK, rest, position)
        match = _FLAG.match(rest, position)
        if match is None:
            return tuple(flags), rest[position:].strip(SPACE)
        position = match.end()
        if match.group() == "--":
            return tuple(flags), rest[position:].strip(SPACE)
        flags.append(_FLAG_QUOTE.sub(lambda found: found.group(1) or "", match.group()))


def quoted_words(rest: str, escape: str) -> list[str]:
    """The words of `rest` as ENV, LABEL and ARG split them, quotes kept; an open quote ends with the text."""
    e = re.escape(escape)
    pattern = re.compile(
        rf"""(?:[^{_S}'"{e}]++|{e}.|{e}$|'[^']*+(?:'|$)|"(?:[^"{e}]++|{e}.)*+(?:"|{e}?$))++""", re.DOTALL
    )
    return pattern.findall(rest)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
