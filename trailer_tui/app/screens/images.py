"""The Images area: search, the table, the build pane of the selected image."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts.moving import BuildMoves
from trailer_tui.app.records.feed import ImageFeed
from trailer_tui.app.records.image_actions import ImageActions
from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.image_table import ImageTable
from trailer_tui.app.widgets.search_bar import SearchBar, SearchInput, StatusFilter
from trailer_tui.app.widgets.table_header import TableHeader
from trailer_tui.app.widgets.top_bar import TopBar
from trailer_tui.model.actions import ImageAction, refusal
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort
from trailer_tui.model.status import ImageStatus

if TYPE_CHECKING:
    from trailer_tui.app.widgets.build_pane import BuildPane
    from trailer_tui.model.image import ImageRecord

PANE_DELAY = 0.1
"""The pane follows the cursor once it rests this many seconds."""

_SORT_TITLES = {
    ImageSort.NAME: "Name",
    ImageSort.STATUS: "Status",
    ImageSort.IMAGE_NAME: "Image name",
    ImageSort.HOST: "Host",
    ImageSort.ENABLED: "Enabled",
    ImageSort.PULLED: "Pulled",
    ImageSort.UPDATED: "Last update",
}

_DESCENDING_FIRST = (ImageSort.UPDATED, ImageSort.ENABLED, ImageSort.PULLED)
"""Columns whose interesting end is the last one."""


class ImagesScreen(TrailerScreen[None]):
    """Where the app starts."""

    BINDINGS = bindings("images")
    AUTO_FOCUS = "ImageTable"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.images = ImageQuery()
        self._pane: BuildPane | None = None
        self._pane_timer: Timer | None = None
        self._pane_shows: tuple[int, int | None] | None = None

    def compose(self) -> ComposeResult:
        yield TopBar("images")
        yield SearchBar()
        with Vertical(id="images-list"):
            yield TableHeader(self.images.sort, descending=self.images.descending)
            yield ImageTable(clock=self.session.clock)
        yield Vertical(id="images-pane")
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the server."""
        self.table = self.query_one(ImageTable)
        self.search_bar = self.query_one(SearchBar)
        self.feed = ImageFeed(self.session, self.table, self)
        self.acts = ImageActions(self.session, self)
        self.moves = BuildMoves(self.session, self)
        self.session.events.subscribe(self, self.feed.apply)
        self.table.explain_empty(["Connecting to the server …"])

    # The server

    def server_ready(self) -> None:
        """There is a connection, for the first time or again."""
        self.feed.restart(self.images)

    def server_waits(self, text: str) -> None:
        """Connecting takes a moment."""
        self.table.explain_empty([f"{text[:1].upper()}{text[1:]} …"])

    def order_shown(self, query: ImageQuery) -> None:
        """The feed has put the answer to `query` into the table."""
        self._show_count()
        self.table.explain_empty(self._why_empty(query))
        self.refresh_bindings()

    def _why_empty(self, query: ImageQuery) -> list[str]:
        if query.text and query.statuses:
            statuses = ", ".join(status.label for status in query.statuses)
            return [f"Nothing matches “{query.text}” with status {statuses}", "", "esc clears"]
        if query.text:
            return [f"Nothing matches “{query.text}”", "", "esc clears the search"]
        if query.statuses:
            statuses = ", ".join(status.label for status in query.statuses)
            return [f"No image has the status {statuses}", "", "esc shows all"]
        return ["No images yet", "", "Press n to create one."]

    def _show_count(self) -> None:
        records = self.table.list
        self.search_bar.show_count(len(records.ids), records.total, len(records.marks))

    # The query

    def _ask(self, query: ImageQuery) -> None:
        if query != self.images:
            self.images = query
            self.query_one(TableHeader).show_sort(query.sort, descending=query.descending)
            self.search_bar.show_statuses(query.statuses)
            self.feed.ask(query)

    @on(SearchBar.Changed)
    def search(self, event: SearchBar.Changed) -> None:
        """Results as you type."""
        self._ask(replace(self.images, text=event.text.strip()))

    @on(SearchInput.Left)
    def leave_search(self, event: SearchInput.Left) -> None:
        """Go on to the results."""
        if event.chosen:
            self.table.list.settle()
        self.table.focus()

    @on(TableHeader.Clicked)
    def sort_by_header(self, event: TableHeader.Clicked) -> None:
        """Sort by the clicked column, or turn its order round."""
        self._sort_by(event.sort)

    def _sort_by(self, sort: ImageSort) -> None:
        descending = not self.images.descending if sort is self.images.sort else sort in _DESCENDING_FIRST
        self._ask(replace(self.images, sort=sort, descending=descending))

    def action_search(self) -> None:
        """Type what to look for."""
        self.search_bar.focus_input()

    def action_sort(self) -> None:
        """Choose the column; the present one turns round."""
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        arrow = "↓" if self.images.descending else "↑"
        choices = [
            (sort.value, f"{title}  {arrow}  (again: turn round)" if sort is self.images.sort else title)
            for sort, title in _SORT_TITLES.items()
        ]

        def chosen(key: str | None) -> None:
            if key is not None:
                self._sort_by(ImageSort(key))

        self.app.push_screen(ChoiceDialog("Sort by", choices, selected=self.images.sort.value), chosen)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._sort_by(self.images.sort)

    @on(StatusFilter.Clicked)
    def action_filter_status(self) -> None:
        """Show one status only."""
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        choices = [("", "All")] + [(status.value, f"{status.symbol} {status.label}") for status in ImageStatus]
        selected = self.images.statuses[0].value if self.images.statuses else ""

        def chosen(key: str | None) -> None:
            if key is not None:
                self._ask(replace(self.images, statuses=(ImageStatus(key),) if key else ()))

        self.app.push_screen(ChoiceDialog("Show status", choices, selected=selected), chosen)

    def action_back(self) -> None:
        """One thing at a time: to the table, the marks, the search, the status filter."""
        if self.focused is not self.table:
            self.table.focus()
        elif self.table.list.marks:
            self.table.clear_marks()
        elif self.search_bar.text:
            self.search_bar.clear()
        elif self.images.statuses:
            self._ask(replace(self.images, statuses=()))

    def action_refresh(self) -> None:
        """Read everything again."""
        self.feed.restart(self.images)

    # The selection

    @on(ImageTable.CursorChanged)
    def follow_cursor(self, event: ImageTable.CursorChanged) -> None:
        """The footer and the pane follow."""
        self.refresh_bindings()
        if self._pane_timer is not None:
            self._pane_timer.stop()
        self._pane_timer = self.set_timer(PANE_DELAY, self._show_in_pane)

    @on(ImageTable.MarksChanged)
    def follow_marks(self) -> None:
        """The count and the footer follow."""
        self._show_count()
        self.refresh_bindings()

    @on(ImageTable.RowsWanted)
    def fetch_rows(self, event: ImageTable.RowsWanted) -> None:
        """Rows came into view."""
        self.feed.fetch(event.ids)

    def on_resize(self, event: events.Resize) -> None:
        """A wider terminal has room for the pane."""
        self.call_after_refresh(self._show_in_pane)

    def on_screen_resume(self) -> None:
        """Back from another screen, which may have covered a resize."""
        self._show_in_pane()

    def _show_in_pane(self) -> None:
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "refresh":
            return self.session.is_connected
        if action not in _ROW_ACTIONS:
            return True
        if not self.is_mounted:
            return False
        records = self.table.list
        if records.marks:
            return action in _BATCH_ACTIONS
        row = records.cursor_row
        if row is None:
            return action == "mark_shown" and bool(records.ids)
        if action in ("build", "cancel", "push"):
            return refusal(ImageAction(action), row.status, enabled=row.enabled, pushable=row.pushable) is None
        if action == "move":
            return row.status is ImageStatus.BUILD_PENDING and row.last_build_id is not None
        return row.last_build_id is not None if action == "log" else True

    def action_label(self, action: str) -> str | None:
        """What `e` and the batch keys do now."""
        marked = len(self.table.list.marks)
        if action == "toggle_enabled" and not marked:
            row = self.table.list.cursor_row
            return None if row is None else ("Disable" if row.enabled else "Enable")
        if marked and action in ("build", "cancel", "push", "delete"):
            return f"{action.capitalize()} {marked}"
        return None

    def action_build(self) -> None:
        """Queue a build."""
        self._act(ImageAction.BUILD)

    def action_cancel(self) -> None:
        """Cancel the build."""
        self._act(ImageAction.CANCEL)

    def action_push(self) -> None:
        """Push the last build's image, without building."""
        self._act(ImageAction.PUSH)

    def action_move(self) -> None:
        """Choose another host for the queued build."""
        row = self.table.list.cursor_row
        if row is not None and row.last_build_id is not None:
            self.moves.ask(row.last_build_id)

    def action_delete(self) -> None:
        """Delete after asking."""
        self._act(ImageAction.DELETE)

    def action_toggle_enabled(self) -> None:
        """Enable or disable."""
        records = self.table.list
        if records.marks:
            self.acts.choose_enabled(sorted(records.marks))
        elif records.cursor_row is not None:
            self._act(ImageAction.DISABLE if records.cursor_row.enabled else ImageAction.ENABLE)

    def _act(self, action: ImageAction) -> None:
        records = self.table.list
        if records.marks:
            self.acts.act_on_many(action, sorted(records.marks))
        elif records.cursor_row is not None:
            self.acts.act_on_one(action, records.cursor_row)

    def batch_done(self) -> None:
        """A batch went through; its marks have served."""
        self.table.clear_marks()

    def row_changed(self, row: ImageRow) -> None:
        """The server answered an action with the row as it is now."""
        self.table.take_rows([row])

    def action_mark(self) -> None:
        """Mark for a batch."""
        self.table.toggle_mark()

    def action_mark_shown(self) -> None:
        """Mark everything that the search shows."""
        self.table.toggle_marks_shown()

    # Other screens

    def action_new(self) -> None:
        """The form, empty."""
        from trailer_tui.app.screens.image_form import ImageForm

        self.app.push_screen(ImageForm(self.session), self._select_saved)

    def action_edit(self) -> None:
        """The form, with the selected image in it."""
        self._open_form(clone=False)

    def action_clone(self) -> None:
        """The form, filled from the selected image."""
        self._open_form(clone=True)

    def _open_form(self, *, clone: bool) -> None:
        row = self.table.list.cursor_row
        if row is not None:
            self.call_server(partial(self._read_into_form, row.id, clone), group="form", exclusive=True)

    async def _read_into_form(self, image_id: int, clone: bool) -> None:
        from trailer_tui.app.screens.image_form import ImageForm

        record = await self.session.client.image(image_id)
        if self.is_current:
            self.app.push_screen(ImageForm(self.session, record=record, clone=clone), self._select_saved)

    def _select_saved(self, record: ImageRecord | None) -> None:
        if record is not None:
            self.table.select(record.id)
            self.feed.reload()

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


_BATCH_ACTIONS = frozenset({"build", "cancel", "push", "toggle_enabled", "delete", "mark", "mark_shown"})
_ROW_ACTIONS = _BATCH_ACTIONS | {"details", "log", "edit", "clone", "move"}
