"""Documents from the YAML or JSON that somebody wrote, with the line of whatever is wrong in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NoReturn

from pydantic import ValidationError

from trailer_tui.model.document import ImageDocument
from trailer_tui.model.document_fields import fields_at
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.validation import invalid_input
from trailer_tui.model.yaml_tree import Lines, YamlProblem, yaml_trees
from trailer_tui.printable import printable

MAX_TEXT_BYTES = 100_000_000
"""The largest file of documents, which is read into memory whole: room for the uploads of some images."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document, and where its parts stand."""

    document: ImageDocument
    source: str
    """Name of the file."""
    lines: Lines = field(repr=False)

    def placed(self, error: InvalidInput) -> InvalidInput:
        """The same error with the lines of its fields, for one that the server has found."""
        problems = [(self._line(problem.field.split(".")), problem) for problem in error.fields]
        cause = _told(self.source, problems) if problems else error.cause
        return InvalidInput(cause, hint=error.hint, fields=error.fields)

    def _line(self, parts: list[str]) -> int | None:
        return _line_of(self.lines, [int(part) if part.isdecimal() else part for part in parts])


def read_documents(data: bytes, source: str) -> list[ReadDocument]:
    """All documents of a file, in its order.

    Args:
        data: YAML, where `---` stands between documents, or JSON; in UTF-8.
        source: what the file is called in errors.

    Raises:
        InvalidInput: something in it cannot be used; names source, line, field, value and remedy of all that is wrong
            with the first document that is not right.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise InvalidInput(f"{source}: has {len(data):,} bytes, and at most {MAX_TEXT_BYTES:,} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{source}: is no UTF-8 text (byte {error.start})") from None
    trees = [(value, lines) for value, lines in _trees(text, source) if value is not None]
    if not trees:
        raise InvalidInput(f"{source}: holds no document", hint="`trailer export NAME` shows how one looks")
    return [_document(value, lines, source) for value, lines in trees]


_YAML_BREAKS = re.compile("[\x85\u2028\u2029]")
"""End a line in YAML, and are characters like others in JSON."""


def _trees(text: str, source: str) -> list[tuple[Any, Lines]]:
    if text.lstrip().startswith("{") and _YAML_BREAKS.search(text):
        found = _json_tree(text, source)
        if found is not None:
            return [found]
    try:
        return list(yaml_trees(text))
    except YamlProblem as problem:
        if problem.is_syntax and text.lstrip().startswith("{"):
            found = _json_tree(text, source)
            if found is not None:
                return [found]
        where = f" line {problem.line}" if problem.line else ""
        raise InvalidInput(f"{source}{where}: {printable(problem.problem)}", hint=problem.remedy) from None


def _json_tree(text: str, source: str) -> tuple[Any, Lines] | None:
    """What JSON can say and YAML cannot, such as one character in two escapes; None when the text is no JSON either."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in items]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise InvalidInput(f"{source}: {printable(twice[:80])} is there twice", hint="remove one of them")
        return {key: value for key, value in items if value is not None}

    try:
        return json.loads(text, object_pairs_hook=pairs), {}
    except (ValueError, RecursionError):
        return None


def _document(value: Any, lines: Lines, source: str) -> ReadDocument:
    if not isinstance(value, dict):
        _refuse(source, _line_of(lines, []), "is no document: write keys and values, such as `name: web`")
    try:
        document = ImageDocument.model_validate(value)
    except ValidationError as error:
        entries = error.errors()
        fields = [
            _with_suggestion(problem, entry)
            for problem, entry in zip(invalid_input(entries).fields, entries, strict=True)
        ]
        placed = [(_line_of(lines, _location(entry)), problem) for problem, entry in zip(fields, entries, strict=True)]
        raise InvalidInput(_told(source, placed), fields=tuple(fields)) from None
    return ReadDocument(document, source, lines)


def _refuse(source: str, line: int | None, message: str) -> NoReturn:
    problem, _, remedy = message.partition(": ")
    raise InvalidInput(f"{source}{f' line {line}' if line else ''}: {problem}", hint=remedy)


def _with_suggestion(problem: FieldProblem, entry: Mapping[str, Any]) -> FieldProblem:
    """What is said of a key that there is not."""
    if entry["type"] != "extra_forbidden":
        return problem
    key, known = str(entry["loc"][-1]), fields_at(ImageDocument, entry["loc"][:-1])
    if "password" in key.lower():
        return FieldProblem(problem.field, "", "is never in a document", "`trailer password NAME` asks for it")
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return FieldProblem(problem.field, "", "is no key that is known here", remedy)


def _location(entry: Mapping[str, Any]) -> list[str | int]:
    inside = str(entry.get("ctx", {}).get("field", "")) if entry["type"] == "at_field" else ""
    return [*entry["loc"], *(int(part) if part.isdecimal() else part for part in inside.split(".") if part)]


def _line_of(lines: Lines, location: list[str | int]) -> int | None:
    """The line of what is at `location`, or of what is nearest around it; parts that name no key are skipped."""
    place: tuple[str | int, ...] = ()
    for part in location:
        if (*place, part) in lines:
            place = (*place, part)
    return lines.get(place)


def _told(source: str, problems: list[tuple[int | None, FieldProblem]]) -> str:
    """One line a problem, in the order of the file."""
    ordered = sorted(problems, key=lambda found: found[0] or 0)
    return "\n".join(f"{source}{f' line {line}' if line else ''}: {problem.sentence()}" for line, problem in ordered)
