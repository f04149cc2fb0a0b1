"""User: the account that a workspace container runs as."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from trailer_tui.app.form.fields import BUILT_MODES, GID, GROUP, UID, USER_NAME
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.model.workspace_user import MAX_ID

_ABOUT = (
    "All four are optional; what is left out follows from the rest.\n"
    "With nothing filled in, the user of the base image stays."
)


class UserSection(FormSection):
    """Numbers and names of user and group."""

    SECTION_ID = "user"
    TITLE = "User"
    MODES = BUILT_MODES
    FOR_WINDOWS = False
    FIELDS = (UID, USER_NAME, GID, GROUP)

    def compose(self) -> ComposeResult:
        yield Static(_ABOUT, classes="form-note", markup=False)
        yield FormField(UID, LineInput(self.state.text(UID), placeholder=f"0 to {MAX_ID}, such as 1000"))
        yield FormField(USER_NAME, LineInput(self.state.text(USER_NAME), placeholder="such as ada"))
        yield FormField(GID, LineInput(self.state.text(GID), placeholder=f"0 to {MAX_ID}, such as 1000"))
        yield FormField(GROUP, LineInput(self.state.text(GROUP), placeholder="such as staff"))
