"""Files: what an image adds, from the archive of files, from this machine, from a URL or from Git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from trailer_tui.app.form.entries import Entry, FileEntry, file_source
from trailer_tui.app.form.fields import BUILT_MODES, FILES, WINDOWS_FILES, Field
from trailer_tui.app.form.file_state import FileState, outcome
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.entry_list import EntryList
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.image_file import MAX_FILES, ArchiveFile, GitRepository, UrlFile
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.host import Host
    from trailer_tui.model.stored_file import FileRecord

_ABOUT = (
    f"Up to {MAX_FILES}, added in this order. An uploaded tar is unpacked, any other upload copied, a URL fetched "
    "as it is, a Git repository cloned."
)


class FilesSection(FormSection):
    """The list of files; Linux and Windows images have one each, because their paths differ."""

    SECTION_ID = "files"
    TITLE = "Files"
    MODES = BUILT_MODES
    FIELDS = (FILES, WINDOWS_FILES)

    host: Host | None = None
    """The chosen host, once known."""
    error: TrailerError | None = None
    """Why the archive could not be read."""

    def compose(self) -> ComposeResult:
        yield Static(_ABOUT, classes="form-note", markup=False)
        yield FileList(self, FILES)
        yield FileList(self, WINDOWS_FILES)
        yield Static("", id="files-note", classes="form-note", markup=False)

    def read_archive(self) -> None:
        """Ask which files the image's creator has."""
        self.run_worker(self._read(), group="form-files", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            found = await self.session.client.files()
        except TrailerError as error:
            self.error = error
        else:
            record = self.state.record
            owner = record.creator if record is not None else self.session.user
            self.error = None
            self.state.take_archive({file.name: file for file in found if not owner or file.owner == owner})
        self.show_state()

    def keep(self, record: FileRecord) -> None:
        """Take a file that was just uploaded."""
        self.state.take_archive({**(self.state.archive or {}), record.name: record})

    def show_state(self) -> None:
        """Show the list of the kind of image that is made."""
        if not self.is_mounted:
            return
        super().show_state()
        for entries in self.query(FileList):
            entries.display = self.state.applies(entries.field)
        put_text(self.query_one("#files-note", Static), printable(self._note()))

    def _note(self) -> str:
        other = FILES if self.state.is_windows else WINDOWS_FILES
        kept = self.state.value(other)
        if self.error is not None:
            return f"! The archive of files cannot be read: {self.error.cause}; ctrl+l reads it again"
        if isinstance(kept, tuple) and kept:
            kind = "Linux" if self.state.is_windows else "Windows"
            return f"{len(kept)} of the {kind} image: they come back with {kind}"
        return ""

    @property
    def git_refusal(self) -> str:
        """Why the chosen host cannot clone; empty when it can or nobody knows."""
        known = self.host.capabilities if self.host is not None else None
        if self.host is None or known is None or known.git_sources:
            return ""
        builder = "the classic builder, which cannot clone" if known.builder == "classic" else "a BuildKit without Git"
        return f"{self.host.name} uses {builder}"


class FileList(EntryList):
    """The files of one kind of image."""

    def __init__(self, section: FilesSection, field: Field) -> None:
        super().__init__(field, section.state.value(field), self._dialog, empty="No file yet: a adds one")
        self._section = section
        self._is_windows = field is WINDOWS_FILES

    def words(self, entry: Entry) -> str:
        """Source, destination, and what happens."""
        assert isinstance(entry, ArchiveFile | UrlFile | GitRepository)
        happens = outcome(entry, self._section.state.archive or {}, is_windows=self._is_windows)
        refusal = self._section.git_refusal if isinstance(entry, GitRepository) else ""
        warning = f"⚠ {refusal}: " if refusal else ""
        return f"{warning}{file_source(entry)}  {happens or f'→ {entry.destination}'}"

    def _dialog(self, entry: Entry | None) -> Dialog[Entry | None]:
        from trailer_tui.app.dialogs.file import FileDialog

        file: FileEntry | None = entry if isinstance(entry, ArchiveFile | UrlFile | GitRepository) else None
        section = self._section
        state = FileState(file, section.state.archive, is_windows=self._is_windows, git_refusal=section.git_refusal)
        return FileDialog(section.session, file, state, section.keep)
