"""General: name and description."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TextArea

from trailer_tui.app.form.fields import BUILT_MODES, DESCRIPTION, IMAGE_NAME, NAME
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.printable import printable


class GeneralSection(FormSection):
    """What people call the image."""

    SECTION_ID = "general"
    TITLE = "General"
    FIELDS = (NAME, DESCRIPTION)

    def compose(self) -> ComposeResult:
        yield FormField(NAME, LineInput(self.state.text(NAME), placeholder="what people call this image"))
        description = TextArea(
            self.state.text(DESCRIPTION), compact=True, soft_wrap=True, placeholder="what it is for (optional)"
        )
        yield FormField(DESCRIPTION, description)

    def show_state(self) -> None:
        """Say below the name which image name it gives, because that is on another tab."""
        super().show_state()
        name = self.field_widget(NAME)
        if name is None:
            return
        follows = self.state.image_name_is_automatic and self.state.mode in BUILT_MODES
        if not follows or not self.state.text(NAME).strip():
            name.show_note("")
            return
        name.show_note(Content(f"image name {printable(self.state.text(IMAGE_NAME))}  (auto)"))
