"""From pydantic's and the server's errors to problems at fields of the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trailer_tui.app.form.entries import entry_name
from trailer_tui.app.form.fields import FIELDS, HOST, SECRETS, Field, Value
from trailer_tui.app.form.places import Place, place_of
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.validation import invalid_input
from trailer_tui.model.workspace_user import MAX_ID
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from pydantic import ValidationError

_NO_SECRET_NAME = FieldProblem(
    SECRETS.path,
    "",
    "one of them is no name of a secret",
    "letters, digits, dot, dash, colon and underscore, 128 at most, commas between",
)
_NO_HOST = FieldProblem(HOST.path, "", "no host is chosen", "choose the host that builds the image")

_PARTS = {
    "environment": "its environment",
    "destination": "its destination",
    "conda": "its conda package",
    "pypi": "its PyPI package",
    "channels": "its channel",
    "pypi_index": "its package index",
}
"""Parts of entries in words; others speak of the entry itself."""
_LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, sorted by where it shows."""

    fields: dict[str, FieldProblem] = field(default_factory=dict)
    """The first problem of each field by the field's path; one that belongs to no field by the path that it names."""
    entries: dict[tuple[str, int], FieldProblem] = field(default_factory=dict)
    """The first problem of single entries, by their field's path and their index."""

    def add(self, problem: FieldProblem, place: Place | None, value: Value) -> None:
        """Take a problem that stands at `place`, a field whose value is `value`."""
        if place is None:
            self.fields.setdefault(problem.field, problem)
            return
        path = place.field.path
        here = _in_form_words(place, problem)
        if place.index is not None and place.field.entry and isinstance(value, tuple) and place.index < len(value):
            here = replace(here, problem=f"{_part_words(place.part)}{here.problem}")
            self.entries.setdefault((path, place.index), here)
            entry = value[place.index]
            name = entry if isinstance(entry, str) else entry_name(entry)
            where = f"{place.field.entry} {place.index + 1} ({_short(name)}): "
            here = replace(here, problem=f"{where}{here.problem}")
        self.fields.setdefault(path, here)


def found_problems(
    error: ValidationError, applies: Callable[[Field], bool], value_of: Callable[[Field], Value]
) -> Findings:
    """Everything that `error` says.

    Args:
        error: of the validation of the form's draft.
        applies: tells which fields the draft has.
        value_of: what a field holds.
    """
    return sort_problems(invalid_input(error.errors(include_url=False)).fields, applies, value_of)


def sort_problems(
    problems: Iterable[FieldProblem], applies: Callable[[Field], bool], value_of: Callable[[Field], Value]
) -> Findings:
    """The problems, each at its field and entry; one whose field the draft does not have is at none."""
    findings = Findings()
    for problem in problems:
        place = place_of(problem.field, applies)
        if place is not None and not applies(place.field):
            place = None
        findings.add(problem, place, value_of(place.field) if place is not None else None)
    return findings


def _in_form_words(place: Place, problem: FieldProblem) -> FieldProblem:
    if place.field is HOST and not problem.value:
        return _NO_HOST
    if place.field is SECRETS and place.index is not None:
        return _NO_SECRET_NAME
    here = replace(problem, field=place.field.path)
    if place.field.is_number and "valid integer" in problem.problem:
        return replace(here, problem="is no whole number", remedy=f"write 0 to {MAX_ID}, or leave it empty")
    if problem.problem.startswith("List should have at most"):
        most = next(iter(re.findall(r"\d+", problem.problem)), "")
        return replace(here, problem=f"has more than {most} entries", remedy="remove some")
    return here


def _part_words(part: str) -> str:
    kind, _, index = part.partition(".")
    words = _PARTS.get(kind, "")
    if words and index.isdecimal():
        return f"{words} {int(index) + 1} "
    return f"{words} " if words else ""


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def sentence(problem: FieldProblem) -> str:
    """The problem as it stands under its field: what is wrong, then what to write instead."""
    text = f"{problem.problem}: {problem.remedy}" if problem.remedy else problem.problem
    return printable(text)


def labelled(problem: FieldProblem) -> str:
    """The problem as it stands in a list: the field's name first."""
    known = next((field for field in FIELDS if field.path == problem.field), None)
    return f"{known.label if known else problem.field}: {sentence(problem)}"
