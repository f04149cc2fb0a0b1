"""What the areas of images and of templates share: search, the table, sorting, marks, batches, the way to the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.timer import Timer
from textual.widget import Widget

from trailer_tui.app.records.columns import Layout
from trailer_tui.app.records.feed import ImageFeed
from trailer_tui.app.records.image_actions import ImageActions
from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.image_table import ImageTable
from trailer_tui.app.widgets.search_bar import SearchBar, SearchInput
from trailer_tui.app.widgets.table_header import TableHeader
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.screens.image_form import ImageForm
    from trailer_tui.model.image import ImageRecord

SIDE_DELAY = 0.1
"""What is shown beside the list follows the cursor once it rests this many seconds."""

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


class RecordListScreen(TrailerScreen[None]):
    """A list of records with a cursor, filled from the server and kept live."""

    AUTO_FOCUS = "ImageTable"

    LISTS_TEMPLATES: ClassVar[bool]
    """Whether it lists templates or images."""
    LAYOUT: ClassVar[Layout]
    BATCH_ACTIONS: ClassVar[frozenset[str]]
    """Actions that work on everything that is marked."""
    ROW_ACTIONS: ClassVar[frozenset[str]]
    """Actions that need the record under the cursor, batch actions among them."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.shown = ImageQuery(templates=self.LISTS_TEMPLATES)
        """What the list shows, or will when the answer is there."""
        self._side_timer: Timer | None = None

    def compose_list(self) -> Iterator[Widget]:
        """The header and the table."""
        yield TableHeader(self.shown.sort, descending=self.shown.descending, layout=self.LAYOUT)
        yield ImageTable(clock=self.session.clock, layout=self.LAYOUT)

    def follow_server(self) -> None:
        """Find the parts and listen to the server; for `on_mount`."""
        self.table = self.query_one(ImageTable)
        self.search_bar = self.query_one(SearchBar)
        self.feed = ImageFeed(self.session, self.table, self, templates=self.LISTS_TEMPLATES)
        self.acts = ImageActions(self.session, self, templates=self.LISTS_TEMPLATES)
        self.session.events.subscribe(self, self.feed.apply)

    # The server

    def server_ready(self) -> None:
        """There is a connection, for the first time or again."""
        self.feed.restart(self.shown)

    def order_shown(self, query: ImageQuery) -> None:
        """The feed has put the answer to `query` into the table."""
        self._show_count()
        self.table.explain_empty(self.why_empty(query))
        self.refresh_bindings()

    def why_empty(self, query: ImageQuery) -> list[str]:
        """What stands in the table when nothing answers `query`."""
        raise NotImplementedError

    def _show_count(self) -> None:
        records = self.table.list
        self.search_bar.show_count(len(records.ids), records.total, len(records.marks))

    # The query

    def ask(self, query: ImageQuery) -> None:
        """Show the answer to another query."""
        if query != self.shown:
            self.shown = query
            self.query_one(TableHeader).show_sort(query.sort, descending=query.descending)
            self.feed.ask(query)

    @on(SearchBar.Changed)
    def search(self, event: SearchBar.Changed) -> None:
        """Results as you type."""
        self.ask(replace(self.shown, text=event.text.strip()))

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
        descending = not self.shown.descending if sort is self.shown.sort else sort in _DESCENDING_FIRST
        self.ask(replace(self.shown, sort=sort, descending=descending))

    def action_search(self) -> None:
        """Type what to look for."""
        self.search_bar.focus_input()

    def action_sort(self) -> None:
        """Choose the column; the present one turns round."""
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        arrow = "↓" if self.shown.descending else "↑"
        titles = [(kind.sort, _SORT_TITLES[kind.sort]) for kind in self.LAYOUT.kinds]
        choices = [
            (sort.value, f"{title}  {arrow}  (again: turn round)" if sort is self.shown.sort else title)
            for sort, title in sorted(titles, key=lambda entry: list(_SORT_TITLES).index(entry[0]))
        ]

        def chosen(key: str | None) -> None:
            if key is not None:
                self._sort_by(ImageSort(key))

        self.app.push_screen(ChoiceDialog("Sort by", choices, selected=self.shown.sort.value), chosen)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._sort_by(self.shown.sort)

    def action_back(self) -> None:
        """One thing at a time: to the table, the marks, the search."""
        if self.focused is not self.table:
            self.table.focus()
        elif self.table.list.marks:
            self.table.clear_marks()
        elif self.search_bar.text:
            self.search_bar.clear()

    def action_refresh(self) -> None:
        """Read everything again."""
        self.feed.restart(self.shown)

    # The selection

    @on(ImageTable.CursorChanged)
    def follow_cursor(self, event: ImageTable.CursorChanged) -> None:
        """The footer follows, and what is shown beside the list."""
        self.refresh_bindings()
        if self._side_timer is not None:
            self._side_timer.stop()
        self._side_timer = self.set_timer(SIDE_DELAY, self.show_beside)

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
        """A wider terminal has room for what is shown beside the list."""
        self.call_after_refresh(self.show_beside)

    def on_screen_resume(self) -> None:
        """Back from another screen, which may have covered a resize."""
        self.show_beside()

    def show_beside(self) -> None:
        """Bring what is shown beside the list in line with the record under the cursor."""

    # Actions on records

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "refresh":
            return self.session.is_connected
        if action not in self.ROW_ACTIONS:
            return True
        if not self.is_mounted:
            return False
        records = self.table.list
        if records.marks:
            return action in self.BATCH_ACTIONS
        row = records.cursor_row
        if row is None:
            return action == "mark_shown" and bool(records.ids)
        return self.applies(action, row)

    def applies(self, action: str, row: ImageRow) -> bool | None:
        """Whether an action works on the record under the cursor; None shows it as one that does not."""
        raise NotImplementedError

    def action_delete(self) -> None:
        """Delete after asking."""
        self.act(ImageAction.DELETE)

    def action_toggle_enabled(self) -> None:
        """Enable or disable."""
        records = self.table.list
        if records.marks:
            self.acts.choose_enabled(sorted(records.marks))
        elif records.cursor_row is not None:
            self.act(ImageAction.DISABLE if records.cursor_row.enabled else ImageAction.ENABLE)

    def act(self, action: ImageAction) -> None:
        """Act on what is marked, else on the record under the cursor."""
        records = self.table.list
        if records.marks:
            self.acts.act_on_many(action, sorted(records.marks))
        elif records.cursor_row is not None:
            self.acts.act_on_one(action, records.cursor_row)

    def batch_label(self, action: str, batches: Sequence[str]) -> str | None:
        """What `e` and the batch keys do now; `batches` are those that count what is marked."""
        marked = len(self.table.list.marks)
        if action == "toggle_enabled" and not marked:
            row = self.table.list.cursor_row
            return None if row is None else ("Disable" if row.enabled else "Enable")
        return f"{action.replace('_', ' ').capitalize()} {marked}" if marked and action in batches else None

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

    # The form

    def action_edit(self) -> None:
        """The form, with the selected record in it."""
        self.open_form()

    def open_form(self, *, clone: bool = False, as_template: bool = False) -> None:
        """The form over the record under the cursor: to edit it, or with `clone` to start a new image or template."""
        row = self.table.list.cursor_row
        if row is not None:
            read = partial(self._read_into_form, row.id, clone=clone, as_template=as_template)
            self.call_server(read, group="form", exclusive=True)

    async def _read_into_form(self, image_id: int, *, clone: bool, as_template: bool) -> None:
        from trailer_tui.app.screens.image_form import ImageForm

        record = await self.session.client.image(image_id)
        if self.is_current:
            self.push_form(ImageForm(self.session, record=record, clone=clone, as_template=as_template))

    def push_form(self, form: ImageForm) -> None:
        """Show a form; what it stored is selected afterwards."""
        self.app.push_screen(form, self.select_saved)

    def select_saved(self, record: ImageRecord | None) -> None:
        """Put the cursor on a record that the form stored."""
        if record is None:
            return
        if record.is_template is self.LISTS_TEMPLATES:
            self.table.select(record.id)
            self.feed.reload()
        else:
            where = "templates: press 2" if record.is_template else "images: press 1"
            self.app.notify(f"{printable(record.name)} is among the {where}", timeout=6, markup=False)
