"""Variables in instructions: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+word}`, with known values put in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trailer_tui.dockerfile.parse import Instruction
from trailer_tui.dockerfile.words import quoted_words, unquote

_VARIABLE = re.compile(r"\\\$|\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^{}]*))?\})")
_PASSES = 8
"""Depth of `${A:-${B:-c}}` that is followed."""


def substitute(text: str, values: Mapping[str, str]) -> str | None:
    """`text` with its variables replaced, or None when one of them has neither a value nor a default."""
    for _ in range(_PASSES):
        text, unresolved = _once(text, values)
        if unresolved:
            return None
        if "${" not in text:
            break
    return None if "${" in text else text.replace("\\$", "$")


def _once(text: str, values: Mapping[str, str]) -> tuple[str, bool]:
    unresolved = False

    def replacement(match: re.Match[str]) -> str:
        nonlocal unresolved
        if match.group() == "\\$":
            return match.group()
        value = values.get(match[1] or match[2])
        operator, word = match[3] or "", match[4] or ""
        given = value is not None and (value != "" or not operator.startswith(":"))
        if operator.endswith("+"):
            return word if given else ""
        if given and value is not None:
            return value
        if operator.endswith("-"):
            return word
        unresolved = True
        return ""

    return _VARIABLE.sub(replacement, text), unresolved


def argument_defaults(instruction: Instruction, values: Mapping[str, str], escape: str = "\\") -> dict[str, str | None]:
    """Names that an ARG declares, each with its default after substitution; None without a usable default."""
    found: dict[str, str | None] = {}
    for word in quoted_words(instruction.arguments, escape):
        name, equals, default = word.partition("=")
        found[unquote(name)] = substitute(unquote(default), values) if equals else None
    return found
