"""What the fake engine makes of a Dockerfile: its instructions, and what a few shell commands would print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trailer_tui.dockerfile.context import BuildContext

KEYWORDS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)


@dataclass(frozen=True, slots=True)
class FakeInstruction:
    """One instruction: upper-case keyword, arguments on one line, first Dockerfile line from 1."""

    keyword: str
    arguments: str
    line: int

    @property
    def text(self) -> str:
        """The instruction as a builder announces it."""
        return f"{self.keyword} {self.arguments}".strip()


@dataclass(frozen=True, slots=True)
class Piece:
    """What a command does next: print `text` to `stream` (`o`, `e`), sleep, or end with `exit_code`."""

    text: str = ""
    stream: str = "o"
    seconds: float = 0.0
    exit_code: int | None = None


def instructions(dockerfile: str) -> list[FakeInstruction]:
    """The instructions of a Dockerfile without heredocs; comments and empty lines go, continuations are joined."""
    found: list[FakeInstruction] = []
    start, words = 0, ""
    for number, raw in enumerate(dockerfile.split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        start = start or number
        if line.endswith("\\"):
            words += line[:-1]
            continue
        keyword, _, arguments = (words + line).partition(" ")
        found.append(FakeInstruction(keyword.upper(), arguments.strip(), start))
        start, words = 0, ""
    return found


def pieces(command: str) -> Iterator[Piece]:
    """What the shell command of a RUN does; knows `echo`, `printf`, `seq`, `sleep`, `exit`, `false`, `true`."""
    for part in re.split(r"\s*(?:&&|;)\s*", command):
        to_error = part.endswith(">&2")
        words = _words(part.removesuffix(">&2"))
        for piece in _simple(words):
            yield Piece(piece.text, "e" if to_error else "o", piece.seconds, piece.exit_code)
            if piece.exit_code:
                return


def _words(part: str) -> list[str]:
    try:
        return shlex.split(part)
    except ValueError:
        return part.split()


def _simple(words: Sequence[str]) -> Iterator[Piece]:
    match list(words):
        case ["echo", *rest]:
            yield Piece(" ".join(rest) + "\n")
        case ["printf", text, *_]:
            yield Piece(text.replace("\\n", "\n").replace("\\r", "\r"))
        case ["seq", first, last]:
            yield from _count(int(first), int(last))
        case ["sleep", seconds]:
            yield Piece(seconds=float(seconds))
        case ["exit", code]:
            yield Piece(exit_code=int(code))
        case ["false"]:
            yield Piece(exit_code=1)
        case _:
            return


def _count(first: int, last: int, chunk: int = 20_000) -> Iterator[Piece]:
    for start in range(first, last + 1, chunk):
        numbers = range(start, min(start + chunk, last + 1))
        yield Piece("\n".join(map(str, numbers)) + "\n")


def copied(context: BuildContext) -> dict[str, bytes]:
    """What COPY of one file each brings into the image, by absolute path."""
    entries = {entry.path: entry for entry in context.entries}
    found: dict[str, bytes] = {}
    for instruction in instructions(context.dockerfile):
        words = instruction.arguments.split()
        if instruction.keyword == "COPY" and len(words) == 2 and words[0] in entries:
            with entries[words[0]].open() as file:
                found[words[1]] = file.read()
    return found
