"""The Templates area: configurations to start new images from, those that come with Trailer first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from trailer_tui.app.actions import bindings
from trailer_tui.app.records.columns import TEMPLATES
from trailer_tui.app.screens.record_list import RecordListScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.image_table import ImageTable
from trailer_tui.app.widgets.search_bar import SearchBar
from trailer_tui.app.widgets.top_bar import TopBar
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort

if TYPE_CHECKING:
    from trailer_tui.app.widgets.template_pane import TemplatePane

_COUNTED: Sequence[str] = ("delete",)


class TemplatesScreen(RecordListScreen):
    """What is never built itself: `enter` starts a new image from it."""

    BINDINGS = bindings("templates")
    LISTS_TEMPLATES = True
    LAYOUT = TEMPLATES
    BATCH_ACTIONS = frozenset({"toggle_enabled", "delete", "mark", "mark_shown"})
    ROW_ACTIONS = BATCH_ACTIONS | {"use", "details", "edit"}

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.shown = ImageQuery(templates=True, sort=ImageSort.NAME, descending=False)
        self._pane: TemplatePane | None = None

    def compose(self) -> ComposeResult:
        yield TopBar("templates")
        yield SearchBar(has_statuses=False)
        with Horizontal(id="templates-body"):
            with Vertical(id="templates-list"):
                yield from self.compose_list()
            yield Vertical(id="templates-pane")
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the server."""
        self.follow_server()
        self.table.explain_empty(["Reading …"])
        self.server_ready()

    def why_empty(self, query: ImageQuery) -> list[str]:
        """What is not there, and what to do."""
        if query.text:
            return [f"Nothing matches “{query.text}”", "", "esc clears the search"]
        return ["No templates yet", "", "Press n to make one."]

    def show_beside(self) -> None:
        """The pane follows the cursor where there is room for it."""
        box = self.query_one("#templates-pane")
        if not box.display or not self.is_mounted:
            return
        if self._pane is None:
            from trailer_tui.app.widgets.template_pane import TemplatePane

            self._pane = TemplatePane(self.session)
            box.mount(self._pane)
        self._pane.call_after_refresh(self._pane.show_template, self.table.list.cursor_row)

    # Actions on templates

    def applies(self, action: str, row: ImageRow) -> bool | None:
        """What comes with Trailer is only used; what is disabled is not."""
        if action == "use":
            return row.enabled or None
        return not (row.is_builtin and action in ("edit", "toggle_enabled", "delete"))

    def action_label(self, action: str) -> str | None:
        """Why a template cannot be used, and what `e` and the batch keys do now."""
        row = self.table.list.cursor_row
        if action == "use" and row is not None and not row.enabled:
            return "Use (disabled)"
        return self.batch_label(action, _COUNTED)

    @on(ImageTable.Opened)
    def open_chosen(self) -> None:
        """A double click uses it too."""
        row = self.table.list.cursor_row
        if row is not None and row.enabled:
            self.action_use()

    def action_use(self) -> None:
        """The form, filled from the template."""
        self.open_form(clone=True)

    # Other screens

    def action_new(self) -> None:
        """The form, empty, for a new template."""
        from trailer_tui.app.screens.image_form import ImageForm

        self.push_form(ImageForm(self.session, as_template=True))

    def action_details(self) -> None:
        """Everything about the template."""
        row = self.table.list.cursor_row
        if row is not None:
            from trailer_tui.app.screens.details import DetailsScreen

            self.app.push_screen(DetailsScreen(self.session, row.id))
