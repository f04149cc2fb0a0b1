"""What differs between the form and the record that somebody else stored meanwhile."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from trailer_tui.app.form.fields import Field, Value, shown

_Stored = TypeVar("_Stored", contravariant=True)

_CONTEXT_LINES = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that the form and the stored record hold differently."""

    field: Field
    mine: str
    stored: str
    mine_is_kept: bool
    """Whether editing on keeps the form's value: the user changed it."""

    def lines(self) -> list[str]:
        """Unified diff from stored to mine, without headers, for a value of several lines; else nothing."""
        if "\n" not in self.mine and "\n" not in self.stored:
            return []
        lines = difflib.unified_diff(
            self.stored.splitlines(), self.mine.splitlines(), n=_CONTEXT_LINES, lineterm="", fromfile="", tofile=""
        )
        return [line for line in lines if not line.startswith(("---", "+++"))]


class Compared(Protocol[_Stored]):
    """The state of a form that can be put beside what somebody else stored."""

    @property
    def FIELDS(self) -> Sequence[Field]: ...  # noqa: N802

    def value(self, field: Field) -> Value:
        """What the form holds."""

    def stored_value(self, stored: _Stored, field: Field) -> Value:
        """What `stored` holds in the field."""

    def keeps_mine(self, field: Field, stored: _Stored) -> bool:
        """Whether editing on keeps the form's value."""


def differences(state: Compared[_Stored], stored: _Stored) -> list[Difference]:
    """The fields that differ, in the form's order."""
    found = []
    for field in state.FIELDS:
        mine, theirs = state.value(field), state.stored_value(stored, field)
        if mine != theirs:
            found.append(Difference(field, shown(field, mine), shown(field, theirs), state.keeps_mine(field, stored)))
    return found
