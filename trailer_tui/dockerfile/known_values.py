"""The variables that a Dockerfile itself gives a value, as they stand at each of its instructions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trailer_tui.dockerfile.bases import global_values, stages
from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile
from trailer_tui.dockerfile.variables import argument_defaults, substitute
from trailer_tui.dockerfile.words import SPACE, quoted_words, unquote


def with_known_values(parsed: ParsedDockerfile) -> Iterator[tuple[Instruction, Mapping[str, str]]]:
    """The instructions of every stage, each with the values that ARG and ENV before it give, by name.

    What a base image sets, the builder's own variables and what refers to either are left out.
    """
    outside = global_values(parsed, {})
    named: dict[str, dict[str, str]] = {}
    for stage in stages(parsed):
        values = dict(named.get((stage.base or "").lower(), {}))
        fixed: set[str] = set()
        for instruction in stage.instructions:
            yield instruction, values
            if instruction.keyword == "ARG":
                declared = argument_defaults(instruction, values, parsed.escape)
                given = {name: outside.get(name) if value is None else value for name, value in declared.items()}
                _put(values, {name: value for name, value in given.items() if name not in fixed})
            elif instruction.keyword == "ENV":
                set_here = _environment(instruction, values, parsed.escape)
                fixed |= set_here.keys()
                _put(values, set_here)
        if stage.name:
            named[stage.name] = values


def _put(values: dict[str, str], given: Mapping[str, str | None]) -> None:
    for name, value in given.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value


def _environment(instruction: Instruction, values: Mapping[str, str], escape: str) -> dict[str, str | None]:
    """What an ENV sets, of either form; None for what cannot be known."""
    words = quoted_words(instruction.arguments, escape)
    if words and "=" not in words[0]:
        _, _, value = instruction.arguments.partition(words[0])
        return {unquote(words[0]): substitute(unquote(value.strip(SPACE)), values)}
    pairs = (word.partition("=") for word in words)
    return {unquote(name): substitute(unquote(value), values) for name, _, value in pairs}
