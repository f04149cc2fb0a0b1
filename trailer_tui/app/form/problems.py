"""From pydantic's errors to problems at fields of the form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trailer_tui.app.form.fields import FIELDS, HOST, SECRETS, field_at
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.validation import invalid_input
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


def problems_of(error: ValidationError) -> dict[str, FieldProblem]:
    """The first problem of each field that `error` names, by the field's path."""
    found: dict[str, FieldProblem] = {}
    for problem in invalid_input(error.errors(include_url=False)).fields:
        field = field_at(problem.field)
        if field is HOST:
            found.setdefault(field.path, _NO_HOST)
        elif field is SECRETS:
            found.setdefault(field.path, _NO_SECRET_NAME)
        elif field is not None:
            found.setdefault(field.path, replace(problem, field=field.path))
    return found


def sentence(problem: FieldProblem) -> str:
    """The problem as it stands under its field: what is wrong, then what to write instead."""
    text = f"{problem.problem}: {problem.remedy}" if problem.remedy else problem.problem
    return printable(text)


def labelled(problem: FieldProblem) -> str:
    """The problem as it stands in a list: the field's name first."""
    field = next((field for field in FIELDS if field.path == problem.field), None)
    return f"{field.label if field else problem.field}: {sentence(problem)}"
