"""The Files area: what images can add, and which images do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import DataTable, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.files.order import FileOrder, FileSort, matching
from trailer_tui.app.files.wording import size_words, summary
from trailer_tui.app.screens.searched import SearchedScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.files.file_table import FileTable
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.app.widgets.search_bar import SearchInput
from trailer_tui.app.widgets.top_bar import TopBar
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.dialogs.confirm import ConfirmResult
    from trailer_tui.model.events import Event
    from trailer_tui.model.stored_file import FileRecord

AGE_SECONDS = 30.0
"""Between two looks at whether `5 min ago` reads differently."""

_EMPTY = "No files yet. Press n to upload one or to store a URL; images add them to what they are built of."
_SELECTED = ("details", "delete")


class FilesScreen(SearchedScreen):
    """The archive of files as it is now: the server tells of every change."""

    BINDINGS = bindings("files")
    AUTO_FOCUS = "FileTable"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._files: list[FileRecord] = []
        self._is_read = False
        self._order = FileOrder()

    def compose(self) -> ComposeResult:
        yield TopBar("files")
        yield SearchInput(placeholder="name …", id="files-search", compact=True)
        yield FileTable()
        yield Static("", id="files-detail", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the server."""
        self.table = self.query_one(FileTable)
        self.search_line.display = False
        self.session.events.subscribe(self, self.apply_event)
        self.set_interval(AGE_SECONDS, self.show_records)
        self.server_ready()

    # The server

    def server_ready(self) -> None:
        """There is a connection, for the first time or again."""
        self.call_server(self._load, group="files", exclusive=True)

    async def _load(self) -> None:
        self._files, self._is_read = await self.session.client.files(), True
        self.show_records()

    def apply_event(self, event: Event) -> None:
        """The archive changed, or an image that may use something of it was made, edited or deleted."""
        is_edit = event.event == "image" and (event.created or event.reordered)
        if is_edit or event.event in ("files", "image_deleted", "hello", "resync"):
            self.server_ready()

    # Showing

    def show_records(self) -> None:
        """Show what the search finds, in order."""
        if not self.is_mounted or not self.is_current:
            return
        self.table.show(
            self._order.of(matching(self._files, self.search_line.value)), self._order, self.session.clock()
        )
        self.show_selected()
        self.refresh_bindings()

    def show_selected(self) -> None:
        """Say more about the file under the cursor."""
        file = self.table.selected
        if file is not None:
            text = summary(file, owner=self.session.is_administrator)
        elif self._files:
            text = f"No file is named like “{printable(self.search_line.value)}”; esc clears"
        else:
            text = _EMPTY if self._is_read else ""
        put_text(self.query_one("#files-detail", Static), text)

    # Order

    def action_sort(self) -> None:
        """Choose what to sort by."""
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        choices = [(sort.value, sort.value.capitalize()) for sort in FileSort]
        self.app.push_screen(ChoiceDialog("Sort by", choices, selected=self._order.sort.value), self._sort_by)

    def _sort_by(self, chosen: str | None) -> None:
        if chosen is not None:
            self._order = FileOrder(FileSort(chosen), descending=chosen in (FileSort.SIZE, FileSort.UPDATED))
            self.show_records()

    def action_reverse(self) -> None:
        """The other way round."""
        self._order = FileOrder(self._order.sort, descending=not self._order.descending)
        self.show_records()

    def action_refresh(self) -> None:
        """Read the list again."""
        self.server_ready()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What applies to the selected file."""
        if action in ("search", "sort", "reverse"):
            return bool(self._files)
        if action in ("new", "refresh", *_SELECTED) and not self.session.is_connected:
            return False
        if action not in _SELECTED:
            return True
        file = self.table.selected if self.is_mounted else None
        if file is None:
            return False
        return None if action == "delete" and file.used_by else True

    def action_label(self, action: str) -> str | None:
        """Why a key does nothing to the selected file."""
        file = self.table.selected
        return "Delete (in use)" if action == "delete" and file is not None and file.used_by else None

    def action_new(self) -> None:
        """Upload a file, or store a URL."""
        from trailer_tui.app.dialogs.archive_file import NewFileDialog

        self.app.push_screen(NewFileDialog(self.session), partial(self._stored, "Stored"))

    @on(DataTable.RowSelected)
    def action_details(self) -> None:
        """Everything about the file; change name and description."""
        from trailer_tui.app.dialogs.archive_file import EditFileDialog

        if self.table.selected is not None:
            dialog = EditFileDialog(self.session, self.table.selected)
            self.app.push_screen(dialog, partial(self._stored, "Saved"))

    def _stored(self, deed: str, file: FileRecord | None) -> None:
        if file is None:
            return
        self._files = [*(known for known in self._files if known.id != file.id), file]
        self.show_records()
        self.call_after_refresh(partial(self.table.select, file.id))
        self.app.notify(f"{deed} {printable(file.name)}", timeout=3, markup=False)

    def action_delete(self) -> None:
        """Delete after asking."""
        from trailer_tui.app.dialogs.confirm import ConfirmDialog

        file = self.table.selected
        if file is None or file.used_by:
            return

        def answered(result: ConfirmResult | None) -> None:
            if result is not None:
                self.call_server(partial(self._delete, file), group=f"delete-{file.id}", exclusive=True)

        what = f"{size_words(file)} of content will be gone" if file.kind == "upload" else f"Its address: {file.url}"
        lines = [
            what,
            "No image uses it.",
            *([f"It belongs to {file.owner}."] if file.owner != self.session.user else []),
        ]
        self.app.push_screen(ConfirmDialog(f"Delete {file.name}?", lines, confirm_label="Delete"), answered)

    async def _delete(self, file: FileRecord) -> None:
        await self.session.client.delete_file(file.id)
        self._files = [known for known in self._files if known.id != file.id]
        self.show_records()
        self.app.notify(f"Deleted {printable(file.name)}", timeout=3, markup=False)
