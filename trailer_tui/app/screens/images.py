"""The Images area: search, the table, the build pane of the selected image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts.moving import BuildMoves
from trailer_tui.app.records.columns import IMAGES
from trailer_tui.app.screens.record_list import RecordListScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.image_table import ImageTable
from trailer_tui.app.widgets.search_bar import SearchBar, StatusFilter
from trailer_tui.app.widgets.top_bar import TopBar
from trailer_tui.model.actions import ImageAction, refusal_for
from trailer_tui.model.rows import ImageQuery, ImageRow
from trailer_tui.model.status import ImageStatus

if TYPE_CHECKING:
    from trailer_tui.app.widgets.build_pane import BuildPane

_COUNTED: Sequence[str] = ("build", "cancel", "push", "delete", "resolve_again")
"""Batches whose keys say how many images they mean."""


class ImagesScreen(RecordListScreen):
    """Where the app starts."""

    BINDINGS = bindings("images")
    LISTS_TEMPLATES = False
    LAYOUT = IMAGES
    BATCH_ACTIONS = frozenset(
        {"build", "resolve_again", "cancel", "push", "toggle_enabled", "delete", "mark", "mark_shown"}
    )
    ROW_ACTIONS = BATCH_ACTIONS | {"details", "log", "packages", "edit", "clone", "as_template", "move"}

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._pane: BuildPane | None = None
        self._pane_shows: tuple[int, int | None] | None = None

    def compose(self) -> ComposeResult:
        yield TopBar("images")
        yield SearchBar()
        with Vertical(id="images-list"):
            yield from self.compose_list()
        yield Vertical(id="images-pane")
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the server."""
        self.follow_server()
        self.moves = BuildMoves(self.session, self)
        self.table.explain_empty(["Connecting to the server …"])

    # The server

    def server_waits(self, text: str) -> None:
        """Connecting takes a moment."""
        self.table.explain_empty([f"{text[:1].upper()}{text[1:]} …"])

    def why_empty(self, query: ImageQuery) -> list[str]:
        """What is not there, and what to do."""
        if query.text and query.statuses:
            statuses = ", ".join(status.label for status in query.statuses)
            return [f"Nothing matches “{query.text}” with status {statuses}", "", "esc clears"]
        if query.text:
            return [f"Nothing matches “{query.text}”", "", "esc clears the search"]
        if query.statuses:
            statuses = ", ".join(status.label for status in query.statuses)
            return [f"No image has the status {statuses}", "", "esc shows all"]
        return ["No images yet", "", "Press n to create one."]

    # The query

    def ask(self, query: ImageQuery) -> None:
        """Show the answer to another query."""
        if query.statuses != self.shown.statuses:
            self.search_bar.show_statuses(query.statuses)
        super().ask(query)

    @on(StatusFilter.Clicked)
    def action_filter_status(self) -> None:
        """Show one status only."""
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        choices = [("", "All")] + [(status.value, f"{status.symbol} {status.label}") for status in ImageStatus]
        selected = self.shown.statuses[0].value if self.shown.statuses else ""

        def chosen(key: str | None) -> None:
            if key is not None:
                self.ask(replace(self.shown, statuses=(ImageStatus(key),) if key else ()))

        self.app.push_screen(ChoiceDialog("Show status", choices, selected=selected), chosen)

    def action_back(self) -> None:
        """One thing at a time: to the table, the marks, the search, the status filter."""
        is_plain = self.focused is self.table and not self.table.list.marks and not self.search_bar.text
        if is_plain and self.shown.statuses:
            self.ask(replace(self.shown, statuses=()))
        else:
            super().action_back()

    # The pane

    def show_beside(self) -> None:
        """The build pane follows the cursor where there is room for it."""
        box = self.query_one("#images-pane")
        row = self.table.list.cursor_row
        if not box.display or not self.is_mounted or (row is None and self._pane is None):
            return
        if self._pane is None:
            from trailer_tui.app.widgets.build_pane import BuildPane

            self._pane = BuildPane(self.session)
            box.mount(self._pane)
        shows = None if row is None else (row.id, row.last_build_id)
        if shows != self._pane_shows:
            self._pane_shows = shows
            self._pane.call_after_refresh(self._pane.show_image, row)

    # Actions on images

    def applies(self, action: str, row: ImageRow) -> bool | None:
        """What an image's state allows."""
        if action in ("build", "resolve_again", "cancel", "push"):
            return refusal_for(ImageAction(action), row) is None
        if action == "packages":
            return row.has_environments
        if action == "move":
            return row.status is ImageStatus.BUILD_PENDING and row.last_build_id is not None
        return row.last_build_id is not None if action == "log" else True

    def action_label(self, action: str) -> str | None:
        """What `e` and the batch keys do now."""
        return self.batch_label(action, _COUNTED)

    def action_build(self) -> None:
        """Queue a build."""
        self.act(ImageAction.BUILD)

    def action_resolve_again(self) -> None:
        """Queue a build that solves the environments anew."""
        self.act(ImageAction.RESOLVE_AGAIN)

    def action_cancel(self) -> None:
        """Cancel the build."""
        self.act(ImageAction.CANCEL)

    def action_push(self) -> None:
        """Push the last build's image, without building."""
        self.act(ImageAction.PUSH)

    def action_move(self) -> None:
        """Choose another host for the queued build."""
        row = self.table.list.cursor_row
        if row is not None and row.last_build_id is not None:
            self.moves.ask(row.last_build_id)

    # Other screens

    def action_new(self) -> None:
        """The form, empty."""
        from trailer_tui.app.screens.image_form import ImageForm

        self.push_form(ImageForm(self.session))

    def action_clone(self) -> None:
        """The form, filled from the selected image."""
        self.open_form(clone=True)

    def action_as_template(self) -> None:
        """The form, filled from the selected image, for a new template."""
        self.open_form(clone=True, as_template=True)

    @on(ImageTable.Opened)
    def action_details(self) -> None:
        """Everything about the image."""
        row = self.table.list.cursor_row
        if row is not None:
            from trailer_tui.app.screens.details import DetailsScreen

            self.app.push_screen(DetailsScreen(self.session, row.id))

    def action_log(self) -> None:
        """The build pane, full screen."""
        row = self.table.list.cursor_row
        if row is not None and row.last_build_id is not None:
            from trailer_tui.app.screens.build_log import BuildScreen

            self.app.push_screen(BuildScreen(self.session, row.last_build_id))

    def action_packages(self) -> None:
        """The exact packages of the image."""
        row = self.table.list.cursor_row
        if row is not None:
            from trailer_tui.app.screens.packages import PackagesScreen

            self.app.push_screen(PackagesScreen(self.session, row.id, row.name))
