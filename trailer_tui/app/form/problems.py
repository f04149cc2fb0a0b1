"""From pydantic's errors to problems at fields of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trailer_tui.app.form.fields import DOCKERFILE, FIELDS, HOST, Field, field_at
from trailer_tui.model.errors import FieldProblem
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from pydantic import ValidationError

_LONGEST_VALUE = 60


def problems_of(error: ValidationError) -> dict[str, FieldProblem]:
    """The first problem of each field that `error` names, by the field's path."""
    found: dict[str, FieldProblem] = {}
    for entry in error.errors(include_url=False):
        field = field_at(".".join(str(part) for part in entry["loc"]))
        if field is not None:
            found.setdefault(field.path, _problem(field, entry))
    return found


def sentence(problem: FieldProblem) -> str:
    """The problem as it stands under its field: what is wrong, then what to write instead."""
    text = f"{problem.problem}: {problem.remedy}" if problem.remedy else problem.problem
    return printable(text)


def labelled(problem: FieldProblem) -> str:
    """The problem as it stands in a list: the field's name first."""
    field = next((field for field in FIELDS if field.path == problem.field), None)
    return f"{field.label if field else problem.field}: {sentence(problem)}"


def _problem(field: Field, entry: Any) -> FieldProblem:
    if field is HOST:
        return FieldProblem(field.path, "", "no host is chosen", "choose the host that builds the image")
    # A message of the models' own validators is "problem: remedy", with pydantic's words before it.
    message = str(entry["msg"]).removeprefix("Value error, ")
    problem, _, remedy = message.partition(": ")
    value = "" if field is DOCKERFILE else str(entry.get("input", ""))[:_LONGEST_VALUE]
    return FieldProblem(field.path, value, problem, remedy)
