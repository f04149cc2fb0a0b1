"""Asks before what was typed is lost."""

from __future__ import annotations

from collections.abc import Sequence

from trailer_tui.app.dialogs.confirm import ConfirmDialog
from trailer_tui.app.form.fields import Field


def unsaved_dialog(verb: str, changed: Sequence[Field]) -> ConfirmDialog:
    """`verb` is what would lose it: `Leave`, `Quit`; the fields that were changed are listed."""
    lines = ["Not saved:", *(f"  • {field.label}" for field in changed)]
    return ConfirmDialog(f"{verb} without saving?", lines, confirm_label=f"{verb} without saving")
