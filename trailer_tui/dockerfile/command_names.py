"""Short names of startup commands: what stands before their lines in the log."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trailer_tui.model.command_line import read_command_line

MAX_NAME_LENGTH = 24
_UNKNOWN = "command"

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.ASCII | re.DOTALL)
_PREFIXES = frozenset({"exec", "env", "nohup", "nice", "time", "sudo", "command"})
_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*", re.ASCII)
_INTERPRETERS = frozenset({"sh", "bash", "dash", "zsh", "node", "ruby", "perl", "php", "java", "Rscript", "julia"})
_SCRIPT = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)


def command_names(commands: Sequence[str]) -> list[str]:
    """A name for each command, all different: its program, or the script or module that the program is given.

    Args:
        commands: lines as they were typed.
    """
    names: list[str] = []
    for command in commands:
        name = _name(read_command_line(command).words)
        number = 2
        unique = name
        while unique in names:
            unique = f"{name}-{number}"
            number += 1
        names.append(unique)
    return names


def _name(words: Sequence[str]) -> str:
    words = _without_prefixes(words)
    if not words:
        return _UNKNOWN
    program = words[0].rsplit("/", 1)[-1]
    script = _script(program, words[1:])
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", script or program)
    return readable[:MAX_NAME_LENGTH].strip("-.") or _UNKNOWN


def _without_prefixes(words: Sequence[str]) -> Sequence[str]:
    """The words from the program on: without `cd …`, assignments and what only starts another program."""
    words = list(words)
    while words:
        if words[0] == "cd":
            ends = [index for index, word in enumerate(words) if word == "&&" or word.endswith(";")]
            if not ends:
                return words
            del words[: ends[0] + 1]
        elif words[0] in _PREFIXES or _ASSIGNMENT.fullmatch(words[0]):
            del words[0]
        else:
            return words
    return words


def _script(program: str, arguments: Sequence[str]) -> str:
    """What an interpreter runs; empty for another program, or when it is no file and no module."""
    is_python = _PYTHON.fullmatch(program) is not None
    if not is_python and program not in _INTERPRETERS:
        return ""
    if is_python and len(arguments) > 1 and arguments[0] == "-m":
        return arguments[1]
    given = next((argument for argument in arguments if not argument.startswith("-")), "")
    if not _SCRIPT.fullmatch(given):
        return ""
    name = given.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or name
