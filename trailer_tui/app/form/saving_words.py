"""What is made or edited in the form, in words, and which ways of saving it there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.model.image import ImageRecord


def form_title(state: DraftState, original: ImageRecord | None) -> str:
    """The form's title; `original` is what something new starts from."""
    kind = "template" if state.is_template else "image"
    record = state.record
    if record is not None:
        return f"Edit {'the template ' if record.is_template else ''}{printable(record.name)}"
    if original is None:
        return f"New {kind}"
    start = "from the template" if original.is_template and kind == "image" else "copied from"
    return f"New {kind}, {start} {printable(original.name)}"


def offers(state: DraftState, action: str) -> bool:
    """Whether a way of saving (`save`, `save_and_build`, `save_as_template`) applies to what is made or edited."""
    is_new = state.record is None
    match action:
        case "save_and_build":
            return not is_new and not state.is_template
        case "save_as_template":
            return is_new and not state.is_template
    return True
