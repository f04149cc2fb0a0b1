"""What a pydantic validator found, as an error of Trailer's: field, shortened value, problem, remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from trailer_tui.model.at_field import AT_FIELD
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.url_login import LoginInUrl
from trailer_tui.printable import printable

_REQUEST_PARTS = ("body", "query", "path", "header", "cookie")
_UNION_TAGS = {
    "configuration": ("generate", "write", "pull"),
    "desktop": ("alpine", "arch", "debian", "el", "fedora", "ubuntu", "windows"),
}
_LIST_UNION_TAGS = {"files": ("archive", "url", "git")}
_SECRET_WORDS = ("password", "secret", "token", "credential")
_SHOWN_CHARACTERS = 80
_LOGIN = re.compile(r"(?<!ssh)://[^/\s]*@|://[^/\s:]*:[^/\s]*@")
"""A login in an address, which somebody may write into any field; the name of an account alone is part of ssh's."""


def invalid_input(errors: Sequence[Mapping[str, Any]]) -> InvalidInput:
    """The error that tells what `errors` say.

    Args:
        errors: entries of pydantic's `ValidationError.errors()` or of FastAPI's, whose `loc` begins with the part of
            the request. Messages of Trailer's own validators read "problem: remedy".
    """
    fields = tuple(_field_problem(entry) for entry in errors)
    return InvalidInput("; ".join(field.sentence() for field in fields) or "the input is malformed", fields=fields)


def _field_problem(entry: Mapping[str, Any]) -> FieldProblem:
    if entry["type"] == "json_invalid":
        # Its location is a position in the text, not a field.
        why = printable(str(entry.get("ctx", {}).get("error", entry["msg"])))
        return FieldProblem("body", "", f"is no JSON, {why} at character {entry['loc'][-1]}", "send one JSON document")
    path = _path(entry["loc"])
    if entry["type"] == AT_FIELD:
        path = f"{path}.{entry['ctx']['field']}".removeprefix(".")
    message = str(entry["msg"]).removeprefix("Value error, ")
    if entry["type"] not in ("value_error", AT_FIELD):
        message = _in_words(entry) or message
    problem, _, remedy = message.partition(": ")
    return FieldProblem(path, _shown(path, entry), printable(problem), printable(remedy))


def _in_words(entry: Mapping[str, Any]) -> str:
    """What a limit of a field says about the value, as "problem: remedy"; empty for other kinds of problems."""
    limits = entry.get("ctx", {})
    match entry["type"]:
        case "less_than_equal":
            return f"is too large: write {limits['le']} or less"
        case "greater_than_equal":
            return f"is too small: write {limits['ge']} or more"
        case "string_too_long":
            return f"is too long: write at most {limits['max_length']} characters"
        case "string_too_short":
            return f"is too short: write at least {_characters(limits['min_length'])}"
        case "missing":
            return "is missing"
        case "union_tag_invalid":
            key, known = limits["discriminator"].strip("'"), limits["expected_tags"].replace("'", "")
            return f"has the {key.replace('_', ' ')} {limits['tag']}, which there is not: write one of {known}"
        case "union_tag_not_found":
            return f"has no {limits['discriminator']}: say by it which kind is meant"
    return ""


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def _path(location: Sequence[str | int]) -> str:
    """`configuration.base_image` of `("body", "configuration", "generate", "base_image")`."""
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in _REQUEST_PARTS:
        parts = parts[1:]
    kept = [part for index, part in enumerate(parts) if not _is_tag(parts, index)]
    return printable(".".join(kept))[:200]


def _is_tag(parts: Sequence[str], index: int) -> bool:
    """Whether a part of a location is no field, but tells which model of a union was taken."""
    if index and parts[index] in _UNION_TAGS.get(parts[index - 1], ()):
        return True
    return index > 1 and parts[index] in _LIST_UNION_TAGS.get(parts[index - 2], ()) and parts[index - 1].isdecimal()


def _shown(path: str, entry: Mapping[str, Any]) -> str:
    """The offending value, when it is short enough to help and no secret."""
    value = entry.get("input")
    # What stands in a field that there is not helps nobody, and may be a password under a misspelt name.
    if entry["type"] in ("missing", "extra_forbidden") or isinstance(value, dict | list | bytes) or value is None:
        return ""
    if any(word in path.lower() for word in _SECRET_WORDS):
        return ""
    if isinstance(entry.get("ctx", {}).get("error"), LoginInUrl):
        return ""
    text = printable(str(value))
    if _LOGIN.search(text):
        return ""
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
