"""Matches a path against a pattern with many wildcards in bounded time: all ways are followed at once, none is retried.

Regular expressions try one way after another, which takes the length of the path to the power of the wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_FOLDERS = "(.*/)?"
_FEW = 2
"""Wildcards that a regular expression takes without trying too many ways."""

Atoms = Iterable[str]
"""A regular expression cut into what stands for one character (`a`, `\\.`, `[a-z]`) and operators."""

_Step = Callable[[str, int], int]
"""From the positions in a path that are reached, as a set of bits, to those reached after one more piece."""


def path_matcher(atoms: Atoms) -> Callable[[str], bool]:
    """Says whether the whole of a path matches.

    Args:
        atoms: the expression of a pattern, piece by piece; its operators are `*` and `?` after one character, and
            `(.*/)?` for any folders.
    """
    pieces = list(atoms)
    if sum(piece in "*?" for piece in pieces) > _FEW and (steps := _steps(pieces)) is not None:
        return lambda path: _follow(steps, path)
    compiled = re.compile("".join(pieces), re.ASCII)
    return lambda path: compiled.fullmatch(path) is not None


def _follow(steps: list[_Step], path: str) -> bool:
    reached = 1
    for step in steps:
        reached = step(path, reached)
        if not reached:
            return False
    return bool(reached >> len(path) & 1)


def _steps(pieces: list[str]) -> list[_Step] | None:
    """The pieces as steps, equal neighbours that add nothing as one; None when they hold another operator."""
    steps: list[_Step] = []
    position = 0
    before = ""
    while position < len(pieces):
        if pieces[position : position + len(_FOLDERS)] == list(_FOLDERS):
            position += len(_FOLDERS)
            if before != _FOLDERS:
                steps.append(_any_folders)
            before = _FOLDERS
            continue
        atom = pieces[position]
        if atom in ("(", ")", "*", "?"):
            return None
        operator = pieces[position + 1] if pieces[position + 1 : position + 2] in (["*"], ["?"]) else ""
        position += 1 + len(operator)
        if atom == "^" and operator:
            return None
        text = atom + operator
        if not (operator == "*" and text == before):
            steps.append(_at_start if atom == "^" else _step(atom, operator))
        before = text
    return steps


def _step(atom: str, operator: str) -> _Step:
    one = re.compile(atom, re.ASCII).match

    def step(path: str, reached: int) -> int:
        after = reached if operator else 0
        for position, character in enumerate(path):
            here = after if operator == "*" else reached
            if here >> position & 1 and one(character):
                after |= 2 << position
        return after

    return step


def _any_folders(path: str, reached: int) -> int:
    """`(.*/)?`: nothing, or all up to a later `/`; like `.`, it does not pass the end of a line."""
    after, inside = reached, False
    for position, character in enumerate(path):
        inside = (inside or bool(reached >> position & 1)) and character != "\n"
        if inside and character == "/":
            after |= 2 << position
    return after


def _at_start(_path: str, reached: int) -> int:
    return reached & 1
