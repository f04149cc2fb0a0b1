"""The template under the cursor, beside the list: what it is for, what is in it, its Dockerfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from trailer_tui.app.records.template_preview import preview_lines
from trailer_tui.app.session import Session
from trailer_tui.app.text_line import TextLine
from trailer_tui.app.widgets.text_lines import TextLines
from trailer_tui.model.errors import TrailerError

if TYPE_CHECKING:
    from trailer_tui.model.image import ImageRecord
    from trailer_tui.model.rows import ImageRow


class TemplatePane(TextLines):
    """Reads what it shows in the background; the newest wish wins."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="template-pane")
        self._session = session
        self._shows: tuple[int, int] | None = None
        """Id and revision."""
        self._record: ImageRecord | None = None
        self._dockerfile: str | None = None

    def show_template(self, row: ImageRow | None) -> None:
        """Show another template, or the same as it is now."""
        shows = None if row is None else (row.id, row.revision)
        if shows == self._shows:
            return
        self._shows = shows
        if row is None:
            self._record = None
            self.show([])
        else:
            self.run_worker(self._read(row.id), group="template", exclusive=True, exit_on_error=False)

    async def _read(self, template_id: int) -> None:
        try:
            record = await self._session.client.image(template_id)
            if self._record is None or self._record.id != record.id:
                self.scroll_to(y=0, animate=False)
            self._record, self._dockerfile = record, None
            self._draw()
            if not record.pulled:
                self._dockerfile = (await self._session.client.image_dockerfile(template_id)).text
                self._draw()
        except TrailerError as error:
            self._shows = None
            if self._record is None or self._record.id != template_id:
                self.show([TextLine(f" {error.title}: {error.cause}", "problem")])

    def on_resize(self, event: events.Resize) -> None:
        """Break the text for the new width."""
        self._draw()

    def _draw(self) -> None:
        if self._record is not None:
            self.show(preview_lines(self._record, self._dockerfile, self.scrollable_content_region.width))
