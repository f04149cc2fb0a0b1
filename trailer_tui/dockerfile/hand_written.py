"""A hand-written Dockerfile that instructions are added to: what it ends with, and what they must look like there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trailer_tui.dockerfile.bases import SCRATCH, Stage, final_chain
from trailer_tui.dockerfile.known_values import with_known_values
from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile, parse
from trailer_tui.dockerfile.variables import substitute
from trailer_tui.model.errors import FieldProblem, InvalidInput

_FIELD = "configuration.dockerfile"
_BACKSLASH = "\\"
_EXPANDED_KEYWORDS = frozenset({"ADD", "ARG", "COPY", "ENV", "LABEL", "STOPSIGNAL", "USER", "WORKDIR"})
"""In the arguments of these, builders read the escape character."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What holds at the end of the last stage."""

    base: str
    """The image from outside that it is built on; empty when there is none or a variable hides it."""
    user: str | None
    """What USER names there, as it can be written again; None when only the base image says."""
    shell: tuple[str, ...] | None
    """What SHELL names there; None when only the base image says."""
    escape: str
    """The escape character."""


def hand_written(text: str) -> str:
    r"""The text byte for byte, CRLF too as every builder reads it; a missing last line break is added.

    Raises:
        InvalidInput: a character cannot be sent.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise _refused(f"line {line} has a character that is no valid Unicode", "remove it") from None
    return text if not text or text.endswith("\n") else f"{text}\n"


def ending(text: str) -> Ending:
    """What instructions that are added find.

    Raises:
        InvalidInput: they would become a part of the last instruction, or its USER cannot be written again.
    """
    parsed = parse(text)
    _refuse_open_end(parsed)
    chain = final_chain(parsed)
    base = (chain[-1].base if chain else None) or ""
    shells = [found.json for stage in chain for found in reversed(stage.instructions) if found.keyword == "SHELL"]
    return Ending(
        base="" if base.lower() == SCRATCH else base,
        user=_final_user(parsed, chain),
        shell=next((shell for shell in shells if shell), None),
        escape=parsed.escape,
    )


def fitted(added: str, escape: str) -> str:
    r"""Added instructions, which continue lines with `\`, for a file with another escape character.

    Raises:
        InvalidInput: one has a value that the file's escape character would change.
    """
    if escape == _BACKSLASH:
        return added
    text = re.sub(r"\\$", lambda _: escape, added, flags=re.MULTILINE)
    for instruction in parse(f"# escape={escape}\n{text}").instructions:
        if instruction.keyword in _EXPANDED_KEYWORDS and set(instruction.arguments) & {_BACKSLASH, escape}:
            raise _refused(
                f"has # escape={escape}, with which what the other settings add cannot be written: "
                f"{instruction.text[:120]}",
                "remove the directive",
            )
    return text


def without_group(user: str) -> str:
    """The user of what USER names, without a group behind a colon."""
    match = re.match(r"(?:\$\{[^}]*\}|[^:])*", user)
    return match.group() if match else user


def _refuse_open_end(parsed: ParsedDockerfile) -> None:
    last = parsed.instructions[-1] if parsed.instructions else None
    if last is None:
        return
    if last.continues_past_end:
        raise _refused(
            f"ends in a line continuation, which would take in what the other settings add (line {last.end_line})",
            "complete the instruction, or remove the continuation",
        )
    for heredoc in last.heredocs:
        if not heredoc.terminated:
            raise _refused(
                f"has <<{heredoc.name} without its end, which would take in what the other settings add",
                f"write a line that is {heredoc.name} and nothing else",
            )


def _final_user(parsed: ParsedDockerfile, chain: list[Stage]) -> str | None:
    for stage in chain:
        users = [found for found in stage.instructions if found.keyword == "USER"]
        if users:
            user = users[-1].arguments.strip()
            # What ARG gives ends with its stage.
            return user if stage is chain[0] or "$" not in user else _value_of(parsed, users[-1], user)
    return None


def _value_of(parsed: ParsedDockerfile, instruction: Instruction, user: str) -> str:
    values = next((values for found, values in with_known_values(parsed) if found is instruction), {})
    known = substitute(user, values)
    if not known:
        raise _refused(
            f"sets USER {user} in a stage below the last (line {instruction.line}), and what it is worth is not known",
            "write USER with its value in the last stage",
        )
    return known


def _refused(problem: str, remedy: str) -> InvalidInput:
    found = FieldProblem(_FIELD, "", problem, remedy)
    return InvalidInput(found.sentence(), fields=(found,))
