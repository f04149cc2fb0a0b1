"""What every form holds: the values as typed, what they were at first, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from trailer_tui.app.form.fields import Field, Value
from trailer_tui.model.errors import FieldProblem


class FormState:
    """Values by field path, their baseline (what was loaded), and their problems."""

    FIELDS: ClassVar[tuple[Field, ...]]
    """In the order in which problems are listed and jumped to."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        """
        Args:
            values: what was loaded, by field path; a field that is missing has its default.
        """
        self._values: dict[str, Value] = {field.path: field.default for field in self.FIELDS} | dict(values)
        self._baseline = dict(self._values)
        self._touched: set[str] = set()
        self._from_server: dict[str, FieldProblem] = {}
        self.all_shown = False
        """Whether problems of fields that nobody touched are shown too, as after an attempt to save."""

    # What a form says of itself

    def field_at(self, path: str) -> Field | None:
        """The field for a path as a server or pydantic writes it, or None when the form has no such field."""
        raise NotImplementedError

    def applies(self, field: Field) -> bool:
        """Whether the field is part of the draft as things are; others keep their value and are not checked."""
        return True

    def _found_problems(self) -> dict[str, FieldProblem]:
        """What is wrong with the draft, the first problem of each field by its path."""
        raise NotImplementedError

    # Values

    def value(self, field: Field) -> Value:
        """The field's value as typed."""
        return self._values[field.path]

    def text(self, field: Field) -> str:
        """The value of a text field as typed."""
        return str(self._values[field.path] or "")

    def change(self, field: Field, value: Value) -> bool:
        """Take what the user typed or chose; returns whether it is news."""
        if self._values[field.path] == value:
            return False
        self._values[field.path] = value
        self._touched.add(field.path)
        self._from_server.pop(field.path, None)
        return True

    def leave(self, field: Field) -> None:
        """Note that the user has been at the field, so that its problem may be shown."""
        if self._values[field.path] != field.default:
            self._touched.add(field.path)

    @property
    def is_dirty(self) -> bool:
        """Whether anything was changed."""
        return self._values != self._baseline

    def changed_fields(self) -> list[Field]:
        """The fields whose values differ from what was loaded."""
        return [field for field in self.FIELDS if self._values[field.path] != self._baseline[field.path]]

    # Problems

    def problems(self) -> dict[str, FieldProblem]:
        """Everything that stands in the way of saving, by field path, in the form's order.

        What belongs to no field comes last, under the path that it names.
        """
        found = self._from_server | self._found_problems()
        known = [field.path for field in self.FIELDS if field.path in found]
        return {path: found[path] for path in [*known, *(path for path in found if path not in known)]}

    def shown_problems(self) -> dict[str, FieldProblem]:
        """The problems that the user should see by now: not those of fields still to be filled in."""
        problems = self.problems()
        if self.all_shown:
            return problems
        untouched = {field.path for field in self.FIELDS} - self._touched - set(self._from_server)
        return {path: problem for path, problem in problems.items() if path not in untouched}

    def add_server_problems(self, problems: Iterable[FieldProblem]) -> list[FieldProblem]:
        """Keep what the server found until the field changes; returns those that belong to no field of the form."""
        strangers = []
        for problem in problems:
            field = self.field_at(problem.field)
            if field is None or not self.applies(field):
                strangers.append(problem)
            else:
                self._from_server[field.path] = FieldProblem(field.path, problem.value, problem.problem, problem.remedy)
        return strangers
