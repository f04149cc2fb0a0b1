"""What differs between the form and the record that somebody else stored meanwhile."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.app.form.fields import FIELDS, Field, shown

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.model.image import ImageRecord

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


def differences(state: DraftState, stored: ImageRecord) -> list[Difference]:
    """The fields that differ, in the form's order."""
    found = []
    for field in FIELDS:
        mine, theirs = state.value(field), state.stored_value(stored, field)
        if mine != theirs:
            found.append(Difference(field, shown(field, mine), shown(field, theirs), state.keeps_mine(field, stored)))
    return found
