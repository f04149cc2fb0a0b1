"""How rules word a finding."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from trailer_tui.model.image import DockerfileProblem
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trailer_tui.dockerfile.parse import Instruction

_SHOWN = 60


def error(instruction: Instruction, rule: str, message: str) -> DockerfileProblem:
    """A finding with which no build can succeed."""
    return DockerfileProblem(
        line=instruction.line, end_line=instruction.end_line, severity="error", rule=rule, message=message
    )


def warning(instruction: Instruction, rule: str, message: str) -> DockerfileProblem:
    """A finding that builds, but hardly as meant."""
    return DockerfileProblem(
        line=instruction.line, end_line=instruction.end_line, severity="warning", rule=rule, message=message
    )


def shown(text: str) -> str:
    """Text of the file as a message quotes it: on one line, without control characters, shortened."""
    text = printable(text[: _SHOWN + 1])
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text


def suggestion(given: str, known: Iterable[str]) -> str:
    """The known word that `given` was probably meant to be, or nothing."""
    found = get_close_matches(given[:_SHOWN], list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
